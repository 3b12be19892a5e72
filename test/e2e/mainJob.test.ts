/** The main job: see the model fail, press Run, watch it learn, stop, go on, change something. */
import { describe, expect, it } from 'vitest';
import { onePlayground } from './page.ts';
import {
  button,
  chartsOf,
  endless,
  fieldOf,
  lanesOf,
  leaveDialog,
  microLink,
  pause,
  region,
  stepOf,
  waitForReady,
  waitForStatus,
  waitForStep,
} from './playground.ts';

const inThePage = onePlayground();
/** Plain JavaScript is slow. */
const little = microLink({ turns: 1, maxNewTokens: 8 });

describe('the main job', () => {
  it('load, Run, Pause, Step, Reset, change a field, in a clean console', async () => {
    const path = microLink({ evalEvery: 1, steps: endless, k: 4, promptsPerUpdate: 4 });
    await inThePage(path, async (playground) => {
      const { page, waitFor, problems } = playground;

      // Loaded: nothing runs, and on request there is a held-out task with the model's own two attempts.
      await waitForReady(playground);
      await page.getByRole('radio', { name: 'Held-out tasks' }).check({ force: true });
      const episode = region(page, 'Episode');
      for (const turn of [1, 2]) {
        const attempt = episode.getByRole('article', { name: `Turn ${turn}` });
        expect(await attempt.isVisible()).toBe(true);
        expect(await attempt.textContent()).toMatch(/def \w+\(/);
        expect(await attempt.textContent()).toMatch(/\d of \d+ tests/);
      }
      expect(await episode.textContent()).toContain('never trains on');
      expect(await stepOf(page)).toBe(0);
      const before = await chartsOf(page);
      expect(before.length).toBeGreaterThanOrEqual(8);
      // Charts are drawn while they are seen.
      await region(page, 'Learning').locator('figure').nth(2).scrollIntoViewIfNeeded();

      // Run: the counter and every chart advance.
      await button(page, 'Run').click();
      await waitForStep(playground, 2);
      const behind = await waitFor(
        'every chart to be drawn with new values',
        async () => {
          const now = await chartsOf(page);
          return now
            .filter(
              ({ title, step, latest, picture, seen }) =>
                step < 2 ||
                (seen && picture === before.find((chart) => chart.title === title)?.picture) ||
                !Object.values(latest).some((x) => /\d/.test(x)),
            )
            .map(({ title }) => title);
        },
        (titles) => titles.length === 0,
      );
      expect(behind).toEqual([]);

      // Pause, then exactly one more update with Step.
      const paused = await pause(playground);
      expect(await stepOf(page)).toBe(paused);
      await button(page, 'Step').click();
      await waitForStatus(playground, new RegExp(`^Paused after update ${paused + 1}\\.`));
      expect(await stepOf(page)).toBe(paused + 1);

      // Reset: back to the start, with nothing left of the run.
      await button(page, 'Reset').click();
      await waitForReady(playground);
      expect(await stepOf(page)).toBe(0);
      expect((await chartsOf(page)).map(({ step }) => step)).toEqual(before.map(() => 0));

      // A live field: the next update uses it. With T = 2 the weight of turn 1 is γ − 1.
      await button(page, 'Step').click();
      await waitForStatus(playground, /^Paused after update 1\./);
      const weight = async () =>
        (await chartsOf(page)).find(
          ({ latest }) => latest['turn 2'] === '1' && /^[−-]/.test(latest['turn 1']),
        )?.latest['turn 1'];
      expect(await weight()).toMatch(/^[−-]0\.25$/);
      await fieldOf(page, 'Discount γ').fill('0.1');
      await button(page, 'Step').click();
      await waitForStatus(playground, /^Paused after update 2\./);
      expect(await weight()).toMatch(/^[−-]0\.9$/);

      expect(problems).toEqual([]);
    });
  });

  it('keeps the page alive while it trains', async () => {
    await inThePage(microLink({ steps: endless }), async (playground) => {
      const { page, problems } = playground;
      await waitForReady(playground);
      await page.evaluate(() => {
        const count = () => {
          document.body.dataset['frames'] = String(Number(document.body.dataset['frames'] ?? 0) + 1);
          requestAnimationFrame(count);
        };
        count();
      });
      const frames = () => page.evaluate(() => Number(document.body.dataset['frames']));
      await button(page, 'Run').click();
      const first = await waitForStep(playground, 1);
      const before = await frames();
      await waitForStep(playground, first + 5);
      expect((await frames()) - before).toBeGreaterThanOrEqual(5);

      // Reset in the middle of an update: nothing of the abandoned run shows up in the next.
      await button(page, 'Reset').click();
      await waitForReady(playground);
      expect(await stepOf(page)).toBe(0);
      await button(page, 'Step').click();
      await waitForStatus(playground, /^Paused after update 1\./);
      expect((await chartsOf(page)).map(({ step }) => step).every((step) => step <= 1)).toBe(true);
      expect(problems).toEqual([]);
    });
  });

  it('takes up what needs a restart: a field with the next Run, another back end at once', async () => {
    await inThePage(little, async (playground) => {
      const { page, problems } = playground;
      await waitForReady(playground);
      await page.getByRole('button', { name: /^Back end: WASM/ }).click();
      await page.getByRole('radio', { name: 'CPU' }).check({ force: true });
      await leaveDialog(page);
      await page.getByRole('button', { name: /^Back end: CPU/ }).waitFor();
      await waitForReady(playground);

      await fieldOf(page, 'Samples per prompt k').fill('3');
      const waiting = region(page, 'Experiment').getByText('will be loaded when you press Run');
      await waiting.waitFor();
      await button(page, 'Step').click();
      await waitForStatus(playground, /^Paused after update 1\./);
      expect(await waiting.count()).toBe(0);
      expect(await lanesOf(page).count()).toBe(3);

      await page.getByRole('button', { name: /^Back end: CPU/ }).click();
      await page.getByRole('radio', { name: 'WASM' }).check({ force: true });
      await leaveDialog(page);
      await page.getByRole('button', { name: /^Back end: WASM/ }).waitFor();
      expect(problems).toEqual([]);
    });
  });
});

describe('the page’s own origin', () => {
  it('is all it can reach, and the tests would notice', async () => {
    await inThePage(little, async (playground) => {
      await waitForReady(playground);
      expect(playground.problems).toEqual([]);
      const answer = await playground.page.evaluate(() =>
        fetch('https://example.org/').then(
          () => 'reached',
          () => 'refused',
        ),
      );
      expect(answer).toBe('refused');
      expect(playground.problems.join('\n')).toContain('https://example.org/');
    });
  });
});
