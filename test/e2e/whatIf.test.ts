/** The answers of an update by other rules: what its own rules gave, what others would have, and that it can be gone on with. */
import type { Locator, Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { onePlayground } from './page.ts';
import { button, fieldOf, microLink, region, trainOnce, waitForStatus } from './playground.ts';

const inThePage = onePlayground();

async function ask(page: Page): Promise<Locator> {
  const panel = page.getByTestId('what-if');
  // It stays unfolded from one run to the next, and may be a moment late then: its details say so, not what is to be seen.
  const folded = region(page, 'Episode').locator('details', { hasText: 'What if?' });
  await folded.waitFor();
  if ((await folded.getAttribute('open')) === null) await folded.locator('summary').first().click();
  await panel.waitFor();
  return panel;
}
/** A now and A then of each push of the task. */
const pushes = async (panel: Locator): Promise<string[][]> => {
  const rows = await panel.locator('tbody tr').all();
  return Promise.all(rows.map(async (row) => (await row.locator('td').allTextContents()).slice(1, 3)));
};
const said = async (panel: Locator) => (await panel.getByRole('status').textContent())?.trim() ?? '';

describe('what if', () => {
  it('begins with the rules of the update, shows others beside them, and goes on by them when asked', async () => {
    await inThePage(microLink({ k: 4, promptsPerUpdate: 4, maxNewTokens: 40 }), async (playground) => {
      const { page, problems } = playground;
      await trainOnce(playground);
      const shown = await region(page, 'Episode')
        .getByRole('button', { name: /^Push of/ })
        .allTextContents();
      const panel = await ask(page);
      const own = await pushes(panel);
      expect(own.map(([now]) => now)).toEqual(shown.map((text) => /[+−]?\d\.\d\d/.exec(text)?.[0]));
      for (const [now, then] of own) expect(then).toBe(now);
      expect(await said(panel)).toMatch(/nothing is changed yet/);

      const slider = panel.getByRole('slider', { name: 'Discount γ' });
      await slider.focus();
      await page.keyboard.press('Home');
      expect(await panel.getByText('was 0.75').count()).toBe(1);
      expect(await said(panel)).toMatch(/(\d+|None) of 16 pushes changes? sign.* A moves by up to /);
      expect((await pushes(panel)).map(([now]) => now)).toEqual(own.map(([now]) => now));
      expect(await panel.getByText(/^By these rules γ matters/).count()).toBe(1);

      await panel.getByRole('button', { name: 'Own credit for each turn' }).click();
      expect(await pushes(panel)).toHaveLength(8);
      await button(page, 'Back to the update’s rules').click();
      expect(await pushes(panel)).toEqual(own);

      await panel.getByRole('button', { name: 'γ = 1' }).click();
      await button(page, 'Go on training by these').click();
      expect(await fieldOf(page, 'Discount γ').inputValue()).toBe('1');
      await region(page, 'Learning').getByText('Changed during the run').waitFor();
      await button(page, 'Step').click();
      await waitForStatus(playground, /^Paused after update 2\./);
      await expect.poll(() => said(panel)).toMatch(/nothing is changed yet/); // γ = 1 is its own
      expect(problems).toEqual([]);
    });
  });

  it('shows that γ does nothing in the released code, and where it does', async () => {
    const link = microLink({ objective: 'released-code', k: 4, promptsPerUpdate: 4, maxNewTokens: 40 });
    await inThePage(link, async (playground) => {
      const { page, problems } = playground;
      await trainOnce(playground);
      const panel = await ask(page);
      await panel.getByRole('button', { name: 'γ = 0', exact: true }).click();
      await expect.poll(() => said(panel)).toBe('Nothing changes: all 16 pushes stay as they are.');
      expect(await panel.getByText(/^By these rules γ changes nothing/).count()).toBe(1);
      await panel.getByRole('button', { name: 'REINFORCE and γ = 0' }).click();
      expect(await panel.getByText(/^By these rules γ matters/).count()).toBe(1);
      const turnByTurn = panel.getByLabel('Credit assignment').locator('option[value="per-turn"]');
      expect(await turnByTurn.isDisabled()).toBe(true);
      expect(problems).toEqual([]);
    });
  });
});
