/** The page around the picture: what is in view on a projector, the settings' drawer, a run that is extended, a phone's order. */
import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { violations } from './barriers.ts';
import { onePlayground, withPlayground } from './page.ts';
import {
  button,
  chartsOf,
  fieldOf,
  lanesOf,
  leaveDialog,
  microLink,
  region,
  trainOnce,
  waitForReady,
  waitForStatus,
} from './playground.ts';

const inThePage = onePlayground();
/** 1280 × 720 at 125 %. */
const projector = { width: 1024, height: 576 };
const wide = { width: 1440, height: 900 };
const phone = { width: 390, height: 844 };

/** Whether all of them lie in the window, none scrolled away. */
const inView = (page: Page, selector: string): Promise<boolean[]> =>
  page.locator(selector).evaluateAll((elements) =>
    elements.map((element) => {
      const { top, bottom, left, right } = element.getBoundingClientRect();
      return top >= 0 && left >= 0 && bottom <= window.innerHeight && right <= window.innerWidth;
    }),
  );

/** Every text that can be seen and is too small, with its size in CSS pixels. */
const tooSmall = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('body *')]
      .filter((element) => element.checkVisibility() && element.closest('.hidden, svg, dialog, pre') === null)
      .flatMap((element) => {
        const text = [...element.childNodes]
          .filter((node) => node.nodeType === Node.TEXT_NODE)
          .map((node) => node.textContent?.trim() ?? '')
          .join('');
        const size = parseFloat(getComputedStyle(element).fontSize);
        const least = /^[−+]?[\d.]+(\s%)?$/.test(text) && element.tagName !== 'SUB' ? 12 : 11;
        return text !== '' && size < least ? [`${text}: ${size}`] : [];
      }),
  );

