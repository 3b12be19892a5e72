/**
 * How smoothly the page runs while it trains, everything on it open: frames a second beside those of the same page at rest, in the
 * same visit, and what keeps its thread busy for long.
 */
import type { Page } from 'playwright';
import { grid } from '../../bench/table.ts';
import { openSite } from './site.ts';

/** What a stretch of time was like on the page's thread. */
interface Stretch {
  readonly seconds: number;
  readonly frames: number;
  /** Of tasks over 50 ms; how long each took, ms. */
  readonly longTasks: readonly number[];
  /** Updates that were shown. */
  readonly updates: number;
}

export interface SmoothReport {
  /** Before and after the training. */
  readonly rest: readonly [Stretch, Stretch];
  readonly training: Stretch;
  /** Heap of the page's thread after a collection, bytes: before and after the training. */
  readonly heap: readonly [number, number];
}

export interface SmoothOptions {
  /** How long to watch it train, s. */
  readonly seconds: number;
  /** Four runs side by side instead of one. */
  readonly compares: boolean;
  readonly site?: string | undefined;
  readonly onProgress: (what: string, done: number, total: number) => void;
}

/** A page that is not ready by then is given up, ms. */
const patience = 120_000;
/** What is not watched: the page settles after it was told something, ms. */
const settling = 3000;

/** @throws Error when there is no Chromium, the page cannot be built, or it never becomes ready */
export async function benchSmooth({
  seconds,
  compares,
  site: given,
  onProgress,
}: SmoothOptions): Promise<SmoothReport> {
  const site = await openSite(given, () => onProgress('building the page', 0, 1));
  try {
    return await site.visit('profile', async (page, address) => {
      await page.goto(address);
      const evaluated = () => performance.getEntriesByName('cocos:firstEvaluation').length > 0;
      await page.waitForFunction(evaluated, undefined, { timeout: patience });
      if (compares) await sideBySide(page);
      await page.evaluate(() => document.querySelectorAll('details').forEach((one) => (one.open = true)));
      const half = Math.ceil(seconds / 2);
      onProgress('at rest', 0, 3);
      const before = await watch(page, half);
      const heapBefore = await heap(page);
      onProgress('training', 1, 3);
      await press(page, 'Run');
      const training = await watch(page, seconds);
      onProgress('at rest', 2, 3);
      await press(page, 'Pause');
      await untilStill(page);
      return { rest: [before, await watch(page, half)], training, heap: [heapBefore, await heap(page)] };
    });
  } finally {
    site.close();
  }
}

/** Four runs that have begun, and stand. */
async function sideBySide(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Compare', exact: true }).click();
  await page.getByRole('button', { name: 'γ 0, 0.5, 0.75, 1' }).click();
  const all = () => document.querySelectorAll('[data-testid=run-at]').length === 4;
  await page.waitForFunction(all, undefined, { timeout: patience });
  const begun = () =>
    [...document.querySelectorAll('[data-testid=run-at]')].every((one) => /[1-9]/.test(one.textContent));
  await page.waitForFunction(begun, undefined, { timeout: patience });
  await press(page, 'Pause');
  await untilStill(page);
}

const press = (page: Page, name: 'Run' | 'Pause') =>
  page.getByRole('button', { name, exact: true }).first().click();

/** No run trains, and of several the round is ended. */
async function untilStill(page: Page): Promise<void> {
  const still = () =>
    /^(Paused|Finished)/.test(document.querySelector('[data-testid=status]')?.textContent ?? '') &&
    new Set([...document.querySelectorAll('[data-testid=run-at]')].map((one) => one.textContent)).size < 2;
  await page.waitForFunction(still, undefined, { timeout: patience });
}

async function watch(page: Page, seconds: number): Promise<Stretch> {
  await page.waitForTimeout(settling);
  const first = await updatesDone(page);
  const stretch = await page.evaluate(async (length) => {
    // No function here has a name: what names them for tsx is not in the page.
    const longTasks: number[] = [];
    const observer = new PerformanceObserver((list) =>
      list.getEntries().forEach(({ duration }) => longTasks.push(duration)),
    );
    observer.observe({ type: 'longtask' });
    const start = performance.now();
    let frames = 0;
    let now = start;
    while (now - start < length) {
      now = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
      frames++;
    }
    observer.disconnect();
    return { seconds: (now - start) / 1000, frames, longTasks };
  }, 1000 * seconds);
  return { ...stretch, updates: (await updatesDone(page)) - first };
}

/** Of all runs together. */
async function updatesDone(page: Page): Promise<number> {
  const places = await page.getByTestId('run-at').allTextContents();
  const sum = (texts: readonly string[]) =>
    texts.reduce((a, text) => a + Number(/\d+/.exec(text)?.[0] ?? 0), 0);
  if (places.length > 0) return sum(places);
  return Number(/update (\d+)/i.exec((await status(page)) ?? '')?.[1] ?? 0);
}

const status = (page: Page) => page.getByTestId('status').textContent();

async function heap(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize;
}

/** As Markdown. */
export function smoothTable({ rest: [before, after], training, heap }: SmoothReport): string {
  const rate = ({ frames, seconds }: Stretch) => frames / seconds;
  const row = (title: string, stretch: Stretch) => [
    title,
    rate(stretch).toFixed(1),
    String(stretch.longTasks.length),
    Math.max(0, ...stretch.longTasks).toFixed(0),
    String(stretch.updates),
  ];
  const share = (2 * rate(training)) / (rate(before) + rate(after));
  const megabytes = heap.map((bytes) => (bytes / 1e6).toFixed(1));
  return [
    'The page’s thread, everything on the page open:',
    grid(
      ['', 'frames/s', 'tasks over 50 ms', 'the longest, ms', 'updates'],
      [row('at rest', before), row('training', training), row('at rest again', after)],
    ),
    `Training has ${share.toFixed(2)} of the frames at rest. Heap before and after: ${megabytes.join(' and ')} MB.\n`,
  ].join('\n\n');
}
