/** Opens the playground in a real Chromium and listens to everything that goes wrong in it. */
import { mkdirSync } from 'node:fs';
import type { Browser, BrowserContext, Page, Request, Response } from 'playwright';
import { afterAll, inject } from 'vitest';
import { launchChromium } from '../browser.ts';
import { microLink } from './playground.ts';

export interface OpenOptions {
  /** Where the playground is served; by default where setup.ts serves it. */
  readonly address?: string;
  /** Appended to the playground's address, e.g. "#v1:…" for a shared link. */
  readonly path?: string;
  /** Window size in CSS pixels, 1280 × 900 by default. */
  readonly viewport?: { width: number; height: number };
  /** In a browser that was never here; otherwise what tests before this one left in it is there, such as Python. */
  readonly firstVisit?: boolean;
  /** Problems that are expected and do not count. */
  readonly ignore?: readonly RegExp[];
  /** Called before the page is opened, e.g. to break one of its files. */
  readonly prepare?: (page: Page) => Promise<unknown>;
}

/** A playground in a page of its own. */
export interface OpenPage {
  readonly page: Page;
  /**
   * Everything that went wrong so far, as text: console errors and warnings, uncaught exceptions, failed or refused
   * requests, HTTP errors, and requests that left the playground's own origin. A clean page has none.
   */
  readonly problems: readonly string[];
  /** Waits until `read` gives a value that `accept` takes, and returns it; fails with the last value. */
  waitFor<T>(
    what: string,
    read: () => Promise<T>,
    accept: (value: T) => boolean,
    timeoutMs?: number,
  ): Promise<T>;
  /** Saves test-results/NAME.png, to look at after a failure. */
  screenshot(name: string): Promise<void>;
}

