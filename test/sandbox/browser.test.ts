import { createServer as createHttpServer, type Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { Browser, Page, Worker } from 'playwright';
import { createServer, type ViteDevServer } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sandboxFrameWorker } from '../../src/sandbox/vitePlugin.ts';
import type { GradeRequest, Verdict } from '../../src/sandbox/types.ts';
import { isolationHeaders } from '../../src/worker/isolation.ts';
import { amount } from '../amount.ts';
import { launchChromium } from '../browser.ts';
import { hostileFor, KINDS, ownCorpus, requests, surprises, withTime, type Row } from './corpus.ts';
import { gradeAndProbe } from './fresh.ts';
import type { Patience } from './page.ts';

let vite: ViteDevServer;
let outside: Server;
let browser: Browser;
/** Cross-origin isolated, as our own servers and a second visit give the page. */
let page: Page;
/** As on the first visit to a static host, which sends no headers. */
let plainPage: Page;
/** Every request that reached the server a program might call. */
const reached: string[] = [];

beforeAll(async () => {
  vite = await createServer({
    configFile: false,
    root: fileURLToPath(new URL('../..', import.meta.url)),
    cacheDir: 'node_modules/.vite-sandbox-test',
    logLevel: 'error',
    appType: 'mpa',
    server: { port: 0, hmr: false, watch: null },
    optimizeDeps: { noDiscovery: true },
    plugins: [
      sandboxFrameWorker(),
      {
        name: 'isolate-one-page',
        configureServer({ middlewares }) {
          middlewares.use((request, response, next) => {
            if (request.url?.endsWith('?isolated'))
              response.setHeaders(new Map(Object.entries(isolationHeaders)));
            next();
          });
        },
      },
    ],
  });
  await vite.listen();
  outside = createHttpServer((request, response) => {
    reached.push(request.url ?? '');
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.end('self.leaked = true');
  });
  outside.on('connection', () => reached.push('connection'));
  await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve));
  browser = await launchChromium();
  const context = await browser.newContext();
  const open = async (query: string): Promise<Page> => {
    const opened = await context.newPage();
    await opened.goto(`${vite.resolvedUrls?.local[0]}test/sandbox/page.html${query}`);
    await opened.waitForFunction(() => 'failingHost' in window);
    return opened;
  };
  page = await open('?isolated');
  plainPage = await open('');
});
afterAll(async () => {
  await browser?.close();
  await vite?.close();
  outside?.close();
});

const grade = (
  programs: GradeRequest[],
  patience: Patience = 'patient',
  on: Page = page,
): Promise<Verdict[]> =>
  on.evaluate(([list, so]) => window.sandboxGrade(list, so), [programs, patience] as const);
const expectRight = async (programs: Row[], verdicts: Verdict[], on: Page = page): Promise<void> =>
  expect(surprises(programs, await withTime(programs, verdicts, (ask) => grade(ask, 'slow', on)))).toEqual(
    [],
  );
const port = (): number => {
  const address = outside.address();
  return typeof address === 'object' && address ? address.port : 0;
};

describe('our corpus, in Chromium, where every program finds a fresh interpreter', () => {
  it.each(KINDS)('%s', async (kind) => {
    // All run in Node, with the same code: a part of them is enough here.
    const every = kind === 'hangs' ? amount(6, 3) : kind === 'leftovers' ? amount(2, 1) : amount(4, 1);
    const programs = ownCorpus(kind).filter((_, i) => i % every === 0);
    const verdicts = await (kind === 'hangs'
      ? grade(requests(programs), 'hasty')
      : gradeAndProbe(grade, kind, requests(programs)));
    await expectRight(programs, verdicts);
  });
});

describe('the external corpus, in Chromium', () => {
  it('gets every verdict, in file order in one session', async (context) => {
    const programs = hostileFor(context);
    expect(surprises(programs, await grade(requests(programs)))).toEqual([]);
  });
});

describe('a page that is not isolated', () => {
  it('grades the same', async () => {
    for (const kind of ['honest', 'host'] as const) {
      const programs = ownCorpus(kind).filter((_, i) => i % amount(4, 1) === amount(2, 0)); // others are above
      await expectRight(programs, await grade(requests(programs), 'patient', plainPage), plainPage);
    }
  });
});

