/** The worker of the benchmark's page: opens a back end and measures. */
import { measureGpuCounters } from '../../bench/counters.ts';
import { measureGrowth } from '../../bench/growth.ts';
import { jaxJs } from '../../bench/jaxJs.ts';
import { ours } from '../../bench/ours.ts';
import { contestants, runBench, type BenchProgress } from '../../bench/run.ts';
import { benchWeights } from '../../bench/sizes.ts';
import type { UpdateSubject } from '../../bench/update.ts';
import { defaultExperiment } from '../../config/experiment.ts';
import { openBackend, type OpenedBackend } from '../../engine/index.ts';
import { readCheckpoint } from '../../model/checkpoint.ts';
import { tinyLlama } from '../../model/config.ts';
import { AskedSandboxes } from '../../sandbox/client.ts';
import { wholeBase } from '../../train/base.ts';
import { oursFormat } from '../../tasks/formats/ours.ts';
import { Tokenizer } from '../../tasks/tokenizer.ts';
import {
  randomModel,
  type FromWorker,
  type Job,
  type JobKind,
  type Results,
  type ToWorker,
} from './protocol.ts';

const post = (message: FromWorker): void => postMessage(message);
const onProgress = (progress: BenchProgress): void => post({ type: 'progress', progress });

const jobs: { readonly [Kind in JobKind]: (job: Job) => Promise<Results[Kind]> } = {
  async bench({ backend, threads, quick, machine, parts, sizes, batches, peers, model }) {
    const everything = parts === undefined;
    const opened = await open(backend, threads);
    return runBench({
      quick,
      machine,
      parts,
      sizes,
      batches,
      onProgress,
      backend: opened,
      contestants: contestantsOn(opened).filter(({ id }) => id === ours.id || (peers?.includes(id) ?? true)),
      ...(everything ? { python: { createSandbox: sandboxes.create, subject: await subject(model) } } : {}),
    });
  },

  async growth({ backend, threads, machine, model }) {
    const opened = await open(backend, threads);
    return measureGrowth({
      machine,
      onProgress,
      backend: opened,
      contestants: contestantsOn(opened),
      python: { createSandbox: sandboxes.create, subject: await subject(model) },
    });
  },

  async counters() {
    onProgress({ what: 'counters on WebGPU', done: 0, total: 1 });
    if (!(await navigator.gpu?.requestAdapter())) return null;
    const { device } = await open('webgpu');
    return { ...(await measureGpuCounters()), device };
  },

  async gpu() {
    return (await open('auto')).name === 'webgpu'; // which takes every real GPU, and no other
  },
};

/** jax-js has no device that would be a peer of plain JavaScript. */
const contestantsOn = ({ name }: OpenedBackend) => (name === 'cpu' ? contestants : [...contestants, jaxJs]);

const open = (backend: Job['backend'], threads?: number) =>
  openBackend(backend, { environment: 'browser', wasmPaths: '/wasm/', ...(threads ? { threads } : {}) });

async function subject(model: string): Promise<UpdateSubject> {
  const format = oursFormat(
    Tokenizer.fromJson(JSON.parse(new TextDecoder().decode(await fetchFile('/model/tokenizer.json')))),
  );
  const config = tinyLlama(format.tokens);
  const checkpoint =
    model === randomModel
      ? { config, weights: benchWeights(config) }
      : await readCheckpoint((file) => fetchFile(`/model/${file}`));
  return { experiment: defaultExperiment, base: wholeBase(checkpoint, format), model };
}

async function fetchFile(address: string): Promise<Uint8Array> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status} ${response.statusText}`);
  return new Uint8Array(await response.arrayBuffer());
}

const sandboxes = new AskedSandboxes((id, workers) => post({ type: 'wantSandbox', id, workers }));

addEventListener('message', ({ data, ports }: MessageEvent<ToWorker>) => {
  switch (data.type) {
    case 'start':
      jobs[data.kind](data.job).then(
        (result) => post({ type: 'done', result }),
        (error: unknown) => {
          const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
          post({ type: 'failed', message, stack });
        },
      );
      return;
    case 'sandbox':
      return sandboxes.given(data.id, ports[0]);
    case 'noSandbox':
      return sandboxes.refused(data.id, data.message);
    default:
      data satisfies never;
  }
});
