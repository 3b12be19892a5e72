/**
 * What no noise touches: how many dispatches, submissions and read-backs the GPU is asked for, how many operations WASM
 * starts. A software adapter gives the same counts as a real GPU.
 */
import { countOps, tf } from '../engine/index.ts';
import { generationShape } from './compute.ts';
import type { BenchModel } from './contestant.ts';
import { countGpu } from './countGpu.ts';
import { ours } from './ours.ts';
import { ratioSize } from './run.ts';
import { benchWeights, randomTokens, sizes } from './sizes.ts';

/** Of our model at `ratioSize`. A token is one for every row of the batch: their number does not change the counts. */
export interface GpuCounters {
  /** Mean over a turn, after its first token. */
  readonly webgpu_dispatches_per_token: number;
  /** A turn writes `generationShape.newTokens` tokens; reading the prompt counts too. */
  readonly webgpu_readbacks_per_turn: number;
  readonly webgpu_submissions_per_turn: number;
  readonly webgpu_dispatches_per_training_step: number;
}

export interface WasmCounters {
  readonly wasm_ops_per_token: number;
  readonly wasm_ops_per_step: number;
}

/** null: this run had no such back end. */
export type Counters = { readonly [Name in keyof (GpuCounters & WasmCounters)]: number | null };

export const noCounters: Counters = {
  webgpu_dispatches_per_token: null,
  webgpu_readbacks_per_turn: null,
  webgpu_submissions_per_turn: null,
  webgpu_dispatches_per_training_step: null,
  wasm_ops_per_token: null,
  wasm_ops_per_step: null,
};

/** Few and short, for a software adapter is slow. */
const rows = { prompts: 1, prompt: 4 } as const;

/** Of the back end that is open. @throws Error when it is neither WebGPU nor WASM */
export async function measureCounters(): Promise<GpuCounters | WasmCounters> {
  const config = sizes[ratioSize];
  const model = await ours.open(config, benchWeights(config));
  const batch = randomTokens(config, rows.prompts, rows.prompt);
  const write = async (tokens: number) => model.generate?.(batch, tokens, 1);
  try {
    switch (tf.getBackend()) {
      case 'webgpu':
        return await gpuCounters(model, batch, write);
      case 'wasm':
        return {
          // The difference of two runs, so that reading the prompt does not count.
          wasm_ops_per_token: ((await countOps(() => write(12))) - (await countOps(() => write(4)))) / 8,
          wasm_ops_per_step: await countOps(() => model.trainStep(batch)),
        };
      default:
        throw new Error('Counters are of WebGPU or WASM; the back end here is neither.');
    }
  } finally {
    model.dispose();
  }
}

async function gpuCounters(
  model: BenchModel,
  batch: number[][],
  write: (tokens: number) => Promise<unknown>,
): Promise<GpuCounters> {
  await write(1); // tables and pipelines are made once
  const turn = await countGpu(() => write(generationShape.newTokens));
  const first = await countGpu(() => write(1));
  await model.trainStep(batch);
  const step = await countGpu(() => model.trainStep(batch));
  return {
    webgpu_dispatches_per_token: (turn.dispatches - first.dispatches) / (generationShape.newTokens - 1),
    webgpu_readbacks_per_turn: turn.readbacks,
    webgpu_submissions_per_turn: turn.submissions,
    webgpu_dispatches_per_training_step: step.dispatches,
  };
}
