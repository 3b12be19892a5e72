/**
 * Frames of other sites, and windows that refuse something: it costs its own convenience, the page says so, and trains. The frame of
 * the example course page in docs/ fits as well, and leads to the whole page.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContext, Frame } from 'playwright';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { amount, inProof } from '../amount.ts';
import { launchWithoutCookies } from '../browser.ts';
import { staticHost, type StaticHost } from './hosts.ts';
import { withPlayground, withPlaygroundIn, type OpenPage } from './page.ts';
import { button, microLink, region, trainOnce, waitForOffline } from './playground.ts';

const root = join(import.meta.dirname, '../..');
const folder = join(root, 'test-results/dist');
let host: StaticHost;
let strict: BrowserContext;

/** An address of another site, which has a name instead. */
const elsewhere = (name: 'plain' | 'isolated'): string => host.at(name).replace('localhost', '127.0.0.1');
/** A page of another site around the playground. */
const around = (attributes: string): string => {
  host.changed.set(
    'around.html',
    `<!doctype html><title>Around</title><link rel="icon" href="data:," /><iframe ${attributes}></iframe>`,
  );
  return elsewhere('plain');
};
const framed = ({ page, waitFor }: OpenPage) => ({ page: page.frameLocator('iframe'), waitFor });
const refusals = async (place: Pick<OpenPage['page'], 'getByTestId'>): Promise<string[]> =>
  (await place.getByTestId('refusal').allTextContents()).toSorted();
const otherOrigin = /^left its origin: http:\/\/localhost/;

beforeAll(async () => {
  host = await staticHost(folder);
  strict = await launchWithoutCookies();
});
afterAll(async () => {
  await strict?.close();
  await host?.close();
});

const blocked = 'the browser blocks cookies and site data here';
const withoutCookies = [
  `Whether the introduction is shown is not remembered: ${blocked}.`,
  `Light or dark is not remembered: ${blocked}.`,
  `Python starts slowly at every visit, because it could not be kept: ${blocked}.`,
  `The language is not remembered: ${blocked}.`,
  `No run is kept when the page is closed: ${blocked}.`,
].toSorted();

inProof(() => {
  it('cookies blocked', async () => {
    const options = { address: host.at('plain'), path: microLink() };
    await withPlaygroundIn(strict, options, async (playground) => {
      await trainOnce(playground);
      expect(await refusals(playground.page)).toEqual(withoutCookies);
      await waitForOffline(playground, new RegExp(`Needs the network.*${blocked}`));
      expect(playground.problems).toEqual([]);
    });
  });

  it('a frame of another site, which may keep nothing, with everything but the header', async () => {
    const address = around(`src="${host.at('plain')}${microLink()}&embed"`);
    const options = { address, path: 'around.html', ignore: [otherOrigin] };
    await withPlaygroundIn(strict, options, async (playground) => {
      const inside = framed(playground);
      await trainOnce(inside);
      expect(await refusals(inside.page)).toEqual(withoutCookies);
      await waitForOffline(inside, new RegExp(`Needs the network.*${blocked}`));
      expect(playground.problems).toEqual([]);
    });
  });
});

/** What scrolls in a frame: the document, or parts of it. */
const scrolling = (frame: Frame) =>
  frame.evaluate(() => {
    const scrolls = (element: Element): boolean => element.scrollHeight > element.clientHeight + 1;
    const bodies = [...document.querySelectorAll('main .body')].filter(
      (body) => getComputedStyle(body).overflowY === 'auto' && scrolls(body),
    );
    const page = document.documentElement;
    return { page: scrolls(page), parts: bodies.length > 0, sideways: page.scrollWidth > page.clientWidth };
  });

