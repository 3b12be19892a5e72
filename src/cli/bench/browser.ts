/** The benchmark's page, built, served on this machine only, and opened in a headless Chromium. */
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { chromium, type Browser } from 'playwright';
import { build } from 'vite';
import type { BenchProgress } from '../../bench/run.ts';
import { isolationHeaders } from '../../worker/isolation.ts';
import { findChromium, noBrowser } from '../chromium.ts';
import { projectRoot } from '../common.ts';
import { serveFiles, type Served } from './files.ts';
import type { Job, JobKind, Results } from './protocol.ts';

export interface PageChoice {
  /** Cross-origin isolated, so that threads can share memory. */
  readonly isolated: boolean;
  /** WebGPU on Chromium's own software adapter: right, and far too slow to be timed. */
  readonly softwareGpu: boolean;
}

export interface BenchBrowser {
  /** Name and version of the browser. */
  readonly version: string;
  /** Runs one job in a page of its own. @throws Error with what went wrong in the page, or when the page dies */
  run<Kind extends JobKind>(
    kind: Kind,
    job: Job,
    page: PageChoice,
    onProgress: (progress: BenchProgress) => void,
  ): Promise<Results[Kind]>;
  close(): Promise<void>;
}

/**
 * @param modelFolder where the files of the updated model lie
 * @throws Error when there is no Chromium, or the page cannot be built
 */
export async function openBenchBrowser(modelFolder: string): Promise<BenchBrowser> {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error(noBrowser);
  const folder = await mkdtemp(join(tmpdir(), 'cocos-bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true })); // however the command ends
  const browsers = new Map<boolean, Promise<Browser>>();
  let served: Served | undefined;

  async function close(): Promise<void> {
    const started = await Promise.allSettled(browsers.values()); // whoever started one that failed was told
    for (const one of started) if (one.status === 'fulfilled') await one.value.close();
    served?.close();
  }

  function launched(softwareGpu: boolean): Promise<Browser> {
    const present = browsers.get(softwareGpu);
    if (present) return present;
    const browser = chromium.launch({
      executablePath: executablePath ?? '',
      args: [
        '--enable-unsafe-webgpu', // on Linux, WebGPU is still behind this flag
        ...(softwareGpu ? ['--use-webgpu-adapter=swiftshader'] : ['--enable-features=Vulkan']),
        // Chromium refuses to start as root with its own sandbox.
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      ],
    });
    browsers.set(softwareGpu, browser);
    return browser;
  }

  try {
    const [first] = await Promise.all([launched(false), buildPage(folder)]);
    const { address } = (served = await serve(folder, modelFolder));
    return {
      version: `Chromium ${first.version()}`,
      async run<Kind extends JobKind>(
        kind: Kind,
        job: Job,
        { isolated, softwareGpu }: PageChoice,
        onProgress: (progress: BenchProgress) => void,
      ) {
        const browser = await launched(softwareGpu);
        const page = await browser.newPage();
        const died = new Promise<never>((_, reject) => {
          page.on('crash', () =>
            reject(new Error('The benchmark’s page crashed, perhaps because memory ran out.')),
          );
          browser.on('disconnected', () =>
            reject(new Error('Chromium ended in the middle of the benchmark.')),
          );
        });
        const done = (async () => {
          await page.exposeFunction('tellProgress', onProgress);
          await page.goto(`${address}${isolated ? 'isolated' : 'plain'}/page.html`);
          await page.waitForFunction(() => 'runJob' in window);
          return page.evaluate<Results[Kind], readonly [Kind, Job]>(
            ([kind, job]) => window.runJob(kind, job) as Promise<Results[Kind]>,
            [kind, job],
          );
        })();
        try {
          return await Promise.race([done, died]);
        } catch (error) {
          throw inOneLine(error);
        } finally {
          done.catch(() => undefined); // whoever lost the race has nothing more to say
          died.catch(() => undefined);
          if (browser.isConnected()) await page.close();
        }
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Playwright puts a prefix before an error of the page, and its stack behind. */
function inOneLine(error: unknown): Error {
  const [line] = (error instanceof Error ? error.message : String(error)).split('\n');
  return new Error(line.replace(/^page\.\w+: (?:Error: )?/, ''), { cause: error });
}

async function buildPage(outDir: string): Promise<void> {
  await build({
    root: join(projectRoot, 'src/cli/bench'),
    configFile: join(projectRoot, 'vite.config.ts'),
    logLevel: 'error',
    publicDir: false,
    build: {
      outDir,
      emptyOutDir: true,
      reportCompressedSize: false,
      minify: false, // saves a second, and makes nothing slower
      rollupOptions: { input: join(projectRoot, 'src/cli/bench/page.html') },
    },
  });
}

/**
 * Serves the built page at /isolated/ and /plain/, everything it fetches from the root, and the model at /model/.
 * Not Vite's server: the same files are needed with and without the headers that isolate a page.
 */
const serve = (folder: string, modelFolder: string): Promise<Served> =>
  serveFiles((path) => {
    const [, place, rest = ''] = /^\/(isolated|plain|model)?\/?(.*)$/.exec(path) ?? [];
    return {
      file: join(place === 'model' ? modelFolder : folder, rest),
      headers: place === 'plain' ? {} : isolationHeaders,
    };
  });