describe('the page around the picture', () => {
  it('has the picture and the curve in view on a projector, and the settings one button away', async () => {
    // A page of its own: other runs take room at the top.
    const path = microLink({ k: 4, promptsPerUpdate: 4, evalEvery: 1 });
    await withPlayground({ path, viewport: projector }, async (playground) => {
      const { page, problems } = playground;
      await trainOnce(playground);
      expect(await lanesOf(page).count()).toBe(4);
      expect(await inView(page, '.lane')).toEqual([true, true, true, true]);
      expect(await inView(page, '.learning figure.main')).toEqual([true]);

      expect(await region(page, 'Experiment').count()).toBe(0);
      await button(page, 'Settings').click();
      expect(await page.evaluate(() => document.activeElement?.closest('dialog') !== null)).toBe(true);
      await fieldOf(page, 'Discount γ').fill('0.5');
      expect(await violations(page, { within: 'dialog[open]' })).toEqual([]);
      await leaveDialog(page);
      await expect.poll(() => region(page, 'Experiment').count()).toBe(0);
      const focused = () => page.evaluate(() => document.activeElement?.textContent.trim());
      await expect.poll(focused).toBe('Settings');
      await button(page, 'Step').click();
      await waitForStatus(playground, /^Paused after update 2\./);
      await page.getByText('Changed during the run').click();
      await page.getByText('Discount γ 0.75 → 0.5').waitFor();

      // A click on the curve shows the update of that point, as long as it is kept.
      const plot = page.locator('.learning figure.main .u-over');
      const box = await plot.boundingBox();
      await plot.click({ position: { x: (box?.width ?? 0) / 20, y: 40 } });
      await region(page, 'Episode').getByText('update 1', { exact: true }).waitFor();
      expect(problems).toEqual([]);
    });
  });

  it('can be read: no text under 11 pixels, no number under 12, the answer in 14', async () => {
    await inThePage(microLink({ evalEvery: 1 }), async (playground) => {
      const { page } = playground;
      await trainOnce(playground);
      for (const viewport of [wide, projector, phone]) {
        await page.setViewportSize(viewport);
        expect(await tooSmall(page), String(viewport.width)).toEqual([]);
        const code = region(page, 'Episode').getByRole('article', { name: 'Turn 1' }).locator('code').first();
        expect(await code.evaluate((it) => parseFloat(getComputedStyle(it).fontSize))).toBeGreaterThanOrEqual(
          14,
        );
      }
      const tops = () =>
        page
          .locator('main > section')
          .evaluateAll((all) =>
            all.map((one) => [one.className.split(' ')[0], one.getBoundingClientRect().top] as const),
          );
      // The settings come back into the page once it has heard of its new width.
      await expect
        .poll(async () => (await tops()).map(([name]) => name))
        .toEqual(['episode', 'learning', 'experiment']);
      const heights = (await tops()).map(([, top]) => top);
      expect(heights).toEqual(heights.toSorted((a, b) => a - b));
    });
  });

  it('says how a run went, goes on when Updates is raised, and keeps the last one to compare with', async () => {
    await inThePage(microLink({ steps: 2, evalEvery: 1 }), async (playground) => {
      const { page } = playground;
      await page.setViewportSize(wide);
      await waitForReady(playground);
      await button(page, 'Run').click();
      expect(await waitForStatus(playground, /^Finished after 2 updates/)).toMatch(
        /: turn 1 \d+ → \d+\s%, turn 2 \d+ → \d+\s%, held-out\./,
      );
      expect(await button(page, 'Run').getAttribute('aria-disabled')).toBe('true');
      await page.locator('summary', { hasText: /^\s*Run/ }).click();
      await fieldOf(page, 'Updates').fill('3');
      await button(page, 'Run').click();
      await waitForStatus(playground, /^Finished after 3 updates/);

      await page.getByText('More charts').click();
      await expect
        .poll(async () => (await chartsOf(page)).map(({ title }) => title))
        .toEqual(
          expect.arrayContaining(['Groups without signal', 'Loss', 'Gradient norm', 'Length', 'Truncated']),
        );
      await button(page, 'Reset').click();
      await waitForReady(playground);
      expect((await chartsOf(page)).map(({ step }) => step)).not.toContain(3);
    });
  });

  it('has every value of a chart in a table, which grows with the run, and its help moves nothing', async () => {
    await inThePage(microLink({ evalEvery: 1 }), async (playground) => {
      const { page, problems } = playground;
      await page.setViewportSize(wide);
      await trainOnce(playground);
      const help = region(page, 'Learning').getByRole('button', { name: 'About Reward r' });
      await help.scrollIntoViewIfNeeded();
      const legend = page.locator('.learning figure:not(.main) .frame').first();
      const before = await legend.boundingBox();
      await help.click();
      await page.getByText('Mean reward of the answer at this turn').first().waitFor();
      expect(await legend.boundingBox()).toEqual(before);
      await page.keyboard.press('Escape');

      await button(page, 'Held-out accuracy: every value as a table, and the chart as an image').click();
      const table = page.getByRole('dialog', { name: 'Held-out accuracy: every value' });
      await table.getByRole('row').nth(2).waitFor();
      // Behind them may be those of the run before, which another test has left.
      const heads = await table.getByRole('columnheader').allTextContents();
      expect(heads.slice(0, 3)).toEqual(['update', 'turn 1', 'turn 2']);
      const rows = table.getByRole('row').filter({ has: page.getByRole('rowheader', { name: /^[01]$/ }) });
      expect(await rows.count()).toBe(2);
      const cells = await rows.evaluateAll((all) =>
        all.flatMap((row) => [...row.querySelectorAll('td')].slice(0, 2).map((cell) => cell.textContent)),
      );
      expect(cells).toHaveLength(4);
      for (const cell of cells) expect(cell).toMatch(/^\d+\.\d\d\s%$/);
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        table.getByRole('button', { name: 'Save as CSV' }).click(),
      ]);
      expect(file.suggestedFilename()).toMatch(/^run-\d+-.*-held-out-accuracy\.csv$/);
      await leaveDialog(page);
      expect(problems).toEqual([]);
    });
  });

  it('is not introduced again to whoever turned that off, until it is wanted', async () => {
    await inThePage(microLink(), async (playground) => {
      const { page, problems } = playground;
      await page.setViewportSize(wide);
      await waitForReady(playground);
      const stories = page.getByRole('heading', { name: 'A minute each' });
      await stories.waitFor();
      await button(page, 'Hide').click();
      await page.getByText('The introduction is off on this device.').waitFor();
      expect(await stories.count()).toBe(0);
      await page.reload();
      await waitForReady(playground);
      expect(await stories.count()).toBe(0);
      expect(await page.getByText('This small model learned').count()).toBe(0);
      await button(page, 'Help').click();
      await page.getByRole('checkbox', { name: /Show the introduction/ }).check();
      await leaveDialog(page);
      await stories.waitFor();
      expect(problems).toEqual([]);
    });
  });
});