it.each(amount([true] as const, [true, false] as const))(
  'a course page of another site, isolated as the playground is; it may keep nothing: %s',
  async (refused) => {
    // The page as it is, but for the address, an experiment that updates in a blink, and its second frame.
    const course = await readFile(join(root, 'docs/examples/course.html'), 'utf8');
    const there = host.at('isolated') + microLink().replaceAll('&', '&amp;');
    const page1 = course
      .replace(/https:\/\/me\.example\/playground\/#v=\d+/, there)
      .replace(/<h2>[^]*<\/iframe>/, '');
    expect(page1.match(/<iframe/g)).toHaveLength(1);
    host.changed.set('course.html', page1);
    const options = { address: elsewhere('isolated'), path: 'course.html', ignore: [otherOrigin] };
    const inCourse = async (playground: OpenPage) => {
      const { page, problems } = playground;
      const inside = framed(playground);
      await trainOnce(inside);
      const frame = page.frames().find((one) => one.url().startsWith(host.at('isolated')));
      if (!frame) throw new Error('The page has no frame of the playground.');
      expect(await frame.evaluate(() => crossOriginIsolated)).toBe(true);
      expect(await inside.page.getByRole('heading', { level: 1 }).count()).toBe(0);
      expect(await region(inside.page, 'Learning').count()).toBe(1);
      const others = [region(inside.page, 'Episode'), region(inside.page, 'Experiment')];
      for (const other of others) expect(await other.count()).toBe(0);
      if (refused) {
        expect(await refusals(inside.page)).toEqual(withoutCookies);
        await waitForOffline(inside, new RegExp(`Needs the network.*${blocked}`));
      }

      for (const [width, height] of [
        [320, 400],
        [700, 480],
        [899, 600],
        [900, 480],
        [1800, 900],
      ] as const) {
        const size = `width: ${width}px; height: ${height}px; border: 0`;
        await page.locator('iframe').evaluate((it, style) => it.setAttribute('style', style), size);
        await frame.waitForFunction((wanted) => innerWidth === wanted, width);
        const fits = width >= 900;
        expect(await scrolling(frame), `${width}`).toEqual({ page: !fits, parts: fits, sideways: false });
      }

      const opened = page.context().waitForEvent('page');
      await inside.page.getByRole('link', { name: /^Open in full/ }).click();
      const full = await opened;
      await full.getByRole('heading', { level: 1, name: 'CoCoS Playground' }).waitFor();
      expect(full.url()).toBe(host.at('isolated') + microLink());
      await button(full, 'Run').waitFor();
      await full.close();
      expect(problems).toEqual([]);
    };
    await (refused ? withPlaygroundIn(strict, options, inCourse) : withPlayground(options, inCourse));
  },
);

inProof(() => {
  it('a frame without an origin, from a host that lets anybody read', async () => {
    const address = around(`sandbox="allow-scripts" src="${host.at('githubPages')}${microLink()}"`);
    const clipboard = /The Clipboard API has been blocked/; // Chromium's own remark on Share
    const options = { firstVisit: true, address, path: 'around.html', ignore: [otherOrigin, clipboard] };
    await withPlayground(options, async (playground) => {
      const inside = framed(playground);
      await trainOnce(inside);
      expect((await refusals(inside.page)).join()).toMatch(/sandboxed without "allow-same-origin"/);
      await waitForOffline(inside, /Needs the network.*sandboxed without/);
      await button(inside.page, 'Share').click();
      await button(inside.page, 'Copy link').click();
      await inside.page.getByText('did not allow copying').waitFor();
      expect(playground.problems).toEqual([]);
    });
  });
});

it('a frame without an origin, from any other host, says why nothing starts', async () => {
  const address = around(`sandbox="allow-scripts" src="${host.at('plain')}"`);
  const options = {
    firstVisit: true,
    address,
    path: 'around.html',
    ignore: [otherOrigin, /CORS|ERR_FAILED/],
  };
  await withPlayground(options, async (playground) => {
    await framed(playground)
      .page.getByText(/could not start\..*sandboxed.*Access-Control-Allow-Origin/)
      .waitFor();
    expect(playground.problems).toEqual([]);
  });
});

inProof(() => {
  it('http on a local network', async () => {
    const address = host.at('plain').replace('localhost', 'classroom.test');
    await withPlayground({ firstVisit: true, address, path: microLink() }, async (playground) => {
      const { page, problems } = playground;
      await trainOnce(playground);
      await button(page, 'Back end: WASM').click();
      await page.getByText(/WebGPU on https and localhost only; one thread/).waitFor();
      expect((await refusals(page)).join(' ')).toMatch(
        /No run is kept.*https and localhost only.*Python starts slowly.*https and localhost only/,
      );
      await waitForOffline(playground, /Needs the network.*https and localhost only/);
      await button(page, 'Share').click();
      await page.getByText('Not of this run: update 1 has no digests').waitFor();
      await button(page, 'Copy link').click();
      await page.getByText('did not allow copying').waitFor();
      // Without https the browser computes no digest, so the link does not say which model it was.
      expect(await page.getByLabel('Link', { exact: true }).inputValue()).toBe(
        address + microLink({}, { backend: 'wasm' }),
      );
      expect(problems).toEqual([]);
    });
  });
});
