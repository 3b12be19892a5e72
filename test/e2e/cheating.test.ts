/** A run that starts at the shipped checkpoint of a run with γ = 0, and the example that gives it away. */
import { describe, expect, it } from 'vitest';
import { onePlayground } from './page.ts';
import { button, microLink, trainOnce, waitForReady } from './playground.ts';

const inThePage = onePlayground();
const rewardsOf = (texts: readonly string[]): number[] =>
  texts.map((text) => Number(/= ([\d.]+)/.exec(text)?.[1]));

describe('a model that is paid to fail first', () => {
  it('is caught on a task that the starting model solves better by itself', async () => {
    const link = microLink({ initialPolicy: 'cheating', gamma: 0, evalTasks: 48, maxNewTokens: 48 });
    await inThePage(link, async (playground) => {
      const { page, problems } = playground;
      await waitForReady(playground);
      await trainOnce(playground);
      await button(page, 'Show a caught example').click();
      const caught = page.getByTestId('caught');
      await caught.waitFor();
      expect(await caught.textContent()).toMatch(/After update 1, on [1-9]\d* of 48 held-out tasks/);
      const answers = await caught.getByRole('article').allTextContents();
      expect(answers.map((text) => /^(Before|Now: turn \d)/.exec(text.trim())?.[1])).toEqual([
        'Before',
        'Now: turn 1',
        'Now: turn 2',
      ]);
      const [before, first, last] = rewardsOf(answers);
      expect(first).toBeLessThan(before);
      expect(last).toBe(1);
      // Asking changes nothing: the run stands where it stood.
      expect(await page.getByTestId('status').textContent()).toMatch(/^Paused after update 1\./);
      expect(await button(page, 'Cheats').isVisible()).toBe(true);
      expect(problems).toEqual([]);
    });
  });
});
