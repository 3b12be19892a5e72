/** The Speed dialog: the benchmark in the page. What it measures is compared nowhere, only that it works. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { expectNoBarrier, violations } from './barriers.ts';
import { onePlayground } from './page.ts';
import {
  button,
  endless,
  leaveDialog,
  microLink,
  statusOf,
  stepOf,
  waitForReady,
  waitForStep,
} from './playground.ts';

const inThePage = onePlayground();
const dialog = (page: Page) => page.getByRole('dialog', { name: 'Speed' });
const open = (page: Page) => button(page, 'Speed').click();
const said = (page: Page) => dialog(page).innerText();
const report = (page: Page) => page.getByTestId('speed-report');

/** Leaves only these parts. */
async function chooseParts(page: Page, ...names: string[]): Promise<void> {
  for (const box of await dialog(page).getByRole('checkbox').all()) {
    const label = await box.evaluate((it) => it.closest('label')?.innerText ?? '');
    await box.setChecked(names.some((name) => label.startsWith(name)));
  }
}

/** Measures what is quickest: counts, which have no clock. */
async function measureCounts(page: Page): Promise<void> {
  await chooseParts(page, 'Counts');
  await dialog(page).getByRole('button', { name: 'Measure' }).click();
  await report(page).waitFor({ timeout: 120_000 });
}

describe('speed', () => {
  it('pauses the run, measures, is cancelled at once, hands out what it measured, and raises no barrier', async () => {
    await inThePage(microLink({ steps: endless }), async (playground) => {
      const { page, problems, waitFor } = playground;
      await waitForReady(playground);
      await button(page, 'Run').click();
      await waitForStep(playground, 1);

      await open(page);
      await button(page, 'Measure').focus();
      await page.keyboard.press('Enter');
      await waitFor(
        'progress in words',
        () => said(page),
        (text) => /\(\d of 8\)/.test(text),
      );
      expect(await dialog(page).getByRole('progressbar', { name: 'Measured so far' }).count()).toBe(1);
      expect(await said(page)).toContain('The run is paused for this');
      expect(await statusOf(page)).toMatch(/^Paused after update/);
      const step = await stepOf(page);
      expect(await violations(page, { within: 'dialog[open]' }), 'measuring').toEqual([]);

      await button(page, 'Cancel').focus();
      await page.keyboard.press('Enter');
      await dialog(page).getByRole('paragraph').filter({ hasText: 'Cancelled.' }).waitFor();
      const inDialog = () => page.evaluate(() => document.activeElement?.closest('dialog') !== null);
      await waitFor('the focus to stay in the dialog', inDialog, (it) => it);
      expect(await report(page).count()).toBe(0);
      await chooseParts(page); // none
      expect(await button(page, 'Measure').getAttribute('aria-disabled')).toBe('true');

      await measureCounts(page);
      const words = await said(page);
      expect(words).toMatch(/\n\d+\noperations? started per token/);
      expect(words).toMatch(/stock TensorFlow\.js\s+225 operations\s/);
      expect(words).toMatch(/Device\s+WebAssembly SIMD/);
      expect(words).not.toContain('Training step');

      await button(page, 'Copy as Markdown').click();
      await dialog(page).getByText('Copied.').waitFor();
      const table = await page.evaluate(() => navigator.clipboard.readText());
      expect(table).toMatch(/\| stock TensorFlow\.js \| 225 \|/);
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        button(page, 'Download JSON').click(),
      ]);
      expect(download.suggestedFilename()).toBe('speed.json');
      expect(JSON.parse(readFileSync(await download.path(), 'utf8'))).toMatchObject({
        backend: 'wasm',
        quick: true,
        operations: { stock_tfjs: { per_token: 225 } },
        counters: { webgpu_dispatches_per_token: null, wasm_ops_per_token: 1 },
      });

      await expectNoBarrier(page, dialog(page), 'measured');

      // It stays when the dialog is closed, and so does the pause, until the user goes on.
      await leaveDialog(page);
      expect(await report(page).isVisible()).toBe(false);
      expect(await stepOf(page)).toBe(step);
      await open(page);
      await report(page).waitFor();
      await chooseParts(page, 'Training'); // takes long enough to be still under way below
      await button(page, 'Measure again').click();
      await button(page, 'Cancel').waitFor();
      await button(page, 'Close').click();
      await open(page);
      await dialog(page).getByRole('paragraph').filter({ hasText: 'Cancelled. The previous' }).waitFor();
      await button(page, 'Continue the run').click();
      await waitForStep(playground, step + 1);
      expect(await dialog(page).isVisible()).toBe(false);
      expect(problems).toEqual([]);
    });
  });
});
