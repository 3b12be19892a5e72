/** The trainer in the browser's worker gives the numbers of the golden trace, as the command line does. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { amount } from '../amount.ts';
import { expectGolden, readMetrics } from '../traces/golden.ts';
import { onePlayground } from './page.ts';
import { button, microLink, waitForReady, waitForStatus } from './playground.ts';

const inThePage = onePlayground();

const steps = amount(6, 20);

it('updates of the micro preset in the browser', async () => {
  await inThePage(microLink({ steps }), async (playground) => {
    const { page, problems } = playground;
    await waitForReady(playground);
    // The test browser's WebGPU adapter is software: it must not be chosen.
    expect(await page.getByRole('button', { name: /^Back end: WASM/ }).count()).toBe(1);
    await button(page, 'Run').click();
    await waitForStatus(playground, new RegExp(`^Finished after ${steps} updates`));

    const saving = page.waitForEvent('download');
    await button(page, 'Download metrics').click();
    const download = await saving;
    expect(download.suggestedFilename()).toBe('metrics.jsonl');
    const lines = readMetrics(readFileSync(await download.path(), 'utf8'));
    expect(lines.map((line) => line['step'])).toEqual(Array.from({ length: steps + 1 }, (_, step) => step));
    expectGolden(lines, steps);
    expect(problems).toEqual([]);
  });
});
