/** No barrier: axe finds nothing serious, nothing is wider than the window, and the keyboard does the whole job. */
import type { Page } from 'playwright';
import { expect, it } from 'vitest';
import { expectNoBarrier, narrow, overflow, wide } from './barriers.ts';
import { ownPlayground } from './page.ts';
import {
  button,
  endless,
  fieldOf,
  leaveDialog,
  microLink,
  stepOf,
  waitForReady,
  waitForStatus,
  waitForStep,
} from './playground.ts';

const inThePage = ownPlayground();

it('has no serious barrier and no overflow, wide or narrow, light or dark, before and after updates', async () => {
  await inThePage(microLink({ evalEvery: 1 }), async (playground) => {
    const { page, problems } = playground;
    await page.setViewportSize(wide);
    await waitForReady(playground);
    await expectNoBarrier(page, null, 'before the first update');

    for (const step of [1, 2]) {
      await button(page, 'Step').click();
      await waitForStatus(playground, new RegExp(`^Paused after update ${step}\\.`));
    }
    // Everything that can be unfolded, and the batch with its advantages.
    const folded = page.locator('main details:not([open]) > summary:visible');
    for (const viewport of [narrow, wide]) {
      await page.setViewportSize(viewport);
      while ((await folded.count()) > 0) await folded.first().click();
    }
    await button(page, 'Layer 1').click();
    await page
      .getByRole('button', { name: /^Push of this try/ })
      .first()
      .click();
    await page.locator('button.token').nth(2).click();
    await page.getByText('What else the model considered here').waitFor();
    await fieldOf(page, 'Discount γ').fill('9');
    await expectNoBarrier(page, null, 'after two updates, everything unfolded, one field wrong', [
      narrow,
      wide,
    ]);
    for (const [opens, title] of [
      [button(page, 'Held-out accuracy: every value as a table, and the chart as an image'), /every value/],
      [button(page, 'Help'), 'Help'],
    ] as const) {
      await opens.click();
      const dialog = page.getByRole('dialog', { name: title });
      await dialog.waitFor();
      await expectNoBarrier(page, dialog, `dialog ${String(title)}`);
      await dialog.getByRole('button', { name: 'Close' }).click();
    }
    expect(problems).toEqual([]);
  });
});

it('is never wider than a narrow window: while it trains, looking back, runs side by side, lessons', async () => {
  await inThePage(microLink({ steps: endless }), async (playground) => {
    const { page, problems } = playground;
    await page.setViewportSize(narrow);
    await waitForReady(playground);
    const fits = async (when: string) => expect(await overflow(page), when).toEqual([]);
    await button(page, 'Run').click();
    await waitForStep(playground, 2);
    await fits('while it trains');
    await button(page, 'Pause').click();
    await waitForStatus(playground, /^Paused/);
    await page
      .getByRole('slider', { name: /update/i })
      .first()
      .press('ArrowLeft');
    await fits('looking back');
    await button(page, 'Compare').click();
    await button(page, 'Seeds 1–4').click();
    const back = page.getByRole('button', { name: /^Back to run \d+$/ });
    await back.waitFor();
    await button(page, 'Pause').click();
    await waitForStatus(playground, /^Paused/);
    await fits('runs side by side');
    await back.click();
    await button(page, 'Lessons').click();
    const leave = page.locator('.lessons button').first(); // in the language that was chosen last
    await leave.waitFor();
    await fits('lessons');
    await leave.click();
    expect(problems).toEqual([]);
  });
});

/** Presses Tab, or with Shift to go back, until the focus is on the control with this name, where it may be already. */
async function tabTo(page: Page, name: RegExp, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  const passed: string[] = [];
  for (let i = 0; i < 200; i++) {
    const focused = await page.evaluate(() => {
      const element = document.activeElement;
      if (!(element instanceof HTMLElement)) return { name: '', ring: false };
      if (element === document.body) return { name: '', ring: false }; // once around
      const label = element instanceof HTMLInputElement ? element.labels?.[0]?.textContent : null;
      const { outlineStyle, boxShadow } = getComputedStyle(element);
      return {
        name: (element.getAttribute('aria-label') ?? label ?? element.textContent).trim(),
        ring: outlineStyle !== 'none' || boxShadow !== 'none',
      };
    });
    if (name.test(focused.name)) {
      expect(focused, 'the focus must be visible').toMatchObject({ ring: true });
      return;
    }
    passed.push(focused.name);
    await page.keyboard.press(key);
  }
  throw new Error(
    `Tab does not reach ${name}; it passed ${passed.map((name) => name.slice(0, 30)).join(', ')}`,
  );
}

it('the keyboard alone does the main job, in a narrow window', async () => {
  await inThePage(microLink({ steps: endless, maxNewTokens: 8 }), async (playground) => {
    const { page, problems } = playground;
    await page.setViewportSize(narrow);
    await waitForReady(playground);
    const press = async (name: RegExp, key?: 'Shift+Tab') => {
      await tabTo(page, name, key);
      await page.keyboard.press('Enter');
    };
    // In the order of the page: once around it is more than a hundred controls.
    await press(/^Run$/);
    await waitForStep(playground, 2);
    await press(/^Pause$/); // the same place
    await waitForStatus(playground, /^Paused/);
    await press(/^Reset$/);
    await waitForReady(playground);
    expect(await stepOf(page)).toBe(0);
    await press(/^Step$/, 'Shift+Tab');
    await waitForStatus(playground, /^Paused after update 1\./);
    await press(/^Share$/);
    await page.getByRole('button', { name: 'Copy link' }).waitFor();
    await page.keyboard.press('Enter'); // the dialog begins there
    await page.getByText('Link copied.').waitFor();
    await leaveDialog(page);
    await tabTo(page, /^Training batch$/);
    await page.keyboard.press('ArrowLeft'); // a group of radio buttons: one stop for Tab, arrows within
    expect(await page.getByRole('radio', { name: 'Held-out tasks' }).isChecked()).toBe(true);
    await press(/^Settings:/); // folded in a narrow window
    await tabTo(page, /^Discount γ$/);
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type('0.5');
    expect(await fieldOf(page, 'Discount γ').inputValue()).toBe('0.5');
    expect(await overflow(page)).toEqual([]);
    expect(problems).toEqual([]);
  });
});
