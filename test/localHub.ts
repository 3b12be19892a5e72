/**
 * A hub on this machine that answers as Hugging Face's does: an API, and files that lie on another origin. Like the real one it can
 * have bad days.
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/** What it does wrong. */
export interface BadDay {
  /** Ranges are ignored: the whole file comes. */
  noRanges?: boolean;
  /** Weights break off after so many bytes of each answer. */
  breaksAfter?: number;
  /** So many answers are 429 before it recovers. */
  tooMany?: number;
  /** The first byte of the weights is another. */
  wrongBytes?: boolean;
  /** Its host says that the weights are longer by so much, and sends as much more. */
  longer?: number;
  /** What the API lists is not JSON. */
  loginPage?: boolean;
}

export interface LocalHub {
  readonly endpoint: string;
  /** Where the files lie. */
  readonly content: string;
  /** Repository → file → bytes; models called "gated" are, and "private" ones do not exist for strangers. */
  readonly models: Map<string, Readonly<Record<string, Uint8Array>>>;
  badDay: BadDay;
  /** Paths, with the range that was asked for, since the last look. */
  takeAsked(): string[];
  /** Tokens that came to the content's host, which must be none. */
  readonly leaked: string[];
  close(): Promise<void>;
}

export const commit = 'c0c05'.repeat(8);
const isLarge = (name: string): boolean => /\.(safetensors|gguf)$/.test(name);
const hashOf = (kind: string, ...parts: (string | Uint8Array)[]): string => {
  const hash = createHash(kind);
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
};

/** Every page may ask, as at Hugging Face. */
const open = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Headers': 'Range, Authorization',
  'Access-Control-Expose-Headers': 'X-Error-Code, Content-Range, ETag',
  'Cross-Origin-Resource-Policy': 'cross-origin',
};

export async function localHub(
  models: Readonly<Record<string, Readonly<Record<string, Uint8Array>>>>,
): Promise<LocalHub> {
  const all = new Map(Object.entries(models));
  const leaked: string[] = [];
  let asked: string[] = [];
  let badDay: BadDay = {};

  const answerApi = (request: IncomingMessage, response: ServerResponse): void => {
    const url = new URL(request.url ?? '', 'http://hub');
    const path = decodeURIComponent(url.pathname);
    asked.push(`${path}${request.headers.range ? ` ${request.headers.range}` : ''}`);
    const fail = (status: number, headers: Record<string, string> = {}) =>
      void response.writeHead(status, { ...open, ...headers }).end('{"error":"no"}');
    if (request.method === 'OPTIONS') return void response.writeHead(204, open).end();
    if ((badDay.tooMany ?? 0) > 0) {
      badDay.tooMany = (badDay.tooMany ?? 0) - 1;
      return fail(429, { 'Retry-After': '0' });
    }
    const [, name = '', rest = ''] = /^(?:\/api\/models)?\/([^/]+\/[^/]+)\/(.*)$/.exec(path) ?? [];
    const files = all.get(name);
    const who = request.headers.authorization;
    if (!files || (name.endsWith('private') && !who)) return fail(401, { 'X-Error-Code': 'RepoNotFound' });
    if (who === 'Bearer stranger') return fail(403, { 'X-Error-Code': 'GatedRepo' });
    if (path.startsWith('/api/')) {
      if (badDay.loginPage)
        return void response.writeHead(200, { ...open, 'Content-Type': 'text/html' }).end('<html>');
      const revision = rest.replace('revision/', '');
      if (revision !== 'main' && revision !== commit)
        return fail(404, { 'X-Error-Code': 'RevisionNotFound' });
      const siblings = Object.entries(files).map(([rfilename, bytes]) => ({
        rfilename,
        size: bytes.length,
        blobId: hashOf('sha1', `blob ${bytes.length}\0`, bytes),
        ...(isLarge(rfilename) ? { lfs: { sha256: hashOf('sha256', bytes), size: bytes.length } } : {}),
      }));
      const listing = {
        sha: commit,
        gated: name.endsWith('gated') ? 'manual' : false,
        cardData: { license: 'mit' },
        siblings,
      };
      return void response
        .writeHead(200, { ...open, 'Content-Type': 'application/json' })
        .end(JSON.stringify(listing));
    }
    const file = rest.replace(`resolve/${commit}/`, '');
    const bytes = files[file];
    if (!bytes) return fail(404, { 'X-Error-Code': 'EntryNotFound' });
    if (isLarge(file)) {
      return void response.writeHead(302, { ...open, Location: `${contentAt}/${name}/${file}` }).end();
    }
    response.writeHead(200, { ...open, 'Content-Length': bytes.length }).end(bytes);
  };

  const answerContent = (request: IncomingMessage, response: ServerResponse): void => {
    if (request.method === 'OPTIONS') return void response.writeHead(204, open).end();
    if (request.headers.authorization) leaked.push(request.headers.authorization);
    const [, name = '', file = ''] =
      /^\/([^/]+\/[^/]+)\/(.*)$/.exec(decodeURIComponent(request.url ?? '')) ?? [];
    const stored = all.get(name)?.[file] ?? new Uint8Array();
    const { longer = 0, breaksAfter, noRanges, wrongBytes } = badDay;
    const bytes = new Uint8Array(stored.length + longer);
    bytes.set(stored);
    if (wrongBytes && bytes.length > 0) bytes[bytes.length - 1] ^= 1;
    const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
    const partial = from !== undefined && !noRanges;
    const begin = partial ? Number(from) : 0;
    const end = partial && to ? Math.min(Number(to) + 1, bytes.length) : bytes.length;
    const total =
      noRanges || !partial ? {} : { 'Content-Range': `bytes ${begin}-${end - 1}/${bytes.length}` };
    response.writeHead(partial ? 206 : 200, { ...open, ...total, 'Content-Length': end - begin });
    if (breaksAfter !== undefined && end - begin > breaksAfter) {
      return void response.write(bytes.subarray(begin, begin + breaksAfter), () => response.destroy());
    }
    response.end(bytes.subarray(begin, end));
  };

  const [api, apiAt] = await serve(answerApi);
  const [content, contentAt] = await serve(answerContent);
  return {
    ...{ endpoint: apiAt, content: contentAt, models: all, leaked },
    get badDay() {
      return badDay;
    },
    set badDay(day: BadDay) {
      badDay = day;
    },
    takeAsked() {
      const paths = asked;
      asked = [];
      return paths;
    },
    close: async () => void (await Promise.all([closed(api), closed(content)])),
  };
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

async function serve(answer: Answer): Promise<[Server, string]> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  if (typeof bound !== 'object' || bound === null) throw new Error('The hub has no port.');
  return [server, `http://127.0.0.1:${bound.port}`];
}

const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
