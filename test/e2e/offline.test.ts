/** On a static host: the second visit needs no network and is isolated; a new version replaces the old one whole. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { expect, it } from 'vitest';
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
import { staticHost } from './hosts.ts';

const folder = join(import.meta.dirname, '../../test-results/dist');
const built = (name: string): string => readFileSync(join(folder, name), 'utf8');
const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64');

const isolated = (page: Page): Promise<boolean> => page.evaluate(() => crossOriginIsolated);

/** What the browser says of the service worker's script when there is no network to look for a newer one. */
const noNetwork = [/service-worker\.js/];

it('opens, trains and is isolated on the second visit, with the host gone', async () => {
  const host = await staticHost(folder);
  try {
    await withPlayground(
      { address: host.address, path: microLink(), ignore: noNetwork },
      async (playground) => {
        const { page, problems } = playground;
        await waitForReady(playground);
        expect(await isolated(page)).toBe(false);
        await waitForOffline(playground, /^Works offline/);

        await host.close();
        await page.reload();
        await waitForReady(playground);
        expect(page.url()).toBe(host.address + microLink());
        expect(await isolated(page)).toBe(true);
        const trainer = page.workers().find((worker) => worker.url().includes('trainer.worker'));
        expect(await trainer?.evaluate(() => crossOriginIsolated)).toBe(true);
        await button(page, 'Step').click();
        await waitForStatus(playground, /^Paused after update 1\./);
        expect(await stepOf(page)).toBe(1);
        await waitForOffline(playground, /^Works offline/);
        expect(problems).toEqual([]);
      },
    );
  } finally {
    await host.close();
  }
});

it('takes a new version whole or not at all', async () => {
  const host = await staticHost(folder);
  const page1 = built('index.html');
  const page2 = page1.replace(/<title>.*<\/title>/, '<title>Second version</title>');
  const worker2 = built('service-worker.js').replaceAll(sha256(page1), sha256(page2));
  const kept = (page: Page) =>
    page.evaluate(async () => (await (await caches.open('cocos-files')).keys()).length);
  try {
    await withPlayground({ address: host.address, path: microLink() }, async (playground) => {
      const { page, problems } = playground;
      const first = await page.title();
      await waitForOffline(playground, /^Works offline/);
      const files = await kept(page);
      host.takeAsked();

      // Half deployed: the new script, the old page. The old version stays, whole, and says so.
      host.changed.set('service-worker.js', worker2);
      await page.reload();
      await waitForOffline(
        playground,
        /newer version could not be stored: index\.html: the host has another version/,
      );
      expect(await page.title()).toBe(first);

      // Deployed: it is stored beside the old one, which the page keeps until the next visit.
      host.changed.set('index.html', page2);
      await page.reload();
      expect(await page.title()).toBe(first);
      await waitForOffline(playground, /newer version is stored/);
      await page.getByText('close its other tabs and reload').waitFor();
      expect(new Set(host.takeAsked())).toEqual(new Set(['service-worker.js', 'index.html'])); // only what changed

      await page.reload();
      await waitForReady(playground);
      expect(await page.title()).toBe('Second version');
      expect(page.url()).toBe(host.address + microLink());
      await waitForOffline(playground, /^Works offline: /);
      expect(await kept(page)).toBe(files);
      expect(problems).toEqual([]);
    });
  } finally {
    await host.close();
  }
});

it('says when the files cannot be stored, and works all the same', async () => {
  const host = await staticHost(folder);
  host.changed.set('models/repairer/model.safetensors', null); // not asked for by the page itself
  const missing = [/404/];
  try {
    await withPlayground(
      { address: host.address, path: microLink(), ignore: missing },
      async (playground) => {
        const { problems } = playground;
        await trainOnce(playground);
        const said = await waitForOffline(playground, /could not be stored/);
        expect(said).toContain('Needs the network at every visit');
        expect(said).toContain('models/repairer/model.safetensors: 404');
        expect(problems).toEqual([]);
      },
    );
  } finally {
    await host.close();
  }
});
