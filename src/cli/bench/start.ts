/**
 * How long the built page takes to start: in a Chromium that was never there, and at later visits of the same browser. Times are
 * taken in the page and its workers (worker/startMarks.ts and the browser's own entries), from the navigation on.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright';
import { grid } from '../../bench/table.ts';
import { startMarks, type StartMark } from '../../worker/startMarks.ts';
import { openSite } from './site.ts';

/** What is read from the page besides its marks. */
const pageFigures = {
  painted: 'shell painted',
  recorded: 'recorded picture in view',
  longTasks: 'page’s thread blocked: tasks over 50 ms, together',
  longestTask: '… the longest of them',
} as const;
type Figure = keyof typeof pageFigures | StartMark;

/** Milliseconds after the navigation, or of length; missing where the page never came so far. */
type Visit = Partial<Record<Figure, number>>;

/** Compressed bytes of JavaScript that a browser fetches at its first visit. */
interface ScriptBytes {
  /** What the page itself loads, without its workers and the sandbox. */
  readonly page: number;
  /** All that it takes until the page is ready. */
  readonly ready: number;
  /** With what is kept afterwards, for use without a network and for what is opened later. */
  readonly all: number;
  /** Names of files that were sent more than once. */
  readonly twice: readonly string[];
}

export interface StartReport {
  readonly cold: readonly Visit[];
  readonly later: readonly Visit[];
  readonly script: ScriptBytes;
}

export interface StartOptions {
  /** Fresh browsers, and visits after the first of the last one. */
  readonly visits: number;
  /** The built site; built for this unless given. */
  readonly site?: string | undefined;
  readonly onProgress: (what: string, done: number, total: number) => void;
}

/** A page that is not there by then is given up, ms. */
const patience = 120_000;

/** @throws Error when there is no Chromium, the page cannot be built, or it never becomes ready */
export async function benchStart({ visits, site: given, onProgress }: StartOptions): Promise<StartReport> {
  const site = await openSite(given, () => onProgress('building the page', 0, 1));
  try {
    const cold: Visit[] = [];
    let script: ScriptBytes = { page: 0, ready: 0, all: 0, twice: [] };
    for (let i = 0; i < visits; i++) {
      onProgress('first visits', i, visits);
      const before = site.sent.length;
      let untilReady: string[] = [];
      const whenReady = () => (untilReady = site.sent.slice(before));
      cold.push(await site.visit(`profile-${i}`, (page, address) => watch(page, address, whenReady)));
      if (i === 0) script = await scriptBytes(site.folder, untilReady, site.sent.slice(before));
    }
    const later: Visit[] = [];
    for (let i = 0; i < visits; i++) {
      onProgress('later visits', i, visits);
      later.push(await site.visit(`profile-${visits - 1}`, (page, address) => watch(page, address)));
    }
    return { cold, later, script };
  } finally {
    site.close();
  }
}

/** As Markdown: medians in seconds. */
export function startTable({ cold, later, script }: StartReport): string {
  const titles: Record<Figure, string> = { ...pageFigures, ...startMarks };
  const seconds = (visits: readonly Visit[], figure: Figure) => {
    const ms = median(visits.flatMap((visit) => visit[figure] ?? []));
    return Number.isNaN(ms) ? '–' : (ms / 1000).toFixed(2);
  };
  const rows = (Object.keys(titles) as Figure[]).map((figure) => [
    titles[figure],
    seconds(cold, figure),
    seconds(later, figure),
  ]);
  const kB = (bytes: number) => `${Math.round(bytes / 1000)} kB`;
  return [
    `From the navigation on, seconds; medians of ${cold.length} first and ${later.length} later visits:`,
    grid(['', 'first visit', 'later visit'], rows),
    `Script at the first visit, compressed: the page’s own ${kB(script.page)}, until Ready ${kB(script.ready)}, ` +
      `with what is kept afterwards for use offline ${kB(script.all)}. ` +
      `Sent more than once: ${script.twice.length === 0 ? 'nothing' : script.twice.join(', ')}.\n`,
  ].join('\n\n');
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [Math.floor((sorted.length - 1) / 2), Math.ceil((sorted.length - 1) / 2)];
  return sorted.length === 0 ? NaN : (sorted[low] + sorted[high]) / 2;
}

