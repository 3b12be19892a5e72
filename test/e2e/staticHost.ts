/** A host that can do nothing but serve files, as GitHub Pages does: no headers of ours, and a subfolder for a root. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};

export interface StaticHost {
  readonly address: string;
  /** Deploys: files that are not as the build made them; null = missing. */
  readonly changed: Map<string, string | null>;
  /** What was asked for since the last look, as paths below the address. */
  takeAsked(): string[];
  /** Gone, with every connection. */
  close(): Promise<void>;
}

/** Serves a folder on a free port of this machine. */
export async function staticHost(folder: string): Promise<StaticHost> {
  const base = '/cocos/';
  const changed = new Map<string, string | null>();
  let asked: string[] = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '', 'http://host').pathname);
    const name = path.startsWith(base) ? path.slice(base.length) || 'index.html' : '';
    asked.push(name);
    const content = changed.get(name);
    const body =
      content === null ? Promise.reject(new Error('missing')) : (content ?? readFile(join(folder, name)));
    Promise.resolve(body).then(
      (bytes) => {
        const type = types[extname(name)] ?? 'application/octet-stream';
        response.writeHead(200, { 'Content-Type': type, 'Cache-Control': 'max-age=600' }).end(bytes);
      },
      () => response.writeHead(404).end('no such file'),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const at = server.address();
  if (typeof at !== 'object' || at === null) throw new Error('The host has no port.');
  return {
    address: `http://localhost:${at.port}${base}`,
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
