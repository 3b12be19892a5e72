/**
 * What keeping costs, in a real Chromium: `npx tsx test/prove/keeping.ts`. An update of the default experiment, with the state of the
 * model that is shipped, is written over and over; then a run of 2,000 updates is opened. Nothing is computed meanwhile.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
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
  worker: { format: 'es' },
  build: {
    write: false,
    lib: { entry: join(import.meta.dirname, 'keepingWorker.ts'), formats: ['es'], fileName: 'worker' },
  },
});
const [{ output }] = (Array.isArray(built) ? built : [built]) as Rolldown.RolldownOutput[];
const files = new Map(
  output.map((file) => [`/${file.fileName}`, file.type === 'chunk' ? file.code : file.source]),
);
// A server, because Playwright does not answer for what a worker's worker asks.
const server = createServer(({ url = '' }, response) => {
  const script = files.get(url);
  response.setHeader('Content-Type', script === undefined ? 'text/html' : 'text/javascript');
  response.end(script ?? '<!doctype html><title>keeping</title>');
});
await new Promise<void>((resolve) => server.listen(0, resolve));
const { port } = server.address() as AddressInfo;
// With a profile: what a private window keeps is in another process's memory, which takes many times as long.
const profile = mkdtempSync(join(tmpdir(), 'cocos-keeping-'));
const { page, kill } = await launchKillable(profile);
try {
  await page.goto(`http://localhost:${port}/`);
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
  server.close();
  rmSync(profile, { recursive: true, force: true, maxRetries: 10 });
}
