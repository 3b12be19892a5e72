/** A lesson as its reader takes it: predict, run, read the outcome, run the counter-run; in another language; on paper. */
import { describe, expect, it } from 'vitest';
import { amount } from '../amount.ts';
import { expectNoBarrier, overflow } from './barriers.ts';
import { ownPlayground } from './page.ts';
import { button, microLink, waitForReady } from './playground.ts';

const inThePage = ownPlayground();
const minutes = 60_000;

describe('a lesson', () => {
  it(
    'asks first, then runs, and judges by the run’s own numbers',
    async () => {
      await inThePage(microLink(), async (playground) => {
        const { page, problems, waitFor } = playground;
        await waitForReady(playground);
        await button(page, 'Lessons').click();
        const lesson = page.getByTestId('lesson');
        await lesson.getByRole('button', { name: /Why γ does nothing/ }).click();
        await lesson.getByRole('heading', { name: 'Why γ does nothing in the released code' }).waitFor();

        const run = lesson.getByRole('button', { name: 'Run the experiment' });
        expect(await run.getAttribute('aria-disabled')).toBe('true');
        await run.click({ force: true }); // as somebody would who has not read it
        expect(await page.getByTestId('step').textContent()).toBe('0'); // nothing ran
        // By keyboard alone: choose with the arrows, run with Enter.
        await lesson.getByRole('radio', { name: 'They grow: the first answer counts more' }).focus();
        await page.keyboard.press('ArrowDown');
        expect(await lesson.getByRole('radio', { name: /Nothing, to the last digit/ }).isChecked()).toBe(
          true,
        );
        await run.focus();
        await page.keyboard.press('Enter');

        const outcome = page.getByTestId('lesson-outcome');
        const said = (what: RegExp) =>
          waitFor(
            `the outcome ${what}`,
            async () => (await outcome.textContent()) ?? '',
            (text) => what.test(text),
            3 * minutes,
          );
        const text = await said(/What the lesson expects holds in this run/);
        expect(text).toMatch(/moved by at most (0|[\d.]+ · 10⁻[¹²³⁴⁵⁶⁷⁸⁹⁰]+)\./);
        expect(await lesson.textContent()).toContain(
          'Your prediction came true: “Nothing, to the last digit”.',
        );
        expect(await lesson.getByRole('radio').first().isDisabled()).toBe(true);

        await page.setViewportSize({ width: 1000, height: 900 });
        expect(await overflow(page)).toEqual([]);
        await expectNoBarrier(page, null, 'a lesson');

        // It takes as long again; what it is judged by is the same in Node (test/commands/lessons.test.ts).
        const counter = amount(false, true);
        const counterRun = lesson.getByRole('button', { name: 'Run the counter-run' });
        await counterRun.waitFor();
        if (counter) {
          await counterRun.click();
          await said(/As it should be: without its cause, what the lesson expects does not happen/);
        }

        await page.getByText('Deutsch', { exact: true }).click();
        await said(
          counter ? /So soll es sein: Was die Lektion/ : /Was die Lektion erwartet, trifft in diesem Lauf zu/,
        );
        expect(await lesson.getAttribute('lang')).toBe('de');
        await button(page, 'Lektionen verlassen').click();
        expect(await lesson.count()).toBe(0);
        expect(await button(page, 'Lernt').isVisible()).toBe(true); // the page is in the language of its lessons
        await button(page, 'EN English').click();
        await button(page, 'Learns').waitFor();
        expect(problems).toEqual([]);
      });
    },
    8 * minutes,
  );

  it(
    'prints a sheet with its answers on a second page, and nothing else',
    async () => {
      await inThePage(microLink(), async ({ page, problems }) => {
        await page.evaluate(() => (window.print = () => undefined)); // stands for the browser's dialog
        await button(page, 'Lessons').click();
        const lesson = page.getByTestId('lesson');
        await lesson.getByRole('button', { name: /Paid to fail/ }).click();
        await lesson.getByRole('button', { name: 'Print a sheet' }).click();
        await page.emulateMedia({ media: 'print' });
        const sheet = page.locator('.sheet');
        expect(await sheet.isVisible()).toBe(true);
        // The class runs the counter-run, too, and knows where the page is.
        expect(await sheet.textContent()).toMatch(/It differs in this alone: Discount γ: 1/);
        expect(await sheet.textContent()).toContain(`Open ${new URL(page.url()).origin}/`);
        expect(await lesson.isVisible()).toBe(false);
        expect(await page.getByTestId('status').isVisible()).toBe(false);
        const second = sheet.getByRole('heading', { name: 'Answers: Paid to fail' });
        const pages = await second.evaluate((heading) => {
          const { parentElement: part } = heading;
          return part ? getComputedStyle(part).breakBefore : '';
        });
        expect(pages).toBe('page');
        await page.emulateMedia({ media: 'screen' });
        await page.evaluate(() => window.dispatchEvent(new Event('afterprint')));
        expect(await sheet.count()).toBe(0);
        expect(problems).toEqual([]);
      });
    },
    4 * minutes,
  );
});
