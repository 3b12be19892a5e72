/**
 * Measures speed for the page with the benchmark of `npm run bench`, in a worker of its own: the trainer's model, memory and
 * back end are not touched. It measures once; whoever wants to stop it ends the worker.
 */
import { generationShape, trainingShape } from '../bench/compute.ts';
import { measureGpuCounters, noCounters, wasmCounters } from '../bench/counters.ts';
import { ratioBatch, ratioSize, runBench, type BenchPart, type BenchReport } from '../bench/run.ts';
import { benchTable, grid } from '../bench/table.ts';
import { defaultExperiment } from '../config/experiment.ts';
import {
  backendFault,
  openBackend,
  OutOfMemoryError,
  type BackendOptions,
  type OpenedBackend,
} from '../engine/index.ts';
import { AskedSandboxes } from '../sandbox/client.ts';
import { parseMessage } from './protocol.ts';
import { readShippedModel } from './shippedModel.ts';
import {
  toSpeedWorkerSchema,
  type FromSpeedWorker,
  type Measure,
  type SpeedPart,
  type SpeedProgress,
  type SpeedResult,
} from './speedProtocol.ts';

const benchParts: Readonly<Record<SpeedPart, readonly BenchPart[]>> = {
  train: ['matmul', 'train'],
  generate: ['generate'],
  python: ['grading', 'update'],
  counts: ['operations'],
};

const post = (message: FromSpeedWorker): void => postMessage(message);
const tell = (progress: SpeedProgress): void => post({ type: 'progress', ...progress });

async function measure({ backend, quick, parts, machine, assets }: Measure): Promise<SpeedResult> {
  tell({ what: 'opening the back end', done: 0, total: 0 });
  const { opened, software } = await open(backend, { environment: 'browser', wasmPaths: `${assets}wasm/` });
  const timed = software ? [] : parts;
  const countGpu = opened.name === 'webgpu' && (software || parts.includes('counts'));
  let steps = 0;
  const report = await runBench({
    quick,
    machine,
    backend: opened,
    parts: timed.flatMap((part) => benchParts[part]),
    python: timed.includes('python')
      ? { createSandbox: sandboxes.create, subject: await subject(assets) }
      : undefined,
    onProgress({ what, done, total }) {
      steps = total;
      tell({ what, done, total: total + Number(countGpu) });
    },
  });
  if (countGpu) tell({ what: 'counters', done: steps, total: steps + 1 });
  const counters = countGpu ? { ...(await measureGpuCounters()) } : {};
  return {
    report,
    counters,
    software,
    setting: { ratioSize, ratioBatch, ...trainingShape, ...generationShape },
    markdown: markdownOf(report, counters),
    json: jsonOf(report, counters),
  };
}

/** The back end the page would use. Of WebGPU on explicit request, also whether its adapter is a software one. */
async function open(
  requested: Measure['backend'],
  options: BackendOptions,
): Promise<{ opened: OpenedBackend; software: boolean }> {
  if (requested === 'webgpu') {
    const best = await openBackend('auto', options);
    // 'auto' takes every real GPU.
    if (best.name !== 'webgpu') return { opened: await openBackend('webgpu', options), software: true };
    return { opened: best, software: false };
  }
  return { opened: await openBackend(requested, options), software: false };
}

/** What is updated: the default experiment, whatever the page's form says, so that updates of two devices are the same work. */
async function subject(assets: string) {
  const { model } = defaultExperiment;
  return { experiment: defaultExperiment, model, ...(await readShippedModel(assets, model)) };
}

type CounterValues = Readonly<Record<string, number>>;

function markdownOf(report: BenchReport, counters: CounterValues): string {
  const rows = Object.entries(counters).map(([name, count]) => [name.replaceAll('_', ' '), String(count)]);
  const table = `\nCounters of our model, ${ratioSize}:\n\n${grid(['counter', ''], rows)}\n`;
  return benchTable(report) + (rows.length > 0 ? table : '');
}

/** The fields of `npm run bench -- --json`. */
function jsonOf(report: BenchReport, counters: CounterValues): string {
  const counters_gpu = report.backend === 'webgpu' ? report.device : null;
  const all = { ...noCounters, ...wasmCounters(report), ...counters };
  return JSON.stringify({ ...report, counters: all, counters_gpu }, null, 2) + '\n';
}

const sandboxes = new AskedSandboxes((id, workers) => post({ type: 'wantSandbox', id, workers }));

async function failureOf(
  error: unknown,
): Promise<Omit<Extract<FromSpeedWorker, { type: 'failed' }>, 'type'>> {
  const fault = await backendFault(error);
  const told = fault ?? error;
  return {
    message: told instanceof Error ? told.message : String(told),
    remedy:
      fault === null
        ? 'Measure again; if it happens again, leave that part out.'
        : fault instanceof OutOfMemoryError
          ? 'Close other tabs, or measure fewer parts at once.'
          : 'Measure again; if it happens again, choose WASM behind the name of the back end, top right.',
  };
}

addEventListener('message', ({ data, ports }: MessageEvent<unknown>) => {
  const message = parseMessage(toSpeedWorkerSchema, data);
  switch (message.type) {
    case 'measure':
      measure(message).then(
        (result) => post({ type: 'done', result }),
        async (error: unknown) => post({ type: 'failed', ...(await failureOf(error)) }),
      );
      return;
    case 'sandbox':
      return sandboxes.given(message.id, ports[0]);
    case 'noSandbox':
      return sandboxes.refused(message.id, message.message);
    default:
      message satisfies never;
  }
});
