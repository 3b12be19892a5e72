/** Runs that outlive the page: its process is killed, as a browser's is in `npm run prove -- kills`. */
import type { Page } from 'playwright';
import { expect, inject, it } from 'vitest';
import { amount } from '../amount.ts';
import type { Killable } from '../killable.ts';
import { killRun, stepsFor } from '../prove/kills.ts';
import { withNewcomer } from './page.ts';

const minutes = 60_000;

/** The page, with what can be done to its process: with it go its workers, in the middle of what they do. */
function killable(page: Page): Killable {
  return {
    page,
    async kill() {
      if (page.isClosed()) return;
      const gone = page.waitForEvent('crash');
      await Promise.all([gone, page.goto('chrome://crash').catch(() => undefined)]); // there is nobody left to answer
      await page.close();
    },
  };
}

it(
  'goes on after a kill of the page at any moment, to the last bit',
  { timeout: amount(5, 20) * minutes },
  async () => {
    const count = amount(1, 3);
    await withNewcomer(async (browser) => {
      const launch = async () => killable(await browser.newPage());
      const steps = stepsFor(count);
      const options = { address: inject('playground'), launch, steps, seed: 1, from: 0, count };
      const { counts, examples } = await killRun(options);
      expect(examples).toEqual({});
      expect(counts).toMatchObject({ kills: count, 'runs compared': 1 });
    });
  },
);
