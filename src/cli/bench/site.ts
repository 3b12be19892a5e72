/** The built page in a Chromium, as a visitor of a static host has it. */
import { rmSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import process from 'node:process';
import { gzipSync } from 'node:zlib';
import { chromium, type Page } from 'playwright';
import { build } from 'vite';
import { isolationHeaders } from '../../worker/isolation.ts';
import { findChromium, noBrowser } from '../chromium.ts';
import { projectRoot } from '../common.ts';

export interface Site {
  readonly folder: string;
  /** Paths of the files that were sent, in order. */
  readonly sent: readonly string[];
  /** Opens a browser, fresh at the first visit of a profile, and closes it after the work. */
  visit<T>(profile: string, work: (page: Page, address: string) => Promise<T>): Promise<T>;
  close(): void;
}

/**
 * @param site the folder of the built page; built into a temporary one unless given
 * @throws Error when there is no Chromium, or the page cannot be built
 */
export async function openSite(site: string | undefined, onBuild: () => void): Promise<Site> {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error(noBrowser);
  const temporary = await mkdtemp(join(tmpdir(), 'cocos-site-'));
  process.once('exit', () => rmSync(temporary, { recursive: true, force: true })); // however the command ends
  const folder = site ?? join(temporary, 'site');
  if (site === undefined) {
    onBuild();
    await build({
      configFile: join(projectRoot, 'vite.config.ts'),
      logLevel: 'error',
      build: { outDir: folder },
    });
  }
  const { server, address, sent } = await serve(folder);
  return {
    folder,
    sent,
    async visit(profile, work) {
      const context = await chromium.launchPersistentContext(join(temporary, profile), {
        executablePath,
        viewport: { width: 1440, height: 900 },
        // Chromium refuses to start as root with its own sandbox.
        args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
      });
      try {
        return await work(await context.newPage(), address);
      } finally {
        await context.close();
      }
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

const mimeTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};

/** Serves a site as a static host does: compressed, and to be kept for ten minutes. */
async function serve(site: string) {
  const compressed = new Map<string, Promise<Buffer>>();
  const sent: string[] = [];
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://x').pathname)).slice(1);
    const name = path === '' ? 'index.html' : path;
    const bytes = compressed.get(name) ?? readFile(join(site, name)).then((file) => gzipSync(file));
    compressed.set(name, bytes);
    response.setHeaders(new Map(Object.entries(isolationHeaders)));
    bytes.then(
      (body) => {
        sent.push(name);
        response.setHeader('Content-Type', mimeTypes[extname(name)] ?? 'application/octet-stream');
        response.setHeader('Content-Encoding', 'gzip');
        response.setHeader('Cache-Control', 'max-age=600');
        response.end(body);
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
  return { server, address: `http://127.0.0.1:${where.port}/`, sent };
}
