/**
 * Browsers that Playwright does not drive as they are shipped, driven over the W3C's WebDriver: Firefox by geckodriver, and
 * WebKitGTK's MiniBrowser, which has Safari's engine, by WebKitWebDriver, in a window of Xvfb where there is no display.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import * as v from 'valibot';
import { onPath } from '../src/cli/chromium.ts';

/** A browser with one window. Every method throws an Error with the driver's own words. */
export interface Driven {
  /** "firefox 153.7.0": what it says of itself. */
  readonly version: string;
  /** What it wrote so far to its console and its standard streams, a line each; scripts' errors and warnings are among it. */
  readonly console: readonly string[];
  open(address: string): Promise<void>;
  resize(width: number, height: number): Promise<void>;
  /**
   * Runs a function in the page, which hears of nothing around it but its arguments.
   * @returns what it returns, or what its promise comes to, as JSON
   */
  ask<A extends readonly unknown[]>(work: (...args: A) => unknown, ...args: A): Promise<unknown>;
  /** What follows happens inside this frame, or with null in the whole page again. */
  within(selector: string | null): Promise<void>;
  /** A real click, as of a mouse, on the first element that a selector finds. */
  click(selector: string): Promise<void>;
  /** Types keys; the codes of WebDriver for those that are no letters ("\uE00C" = Escape). */
  press(keys: string): Promise<void>;
  /** A picture of the window, PNG. */
  picture(): Promise<Buffer>;
  close(): Promise<void>;
}

/** How one browser is started. */
interface Kind {
  readonly driver: () => string | null;
  readonly browser: () => string | null;
  readonly args: (port: number) => string[];
  readonly capabilities: (binary: string) => object;
  /** What is missing where it cannot be started, in words. */
  readonly needs: string;
  readonly display: boolean;
}

/** It lies beside WebKitGTK's own processes, in no folder of the PATH. */
function miniBrowser(): string | null {
  const folders = [
    '/usr/libexec',
    '/usr/lib',
    `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`,
  ];
  const within = folders.flatMap((folder) =>
    existsSync(folder)
      ? readdirSync(folder)
          .filter((name) => /^webkit(2)?gtk-/.test(name))
          .map((name) => join(folder, name))
      : [],
  );
  return within.map((folder) => join(folder, 'MiniBrowser')).find(existsSync) ?? null;
}

/** What Safari has and WebKitGTK keeps switched off. */
const safaris = '+FileSystem,+FileSystemWritableStream,+StorageAPI,+StorageAPIEstimate';

const kinds = {
  firefox: {
    driver: () => process.env.GECKODRIVER_PATH ?? onPath('geckodriver'),
    browser: () => process.env.FIREFOX_PATH ?? onPath('firefox') ?? onPath('firefox-esr'),
    args: (port) => ['--port', `${port}`, '--log', 'fatal'],
    capabilities: (binary) => ({
      browserName: 'firefox',
      'moz:firefoxOptions': {
        binary,
        args: ['-headless'],
        prefs: { 'devtools.console.stdout.content': true },
      },
    }),
    needs: 'Firefox, and geckodriver in the PATH or GECKODRIVER_PATH (cargo install geckodriver)',
    display: false,
  },
  webkit: {
    driver: () => onPath('WebKitWebDriver'),
    browser: () => process.env.WEBKIT_PATH ?? miniBrowser(),
    args: (port) => [`--port=${port}`],
    capabilities: (binary) => ({
      browserName: process.env.WEBKIT_PATH ? 'wkapp' : 'MiniBrowser',
      'webkitgtk:browserOptions': {
        binary,
        args: ['--automation', '--enable-write-console-messages-to-stdout=true', `--features=${safaris}`],
      },
    }),
    needs: 'WebKitGTK with its driver and MiniBrowser, and Xvfb (Debian: webkit2gtk-driver, xvfb)',
    display: true,
  },
} satisfies Record<string, Kind>;

export type BrowserName = keyof typeof kinds;
export const browserNames: readonly BrowserName[] = ['firefox', 'webkit'];

/** What is missing to start one, in words; null where nothing is. */
export function missing(name: BrowserName): string | null {
  const { driver, browser, needs, display } = kinds[name];
  const there = driver() && browser() && (!display || process.env.DISPLAY || onPath('Xvfb'));
  return there ? null : needs;
}

const answerSchema = v.object({ value: v.unknown() });
const sessionSchema = v.object({
  sessionId: v.string(),
  capabilities: v.object({ browserName: v.string(), browserVersion: v.string() }),
});
const errorSchema = v.object({ error: v.string(), message: v.string() });
/** Under which WebDriver hands over an element. */
const elementKey = 'element-6066-11e4-a52e-4f735466cecf';
const elementSchema = v.object({ [elementKey]: v.string() });

