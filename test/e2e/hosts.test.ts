/**
 * The built folder on the hosts that people use: the page opens, trains, and keeps its files. The second visit needs no network
 * and is isolated; a new version replaces the old one whole. All are one origin, so that Python is compiled once.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { amount, inProof } from '../amount.ts';
import { staticHost, type StaticHost } from './hosts.ts';
import { withPlayground } from './page.ts';
import {
  button,
  microLink,
  stepOf,
  trainOnce,
  waitForOffline,
  waitForReady,
  waitForStatus,
} from './playground.ts';

const folder = join(import.meta.dirname, '../../test-results/dist');
let host: StaticHost;

beforeAll(async () => {
  host = await staticHost(folder);
});
afterAll(() => host?.close());

const built = (name: string): string => readFileSync(join(folder, name), 'utf8');
const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64');

const isolated = (page: Page): Promise<boolean> => page.evaluate(() => crossOriginIsolated);

/** What the browser says of the service worker's script when there is no network to look for a newer one. */
const noNetwork = /service-worker\.js/;

it('has no file that a host leaves out', () => {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  expect(names.filter((name) => /(^|[\\/])[_.#]|~([\\/]|$)/.test(name))).toEqual([]);
});

it('says which script did not arrive', async () => {
  const missing = readdirSync(join(folder, 'assets')).find((name) => /^index.*\.js$/.test(name)) ?? '';
  host.changed.set(`assets/${missing}`, null);
  const address = host.at('plain');
  await withPlayground({ address, ignore: [/404/] }, async ({ page, problems }) => {
    await page.getByText(`could not start. ${address}assets/${missing} did not arrive`).waitFor();
    expect(problems).toEqual([]);
  });
  host.changed.clear();
});

inProof(() => {
  it('helping threads that do not start', async () => {
    const script = readdirSync(join(folder, 'assets')).find((name) => name.startsWith('thread.worker')) ?? '';
    host.changed.set(`assets/${script}`, null);
    const options = {
      address: host.at('isolated'),
      path: microLink(),
      ignore: [/404|thread\.worker.*ERR_FAILED/],
    };
    await withPlayground(options, async (playground) => {
      const { page, problems } = playground;
      await trainOnce(playground);
      expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
      await button(page, 'Back end: WASM').click();
      await page.getByText(/one thread, because no other starts/).waitFor();
      expect(problems).toEqual([]);
    });
    host.changed.clear();
  });

  it('says when the files cannot be stored, and works all the same', async () => {
    const missing = [/404/];
    await withPlayground(
      { address: host.at('incomplete'), path: microLink(), ignore: missing },
      async (playground) => {
        const { problems } = playground;
        await trainOnce(playground);
        const said = await waitForOffline(playground, /could not be stored/);
        expect(said).toContain('Needs the network at every visit');
        expect(said).toContain('models/repairer/model.safetensors: 404');
        expect(problems).toEqual([]);
      },
    );
  });

  it.each(['nginx', 'netlify', 's3', 'wrongTypes'] as const)('%s', async (name) => {
    const page = name === 's3' ? 'index.html' : ''; // a bucket has no address for a folder
    await withPlayground({ address: host.at(name), path: page + microLink() }, async (playground) => {
      await trainOnce(playground);
      expect(await isolated(playground.page)).toBe(false);
      await waitForOffline(playground, /^Works offline/);
      expect(playground.problems).toEqual([]);
    });
  });
});

/** Last, for the host goes. It compresses, and leaves files out. */
it('takes a new version whole or not at all, and needs no host to open, train and be isolated', async () => {
  const address = host.at('githubPages');
  const ignore: RegExp[] = [];
  const page1 = built('index.html');
  const page2 = page1.replace(/<title>.*<\/title>/, '<title>Second version</title>');
  const worker2 = built('service-worker.js').replaceAll(sha256(page1), sha256(page2));
  const kept = (page: Page) =>
    page.evaluate(async () => (await (await caches.open('cocos-files')).keys()).length);
  await withPlayground({ address, path: microLink(), ignore }, async (playground) => {
    const { page, problems } = playground;
    /**
     * By the page itself, and until the next page has its own place in the document. Playwright's reload waits for events,
     * and twice in some dozen whole runs none came when one version handed over to the next.
     */
    const reload = async () => {
      await page.evaluate(() => {
        document.documentElement.dataset.before = '';
        setTimeout(() => location.reload());
      });
      await page.locator('html:not([data-before]) #app').waitFor({ state: 'attached' });
    };
    const first = await page.title();
    await trainOnce(playground);
    expect(await isolated(page)).toBe(false);
    await waitForOffline(playground, /^Works offline/);
    const files = await kept(page);

    // Half deployed: the new script, the old page. The old version stays, whole, and says so. The browser looks by itself now and then.
    host.changed.set('service-worker.js', worker2);
    await page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.update());
    await waitForOffline(
      playground,
      /newer version could not be stored: index\.html: the host has another version/,
    );

    // Deployed: it is stored beside the old one, which the page keeps until the next visit.
    host.takeAsked();
    host.changed.set('index.html', page2);
    await reload();
    expect(await page.title()).toBe(first);
    await waitForOffline(playground, /newer version is stored/);
    await page.getByText('close its other tabs and reload').waitFor();
    expect(new Set(host.takeAsked())).toEqual(new Set(['service-worker.js', 'index.html'])); // only what changed

    // What is stored needs no host.
    ignore.push(noNetwork);
    await host.close();
    await reload();
    await waitForReady(playground);
    expect(await page.title()).toBe('Second version');
    expect(page.url()).toBe(address + microLink());
    expect(await kept(page)).toBe(files);
    expect(await isolated(page)).toBe(true);
    const trainer = page.workers().find((worker) => worker.url().includes('trainer.worker'));
    expect(await trainer?.evaluate(() => crossOriginIsolated)).toBe(true);
    await button(page, 'Step').click();
    await waitForStatus(playground, /^Paused after update 1\./);
    expect(await stepOf(page)).toBe(1);
    await waitForOffline(playground, /^Works offline/);
    expect(problems).toEqual([]);

    // A browser that needs room forgets all of it. (What it had compiled, other tests would have to wait for.)
    if (!amount(false, true)) return;
    await page.evaluate(() => caches.delete('cocos-files'));
    const devTools = await page.context().newCDPSession(page);
    await devTools.send('Network.clearBrowserCache');
    await page.reload();
    await page.getByText('no longer has the files of CoCoS Playground, and there is no network').waitFor();
  });
});
