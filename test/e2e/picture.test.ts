/** One update as one picture: it is there while the model loads, its numbers hang together, and each is a step to the one below. */
import type { Locator, Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { amount } from '../amount.ts';
import { onePlayground, withPlayground } from './page.ts';
import {
  button,
  lanesOf,
  leaveDialog,
  microLink,
  region,
  trainOnce,
  waitForReady,
  waitForStatus,
} from './playground.ts';

const inThePage = onePlayground();
const episode = (page: Page): Locator => region(page, 'Episode');
/** What a number says of itself when it is pointed at. */
const formulas = (page: Page, name: RegExp): Promise<string[]> =>
  episode(page)
    .getByRole('button', { name })
    .evaluateAll((buttons) =>
      buttons.map(
        (one) => document.getElementById(one.getAttribute('aria-describedby') ?? '')?.textContent ?? '',
      ),
    );
const number = (text: string | undefined): number =>
  Number((text ?? '').replace('−', '-').replace(/[()+]/g, ''));

describe('the picture of an update', () => {
  it('is alive while the model is loading, says that it is recorded, and stays until somebody goes on', async () => {
    await withPlayground({ path: microLink() }, async (playground) => {
      const { page, problems } = playground;
      await page.locator('[data-source="recorded"]').waitFor();
      expect(await lanesOf(page).count()).toBe(4);
      expect(await episode(page).getByText('recorded earlier', { exact: false }).count()).toBeGreaterThan(0);
      expect((await lanesOf(page).first().getAttribute('aria-label')) ?? '').toMatch(
        /wrong, then repaired.*more likely/,
      );
      await waitForReady(playground);
      const own = page.getByRole('button', { name: 'Show the model’s own answers' });
      await own.waitFor();
      expect(await lanesOf(page).count()).toBe(4);
      await own.click();
      await page.locator('[data-source="live"]').waitFor();
      expect(await page.locator('[data-source="recorded"]').count()).toBe(0);
      await page.getByRole('radio', { name: 'Explained' }).check({ force: true });
      await page.locator('[data-source="recorded"]').waitFor();
      expect(problems).toEqual([]);
    });
  });

  it.each([
    ['GRPO', { estimator: 'grpo', beta: 0.05 }],
    ['own credit for each turn', { returns: 'per-turn' }],
    ...amount([], [
      ['CoCoS', {}],
      ['a shared first answer, REINFORCE', { objective: 'released-code', estimator: 'reinforce' }],
    ] as const),
  ] as const)('has numbers that hang together: %s', async (_, changes) => {
    await inThePage(microLink({ ...changes, k: 3 }), async (playground) => {
      const { page, problems } = playground;
      await trainOnce(playground);
      expect(await lanesOf(page).count()).toBe(3);
      const pushes = await formulas(page, /^Push of/);
      expect(pushes.length).toBe('returns' in changes ? 6 : 3);
      for (const formula of pushes) {
        const [, compared, baseline, scale = '1', advantage] =
          /= \(?(\S+?) − (\(?\S+?\)?)\)?(?: · (\S+))? = (\S+)$/.exec(formula) ?? [];
        const gap = number(compared) - number(baseline);
        // What is shown is rounded to two decimals.
        const room = 0.006 + 0.011 * Math.abs(number(scale)) + 0.006 * Math.abs(gap);
        expect(Math.abs(gap * number(scale) - number(advantage)), formula).toBeLessThanOrEqual(room);
      }
      expect(problems).toEqual([]);
    });
  });

  it('tells where the update went: shares of the layers add up, and so do those of a layer’s matrices', async () => {
    await inThePage(microLink({ k: 3 }), async (playground) => {
      const { page, problems } = playground;
      await trainOnce(playground);
      const layers = page.getByTestId('layers');
      await layers.locator('summary').click();
      await button(page, 'Layer 1').click();
      const rows = await layers.locator('tbody tr').evaluateAll((all) =>
        all.map((row) => ({
          inside: row.classList.contains('matrix'),
          name: row.querySelector('th')?.textContent?.trim() ?? '',
          shares: [...row.querySelectorAll('td')]
            .slice(0, 2)
            .map((cell) => parseFloat(cell.textContent ?? '')),
        })),
      );
      const sum = (some: typeof rows, column: number) =>
        some.reduce((total, { shares }) => total + (shares[column] ?? NaN), 0);
      expect(rows.map(({ name }) => name)).toContain('attention: query');
      for (const column of [0, 1]) {
        const outer = rows.filter(({ inside }) => !inside);
        expect(Math.abs(sum(outer, column) - 100)).toBeLessThan(0.05 * outer.length + 0.01); // rounded to a tenth
        const layer = rows.find(({ name }) => name === 'Layer 1')?.shares[column] ?? NaN;
        const inner = rows.filter(({ inside }) => inside);
        expect(Math.abs(sum(inner, column) - layer)).toBeLessThan(0.05 * inner.length + 0.06);
      }
      expect(problems).toEqual([]);
    });
  });

  it('shows what the update did to a token: before, after, and what else was considered', async () => {
    await inThePage(microLink({ k: 3 }), async (playground) => {
      const { page, problems } = playground;
      await trainOnce(playground);
      const first = episode(page).getByRole('article', { name: 'Turn 1' }).getByRole('button').first();
      await first.focus();
      await page.keyboard.press('ArrowRight');
      const token = page.getByRole('region', { name: 'Token 2 of turn 1' });
      await token.getByText('after this update').waitFor();
      await token.getByRole('row').nth(5).waitFor();
      expect(await token.getByText('%').count()).toBeGreaterThan(5);
      await page.keyboard.press('ArrowRight');
      await page.getByRole('region', { name: 'Token 3 of turn 1' }).getByRole('row').nth(5).waitFor();
      expect(problems).toEqual([]);
    });
  });

  it('fills while an update runs: texts grow, then come marks, then bars', async () => {
    await inThePage(microLink({ k: 3, promptsPerUpdate: 8 }), async (playground) => {
      const { page, problems } = playground;
      await waitForReady(playground);
      const seen = await page.evaluateHandle(() => {
        const moments: { written: number; marks: number; bars: number; done: boolean }[] = [];
        const look = () => {
          const count = (selector: string) => document.querySelectorAll(`.picture ${selector}`).length;
          const code = [...document.querySelectorAll('.picture pre')];
          moments.push({
            written: code.reduce((sum, { textContent }) => sum + textContent.length, 0),
            marks: count('.marks'),
            bars: count('.comparison'),
            done: document.querySelector('[data-testid="step"]')?.textContent === '1',
          });
        };
        new MutationObserver(look).observe(document.body, {
          ...{ subtree: true, childList: true, characterData: true },
        });
        return moments;
      });
      await button(page, 'Step').click();
      await waitForStatus(playground, /^Paused after update 1\./);
      const moments = await seen.jsonValue();
      const began = moments.findIndex(({ marks }) => marks === 0);
      const underWay = moments.slice(began).filter(({ done }) => !done);
      const unmarked = underWay.filter(({ marks }) => marks === 0);
      expect(new Set(unmarked.map(({ written }) => written)).size).toBeGreaterThan(1);
      expect(underWay.some(({ marks, bars }) => marks > 0 && bars === 0)).toBe(true);
      expect(underWay.at(-1)).toMatchObject({ marks: 6, bars: 3 });
      expect(moments.at(-1)).toMatchObject({ marks: 6, bars: 3, done: true });
      expect(problems).toEqual([]);
    });
  });

  it('stands at the stations of an update, by keyboard; a change and Reset between them are survived', async () => {
    await inThePage(microLink({ k: 3 }), async (playground) => {
      const { page, problems } = playground;
      await waitForReady(playground);
      const lane = () => lanesOf(page).first().getAttribute('aria-label');
      const next = async (status: RegExp) => {
        await page.keyboard.press('Shift+ArrowRight');
        await waitForStatus(playground, status);
        return (await lane()) ?? '';
      };
      await next(/^Update 1, after writing: press Next station to go on/);
      await expect.poll(lane).toMatch(/^Try 1: (right|wrong)\.$/);
      await next(/^Update 1, after turn 2/);
      await expect.poll(lane).toMatch(/^Try 1: (right|wrong), then [a-z ]+\.$/);
      expect(await next(/^Update 1, after the rewards/)).toMatch(/; R′ [^,;]+\.$/);
      expect(await next(/^Update 1, after comparing/)).toMatch(/ the mean of the 2 other tries\.$/);
      await page.getByRole('slider', { name: /Discount/ }).press('ArrowLeft'); // holds afterwards
      await page.evaluate(
        () => document.activeElement instanceof HTMLElement && document.activeElement.blur(),
      );
      expect(await next(/^Paused after update 1\./)).toMatch(/(more likely|less likely|as it is|moved)\.$/);

      await next(/^Update 2, after writing/);
      await button(page, 'Step').click(); // to the end of this update
      await waitForStatus(playground, /^Paused after update 2\./);
      await next(/^Update 3, after writing/);
      await button(page, 'Reset').click();
      await waitForReady(playground);
      await next(/^Update 1, after writing/);
      expect(problems).toEqual([]);
    });
  });

  it('leads from the push down to a line of code, by keyboard, and back', async () => {
    await inThePage(microLink({ k: 3 }), async (playground) => {
      const { page, problems } = playground;
      await trainOnce(playground);
      const push = episode(page)
        .getByRole('button', { name: /^Push of/ })
        .first();
      await page.keyboard.press('Tab'); // from now on the focus is one to be seen
      await push.focus();
      await expect.poll(() => episode(page).getByRole('tooltip').filter({ visible: true }).count()).toBe(1);
      await page.keyboard.press('Enter');
      const why = page.getByRole('region', { name: 'Why, try 1' });
      await why.getByText('The baseline').first().waitFor();

      await button(page, 'R′').press('Enter');
      await why.getByRole('table').waitFor();
      await why
        .getByRole('row', { name: /reward of turn 2/ })
        .getByRole('button')
        .press('Enter');
      await why.getByText('tests passed').first().waitFor();
      await why.getByRole('listitem').last().getByRole('button').press('Enter');
      await why.getByText('Expected').first().waitFor();
      expect(await why.getByText('def ', { exact: false }).count()).toBeGreaterThan(0);
      await page.keyboard.press('Escape');
      await expect.poll(() => why.count()).toBe(0);

      // The keys of the whole page.
      await page.evaluate(
        () => document.activeElement instanceof HTMLElement && document.activeElement.blur(),
      );
      await page.keyboard.press('?');
      await page.getByRole('dialog').getByText('One update').first().waitFor();
      await leaveDialog(page);
      await page.keyboard.press('ArrowRight');
      await waitForStatus(playground, /^Paused after update 2\./);

      // What was opened is gone with the update it was opened in, and whoever comes back to that goes on where they are.
      await push.press('Enter');
      await why.waitFor();
      await button(page, 'Earlier').press('Enter');
      await expect.poll(() => why.count()).toBe(0);
      await button(page, 'Later').press('Enter');
      await episode(page).getByText('update 2', { exact: true }).waitFor();
      expect(await why.count()).toBe(0);
      expect(problems).toEqual([]);
    });
  });
});
