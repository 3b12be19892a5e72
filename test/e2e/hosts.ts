/** Hosts that can do nothing but serve files, each with the habits of one that people use: no headers of ours, subfolders. */
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { isolationHeaders } from '../../src/worker/isolation.ts';

/** What differs between hosts. */
export interface Habits {
  /** What it calls a file; by extension, else `otherType`. */
  readonly types: Readonly<Record<string, string>>;
  readonly otherType: string;
  /** Whether the folder's address gives index.html. */
  readonly index: boolean;
  /** Files that were in the build and never get there. */
  readonly drops: RegExp | null;
  /** What it answers where there is nothing; a status of 200 is the site's page, for apps that route by themselves. */
  readonly missing: { readonly status: number; readonly type: string; readonly text: string };
  readonly headers: Readonly<Record<string, string>>;
  /** Compresses while it sends, so that nobody knows the length before. */
  readonly gzip: boolean;
  /** Sends index.html to the folder's address. */
  readonly prettyAddresses: boolean;
}

const webTypes = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css' };
const plain: Habits = {
  types: {
    ...webTypes,
    '.svg': 'image/svg+xml',
    '.json': 'application/json',
    '.wasm': 'application/wasm',
  },
  otherType: 'application/octet-stream',
  index: true,
  drops: null,
  missing: { status: 404, type: 'text/plain', text: 'no such file' },
  headers: { 'Cache-Control': 'max-age=600' },
  gzip: false,
  prettyAddresses: false,
};

export const hosts = {
  plain,
  /** One that sends our headers. */
  isolated: { ...plain, headers: isolationHeaders },
  /** Deployed from a branch: Jekyll keeps what begins with "_", "." or "#" or ends with "~" to itself. */
  githubPages: {
    ...plain,
    drops: /(^|\/)[_.#]|~(\/|$)/,
    missing: { status: 404, type: 'text/html; charset=utf-8', text: '<h1>404</h1>' },
    headers: { 'Cache-Control': 'max-age=600', 'Access-Control-Allow-Origin': '*' },
    gzip: true,
  },
  /** With the redirect for apps that route by themselves: a missing file is the page. */
  netlify: {
    ...plain,
    missing: { status: 200, type: '', text: '' },
    headers: { 'Cache-Control': 'public, max-age=0, must-revalidate' },
    prettyAddresses: true,
  },
  /** A bucket: no index, nothing is "not found", and types are what the upload guessed. */
  s3: {
    ...plain,
    types: webTypes,
    otherType: 'binary/octet-stream',
    index: false,
    missing: {
      status: 403,
      type: 'application/xml',
      text: '<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>',
    },
    headers: {},
  },
  /** Its mime.types of old knows neither .wasm nor .safetensors, and here gzip is on for everything. */
  nginx: {
    ...plain,
    types: { ...webTypes, '.js': 'application/javascript', '.json': 'application/json' },
    headers: {},
    gzip: true,
  },
  /** One that lost a file which the page itself does not ask for. */
  incomplete: { ...plain, drops: /^models\/repairer\/model\.safetensors$/ },
  /** Whoever set this one up gave types at random, and forbids the browser to guess. */
  wrongTypes: {
    ...plain,
    types: { ...webTypes, '.wasm': 'text/html', '.json': 'text/plain', '.zip': 'application/json' },
    otherType: 'text/plain; charset=utf-8',
    headers: { 'X-Content-Type-Options': 'nosniff', 'Cache-Control': 'no-store' },
  },
} satisfies Record<string, Habits>;

export interface StaticHost {
  /** Where a host of this name serves the site. All are folders of one origin, so that they share what a browser keeps. */
  at(name: keyof typeof hosts): string;
  /** Deploys: files that are not as the build made them; null = missing. */
  readonly changed: Map<string, string | null>;
  /** What was asked for since the last look, as paths below a host's address. */
  takeAsked(): string[];
  /** Gone, with every connection. */
  close(): Promise<void>;
}

/** Serves a folder on a free port of this machine, as every host at once. */
export async function staticHost(folder: string): Promise<StaticHost> {
  const changed = new Map<string, string | null>();
  let asked: string[] = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '', 'http://host').pathname);
    const [, base = '', rest = ''] = /^\/(\w+)\/(.*)$/.exec(path) ?? [];
    asked.push(rest || 'index.html');
    const habits = Object.entries<Habits>(hosts).find(([name]) => name === base)?.[1];
    if (!habits) return void response.writeHead(404).end('no such host');
    answer({ folder, changed, habits }, rest, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  if (typeof bound !== 'object' || bound === null) throw new Error('The host has no port.');
  const at: StaticHost['at'] = (name) => `http://localhost:${bound.port}/${name}/`;
  return {
    at,
    changed,
    takeAsked() {
      const names = asked;
      asked = [];
      return names;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Site extends Pick<StaticHost, 'changed'> {
  readonly folder: string;
  readonly habits: Habits;
}

async function answer(site: Site, path: string, response: ServerResponse): Promise<void> {
  const { changed, folder, habits } = site;
  if (habits.prettyAddresses && path === 'index.html')
    return void response.writeHead(301, { ...habits.headers, Location: './' }).end();
  const name = path === '' && habits.index ? 'index.html' : path;
  const content = habits.drops?.test(name) ? null : changed.get(name);
  const there = typeof content === 'string' || (content === undefined && (await isFile(join(folder, name))));
  if (!there) {
    const { status, type, text } = habits.missing;
    if (status === 200 && name !== 'index.html') return answer(site, '', response);
    return void response.writeHead(status, { ...habits.headers, 'Content-Type': type }).end(text);
  }
  response.setHeaders(new Map(Object.entries(habits.headers)));
  response.setHeader('Content-Type', habits.types[extname(name)] ?? habits.otherType);
  if (content != null) return void response.end(content);
  if (!habits.gzip) return void response.end(await readFile(join(folder, name)));
  response.setHeader('Content-Encoding', 'gzip');
  await pipeline(createReadStream(join(folder, name)), createGzip({ level: 1 }), response);
}

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
