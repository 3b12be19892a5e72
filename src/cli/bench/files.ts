/** Serves files on this machine only. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, normalize } from 'node:path';
import { gzip } from 'node:zlib';
import { promisify } from 'node:util';

const mimeTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};

export interface ServedFile {
  /** Where it lies. */
  readonly file: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Compressed, as a static host sends it; each file is compressed once. */
  readonly compressed?: boolean;
}

export interface Served {
  readonly address: string;
  close(): void;
}

/**
 * @param find the file that a path asks for; it begins with a slash, and nothing in it leads upwards
 * @param onSent hears the path of every file that was there
 */
export async function serveFiles(
  find: (path: string) => ServedFile,
  onSent: (path: string) => void = () => undefined,
): Promise<Served> {
  const compressed = new Map<string, Promise<Buffer>>();
  const bytesOf = (served: ServedFile): Promise<Buffer> => {
    if (!served.compressed) return readFile(served.file);
    const bytes = compressed.get(served.file) ?? readFile(served.file).then(promisify(gzip));
    compressed.set(served.file, bytes);
    return bytes;
  };
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://x').pathname));
    const served = find(path);
    bytesOf(served).then(
      (bytes) => {
        onSent(path);
        response.setHeaders(new Map(Object.entries(served.headers)));
        response.setHeader('Content-Type', mimeTypes[extname(served.file)] ?? 'application/octet-stream');
        if (served.compressed) response.setHeader('Content-Encoding', 'gzip');
        response.end(bytes);
      },
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const where = server.address();
  if (where === null || typeof where === 'string')
    throw new Error('The server of the benchmark has no port.');
  return {
    address: `http://127.0.0.1:${where.port}/`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
