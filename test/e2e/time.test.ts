/** Time runs both ways, and side by side: looking back, forking and comparing, on the built page with real training. */
import { readFile } from 'node:fs/promises';
import type { Locator, Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { amount } from '../amount.ts';
import { onePlayground, type OpenPage } from './page.ts';
import {
  button,
  endless,
  microLink,
  region,
  stepOf,
  waitForReady,
  waitForStatus,
  waitForStep,
} from './playground.ts';

const inThePage = onePlayground();
const timeline = (page: Page): Locator => page.getByRole('slider', { name: /^Timeline/ });
const runs = (page: Page): Locator => page.getByRole('navigation', { name: 'Runs' });
const runButton = (page: Page, name: RegExp): Locator => runs(page).getByRole('button', { name });

/** What "Download metrics" gives, line by line. */
async function metricsOf(page: Page): Promise<Record<string, number | null>[]> {
  const coming = page.waitForEvent('download');
  await region(page, 'Learning').getByRole('button', { name: 'Download metrics' }).click();
  const path = await (await coming).path();
  const lines = (await readFile(path, 'utf8')).trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Record<string, number | null>);
}
/** Only what was measured of training, which has nothing of when it was. */
const trained = (rows: readonly Record<string, number | null>[]) =>
  rows.flatMap((row) => {
    const entries = Object.entries(row).filter(([name]) => name === 'step' || name.startsWith('train/'));
    return entries.length > 1 ? [Object.fromEntries(entries)] : [];
  });

/** Trains a run to its end. */
async function trainAll(playground: OpenPage): Promise<void> {
  await waitForReady(playground);
  await button(playground.page, 'Run').click();
  await waitForStatus(playground, /^Finished/);
}

