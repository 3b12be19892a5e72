/** The example course page of docs/, on another site than the playground: its frame trains, fits, and leads to the whole page. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Frame } from 'playwright';
import { expect, it } from 'vitest';
import { staticHost } from './hosts.ts';
import { withPlayground } from './page.ts';
import { button, microLink, region, trainOnce } from './playground.ts';

const root = join(import.meta.dirname, '../..');

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

it('a course page of another site, isolated as the playground is', async () => {
  const host = await staticHost(join(root, 'test-results/dist'));
  try {
    // The page as it is, but for the address, an experiment that updates in a blink, and its second frame.
    const course = await readFile(join(root, 'docs/examples/course.html'), 'utf8');
    const there = host.at('isolated') + microLink().replaceAll('&', '&amp;');
    const page1 = course
      .replace(/https:\/\/me\.example\/playground\/#v=\d+/, there)
      .replace(/<h2>[^]*<\/iframe>/, '');
    expect(page1.match(/<iframe/g)).toHaveLength(1);
    host.changed.set('course.html', page1);
    const address = host.at('isolated').replace('localhost', '127.0.0.1');
    const ignore = [/^left its origin: http:\/\/localhost/];
    await withPlayground({ address, path: 'course.html', ignore }, async ({ page, problems, waitFor }) => {
      const inside = page.frameLocator('iframe');
      await trainOnce({ page: inside, waitFor });
      const frame = page.frames().find((one) => one.url().startsWith(host.at('isolated')));
      if (!frame) throw new Error('The page has no frame of the playground.');
      expect(await frame.evaluate(() => crossOriginIsolated)).toBe(true);
      expect(await inside.getByRole('heading', { level: 1 }).count()).toBe(0);
      expect(await region(inside, 'Learning').count()).toBe(1);
      expect((await region(inside, 'Episode').count()) + (await region(inside, 'Experiment').count())).toBe(
        0,
      );

      for (const [width, height] of [
        [320, 400],
        [700, 480],
        [899, 600],
        [900, 480],
        [1800, 900],
      ] as const) {
        await page
          .locator('iframe')
          .evaluate(
            (it, size) => it.setAttribute('style', size),
            `width: ${width}px; height: ${height}px; border: 0`,
          );
        await frame.waitForFunction((wanted) => innerWidth === wanted, width);
        const fits = width >= 900;
        expect(await scrolling(frame), `${width}`).toEqual({
          page: !fits,
          parts: fits,
          sideways: false,
        });
      }

      const opened = page.context().waitForEvent('page');
      await inside.getByRole('link', { name: /^Open in full/ }).click();
      const full = await opened;
      await full.getByRole('heading', { level: 1, name: 'CoCoS Playground' }).waitFor();
      expect(full.url()).toBe(host.at('isolated') + microLink());
      await button(full, 'Run').waitFor();
      await full.close();
      expect(problems).toEqual([]);
    });
  } finally {
    await host.close();
  }
});
