/** The benchmark in a real Chromium, as the app would run there. */
import { cpus } from 'node:os';
import process from 'node:process';
import { noCounters, wasmCounters } from '../../bench/counters.ts';
import { jaxJs } from '../../bench/jaxJs.ts';
import { ratioBatch, ratioSize, type BenchReport } from '../../bench/run.ts';
import type { WholeReport } from '../../bench/whole.ts';
import type { BackendRequest } from '../../engine/index.ts';
import { threadCount } from '../common.ts';
import { openBenchBrowser, type BenchBrowser, type PageChoice } from './browser.ts';
import type { Job } from './protocol.ts';
import { modelFolder, updateModel, type Measured, type Request } from './request.ts';

const ordinary: PageChoice = { isolated: true, softwareGpu: false };
const software: PageChoice = { isolated: true, softwareGpu: true };

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
        ...(await allCounters(browser, job, report, page, onProgress)),
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

/** Where WebGPU was asked for and there is no real GPU, a page with the software adapter, and a warning. */
async function pageFor(browser: BenchBrowser, job: Job): Promise<PageChoice> {
  if (job.backend !== 'webgpu' || (await hasGpu(browser, job))) return ordinary;
  process.stderr.write(
    'No GPU was found. Times of a software adapter would mean nothing, so only its counters are measured.\n',
  );
  return software;
}

const hasGpu = (browser: BenchBrowser, job: Job): Promise<boolean> =>
  browser.run('gpu', job, ordinary, () => undefined);

/** Those of WASM are the report's operations, where it is of WASM. */
async function allCounters(
  browser: BenchBrowser,
  job: Job,
  report: BenchReport,
  page: PageChoice,
  onProgress: Request['onProgress'],
): Promise<Pick<WholeReport, 'counters' | 'counters_gpu'>> {
  const onWasm: Job = { ...job, backend: 'wasm', threads: undefined, parts: ['operations'], peers: [] };
  const wasm = report.backend === 'wasm' ? report : await browser.run('bench', onWasm, ordinary, onProgress);
  const counters = { ...noCounters, ...wasmCounters(wasm) };

  // 'auto' takes every real GPU, so without one in the report there is none.
  const onGpu =
    report.backend === 'webgpu' ? !page.softwareGpu : job.backend !== 'auto' && (await hasGpu(browser, job));
  const gpu = await browser.run('counters', job, onGpu ? ordinary : software, onProgress);
  if (gpu === null) {
    process.stderr.write('This Chromium has no WebGPU at all, so its counters are missing.\n');
    return { counters, counters_gpu: null };
  }
  const { device, ...counted } = gpu;
  return { counters: { ...counters, ...counted }, counters_gpu: device };
}
