/** What keeps people out: axe's findings, and what is wider than the window. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from 'playwright';
import { expect } from 'vitest';

/**
 * Serious and critical violations, each with the elements it is about. Only these are asked of axe, and only in the page: the
 * sandbox's frame, the only one, shows nothing. Lists of what is right, and of frames, take it half of its time.
 */
export async function violations(page: Page): Promise<string[]> {
  const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] });
  const { violations: found } = await axe.analyze();
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

/** Nothing of both, in a wide and in a narrow window, light or dark; nothing in `box` is wider than it. */
export async function expectNoBarrier(page: Page, box: Locator, when: string): Promise<void> {
  for (const viewport of [
    { width: 1440, height: 900 },
    { width: 390, height: 844 },
  ]) {
    await page.setViewportSize(viewport);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.locator(`html[data-theme="${colorScheme}"]`).waitFor();
      const where = `${when}, ${viewport.width}, ${colorScheme}`;
      expect(await violations(page), where).toEqual([]);
      expect(await overflow(page), where).toEqual([]);
      const wide = await box.evaluate(
        (it) => [...it.querySelectorAll('*')].filter((x) => x.scrollWidth > it.clientWidth).length,
      );
      expect(wide, where).toBe(0);
    }
  }
}
