/** The benchmark in a real Chromium, as the app would run there. */
import { cpus } from 'node:os';
import process from 'node:process';
import { noCounters } from '../../bench/counters.ts';
import { jaxJs } from '../../bench/jaxJs.ts';
import { ratioBatch, ratioSize, type BenchReport } from '../../bench/run.ts';
import type { WholeReport } from '../../bench/whole.ts';
import type { BackendRequest } from '../../engine/index.ts';
import { threadCount } from '../common.ts';
import { openBenchBrowser, type BenchBrowser, type PageChoice } from './browser.ts';
import type { Job } from './protocol.ts';
import { modelFolder, updateModel, type Measured, type Request } from './request.ts';

const ordinary: PageChoice = { isolated: true, softwareGpu: false };

/** @throws FlagError, or an Error saying what went wrong */
export async function benchInChromium(request: Request): Promise<Measured> {
  const { quick, model, wants, options, onProgress } = request;
  const threads = options['threads'] === undefined ? undefined : threadCount(options['threads']);
  await updateModel(model); // a model that cannot be read is an error before anything is measured
  onProgress({ what: 'building the page', done: 0, total: 1 });
  const browser = await openBenchBrowser(modelFolder(model));
  try {
    const [processor] = cpus();
    const backend = (options['backend'] ?? 'auto') as BackendRequest;
    const words = `${processor?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores, ${browser.version}`;
    const job: Job = { backend, threads, quick, machine: words, model };
    const page = await pageFor(browser, job);
    const timed = !page.softwareGpu;
    const report = wants.report
      ? await browser.run('bench', timed ? job : { ...job, parts: [] }, page, onProgress)
      : undefined;
    const growth = wants.growth && timed ? await browser.run('growth', job, page, onProgress) : undefined;
    if (!report) return { growth };
    const alone = report.backend === 'wasm' ? await oneThread(browser, job, onProgress) : undefined;
    return {
      growth,
      report: {
        ...report,
        ...(alone ? { ratios_one_thread: alone.ratios, one_thread: alone } : {}),
        ...(await allCounters(browser, job, onProgress)),
      },
    };
  } finally {
    await browser.close();
  }
}

/** Where no memory is shared, every contestant has one thread. A quick run leaves out those who have one anyway. */
function oneThread(browser: BenchBrowser, job: Job, onProgress: Request['onProgress']): Promise<BenchReport> {
  const narrow: Job = {
    ...job,
    backend: 'wasm',
    threads: 1,
    parts: job.quick ? ['train'] : ['train', 'generate'],
    peers: job.quick ? [jaxJs.id] : undefined,
    sizes: [ratioSize],
    batches: [ratioBatch],
  };
  return browser.run('bench', narrow, { isolated: false, softwareGpu: false }, (progress) =>
    onProgress({ ...progress, what: `one thread: ${progress.what}` }),
  );
}

/** With a real GPU, the ordinary page; else, if WebGPU was asked for, its software adapter, and a warning. */
async function pageFor(browser: BenchBrowser, job: Job): Promise<PageChoice> {
  if (job.backend !== 'webgpu') return ordinary;
  const page = await gpuPage(browser, job);
  if (page?.softwareGpu) {
    process.stderr.write(
      'No GPU was found. Times of a software adapter would mean nothing, so only its counters are measured.\n',
    );
  }
  return page ?? ordinary; // which says what is missing
}

/** A page with any WebGPU, a real one if possible; null when there is none. */
async function gpuPage(browser: BenchBrowser, job: Job): Promise<PageChoice | null> {
  const quietly = () => undefined;
  if ((await browser.run('gpu', job, ordinary, quietly)) === 'real') return ordinary;
  const software = { ...ordinary, softwareGpu: true };
  return (await browser.run('gpu', job, software, quietly)) === 'none' ? null : software;
}

async function allCounters(
  browser: BenchBrowser,
  job: Job,
  onProgress: Request['onProgress'],
): Promise<Pick<WholeReport, 'counters' | 'counters_gpu'>> {
  const { device: _, ...wasm } = await browser.run(
    'counters',
    { ...job, backend: 'wasm' },
    ordinary,
    onProgress,
  );
  const page = await gpuPage(browser, job);
  if (page === null) {
    process.stderr.write('This Chromium has no WebGPU at all, so its counters are missing.\n');
    return { counters: { ...noCounters, ...wasm }, counters_gpu: null };
  }
  const { device, ...gpu } = await browser.run('counters', { ...job, backend: 'webgpu' }, page, onProgress);
  return { counters: { ...noCounters, ...wasm, ...gpu }, counters_gpu: device };
}