describe('time', () => {
  it('runs back: every panel shows what was true then, and after many times all is as it was', async () => {
    await inThePage(microLink({ steps: 6, evalEvery: 2 }), async (playground) => {
      const { page, problems, waitFor } = playground;
      await waitForReady(playground);
      expect(await timeline(page).count()).toBe(0); // there is nothing to go back to
      await button(page, 'Run').click();
      await waitForStatus(playground, /^Finished/);
      await page.waitForTimeout(300); // drawn
      const shown = async () => ({
        words: await page.locator('main').innerText(),
        curves: await region(page, 'Learning')
          .locator('canvas')
          .evaluateAll((all) => all.map((one) => (one as HTMLCanvasElement).toDataURL())),
        value: await timeline(page).getAttribute('aria-valuetext'),
      });
      const before = await shown();
      expect(before.value).toBe('now, after update 6: evaluated');
      await timeline(page).focus();
      await page.keyboard.press('Home');
      expect(await stepOf(page)).toBe(0);
      expect(await timeline(page).getAttribute('aria-valuetext')).toBe('before training: evaluated; now 6');
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('ArrowRight');
      expect(await stepOf(page)).toBe(2);
      await region(page, 'Episode').getByText('update 2', { exact: false }).first().waitFor();
      expect(await region(page, 'Learning').getByText('at update 2').count()).toBeGreaterThan(3);
      for (let i = 0; i < amount(6, 50); i++) {
        await page.keyboard.press(i % 2 ? 'Home' : 'PageDown');
        await page.keyboard.press('ArrowRight');
        await page.keyboard.press('End');
      }
      await waitFor('everything as it was', shown, (now) => JSON.stringify(now) === JSON.stringify(before));
      expect(problems).toEqual([]);
    });
  });

  it('goes on while somebody looks back', async () => {
    await inThePage(microLink({ steps: endless }), async (playground) => {
      const { page, problems } = playground;
      await waitForReady(playground);
      await button(page, 'Run').click();
      await waitForStep(playground, 3);
      await timeline(page).focus();
      await page.keyboard.press('Home');
      await page.keyboard.press('ArrowRight');
      await page.getByText(/^Looking back: after update 1\.\s+The run goes on/).waitFor();
      expect(await stepOf(page)).toBe(1);
      await playground.waitFor(
        'training to go on',
        async () => Number(await timeline(page).getAttribute('aria-valuemax')),
        (now) => now >= 6,
      );
      await button(page, 'Now').first().click();
      expect(await stepOf(page)).toBeGreaterThanOrEqual(6);
      await button(page, 'Pause').click();
      await waitForStatus(playground, /^Paused/);
      expect(problems).toEqual([]);
    });
  });

  it('branches: without changes a fork repeats its origin to the last digit, which stays as it is', async () => {
    await inThePage(microLink({ steps: 5, seed: 3 }), async (playground) => {
      const { page, problems } = playground;
      await trainAll(playground);
      const origin = await metricsOf(page);
      await timeline(page).focus();
      await page.keyboard.press('Home');
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('ArrowRight');
      await button(page, 'Fork here…').click();
      await page.getByRole('dialog', { name: 'Fork after update 2' }).waitFor();
      await button(page, 'Fork and run').click();
      await runButton(page, /again · from 2/).waitFor();
      await waitForStatus(playground, /^Finished/);
      expect(trained(await metricsOf(page))).toEqual(trained(origin));

      // Back to the origin: nothing of it has changed.
      const first = runButton(page, /again · from 2/)
        .locator('xpath=ancestor::li/preceding-sibling::li[1]')
        .getByRole('button')
        .first();
      await first.click();
      await waitForStatus(playground, /^Finished after 5/);
      expect(await metricsOf(page)).toEqual(origin);

      // With another value it goes another way.
      await timeline(page).focus();
      await page.keyboard.press('Home');
      await page.keyboard.press('ArrowRight');
      await button(page, 'Fork here…').click();
      await page.getByRole('dialog').getByLabel('Learning rate', { exact: true }).fill('0.003');
      await button(page, 'Fork and run').click();
      await runButton(page, /Learning rate .* → 0\.003 · from 1/).waitFor();
      await waitForStatus(playground, /^Finished/);
      const other = trained(await metricsOf(page));
      expect(other[0]).toEqual(trained(origin)[0]);
      expect(other.slice(2)).not.toEqual(trained(origin).slice(2));
      expect(problems).toEqual([]);
    });
  });

  it('runs side by side: in lock-step each measures what it measures alone', async () => {
    await inThePage(microLink({ steps: 4, seed: 5 }), async (playground) => {
      const { page, problems, waitFor } = playground;
      await trainAll(playground);
      const alone = trained(await metricsOf(page));
      const before = await runs(page).getByRole('listitem').count();
      const done = () => runs(page).getByText('done, 4').count();
      const doneBefore = await done(); // other tests of this page may have left some
      await button(page, 'Compare').click();
      const dialog = page.getByRole('dialog', { name: 'Compare' });
      await dialog.getByLabel('Field').selectOption({ label: 'Seed' });
      await dialog.getByLabel('Values').fill('5, 6');
      await dialog.getByRole('button', { name: 'Compare', exact: true }).click();
      const table = page.getByRole('table', { name: /^The runs that are compared/ });
      await table.waitFor();
      expect(await runs(page).getByRole('listitem').count()).toBeGreaterThan(before);
      await waitFor('both runs done', done, (count) => count >= doneBefore + 2);
      expect(await table.getByText('mean, and range').count()).toBe(1);
      expect(await page.getByRole('heading', { name: 'Other seeds, other tasks' }).count()).toBe(1);
      await table.getByRole('button', { name: /^Open/ }).first().click();
      await region(page, 'Learning').waitFor();
      expect(trained(await metricsOf(page))).toEqual(alone);
      await runButton(page, /^Compare/).click();
      await table.getByRole('button', { name: /^Open/ }).nth(1).click();
      await region(page, 'Learning').waitFor();
      expect(trained(await metricsOf(page))).not.toEqual(alone);
      expect(problems).toEqual([]);
    });
  });
});
