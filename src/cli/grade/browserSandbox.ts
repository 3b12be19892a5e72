/** The page's sandbox for the command line: a headless Chromium on a page of ours, served on this machine only. */
import { join } from 'node:path';
import process from 'node:process';
import { chromium } from 'playwright';
import { createServer } from 'vite';
import { findChromium, noBrowser } from '../chromium.ts';
import type { Grading } from '../../sandbox/inOrder.ts';
import { projectRoot } from '../common.ts';
import type { PageOptions } from './page.ts';

/** @throws Error when there is no Chromium, or the page cannot be opened */
export async function openBrowserSandbox(options: PageOptions): Promise<Grading> {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error(noBrowser);
  const server = await createServer({
    root: projectRoot,
    configFile: join(projectRoot, 'vite.config.ts'),
    logLevel: 'error',
    // Nothing may reload the page while it grades: no watching of files, no late discovery of packages.
    server: { host: '127.0.0.1', port: 0, hmr: false, watch: null },
    optimizeDeps: { noDiscovery: true, include: [] },
  });
  await server.listen();
  // Chromium refuses to start as root with its own sandbox.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const browser = await chromium.launch({ executablePath, args });
  const page = await browser.newPage();
  await page.goto(new URL('/src/cli/grade/page.html', server.resolvedUrls?.local[0]).href);
  await page.waitForFunction(() => 'startGrading' in window);
  return {
    ready: () => page.evaluate((given) => window.startGrading(given), options),
    grade: (requests) => page.evaluate((given) => window.gradePrograms(given), requests),
    async dispose() {
      await browser.close();
      await server.close();
    },
  };
}
