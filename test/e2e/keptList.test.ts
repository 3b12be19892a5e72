/** Kept runs: the list has what was trained, after the page was left, too; each can be opened, laid behind another, renamed and deleted. */
import { expect, it } from 'vitest';
import { expectNoBarrier } from './barriers.ts';
import { onePlayground } from './page.ts';
import { button, microLink, stepOf, trainOnce, waitForReady, waitForStatus } from './playground.ts';

const inThePage = onePlayground();

it('a run outlives its page, and the list does what it says', async () => {
  await inThePage(microLink({ evalEvery: 1, steps: 3, gamma: 0.123 }), async (playground) => {
    const { page, problems } = playground;
    const list = page.getByRole('dialog', { name: 'Runs' });
    const trained = list.getByRole('listitem', { name: 'γ 0.123' }); // other tests' runs are there, too
    const look = async () => {
      await button(page, 'Runs').click();
      await list.getByText(/that the browser grants/).waitFor();
    };
    await trainOnce(playground);

    // Another visit: the address is that of another experiment.
    await page.goto(page.url().replace(/#.*/, microLink({ gamma: 0.5 })));
    await page.reload();
    await waitForReady(playground);
    await look();
    await trained.waitFor();
    expect(await trained.textContent()).toMatch(/WASM · 1 of 3 updates/);
    await trained.getByRole('img', { name: /before training, .* after update 1\.$/ }).waitFor();

    await trained.getByRole('button', { name: 'Rename' }).press('Enter');
    await page.keyboard.type('Mine');
    await page.keyboard.press('Enter');
    const mine = list.getByRole('listitem', { name: 'Mine', exact: true });
    await mine.getByRole('button', { name: 'Delete', disabled: false }).press('Enter');
    await mine.waitFor({ state: 'detached' });
    await list.locator(':focus').filter({ hasText: 'Undo' }).waitFor();
    await page.keyboard.press('Enter');
    await list.locator(':focus').filter({ hasText: 'Open' }).waitFor();
    await mine.waitFor();
    await expectNoBarrier(page, list, 'the list of kept runs');

    await mine.getByRole('button', { name: 'Overlay' }).click();
    await page.getByText('Behind: Mine.').waitFor();
    await button(page, 'Take away').click();

    await look();
    await mine.getByRole('button', { name: 'Open' }).click();
    await waitForStatus(playground, /^Paused after update 1\./);
    await button(page, 'Step').click();
    await waitForStatus(playground, /^Paused after update 2\./);
    expect(await stepOf(page)).toBe(2);
    expect(problems).toEqual([]);
  });
});
