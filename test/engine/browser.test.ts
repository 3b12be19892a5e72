/** The engine, built for the web, in a real browser: in a page and in a dedicated worker, on every back end. */
import { join } from 'node:path';
import type { Browser, Page } from 'playwright';
import { build, preview } from 'vite';
import type { PreviewServer } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../browser.ts';

const repository = join(import.meta.dirname, '../..');
/** Relative to the page's folder. */
const outDir = '../../../test-results/engine-page';

let server: PreviewServer;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  const config = {
    root: join(import.meta.dirname, 'page'),
    configFile: join(repository, 'vite.config.ts'),
    logLevel: 'error' as const,
  };
  await build({ ...config, mode: 'production', build: { outDir, emptyOutDir: true } });
  server = await preview({ ...config, build: { outDir }, preview: { port: 4283 } });
  browser = await launchChromium();
  page = await browser.newPage();
  await page.goto(server.resolvedUrls?.local[0] ?? '');
  await page.waitForFunction(() => 'runProbe' in globalThis);
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

describe.each(['page', 'worker'] as const)('the engine in a %s', (place) => {
  it.each([
    { requested: 'cpu', backend: 'cpu', kernels: false },
    { requested: 'wasm', backend: 'wasm', kernels: true },
    // Chromium runs here with a software adapter: right on request, passed over by auto.
    { requested: 'auto', backend: 'wasm', kernels: true },
    { requested: 'webgpu', backend: 'webgpu', kernels: false },
  ])('$requested → $backend', async ({ requested, backend, kernels }) => {
    const result: unknown = await page.evaluate(`runProbe('${place}', '${requested}')`);
    expect(result).toMatchObject({ backend, kernels });
    const { values, gradient } = result as { values: number[]; gradient: number[] };
    // x = (3, 4), mean square 12.5: y = x/√12.5 and dy₀/dx = (16, −12)/25/√12.5.
    [3, 4].forEach((x, i) => expect(values[i]).toBeCloseTo(x / Math.sqrt(12.5), 5));
    [16, -12].forEach((x, i) => expect(gradient[i]).toBeCloseTo(x / 25 / Math.sqrt(12.5), 5));
  });
});