/** Opens the page, waits until it is ready, has evaluated and is kept for the next visit, and reads its clock. */
async function watch(page: Page, address: string, whenReady = () => {}): Promise<Visit> {
  await page.addInitScript(() => {
    // No function here has a name: what names them for tsx is not in the page.
    new MutationObserver((_, observer) => {
      if (!document.querySelector('[data-source="recorded"]')) return;
      observer.disconnect();
      requestAnimationFrame(() => performance.mark('cocos:recorded'));
    }).observe(document, { childList: true, subtree: true });
    new PerformanceObserver((list) => {
      for (const { startTime, duration } of list.getEntries())
        performance.mark('cocos:long', { startTime, detail: duration });
    }).observe({ type: 'longtask', buffered: true });
  });
  await page.goto(address);
  const ready = () => performance.getEntriesByName('cocos:ready').length > 0;
  await page.waitForFunction(ready, undefined, { timeout: patience });
  whenReady();
  const evaluated = () => performance.getEntriesByName('cocos:firstEvaluation').length > 0;
  await page.waitForFunction(evaluated, undefined, { timeout: patience });
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  const clocks = await Promise.all([
    page.evaluate(readClock),
    // The trainer's; the others have no marks, and some wait and answer nobody.
    ...page
      .workers()
      .filter((worker) => worker.url().includes('trainer.worker'))
      .map((worker) => worker.evaluate(readClock)),
  ]);
  const [{ origin, paints, marks }] = clocks;
  const long = marks.filter(({ name }) => name === 'cocos:long').map(({ detail }) => detail);
  const visit: Visit = {
    painted: paints.find(({ name }) => name === 'first-contentful-paint')?.startTime,
    longTasks: long.reduce((sum, ms) => sum + ms, 0),
    longestTask: Math.max(0, ...long),
  };
  for (const figure of ['recorded', ...Object.keys(startMarks)] as Figure[]) {
    for (const clock of clocks) {
      const mark = clock.marks.find(({ name }) => name === `cocos:${figure}`);
      if (mark) visit[figure] ??= mark.startTime + clock.origin - origin;
    }
  }
  return visit;
}

/** Runs in the page or a worker. */
function readClock() {
  return {
    origin: performance.timeOrigin,
    paints: performance.getEntriesByType('paint').map(({ name, startTime }) => ({ name, startTime })),
    marks: performance.getEntriesByType('mark').map((mark) => ({
      name: mark.name,
      startTime: mark.startTime,
      detail: mark instanceof PerformanceMark ? Number(mark.detail) : NaN,
    })),
  };
}

/** What was sent to one browser, until its page was ready and in all: paths below the site, in order. */
async function scriptBytes(
  site: string,
  untilReady: readonly string[],
  sent: readonly string[],
): Promise<ScriptBytes> {
  const index = await readFile(join(site, 'index.html'), 'utf8');
  const scriptsOf = (some: readonly string[]) =>
    [...new Set(some)].filter((path) => /\.m?js$/.test(path) && path !== 'service-worker.js');
  const scripts = scriptsOf(sent);
  const sizes = new Map<string, number>();
  for (const path of scripts) sizes.set(path, gzipSync(await readFile(join(site, path))).length);
  const sum = (some: readonly string[]) => some.reduce((total, path) => total + (sizes.get(path) ?? 0), 0);
  return {
    page: sum(scripts.filter((path) => index.includes(path))),
    ready: sum(scriptsOf(untilReady)),
    all: sum(scripts),
    twice: [...new Set(sent.filter((path, i) => sent.indexOf(path) !== i))],
  };
}