/** Starts a browser with a profile of its own, which is gone when it is closed. @throws Error when it does not start */
export async function launch(name: BrowserName): Promise<Driven> {
  const kind: Kind = kinds[name];
  const [driver, binary] = [kind.driver(), kind.browser()];
  if (driver === null || binary === null) throw new Error(`There is no ${name} to be driven: ${kind.needs}.`);
  const ended: ChildProcess[] = [];
  const said: string[] = [];
  const start = (command: string, args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess => {
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    for (const stream of [child.stdout, child.stderr])
      stream
        ?.setEncoding('utf8')
        .on('data', (text: string) => said.push(...text.split('\n').filter(Boolean)));
    child.on('error', (error) => said.push(error.message));
    ended.push(child);
    return child;
  };
  const end = (): void => {
    for (const child of ended.reverse()) {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL'); // it and what it has started
      } catch {
        // It has ended by itself.
      }
    }
  };
  const env: NodeJS.ProcessEnv = { ...process.env, LANG: 'en_US.UTF-8' };
  try {
    if (kind.display && !env.DISPLAY) env.DISPLAY = await display(start);
    const port = await freePort();
    start(driver, kind.args(port), env);
    const send = sender(`http://127.0.0.1:${port}`);
    await answering(send);
    const capabilities = { alwaysMatch: kind.capabilities(binary) };
    const session = v.parse(sessionSchema, await send('POST', '/session', { capabilities }));
    const at = `/session/${session.sessionId}`;
    const post = (path: string, body: object = {}): Promise<unknown> => send('POST', at + path, body);
    const element = async (selector: string): Promise<v.InferOutput<typeof elementSchema>> =>
      v.parse(elementSchema, await post('/element', { using: 'css selector', value: selector }));
    await post('/timeouts', { script: 600_000, pageLoad: 600_000 });
    return {
      version: `${session.capabilities.browserName} ${session.capabilities.browserVersion}`,
      console: said,
      open: async (url) => void (await post('/url', { url })),
      resize: async (width, height) => void (await post('/window/rect', { width, height })),
      ask: (work, ...args) => {
        const script = `const __name = (of) => of; return (${work.toString()})(...arguments)`; // tsx names functions by that one
        return post('/execute/sync', { script, args });
      },
      async within(selector) {
        await post('/frame', { id: selector === null ? null : await element(selector) });
      },
      async click(selector) {
        await post(`/element/${(await element(selector))[elementKey]}/click`, {});
      },
      async press(keys) {
        const actions = [...keys].flatMap((value) => [
          { type: 'keyDown', value },
          { type: 'keyUp', value },
        ]);
        await post('/actions', { actions: [{ type: 'key', id: 'keys', actions }] });
      },
      picture: async () => Buffer.from(v.parse(v.string(), await send('GET', `${at}/screenshot`)), 'base64'),
      async close() {
        await send('DELETE', at).catch(() => {}); // it may be gone
        end();
      },
    };
  } catch (error) {
    end();
    const words = said.slice(-5).join('\n');
    throw new Error(
      `${name} did not start: ${error instanceof Error ? error.message : String(error)}\n${words}`,
      { cause: error },
    );
  }
}

type Send = (method: string, path: string, body?: object) => Promise<unknown>;

/** Commands to a driver. */
function sender(driver: string): Send {
  return async (method, path, body) => {
    const headers = { 'Content-Type': 'application/json' };
    const options = { method, headers, ...(body && { body: JSON.stringify(body) }) };
    const { value } = v.parse(answerSchema, await (await fetch(driver + path, options)).json());
    if (v.is(errorSchema, value)) throw new Error(`${value.error}: ${value.message}`);
    return value;
  };
}

/** Waits until a driver that was started answers. */
async function answering(send: Send): Promise<void> {
  for (let left = 300; ; left--) {
    const answer = await send('GET', '/status').catch((error: unknown) => error);
    if (!(answer instanceof Error)) return;
    if (left === 0) throw answer;
    await wait(100);
  }
}

/** Starts a display that nobody sees. @returns its name, as in DISPLAY */
async function display(
  start: (command: string, args: readonly string[], env: NodeJS.ProcessEnv) => ChildProcess,
): Promise<string> {
  const screen = start(
    'Xvfb',
    ['-displayfd', '1', '-screen', '0', '1600x1000x24', '-nolisten', 'tcp'],
    process.env,
  );
  return new Promise((resolve, reject) => {
    screen.stdout?.once('data', (number: string) => resolve(`:${number.trim()}`));
    screen.once('exit', () => reject(new Error('Xvfb ended at once')));
    screen.once('error', reject);
  });
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const bound = server.address();
      server.close(() =>
        typeof bound === 'object' && bound
          ? resolve(bound.port)
          : reject(new Error('There is no free port.')),
      );
    });
  });
