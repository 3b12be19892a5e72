/** Shared links: they bring back the experiment and wait; a bad one says what is wrong and changes nothing. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultExperiment } from '../../src/config/experiment.ts';
import { linkVersion, maxLinkLength } from '../../src/config/link.ts';
import { modelDigest } from '../../src/model/digest.ts';
import { onePlayground, withPlayground } from './page.ts';
import {
  button,
  fieldOf,
  leaveDialog,
  microLink,
  region,
  statusOf,
  stepOf,
  waitForReady,
} from './playground.ts';

const inThePage = onePlayground();

/** What mail and chat programs make of a fragment. */
const recode = (hash: string): string[] => [
  hash.replaceAll('&', '%26'),
  hash.replaceAll('=', '=3D'),
  hash.replaceAll('&', '&amp;'),
  `${hash.slice(0, 30)}%0D%0A ${hash.slice(30)}>`,
];

const digestOf = (model: string): Promise<string | undefined> =>
  modelDigest((file) => readFile(join(import.meta.dirname, '../../public/models', model, file)));

describe('links', () => {
  it('Share copies one that restores every field and waits for Run', async () => {
    await inThePage(microLink(), async (playground) => {
      const { page, problems, waitFor } = playground;
      await waitForReady(playground);
      await fieldOf(page, 'Discount γ').fill('1.5');
      await fieldOf(page, 'Reward r').selectOption('binary');
      await button(page, 'Share').click();
      await button(page, 'Copy link').click();
      await page.getByText('Link copied.').waitFor();
      const link = await page.evaluate(() => navigator.clipboard.readText());
      await leaveDialog(page);
      expect(link).toBe(page.url());
      const changes = { gamma: 1.5, reward: 'binary' } as const;
      const modelDigest = await digestOf(defaultExperiment.model);
      const hash = microLink(changes, { backend: 'wasm', modelDigest });
      expect(link.slice(link.indexOf('#'))).toBe(hash);

      const expectShared = async () => {
        await waitForReady(playground);
        expect(await fieldOf(page, 'Discount γ').inputValue()).toBe('1.5');
        expect(await fieldOf(page, 'Reward r').inputValue()).toBe('binary');
        expect(await region(page, 'Experiment').textContent()).toContain('differ');
        expect(await stepOf(page)).toBe(0);
        expect(await statusOf(page)).toContain('Press Run');
      };
      const made = page.getByText(/^The link was made/);

      // What mail and chat programs make of it, and a link that was made with another model on another back end.
      const follow = (fragment: string) => page.evaluate((text) => (window.location.hash = text), fragment);
      for (const recoded of [hash, ...recode(hash)]) {
        await follow(microLink());
        await waitFor(
          'the link before',
          () => fieldOf(page, 'Discount γ').inputValue(),
          (γ) => γ !== '1.5',
        );
        await follow(recoded);
        await waitFor(
          recoded,
          () => fieldOf(page, 'Discount γ').inputValue(),
          (γ) => γ === '1.5',
        );
      }
      await expectShared();
      expect(await made.count(), 'on the same, nothing is said').toBe(0);
      await follow(microLink(changes, { backend: 'cpu', modelDigest: '0'.repeat(64) }));
      // What is said of the model comes when its digest is known.
      await expect
        .poll(() => made.textContent())
        .toMatch(/another version of this model.*made on CPU.*computes on WASM/);
      await page.getByRole('button', { name: 'Dismiss: what the link was made on' }).click();
      await made.waitFor({ state: 'detached' });
      expect(problems).toEqual([]);
    });
  });

  it('that are wrong say so: at first with the default experiment, later with the page as it was', async () => {
    const gamma = String(defaultExperiment.gamma);
    await withPlayground({ path: '#v=1&gamma=0.5&k=99' }, async ({ page, problems }) => {
      const alert = page.getByRole('alert');
      const expectRefused = async (words: string, instead = 'Nothing was changed.') => {
        await alert.filter({ hasText: words }).waitFor();
        expect(await alert.textContent()).toContain(instead);
        expect(await fieldOf(page, 'Discount γ').inputValue()).toBe(gamma);
        expect(await fieldOf(page, 'Samples per prompt k').inputValue()).toBe(String(defaultExperiment.k));
      };
      const first = 'The default experiment is loaded instead.';
      await expectRefused('k: must be a whole number from 2 to 16, not 99', first);

      const bad: [string, string][] = [
        [`#v=${linkVersion + 1}&gamma=0.5`, 'made by a newer playground'],
        [`#v=1&gamma=0.5&level=${'1'.repeat(maxLinkLength)}`, 'The link is too long'],
        ['#v=1&gamma=0.5&gama=1', 'unknown field: gama'],
        ['#gamma=0.5', 'no version'],
        [
          `${microLink({}, { backend: 'wasm', modelDigest: '0'.repeat(64) })}&z=rAAAAAAAAz`,
          'cut short or changed on the way',
        ],
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
