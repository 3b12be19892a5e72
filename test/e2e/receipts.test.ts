/** A result that is passed on: made in the page, checked in the page and in Node, and found out where it is not true. */
import { expect, it } from 'vitest';
import { withChanges } from '../../src/config/experiment.ts';
import { encodeLink } from '../../src/config/link.ts';
import { findPreset, presetExperiment } from '../../src/config/presets.ts';
import { fragmentOf, readShared } from '../../src/receipts/shared.ts';
import { checkedInNode, checkedInPage, madeInPage } from '../prove/receipts.ts';
import { onePlayground } from './page.ts';

const preset = findPreset('micro');
if (!preset) throw new Error('There is no preset "micro".');
/** `npm run prove -- receipts` does every preset, and Node's receipts in Chromium. */
const experiment = withChanges(presetExperiment(preset), { steps: 2, evalEvery: 2 });

const inThePage = onePlayground();

it('a result made in Chromium comes out again there and in Node, and one that was altered does not', async () => {
  await inThePage(encodeLink(experiment), async ({ page, problems }) => {
    const address = page.url().replace(/#.*$/, '');
    const link = await madeInPage(page, address, experiment);
    expect(await checkedInNode(link)).toMatch(/^Reproduced to the last bit\./);
    const { link: read, receipt } = readShared(link);
    if (!receipt) throw new Error('The link has no result.');
    const rewards = receipt.cells.rewards.slice();
    rewards[receipt.width] ^= 1; // of update 2
    const altered = fragmentOf({
      ...{ experiment, madeOn: read.madeOn },
      receipt: { ...receipt, cells: { ...receipt.cells, rewards } },
    });
    const said = await checkedInPage(page, address, altered ?? '');
    expect(said).toMatch(/^Differs from update 2 on, first in the rewards\. Update 1 is the same/);
    expect(await page.getByText('Anyone may have written it.').count()).toBe(1);
    expect(problems).toEqual([]);
  });
});
