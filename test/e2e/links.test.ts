/** Shared links: they bring back the experiment and wait; a bad one says what is wrong and changes nothing. */
import { describe, expect, it } from 'vitest';
import { defaultExperiment } from '../../src/config/experiment.ts';
import { linkVersion, maxLinkLength } from '../../src/config/link.ts';
import { withPlayground } from './page.ts';
import { button, fieldOf, microLink, region, statusOf, stepOf, waitForReady } from './playground.ts';

describe('links', () => {
  it('Share copies one that restores every field and waits for Run', async () => {
    await withPlayground({ path: microLink() }, async (playground) => {
      const { page, problems } = playground;
      await waitForReady(playground);
      await fieldOf(page, 'Discount γ').fill('1.5');
      await fieldOf(page, 'Reward r').selectOption('binary');
      await button(page, 'Share').click();
      await page.getByText('Link copied.').waitFor();
      const link = await page.evaluate(() => navigator.clipboard.readText());
      expect(link).toBe(page.url());
      expect(link.slice(link.indexOf('#'))).toBe(microLink({ gamma: 1.5, reward: 'binary' }));

      const opened = await page.context().newPage();
      await opened.goto(link);
      const other = { ...playground, page: opened };
      await waitForReady(other);
      expect(await fieldOf(opened, 'Discount γ').inputValue()).toBe('1.5');
      expect(await fieldOf(opened, 'Reward r').inputValue()).toBe('binary');
      expect(await region(opened, 'Experiment').textContent()).toContain('differ');
      expect(await stepOf(opened)).toBe(0);
      expect(await statusOf(opened)).toContain('Press Run');
      await opened.close();
      expect(problems).toEqual([]);
    });
  });

  it('that are wrong say so and load the default experiment', async () => {
    const gamma = String(defaultExperiment.gamma);
    await withPlayground({ path: '#v=1&gamma=0.5&k=99' }, async ({ page, problems }) => {
      const alert = page.getByRole('alert');
      const expectRefused = async (words: string) => {
        await alert.filter({ hasText: words }).waitFor();
        expect(await alert.textContent()).toContain('The default experiment is loaded instead');
        expect(await fieldOf(page, 'Discount γ').inputValue()).toBe(gamma);
        expect(await fieldOf(page, 'Samples per prompt k').inputValue()).toBe(String(defaultExperiment.k));
      };
      await expectRefused('k: must be a whole number from 2 to 16, not 99');

      const bad: [string, string][] = [
        [`#v=${linkVersion + 1}&gamma=0.5`, 'made by a newer playground'],
        [`#v=1&gamma=0.5&level=${'1'.repeat(maxLinkLength)}`, 'The link is too long'],
        ['#v=1&gamma=0.5&gama=1', 'unknown field: gama'],
        ['#gamma=0.5', 'no version'],
      ];
      for (const [hash, words] of bad) {
        await page.evaluate((text) => (window.location.hash = text), hash);
        await expectRefused(words);
      }

      // A good link afterwards opens as usual, and the complaint goes.
      await page.evaluate((text) => (window.location.hash = text), microLink({ gamma: 0.5 }));
      await alert.waitFor({ state: 'detached' });
      expect(await fieldOf(page, 'Discount γ').inputValue()).toBe('0.5');
      expect(problems).toEqual([]);
    });
  });
});
