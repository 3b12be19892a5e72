/**
 * Takes the pictures of the page in docs/screens: the built page (`npm run build`) after four updates of the default experiment, in
 * three windows, light and dark. With pngquant on this machine they get a palette, which makes them a third as large.
 *
 *     npm run screens
 */
import { spawnSync } from 'node:child_process';
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { preview } from 'vite';
import { findChromium, noBrowser, onPath } from './chromium.ts';
import { projectRoot, runCommand } from './common.ts';

/** CSS pixels; the second is a projector of 1280 × 720 at 125 %. */
const windows = [
  { name: '1440x900', width: 1440, height: 900, scale: 1 },
  { name: '1280x720-at-125', width: 1024, height: 576, scale: 1.25 },
  { name: '390x844', width: 390, height: 844, scale: 1 },
];
const updates = 4;
const patience = 180_000;

await runCommand(async () => {
  const executablePath = findChromium();
  if (!executablePath) throw new Error(noBrowser);
  const folder = join(projectRoot, 'docs', 'screens');
  await mkdir(folder, { recursive: true });
  const server = await preview({ root: projectRoot, preview: { port: 4373, open: false }, logLevel: 'warn' });
  const browser = await chromium.launch({ executablePath });
  try {
    const page = await browser.newPage({ viewport: windows[0] ?? null });
    const devTools = await page.context().newCDPSession(page);
    const status = (words: RegExp) =>
      page.getByTestId('status').filter({ hasText: words }).waitFor({ timeout: patience });
    await page.goto(server.resolvedUrls?.local[0] ?? '');
    for (let done = 0; done <= updates; done++) {
      await status(done === 0 ? /^Ready/ : new RegExp(`^Paused after update ${done}\\.`));
      if (done < updates) await page.getByRole('button', { name: 'Step', exact: true }).click();
    }
    for (const { name, width, height, scale } of windows) {
      await page.setViewportSize({ width, height });
      const screen = { width, height, deviceScaleFactor: scale, mobile: false };
      await devTools.send('Emulation.setDeviceMetricsOverride', screen);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await page.mouse.move(0, 0);
        await page.waitForTimeout(500); // the charts are drawn a frame later
        const path = join(folder, `${name}-${colorScheme}.png`);
        await page.screenshot({ path });
        const pngquant = onPath('pngquant');
        if (pngquant) spawnSync(pngquant, ['--force', '--output', path, path], { stdio: 'inherit' });
        process.stdout.write(`${path}: ${Math.round((await stat(path)).size / 1000)} kB\n`);
      }
    }
  } finally {
    await browser.close();
    await server.close();
  }
});
