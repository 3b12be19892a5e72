/** The built page in a Chromium, as a visitor of a static host has it. */
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { chromium, type Page } from 'playwright';
import { build } from 'vite';
import { isolationHeaders } from '../../worker/isolation.ts';
import { findChromium, noBrowser } from '../chromium.ts';
import { projectRoot } from '../common.ts';
import { serveFiles } from './files.ts';

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
  const sent: string[] = [];
  const nameOf = (path: string) => (path === '/' ? 'index.html' : path.slice(1));
  // As a static host does: compressed, and to be kept for ten minutes.
  const headers = { ...isolationHeaders, 'Cache-Control': 'max-age=600' };
  const { address, close } = await serveFiles(
    (path) => ({ file: join(folder, nameOf(path)), headers, compressed: true }),
    (path) => sent.push(nameOf(path)),
  );
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
    close,
  };
}
