/** An alarm in the page: it says since when and why, shows its curve and an example, and what it proposes is a press away. */
import { expect, it } from 'vitest';
import { expectNoBarrier, overflow } from './barriers.ts';
import { ownPlayground } from './page.ts';
import { button, fieldOf, microLink, region, waitForReady, waitForStatus } from './playground.ts';

const inThePage = ownPlayground();
const phone = { width: 390, height: 844 };

it('explains itself, by keyboard and on a phone, and is cured by a press', async () => {
  // Answers that are cut off: most need more tokens than that.
  const path = microLink({ maxNewTokens: 16, steps: 15 });
  await inThePage(path, async (playground) => {
    const { page, problems } = playground;
    await page.setViewportSize(phone);
    await waitForReady(playground);
    await button(page, 'Run').click();
    await waitForStatus(playground, /^Finished/);

    const alarms = region(page, 'Learning').getByRole('list', { name: 'Alarms' });
    const alarm = alarms.getByRole('button', { name: /^Truncated answers/ });
    expect(await alarm.textContent()).toMatch(/since update 12/);
    expect(await page.getByText('Alarm at update 12: Truncated answers.').count()).toBe(1);

    await button(page, 'Show why').click();
    await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('BUTTON');
    while ((await alarm.getAttribute('aria-expanded')) !== 'true') await alarm.press('Enter');
    const curve = alarms.getByRole('img', {
      name: /Truncated.*, turn 1, mean of 10 updates: .* at update 12/,
    });
    await curve.waitFor();
    await alarms.getByText('An example, before and now').press('Enter');
    await alarms.getByRole('article').first().waitFor();
    await expectNoBarrier(page, null, 'an alarm', [phone]);

    // In German everything is: the alarm, the picture, the help of a field; and it fits.
    await button(page, 'DE Deutsch').click();
    await page.getByRole('button', { name: /^Abgeschnittene Antworten seit Schritt 12/ }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('de');
    await button(page, 'Ein Drittel der Lernrate').waitFor();
    expect(await page.getByRole('button', { name: /^Versuch 1: / }).count()).toBe(1);
    expect(await page.getByText(/^Wie viel frühere Runden zählen/).count()).toBe(1);
    expect(await page.getByTestId('status').textContent()).toMatch(/^Fertig, 15 Schritte/);
    expect(await overflow(page)).toEqual([]);
    await button(page, 'EN English').click();
    await alarm.waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('en');

    await alarms.getByRole('button', { name: 'A third of the learning rate', exact: true }).press('Enter');
    expect(await fieldOf(page, 'Learning rate').inputValue()).toBe('0.0001');
    expect(await alarms.getByRole('status').textContent()).toMatch(/in force from the next update on/);
    await region(page, 'Learning').getByText('Changed during the run').waitFor();

    await alarms.getByRole('button', { name: 'Answers of up to 40 tokens', exact: true }).press('Enter');
    await alarms.waitFor({ state: 'detached' });
    await waitForStatus(playground, /^(Training|Update|Finished)/);
    expect(problems).toEqual([]);
  });
});
