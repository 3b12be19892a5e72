/**
 * How long the built page takes to start: in a Chromium that was never there, and at later visits of the same browser. Times are
 * taken in the page and its workers (worker/startMarks.ts and the browser's own entries), from the navigation on.
 */
import { rmSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import process from 'node:process';
import { gzipSync } from 'node:zlib';
import { chromium, type Page } from 'playwright';
import { build } from 'vite';
import { grid } from '../../bench/table.ts';
import { isolationHeaders } from '../../worker/isolation.ts';
import { startMarks, type StartMark } from '../../worker/startMarks.ts';
import { findChromium, noBrowser } from '../chromium.ts';
import { projectRoot } from '../common.ts';

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
export async function benchStart({ visits, site, onProgress }: StartOptions): Promise<StartReport> {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error(noBrowser);
  const folder = await mkdtemp(join(tmpdir(), 'cocos-start-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true })); // however the command ends
  const built = site ?? join(folder, 'site');
  if (site === undefined) {
    onProgress('building the page', 0, 1);
    await build({
      configFile: join(projectRoot, 'vite.config.ts'),
      logLevel: 'error',
      build: { outDir: built },
    });
  }
  const served = await serve(built);
  const visit = async (profile: string, whenReady = () => {}): Promise<Visit> => {
    const context = await chromium.launchPersistentContext(join(folder, profile), {
      executablePath,
      // Chromium refuses to start as root with its own sandbox.
      args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    });
    try {
      return await watch(await context.newPage(), served.address, whenReady);
    } finally {
      await context.close();
    }
  };
  try {
    const cold: Visit[] = [];
    let script: ScriptBytes | undefined;
    for (let i = 0; i < visits; i++) {
      onProgress('first visits', i, visits);
      const before = served.sent.length;
      let untilReady: string[] = [];
      cold.push(await visit(`profile-${i}`, () => (untilReady = served.sent.slice(before))));
      script ??= await scriptBytes(built, untilReady, served.sent.slice(before));
    }
    const later: Visit[] = [];
    for (let i = 0; i < visits; i++) {
      onProgress('later visits', i, visits);
      later.push(await visit(`profile-${visits - 1}`));
    }
    return { cold, later, script: script ?? { page: 0, ready: 0, all: 0, twice: [] } };
  } finally {
    served.server.closeAllConnections();
    served.server.close();
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
async function watch(page: Page, address: string, whenReady: () => void): Promise<Visit> {
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

const mimeTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};

/** Serves a site as a static host does: compressed, and to be kept for ten minutes. */
async function serve(site: string): Promise<{ server: Server; address: string; sent: string[] }> {
  const compressed = new Map<string, Promise<Buffer>>();
  const sent: string[] = [];
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://x').pathname)).slice(1);
    const name = path === '' ? 'index.html' : path;
    const bytes = compressed.get(name) ?? readFile(join(site, name)).then((file) => gzipSync(file));
    compressed.set(name, bytes);
    response.setHeaders(new Map(Object.entries(isolationHeaders)));
    bytes.then(
      (body) => {
        sent.push(name);
        response.setHeader('Content-Type', mimeTypes[extname(name)] ?? 'application/octet-stream');
        response.setHeader('Content-Encoding', 'gzip');
        response.setHeader('Cache-Control', 'max-age=600');
        response.end(body);
      },
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const where = server.address();
  if (where === null || typeof where === 'string')
    throw new Error('The server of the benchmark has no port.');
  return { server, address: `http://127.0.0.1:${where.port}/`, sent };
}
