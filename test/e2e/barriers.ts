/** What keeps people out: axe's findings, and what is wider than the window. */
import axe, { type RunOptions } from 'axe-core';
import type { Locator, Page } from 'playwright';
import { expect } from 'vitest';
import { amount } from '../amount.ts';

declare global {
  interface Window {
    axe?: typeof axe;
  }
}

interface Where {
  /** A CSS selector of the part to look at; the whole page unless given. */
  readonly within?: string;
  /** The rules to look by; all unless given. */
  readonly rules?: readonly string[];
}

/**
 * Serious and critical violations, each with the elements it is about. Only these are asked of axe, and only in the page: the
 * sandbox's frame, the only one, shows nothing. Lists of what is right, and of frames, take it half of its time, and naming
 * every element by a selector of its own, or fetching style sheets for a rule about turned phones, a third of the rest; its own
 * script, half a megabyte, a quarter, so that stays in the page.
 */
export async function violations(page: Page, { within, rules }: Where = {}): Promise<string[]> {
  if (!(await page.evaluate(() => window.axe !== undefined))) await page.evaluate(axe.source);
  const options: RunOptions = {
    ...{ resultTypes: ['violations'], iframes: false, selectors: false, preload: false },
    ...(rules ? { runOnly: { type: 'rule', values: [...rules] } } : {}),
  };
  const found = await page.evaluate(async ([part, how]) => (await window.axe?.run(part, how))?.violations, [
    within ?? 'html',
    options,
  ] as const);
  if (!found) throw new Error('axe is not in the page.');
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} (${node.failureSummary})`));
}

/** Elements that stick out of the window to the right. */
export const overflow = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    return [...document.querySelectorAll('body *')]
      .filter((element) => element.getBoundingClientRect().right > width + 1)
      .map((element) => element.outerHTML.slice(0, 120));
  });

export const wide = { width: 1440, height: 900 };
export const narrow = { width: 390, height: 844 };

/**
 * Nothing of both, in a narrow window, and in a wide one, light or dark. The dark page differs from the light one in nothing but its
 * colours (src/ui/tokens.css), so there only contrast is looked at.
 * @param viewports windows; unless given, `npm test` takes the narrow one
 * @param dialog the open dialog, when only that is to be looked at: the page behind it cannot be reached. Nothing in it is wider.
 */
export async function expectNoBarrier(
  page: Page,
  dialog: Locator | null,
  when: string,
  viewports: readonly { width: number; height: number }[] = amount([narrow], [narrow, wide]),
): Promise<void> {
  const within = dialog ? { within: 'dialog[open]' } : {};
  for (const viewport of viewports) {
    await page.setViewportSize(viewport);
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.locator(`html[data-theme="${colorScheme}"]`).waitFor();
      const rules = colorScheme === 'dark' ? { rules: ['color-contrast'] } : {};
      const where = `${when}, ${viewport.width}, ${colorScheme}`;
      expect(await violations(page, { ...within, ...rules }), where).toEqual([]);
    }
    const where = `${when}, ${viewport.width}`;
    expect(await overflow(page), where).toEqual([]);
    const wider = await dialog?.evaluate(
      (it) => [...it.querySelectorAll('*')].filter((x) => x.scrollWidth > it.clientWidth).length,
    );
    expect(wider ?? 0, where).toBe(0);
  }
}
