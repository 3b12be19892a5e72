/**
 * What keeping costs, in a real Chromium: `npx tsx test/prove/keeping.ts`. An update of the default experiment, with the state of the
 * model that is shipped, is written over and over; then a run of 2,000 updates is opened. Nothing is computed meanwhile.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { build, type Rolldown } from 'vite';
import { obtainChromium } from '../browser.ts';
import { launchKillable } from '../killable.ts';

process.env.CHROMIUM_PATH = obtainChromium();
const built = await build({
  configFile: false,
  logLevel: 'error',
  build: {
    write: false,
    lib: { entry: join(import.meta.dirname, 'keepingWorker.ts'), formats: ['es'], fileName: 'worker' },
  },
});
const [{ output }] = (Array.isArray(built) ? built : [built]) as Rolldown.RolldownOutput[];
const script = output[0].code;
// With a profile: what a private window keeps is in another process's memory, which takes many times as long.
const profile = mkdtempSync(join(tmpdir(), 'cocos-keeping-'));
const { page, kill } = await launchKillable(profile);
try {
  await page.route('http://localhost/**', (route) =>
    route.request().url().endsWith('.js')
      ? route.fulfill({ contentType: 'text/javascript', body: script })
      : route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>keeping</title>' }),
  );
  await page.goto('http://localhost/');
  const found = await page.evaluate(
    () =>
      new Promise<Record<string, number>>((resolve, reject) => {
        const worker = new Worker('worker.js', { type: 'module' });
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = ({ message }) => reject(new Error(message));
      }),
  );
  for (const [name, value] of Object.entries(found))
    console.log(`${name.padEnd(46)} ${Number(value).toFixed(1)}`);
  if ('failed' in found) console.log(found['failed']);
} finally {
  await kill();
  rmSync(profile, { recursive: true, force: true, maxRetries: 10 });
}
