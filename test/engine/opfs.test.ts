/** The store of a run in the browser's own file system, in a real Chromium: the contract of every store. */
import { join } from 'node:path';
import { build, type Rolldown } from 'vite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Browser } from 'playwright';
import { launchChromium } from '../browser.ts';
import { storeContract } from '../unit/train/storeContract.ts';

let browser: Browser;
let script: string;

beforeAll(async () => {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      lib: { entry: join(import.meta.dirname, 'opfsWorker.ts'), formats: ['es'], fileName: 'worker' },
    },
  });
  const [{ output }] = (Array.isArray(built) ? built : [built]) as Rolldown.RolldownOutput[];
  script = output[0].code;
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
});

it('keeps the contract of every store, with and without moving files', async () => {
  const page = await browser.newPage();
  // No server: the browser asks for localhost, which may use the file system, and is answered here.
  await page.route('http://localhost/**', (route) =>
    route.request().url().endsWith('.js')
      ? route.fulfill({ contentType: 'text/javascript', body: script })
      : route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>store</title>' }),
  );
  await page.goto('http://localhost/');
  const results = await page.evaluate(
    () =>
      new Promise((resolve) => {
        const worker = new Worker('worker.js', { type: 'module' });
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = ({ message }) => resolve({ worker: message });
      }),
  );
  const names = Object.keys(storeContract);
  const once = [
    'two at once are refused',
    'a run is open for one writer, and for readers',
    'the index gives what was put, and leaves out what it cannot read',
  ];
  const wanted = [...names, ...once, ...names.map((name) => `${name} (without move)`)];
  expect(results).toEqual(Object.fromEntries(wanted.map((name) => [name, 'ok'])));
});