describe('no way out', () => {
  it('Python reaches no server', async () => {
    const address = `127.0.0.1:${port()}`;
    const attempts = [
      `import urllib.request\nurllib.request.urlopen("http://${address}/urllib")`,
      `import http.client\nhttp.client.HTTPConnection("${address}").request("GET", "/http")`,
      `import socket\nsocket.create_connection(("127.0.0.1", ${port()}))`,
      `import asyncio\nasyncio.run(asyncio.open_connection("127.0.0.1", ${port()}))`,
      `import sys, importlib\nfor n in list(sys.modules):\n    if sys.modules[n] is None: del sys.modules[n]\njs = importlib.import_module("js")\njs.fetch("http://${address}/js")`,
      `import sys\nsys.modules.pop("_pyodide_core", None)\nimport _pyodide_core\nfrom pyodide.code import run_js\nrun_js("fetch('http://${address}/run_js')")`,
    ];
    const programs = attempts.map((code) => ({
      code: `${code}\ndef f(): return 1`,
      setup: '',
      tests: ['assert f() == 1'],
    }));
    const verdicts = await grade(programs);
    expect(verdicts.map((v) => v.status)).toEqual(attempts.map(() => 'error'));
    const asSetup = await grade(
      attempts.map((setup) => ({ code: 'def f(): return 1', setup, tests: ['assert f() == 1'] })),
    );
    expect(asSetup.some((v) => v.status === 'pass')).toBe(false);
    expect(reached).toEqual([]);
  });

  it('nothing in the frame can share memory, whether the page is isolated or not', async () => {
    const look = (on: Page): Promise<unknown> =>
      on.evaluate(
        (script) => window.insideFrame(script),
        `const found = { isolated: crossOriginIsolated, constructor: typeof SharedArrayBuffer };
         const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
         const ways = {
           worker: () => new Worker(URL.createObjectURL(new Blob(['']))).postMessage(memory.buffer),
           port: () => new MessageChannel().port1.postMessage(memory.buffer),
         };
         for (const [name, share] of Object.entries(ways)) {
           try { share(); found[name] = 'shared'; } catch (error) { found[name] = error.name; }
         }
         self.postMessage(found);`,
      );
    const isolated = (on: Page) => on.evaluate(() => crossOriginIsolated);
    expect([await isolated(page), await isolated(plainPage)]).toEqual([true, false]);
    const refused = {
      isolated: false,
      constructor: 'undefined',
      worker: 'DataCloneError',
      port: 'DataCloneError',
    };
    expect(await look(page)).toEqual(refused);
    expect(await look(plainPage)).toEqual(refused);
  });

  it('even JavaScript in the frame reaches no server, no storage and no page', async () => {
    const address = `http://127.0.0.1:${port()}`;
    const found = await page.evaluate(
      (script) => window.insideFrame(script),
      `const found = {};
       const attempt = async (name, work) => {
         try { found[name] = await work(); } catch { found[name] = 'refused'; }
       };
       (async () => {
         await attempt('fetch', () => fetch('${address}/fetch').then(() => 'worked'));
         await attempt('noCors', () => fetch('${address}/nocors', { mode: 'no-cors' }).then(() => 'worked'));
         await attempt('xhr', () => { const x = new XMLHttpRequest(); x.open('GET', '${address}/xhr', false); x.send(); return 'worked'; });
         await attempt('importScripts', () => { importScripts('${address}/script'); return 'worked'; });
         await attempt('import', () => import('${address}/module').then(() => 'worked'));
         await attempt('socket', () => new Promise((yes, no) => { const s = new WebSocket('ws://127.0.0.1:${port()}/ws'); s.onopen = () => yes('worked'); s.onerror = no; }));
         await attempt('events', () => new Promise((yes, no) => { const s = new EventSource('${address}/es'); s.onopen = () => yes('worked'); s.onerror = no; }));
         await attempt('worker', () => new Promise((yes, no) => { const w = new Worker('${address}/worker'); w.onmessage = () => yes('worked'); w.onerror = no; }));
         await attempt('eval', () => (0, eval)('1') && 'worked');
         await attempt('database', () => new Promise((yes, no) => { const r = indexedDB.open('x'); r.onsuccess = () => yes('worked'); r.onerror = no; }));
         await attempt('caches', () => caches.open('x').then(() => 'worked'));
         await attempt('files', () => navigator.storage.getDirectory().then(() => 'worked'));
         found.origin = self.origin;
         self.postMessage(found);
       })();`,
    );
    const { origin, ...ways } = found as Record<string, string>;
    expect(origin).toBe('null');
    expect(Object.entries(ways).filter(([, result]) => result !== 'refused')).toEqual([]);
    expect(Object.keys(ways)).toHaveLength(12);
    expect(reached).toEqual([]);
  });
});

describe('the host on the page', () => {
  it('says what is missing when Python cannot be loaded', async () => {
    expect(await page.evaluate(() => window.failingHost())).toMatch(
      /pyodide\.asm\.wasm answered 404.*must serve the folder/,
    );
  });

  it('keeps the memory snapshot for the next visit', async () => {
    const kept = await page.evaluate(async () => (await (await caches.open('cocos-sandbox')).keys()).length);
    expect(kept).toBe(1);
    await page.reload();
    await page.waitForFunction(() => 'failingHost' in window);
    const programs = ownCorpus('leftovers').slice(0, 2);
    expect(surprises(programs, await grade(requests(programs)))).toEqual([]);
  });

  it('is replaced when its supervisor hangs', async () => {
    const other = await page.context().newPage();
    const workers: Worker[] = [];
    other.on('worker', (worker) => workers.push(worker));
    await other.goto(page.url());
    await other.waitForFunction(() => 'failingHost' in window);
    const programs = ownCorpus('honest').slice(0, 2);
    const gradeByNewPort = () => other.evaluate((list) => window.gradeByNewPort(list), requests(programs));
    expect(surprises(programs, await gradeByNewPort())).toEqual([]);
    expect(surprises(programs, await gradeByNewPort())).toEqual([]);
    expect(await other.locator('iframe').count()).toBe(1);
    const first = await other.$('iframe');

    const [supervisor] = workers.filter((worker) => worker.url().startsWith('blob:'));
    await supervisor?.evaluate(() => {
      setTimeout(() => {
        for (;;);
      });
    });
    expect(surprises(programs, await gradeByNewPort())).toEqual([]);
    expect(await first?.evaluate((frame) => frame.isConnected)).toBe(false);
    await other.close();
  });

  it('leaves only a frame without an origin', async () => {
    const frames = await page.$$eval('iframe', (all) => all.map((frame) => frame.getAttribute('sandbox')));
    expect(new Set(frames)).toEqual(new Set(['allow-scripts']));
  });
});
