/** The playground in the words of its user: what the tests read and press. */
import type { FrameLocator, Locator, Page } from 'playwright';
import { expect } from 'vitest';
import { withChanges, type Experiment } from '../../src/config/experiment.ts';
import { encodeLink, type MadeOn } from '../../src/config/link.ts';
import { findPreset, presetExperiment } from '../../src/config/presets.ts';
import type { OpenPage } from './page.ts';

/** A link to the `micro` preset, which updates in a blink, with changes. */
export function microLink(changes: Partial<Experiment> = {}, madeOn: MadeOn = {}): string {
  const preset = findPreset('micro');
  if (!preset) throw new Error('There is no preset "micro".');
  return encodeLink(withChanges(presetExperiment(preset), changes), madeOn);
}

/** Updates that no machine is through with before the test is: a run that has finished cannot be paused. */
export const endless = 10_000;

/** The playground: a page, or a frame in another one. */
type Place = Page | FrameLocator;
interface Shown {
  readonly page: Place;
  readonly waitFor: OpenPage['waitFor'];
}

export const button = (page: Place, name: string): Locator => page.getByRole('button', { name, exact: true });
export const region = (page: Place, name: 'Experiment' | 'Episode' | 'Learning'): Locator =>
  page.getByRole('region', { name, exact: true });

/** The tries at the task that the picture shows, each named by what became of it. */
export const lanesOf = (page: Place): Locator =>
  region(page, 'Episode').getByRole('button', { name: /^Try \d+:/ });

/** Updates done, as the page shows them. */
export const stepOf = async (page: Place): Promise<number> =>
  Number(await page.getByTestId('step').textContent());
export const statusOf = async (page: Place): Promise<string> =>
  (await page.getByTestId('status').textContent()) ?? '';

/** Waits for the status line to say so; fails at once when the run has failed. */
export async function waitForStatus({ page, waitFor }: Shown, words: RegExp): Promise<string> {
  const status = await waitFor(
    `the status ${words}`,
    () => statusOf(page),
    (text) => words.test(text) || text.startsWith('Stopped'),
  );
  expect(status).toMatch(words);
  return status;
}

/** Everything is loaded, the starting model was evaluated, and nothing runs. */
export const waitForReady = (playground: Shown): Promise<string> => waitForStatus(playground, /^Ready/);

/** Waits until it is ready, and trains one update. */
export async function trainOnce(playground: Shown): Promise<void> {
  await waitForReady(playground);
  await button(playground.page, 'Step').click();
  await waitForStatus(playground, /^Paused after update 1\./);
}

/** What the card behind the back end's name says about use without a network, once it says these words. */
export const waitForOffline = ({ page, waitFor }: Shown, words: RegExp): Promise<string> =>
  waitFor(
    `"${words}" about use without a network`,
    async () => (await page.getByTestId('offline').allTextContents()).join(''),
    (text) => words.test(text),
  );

/** Waits for at least this many updates; gives the number there is. */
export const waitForStep = ({ page, waitFor }: OpenPage, step: number): Promise<number> =>
  waitFor(
    `update ${step}`,
    () => stepOf(page),
    (at) => at >= step,
  );

/** Presses Pause and waits for the update under way; gives the step it stopped at. */
export async function pause(playground: OpenPage): Promise<number> {
  await button(playground.page, 'Pause').click();
  return Number(/\d+/.exec(await waitForStatus(playground, /^Paused after update \d+/))?.[0]);
}

/** Closes the dialog that is open by Escape; when this ends it is gone, and what comes next is for the page behind it. */
export async function leaveDialog(page: Page): Promise<void> {
  await page.keyboard.press('Escape');
  await expect.poll(() => page.locator('dialog[open]').count()).toBe(0);
}

/** The form field with this label, whatever its unit and help. */
export const fieldOf = (page: Page, label: string): Locator =>
  region(page, 'Experiment').getByLabel(label, { exact: true });

/** One chart of the Learning region, as its table for screen readers and its picture have it. */
export interface ChartReading {
  readonly title: string;
  /** The last step that has a value. */
  readonly step: number;
  /** Line → its latest value, as shown. */
  readonly latest: Readonly<Record<string, string>>;
  /** The drawing, as a data address: another one means that something was drawn. */
  readonly picture: string;
  /** Whether some of it can be seen: the window, or what scrolls in it, may end before. */
  readonly seen: boolean;
}

/** Reads every chart. Other figures, such as that of an alarm, have no title. */
export const chartsOf = (page: Page): Promise<ChartReading[]> =>
  region(page, 'Learning')
    .locator('figure:has(h3)')
    .evaluateAll((figures) => {
      const isSeen = (figure: Element) =>
        new Promise<boolean>((tell) => {
          const observer = new IntersectionObserver(([entry]) => {
            observer.disconnect();
            tell(entry?.isIntersecting ?? false);
          });
          observer.observe(figure);
        });
      return Promise.all(
        figures.map(async (figure) => ({
          title: figure.querySelector('h3')?.textContent ?? '',
          step: Number(
            /up to update (\d+)/.exec(figure.querySelector('caption')?.textContent ?? '')?.[1] ?? 0,
          ),
          latest: Object.fromEntries(
            [...figure.querySelectorAll('tbody tr')].map((row) => [
              row.querySelector('th')?.textContent ?? '',
              row.querySelectorAll('td')[1]?.textContent ?? '',
            ]),
          ),
          picture: figure.querySelector('canvas')?.toDataURL() ?? '',
          seen: await isSeen(figure),
        })),
      );
    });
