/** Problems of one's own: written in the page, tried, trained on, and sent in a link. */
import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { expectNoBarrier } from './barriers.ts';
import { onePlayground } from './page.ts';
import { button, microLink, region, waitForReady, waitForStatus } from './playground.ts';

const dialog = (page: Page) => page.getByRole('dialog', { name: 'Problem sets' });
const code = (page: Page, label: string) => dialog(page).getByRole('textbox', { name: label, exact: true });

async function write(page: Page, label: string, text: string): Promise<void> {
  await code(page, label).click();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText(text);
}

const inThePage = onePlayground();

describe('problems of one’s own', () => {
  it('are written, tried, trained on, come back from the link, and are compared on', async () => {
    let link = '';
    await inThePage(microLink({ steps: 2 }), async (playground) => {
      const { page, problems } = playground;
      await waitForReady(playground);
      await button(page, 'Problem sets').click();
      await button(page, 'Write problems yourself').click();
      await page
        .getByTestId('how-it-is-read')
        .getByText(/The model reads \d+ tokens/)
        .waitFor();
      await dialog(page).getByLabel('Instruction').fill('Write triple(x): x times 3.');
      await dialog(page).getByLabel('Function name').fill('triple');
      await write(page, 'Tests', 'assert total(1) == 3');
      await dialog(page).getByText('Tests do not call triple.').waitFor();
      await write(page, 'Tests', 'assert triple(1) == 3\nassert triple(2) == 6');
      await write(page, 'Reference solution', 'def triple(x): return x + 2');

      // A solution that is there has to pass.
      await button(page, 'Run the tests').click();
      await dialog(page).getByText('The reference solution passes 1 of 2 tests.').waitFor();
      await dialog(page).getByText('wrong value').waitFor();
      await button(page, 'Train on it').click();
      await dialog(page)
        .getByText(/The reference solution of “span” passes 1 of 2 tests/)
        .waitFor();
      await expectNoBarrier(page, dialog(page), 'a problem that is wrong');
      await write(page, 'Reference solution', 'def triple(x): return 3 * x');
      // Tab indents in a field of code, and leaves it after Escape.
      await page.keyboard.press('Escape');
      expect(await dialog(page).isVisible(), 'Escape leaves the field, not the dialog').toBe(true);
      await page.keyboard.press('Tab');
      expect(
        await code(page, 'Reference solution').evaluate((field) => field === document.activeElement),
      ).toBe(false);

      await button(page, 'Delete').click();
      await page.getByRole('navigation', { name: 'Problems' }).getByRole('button', { name: 'Undo' }).click();
      await dialog(page)
        .getByText(/Trained on: 1 of 1 problem\./)
        .waitFor();
      await button(page, 'Train on it').click();
      await dialog(page).waitFor({ state: 'hidden' });
      await waitForReady(playground);
      await button(page, 'Step').click();
      await waitForStatus(playground, /^Paused after update 1\./);
      expect(await region(page, 'Episode').innerText()).toContain('triple(x): x times 3');

      await button(page, 'Share').click();
      link = await page.getByLabel('Link', { exact: true }).inputValue();
      expect(link).toMatch(/tasks=own&problems=sha256-2d[0-9a-f]{64}&.*&p=r[\w-]+z/);
      await button(page, 'Close').click();
      expect(problems).toEqual([]);
    });
    await inThePage(link.replace(/^[^#]*/, ''), async (playground) => {
      const { page, problems } = playground;
      await waitForReady(playground);
      await button(page, 'Step').click();
      await waitForStatus(playground, /^Paused after update 1\./);
      expect(await region(page, 'Episode').innerText()).toContain('triple(x): x times 3');

      await button(page, 'Compare').click();
      await button(page, 'γ 0, 0.5, 0.75, 1').click();
      await playground.waitFor(
        'four runs done',
        () => page.getByRole('navigation', { name: 'Runs' }).getByText('done, 2').count(),
        (count) => count === 4,
      );
      expect(await page.getByRole('region', { name: 'Lanes' }).innerText()).toContain('triple(x): x times 3');
      expect(problems).toEqual([]);
    });
  });
});
