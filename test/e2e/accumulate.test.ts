/** How rewards are accumulated: chosen, written as a formula, refused with its column, trained with, and read off the picture. */
import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { onePlayground } from './page.ts';
import {
  button,
  chartsOf,
  fieldOf,
  microLink,
  region,
  trainOnce,
  waitForReady,
  waitForStatus,
} from './playground.ts';

const inThePage = onePlayground();
const number = (text = ''): number => Number(text.replace('−', '-').replace(/[()+]/g, ''));
const gradient = (page: Page) => region(page, 'Experiment').locator('figure');

/** What each R′ of the picture says of itself: its terms "weight × value" or a number, and what they come to. */
async function sums(page: Page): Promise<{ terms: number[][]; total: number }[]> {
  const texts = await region(page, 'Episode')
    .getByRole('button', { name: /^R′/ })
    .evaluateAll((all) =>
      all.map(
        (one) => document.getElementById(one.getAttribute('aria-describedby') ?? '')?.textContent ?? '',
      ),
    );
  return texts.map((text) => {
    const [, terms = '', total] = /^R′ = (.*?) = ([−\d.]+)/.exec(text) ?? [];
    return { terms: terms.split(' + ').map((term) => term.split(' × ').map(number)), total: number(total) };
  });
}

describe('the accumulated reward', () => {
  it('shows its gradient before anything runs, and while γ moves', async () => {
    await inThePage(microLink({ k: 3 }), async ({ page, problems }) => {
      await gradient(page).getByText('w₁ = −0.25').waitFor();
      await fieldOf(page, 'Discount γ').fill('0');
      await gradient(page).getByText('w₁ = −1').waitFor();
      await gradient(page).getByText('Failing first earns +1.00 once it is repaired').waitFor();
      await fieldOf(page, 'Discount γ').fill('2');
      await gradient(page).getByText('Failing first costs 1.00, even if it is repaired').waitFor();
      expect(problems).toEqual([]);
    });
  });

  it('by a formula: an error names its column; without one it is trained with, and its numbers add up', async () => {
    await inThePage(microLink({ k: 3 }), async (playground) => {
      const { page, problems } = playground;
      await waitForReady(playground);
      await fieldOf(page, 'Accumulate R').selectOption('formula');
      const formula = fieldOf(page, 'Formula for R');
      await formula.fill('max(r[1], r[2]) ^ 2');
      await page.getByRole('alert').getByText('column 17: unexpected "^"; a power is written **').waitFor();
      expect(await formula.getAttribute('aria-invalid')).toBe('true');
      expect(await button(page, 'Step').getAttribute('aria-disabled')).toBe('true');
      await formula.fill('1 / r[1]');
      await page.getByRole('alert').getByText('must be finite for every reward').waitFor();
      await formula.fill('max(r[1], r[2]) ** 2 + 0.5');
      await formula.press('Enter');
      await gradient(page).getByText('R = max(r₁, r₂)^2 + 0.5').waitFor();
      await button(page, 'Step').click();
      await waitForStatus(playground, /^Paused after update 1\./);

      const all = await sums(page);
      expect(all).toHaveLength(3);
      for (const { terms, total } of all) {
        const [second = [], first = [], [rest = NaN] = [], ...kl] = terms;
        const r = [first[1] ?? NaN, second[1] ?? NaN];
        const product = (term: number[]) => term.reduce((a, b) => a * b, 1);
        const sum = (some: number[][]) => some.reduce((a, term) => a + product(term), 0);
        // The slopes of max² at this try: 2·max at the first maximal turn, 0 at the other.
        const best = Math.max(...r);
        expect(first[0]).toBeCloseTo(r[0] === best ? 2 * best : 0, 1);
        expect(rest).toBeCloseTo(0.5 - best ** 2, 2);
        expect(sum([second, first, [rest]])).toBeCloseTo(best ** 2 + 0.5, 1);
        expect(total).toBeCloseTo(sum([second, first, [rest]]) + sum(kl), 1);
      }

      // One level down, what each test is worth; and where the gradient went.
      await region(page, 'Episode')
        .getByRole('button', { name: /^Reward of turn 2/ })
        .first()
        .click();
      await region(page, 'Episode')
        .getByText(/if it (passed|failed): R [+−]?\d/)
        .first()
        .waitFor({ state: 'attached' });
      const layers = (await chartsOf(page)).find(({ title }) => title === 'Where the gradient goes');
      expect(layers?.step).toBe(1);
      expect(Object.keys(layers?.latest ?? {})).toContain('1 attention');
      for (const value of Object.values(layers?.latest ?? {})) expect(Number(value)).toBeGreaterThan(0);
      expect(problems).toEqual([]);
    });
  });

  it('travels in a link', async () => {
    const link = microLink({ k: 3, accumulate: 'formula', formula: 'alpha * (r[2] − r[1]) / 2' });
    await inThePage(link, async (playground) => {
      const { page, problems } = playground;
      await gradient(page).getByText('R = 5·r₂ − 5·r₁').waitFor();
      await trainOnce(playground);
      for (const { terms } of await sums(page)) expect(terms.slice(0, 2).map(([w]) => w)).toEqual([5, -5]);
      expect(problems).toEqual([]);
    });
  });
});