/** Chromium's own remarks on how it runs WebGPU here; nothing the page did. */
const chromiumRemarks = [
  /WebGPU.*(experimental|software|fallback)/i,
  /\[\.WebGL-/,
  /GPU stall due to ReadPixels/,
];

/** Collects problems. Those of its context count between `start` and `stop` only: others use it, too. */
function listen(page: Page, origin: string, ignore: readonly RegExp[]) {
  const problems: string[] = [];
  const report = (text: string): void => {
    if (![...chromiumRemarks, ...ignore].some((pattern) => pattern.test(text))) problems.push(text);
  };
  page.on('console', (message) => {
    const level = message.type();
    if (level === 'error' || level === 'warning') {
      report(`console ${level}: ${message.text()} (${message.location().url})`);
    }
  });
  page.on('pageerror', (error) => report(`uncaught: ${error.stack ?? error.message}`));
  page.on('crash', () => report('the page crashed'));
  const onRequest = (request: Request): void => {
    const url = new URL(request.url());
    if (/^(https?|wss?):$/.test(url.protocol) && url.origin !== origin)
      report(`left its origin: ${url.href}`);
  };
  const onFailed = (request: Request): void => {
    const reason = request.failure()?.errorText ?? 'no reason given';
    // The service worker asks the browser's cache for what may have been used; "no" is an answer (offline.worker.ts).
    if (reason !== 'net::ERR_ABORTED' && reason !== 'net::ERR_CACHE_MISS')
      report(`request failed: ${request.url()} (${reason})`);
  };
  const onResponse = (response: Response): void => {
    if (response.status() >= 400) report(`HTTP ${response.status()}: ${response.url()}`);
  };
  const context = page.context();
  const start = (): void => {
    context.on('request', onRequest).on('requestfailed', onFailed).on('response', onResponse);
  };
  const stop = (): void => {
    context.off('request', onRequest).off('requestfailed', onFailed).off('response', onResponse);
  };
  return { problems, start, stop };
}

interface Visited {
  readonly browser: Browser;
  /** The browser of one person, who comes again and again. */
  readonly context: BrowserContext;
}

/** One for all test files of a process, which share this module (vitest.config.ts). It ends with the process. */
let visited: Visited | null = null;

/** The browser of the tests; another one when a test has brought it down. */
async function visitedBrowser(): Promise<Visited> {
  if (!visited?.browser.isConnected()) {
    const browser = await launchChromium(['--host-resolver-rules=MAP *.test 127.0.0.1']);
    const permissions = ['clipboard-read', 'clipboard-write'];
    visited = { browser, context: await browser.newContext({ reducedMotion: 'reduce', permissions }) };
  }
  return visited;
}

/**
 * Opens the playground that setup.ts built and serves, runs `body` and closes it. When `body` fails, a picture of the page
 * is left in test-results/ and the page's problems are added to the error.
 *
 * Python is compiled and started at the first visit only, which takes two thirds of the time until a page is ready. So
 * the tests that do not ask for a first visit are visits of one person.
 */
export async function withPlayground(options: OpenOptions, body: Body): Promise<void> {
  if (options.firstVisit) return withNewcomer((fresh) => withPlaygroundIn(fresh, options, body));
  return withPlaygroundIn((await visitedBrowser()).context, options, body);
}

/** The browser of a person who was never here. What they leave in it goes with them. */
export async function withNewcomer(body: (context: BrowserContext) => Promise<void>): Promise<void> {
  const fresh = await (await visitedBrowser()).browser.newContext({ reducedMotion: 'reduce' });
  fresh.setDefaultTimeout(hang);
  try {
    await body(fresh);
  } finally {
    await fresh.close();
  }
}

type Body = (playground: OpenPage) => Promise<void>;

/** The same in a browser of the caller's. */
export async function withPlaygroundIn(
  context: BrowserContext,
  options: Omit<OpenOptions, 'firstVisit'>,
  body: Body,
): Promise<void> {
  const opened = await openPlayground(context, options);
  try {
    await opened.run(body);
  } finally {
    await opened.close();
  }
}

/** Where a page waits while no test is in it; nothing at first, and after a test that failed. */
interface Waiting {
  page: Opened | null;
}
/** The one that all files of this process share. */
const shared: Waiting = { page: null };

/**
 * For tests that need no page of their own: the first of all files opens one, and each next one follows a link in it, which
 * begins a new experiment. What else a test has changed (a dialog, the back end) the next one of its file finds as it was left;
 * the next file finds the page tidy, but for the runs, which take room at the top, for what is unfolded, and for what it
 * remembers. After a test that fails the next one opens another page.
 *
 * @returns runs a test in the page
 */
export function onePlayground(): (path: string, body: Body) => Promise<void> {
  afterAll(async () => {
    const { page } = shared;
    shared.page = null;
    if (page && (await tidied(page.page))) shared.page = page;
    else await page?.close();
  });
  return inTurn(shared);
}

/** The same with a page for this file only: for looks at the whole page, where what others have left counts. */
export function ownPlayground(): (path: string, body: Body) => Promise<void> {
  const own: Waiting = { page: null };
  afterAll(() => own.page?.close());
  return inTurn(own);
}

function inTurn(waiting: Waiting): (path: string, body: Body) => Promise<void> {
  return async (path, body) => {
    const before = waiting.page;
    waiting.page = null;
    const opened = before ?? (await openPlayground((await visitedBrowser()).context, { path }));
    before?.forget();
    try {
      await opened.run(async (playground) => {
        if (before) await follow(playground.page, path);
        await body(playground);
      });
      waiting.page = opened;
    } finally {
      if (!waiting.page) await opened.close();
    }
  };
}

/** Limit of what a test waits for, ms. It only catches a hang: no test depends on speed. */
const hang = 120_000;
const usualWindow = { width: 1280, height: 900 };

/** Leaves a page as it was opened; false when the page is not what others expect. */
async function tidied(page: Page): Promise<boolean> {
  await page.setViewportSize(usualWindow);
  await page.emulateMedia({ media: null, colorScheme: null });
  while ((await page.locator('dialog[open]').count()) > 0) await page.keyboard.press('Escape');
  await follow(page, microLink()); // nothing goes on
  return (await page.getByRole('button', { name: /^Back end: WASM/ }).count()) === 1;
}

/** Opens a link in the page that is there; when this ends, the page has begun to load its experiment. */
const follow = (page: Page, path: string): Promise<void> =>
  page.evaluate((fragment) => {
    history.replaceState(null, '', '#'); // the same link again is a link, too
    location.hash = fragment;
    return new Promise((done) => addEventListener('hashchange', () => setTimeout(done), { once: true }));
  }, path);

/** A page of the playground's origin that does nothing but open others. */
const openers = new WeakMap<BrowserContext, Promise<Page>>();

/**
 * An empty page. Where visits follow one another it is opened from a page of the playground's origin, as a link is: so it belongs to the
 * process that shows the playground already, and Chromium starts none that is given up at the first address, which takes a quarter of
 * a visit's time.
 */
async function newTab(context: BrowserContext): Promise<Page> {
  if (context !== visited?.context) return context.newPage();
  const opener = await (openers.get(context) ?? openerIn(context));
  const [page] = await Promise.all([
    context.waitForEvent('page'),
    opener.evaluate(() => void window.open('about:blank')),
  ]);
  return page;
}

function openerIn(context: BrowserContext): Promise<Page> {
  const opener = (async () => {
    const page = await context.newPage();
    page.once('crash', () => openers.delete(context)); // with the process that both are in
    await page.goto(new URL('favicon.svg', inject('playground')).href);
    return page;
  })();
  openers.set(context, opener);
  return opener;
}

interface Opened {
  readonly page: Page;
  /** Adds a picture and the page's problems to the error of `body`. */
  run(body: Body): Promise<void>;
  /** The problems so far are those of another test. */
  forget(): void;
  close(): Promise<void>;
}

async function openPlayground(
  context: BrowserContext,
  options: Omit<OpenOptions, 'firstVisit'>,
): Promise<Opened> {
  const address = options.address ?? inject('playground');
  context.setDefaultTimeout(hang);
  // Another host has its own service worker: nothing of ours shall share its origin's windows with it.
  const page = await (options.address === undefined ? newTab(context) : context.newPage());
  await page.setViewportSize(options.viewport ?? usualWindow);
  const { problems, start, stop } = listen(page, new URL(address).origin, options.ignore ?? []);
  const playground = { page, problems, waitFor: waiter(page), screenshot: screenshotOf(page) };
  const explained = async (work: () => Promise<unknown>): Promise<void> => {
    start();
    try {
      await work();
    } catch (error) {
      await playground.screenshot('failed').catch(() => {}); // the browser may be gone; the error below says more
      const seen = problems.length > 0 ? `\nProblems of the page:\n${problems.join('\n')}` : '';
      throw new Error(`${error instanceof Error ? error.message : String(error)}${seen}`, { cause: error });
    } finally {
      stop();
    }
  };
  const close = (): Promise<void> => page.close();
  try {
    await explained(async () => {
      await options.prepare?.(page);
      await page.goto(address + (options.path ?? ''), { waitUntil: 'load' });
    });
  } catch (error) {
    await close();
    throw error;
  }
  const forget = (): void => void problems.splice(0);
  return { page, run: (body) => explained(() => body(playground)), forget, close };
}

function waiter(page: Page): OpenPage['waitFor'] {
  return async (what, read, accept, timeoutMs = 240_000) => {
    const end = Date.now() + timeoutMs;
    for (;;) {
      const value = await read();
      if (accept(value)) return value;
      if (Date.now() > end) {
        throw new Error(
          `Waited ${timeoutMs / 1000} s for ${what}; the last value was ${JSON.stringify(value)}`,
        );
      }
      await page.waitForTimeout(100);
    }
  };
}

function screenshotOf(page: Page): OpenPage['screenshot'] {
  return async (name) => {
    mkdirSync('test-results', { recursive: true });
    await page.screenshot({ path: `test-results/${name}.png`, fullPage: true });
  };
}
