/** Problem sets in the page: a file of the user's, graded in the page's own sandbox beside training. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { expectNoBarrier } from './barriers.ts';
import { onePlayground } from './page.ts';
import {
  button,
  endless,
  leaveDialog,
  microLink,
  pause,
  waitForReady,
  waitForStatus,
  waitForStep,
} from './playground.ts';

const lines = (...records: (object | string)[]): Buffer =>
  Buffer.from(
    records.map((record) => (typeof record === 'string' ? record : JSON.stringify(record))).join('\n'),
  );
const mixed = lines(
  {
    name: 'doubles',
    code: 'def f(x):\n    print("<b id=printed>out</b>")\n    return 2 * x',
    tests: ['assert f(2) == 4', 'assert f(3) == 7'],
  },
  { name: 'divides', code: 'def g(x):\n    return x / 0', tests: ['assert g(1) == 1'] },
  'no JSON',
  { name: 'hangs', code: 'def h():\n    while True: pass', tests: ['assert h() == 1'] },
  { name: 'right', code: 'def k(x): return x', tests: ['assert k(1) == 1'] },
  { name: 'loops', code: 'def m(x): return x', tests: ['assert all(m(i) == i for i in range(3))'] },
  { name: 'untested', code: 'def n(): pass' },
);

const dialog = (page: Page) => page.getByRole('dialog', { name: 'Problem sets' });
const row = (page: Page, name: string) =>
  dialog(page)
    .getByRole('row')
    .filter({ has: page.getByRole('button', { name, exact: true }) });
const summaryOf = (page: Page) => page.getByTestId('problems-summary').innerText();

async function choose(page: Page, buffer: Buffer, name = 'mine.jsonl'): Promise<void> {
  if (!(await dialog(page).isVisible())) await page.getByRole('button', { name: /^Problem sets/ }).click();
  await dialog(page).waitFor();
  const back = button(page, 'Back to files'); // a test before this one may have written problems of its own
  const another = button(page, 'Choose another file');
  const field = page.getByLabel(/Choose a JSONL file/);
  await back.or(another).or(field).first().waitFor({ state: 'attached' }); // what the dialog has is loaded when it opens
  if (await back.isVisible()) await back.press('Enter');
  await another.or(field).first().waitFor({ state: 'attached' });
  if (await another.isVisible()) await another.press('Enter');
  await field.setInputFiles({ name, mimeType: 'application/jsonl', buffer });
}
const finished = (page: Page) => button(page, 'Choose another file').waitFor({ timeout: 120_000 });

const inThePage = onePlayground();

describe('problem sets', () => {
  it('are read, graded beside training, explained and handed out', async () => {
    await inThePage(microLink({ steps: endless }), async (playground) => {
      const { page, problems } = playground;
      await waitForReady(playground);
      await button(page, 'Run').click();
      const step = await waitForStep(playground, 1);

      await choose(page, mixed);
      const grade = button(page, 'Grade 5 programs');
      await grade.waitFor();
      const said = await dialog(page).innerText();
      expect(said).toMatch(/format plain: 5 programs with 6 tests\. 2 lines left out/);
      expect(said).toMatch(/line 3: not JSON/);
      expect(said).toMatch(/line 7, record untested: field tests: it is missing/);
      expect(await page.getByTestId('problems-summary').count(), 'nothing runs before the click').toBe(0);

      await grade.click();
      // Training goes on behind the dialog, and grading without it.
      await waitForStep(playground, step + 2);
      await leaveDialog(page);
      await pause(playground);
      await page.getByRole('button', { name: /^Problem sets/ }).click();
      await finished(page);
      expect((await summaryOf(page)).replace(/\s+/g, ' ')).toMatch(
        /2 passed 1 wrong value 1 exception 1 timeout 2 not run 5 programs in [\d.]+ s: [\d.]+ programs\/s/,
      );
      expect(await row(page, 'doubles').innerText()).toMatch(
        /wrong value\s+1\/2\s+f\(3\): expected 7, got 6/,
      );
      expect(await row(page, 'divides').innerText()).toMatch(/ZeroDivisionError.*line 2 of the program/);
      expect(await row(page, 'loops').innerText()).toMatch(/passed\s+weaker tier/);

      // A row in full, as text: what a program printed is never markup.
      await button(page, 'doubles').click();
      await dialog(page).getByText('Printed', { exact: true }).click();
      const detail = await dialog(page).locator('tr.detail').innerText();
      for (const words of ['f(3)', 'Expected\n7', 'Got\n6', '<b id=printed>out</b>'])
        expect(detail).toContain(words);
      expect(await page.locator('#printed').count()).toBe(0);

      await dialog(page).getByText('timeout 1').click();
      expect(await dialog(page).locator('tbody th .name').allInnerTexts()).toEqual(['hangs']);

      const [download] = await Promise.all([
        page.waitForEvent('download'),
        button(page, 'Download report (JSONL)').click(),
      ]);
      expect(download.suggestedFilename()).toBe('mine-verdicts.jsonl');
      const report = readFileSync(await download.path(), 'utf8')
        .trimEnd()
        .split('\n');
      const records = report.map((line) => JSON.parse(line) as Record<string, unknown>);
      expect(records.map(({ name, verdict, passed, total }) => [name, verdict, passed, total])).toEqual([
        ['line 3', 'infra', 0, 0],
        ['untested', 'infra', 0, 0],
        ['doubles', 'fail', 1, 2],
        ['divides', 'error', 0, 1],
        ['hangs', 'timeout', 0, 1],
        ['right', 'pass', 1, 1],
        ['loops', 'pass', 1, 1],
      ]);
      expect(Object.keys(records[2] ?? {})).toEqual(['name', 'verdict', 'passed', 'total', 'reason', 'ms']);

      await leaveDialog(page);
      expect(problems).toEqual([]);
    });
  });

  it('can be cancelled and taken up again, with the keyboard alone', async () => {
    const slow = (i: number) => ({
      name: `p${i}`,
      code: `def f():\n    n = ${i}\n    while n < ${i + (i < 3 ? 1 : 10 ** 9)}: n += 1\n    return n`,
      tests: [`assert f() == ${i + 1}`],
    });
    const records = lines(...Array.from({ length: 60 }, (_, i) => slow(i)));
    await inThePage(microLink(), async (playground) => {
      const { page, problems, waitFor } = playground;
      await waitForReady(playground);
      await page.getByRole('button', { name: 'Problem sets' }).focus();
      await page.keyboard.press('Enter');
      await choose(page, records);
      await button(page, 'Grade 60 programs').focus();
      await page.keyboard.press('Enter');
      const done = async () => Number(/(\d+)\s*passed/.exec(await summaryOf(page))?.[1] ?? 0);
      await waitFor('the first verdicts', done, (n) => n === 3);

      // Closed, it goes on; the button in the header says so.
      await leaveDialog(page);
      await page.getByRole('button', { name: /^Problem sets \d+\/60$/ }).press('Enter');

      await button(page, 'Cancel').focus();
      await page.keyboard.press('Enter');
      const rest = page.getByRole('button', { name: /^Grade the remaining \d+ programs$/ });
      await rest.waitFor();
      expect(await done(), 'verdicts are kept').toBe(3);
      const inDialog = () => page.evaluate(() => document.activeElement?.closest('dialog') !== null);
      await waitFor('the focus to stay in the dialog', inDialog, (it) => it);

      // The sandbox is free for the trainer at once.
      await leaveDialog(page);
      await button(page, 'Step').click();
      await waitForStatus(playground, /^Paused after update 1\./);
      expect(problems).toEqual([]);
    });
  });

  it('refuse what is no problem file and say what would be one', async () => {
    await inThePage(microLink(), async ({ page, problems }) => {
      const alert = dialog(page).getByRole('alert');
      const refusal = async (words: RegExp) => {
        await alert.filter({ hasText: words }).waitFor();
        await page.getByLabel(/Choose a JSONL file/).waitFor({ state: 'attached' });
      };
      await choose(page, Buffer.from(''), 'empty.jsonl');
      await refusal(/^empty\.jsonl: the file is empty/);
      await choose(page, Buffer.from([0xff, 0xfe, 0, 1]), 'picture.png');
      await refusal(/^picture\.png: it is not UTF-8 text/);
      await choose(page, lines({ question: 'why?' }));
      await refusal(/no line has all fields of a known format: mbpp .* humaneval .* plain/);

      // Dropped: two files are one too many, one is read.
      const drop = (names: string[], on = dialog(page)) =>
        on.evaluate((target, given) => {
          const dataTransfer = new DataTransfer();
          const text = '{"name": "a", "code": "def f(): return 1", "tests": ["assert f() == 1"]}';
          for (const name of given) dataTransfer.items.add(new File([text], name));
          target.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
        }, names);
      await drop(['a.jsonl', 'b.jsonl']);
      await refusal(/choose one at a time/);
      await drop(['a.jsonl']);
      await button(page, 'Grade 1 program').waitFor();
      await button(page, 'Choose another file').click();
      await button(page, 'Close').click();
      // Anywhere on the page, too.
      await drop(['b.jsonl'], page.locator('main'));
      await button(page, 'Grade 1 program').waitFor();
      await button(page, 'Choose another file').click();
      await button(page, 'Close').click();
      expect(problems).toEqual([]);
    });
  });

  it('raise no barrier, in a wide and in a narrow window, light or dark', async () => {
    await inThePage(microLink(), async (playground) => {
      const { page, problems } = playground;
      await waitForReady(playground);
      const scan = (when: string) => expectNoBarrier(page, dialog(page), when);
      await page.getByRole('button', { name: 'Problem sets' }).click();
      await scan('before a file');
      await choose(page, mixed);
      await button(page, 'Grade 5 programs').click();
      await finished(page);
      await button(page, 'doubles').click();
      await dialog(page)
        .locator('details')
        .evaluateAll((all) => all.forEach((details) => details.setAttribute('open', '')));
      await scan('graded, one row unfolded');
      expect(problems).toEqual([]);
    });
  });
});
