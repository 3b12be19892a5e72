/**
 * What no noise touches: how many dispatches, submissions and read-backs the GPU is asked for, how many operations WASM
 * starts. A software adapter gives the same counts as a real GPU.
 */
import { countOps, tf } from '../engine/index.ts';
import type { LlamaConfig } from '../model/config.ts';
import { Generation } from '../model/generate.ts';
import { Llama } from '../model/llama.ts';
import { generationShape } from './compute.ts';
import type { BenchModel, TokenBatch } from './contestant.ts';
import { countGpu, type GpuCalls } from './countGpu.ts';
import { ours, writing } from './ours.ts';
import { ratioSize } from './run.ts';
import { benchWeights, randomTokens, sizes } from './sizes.ts';

/** Of our model at `ratioSize`. A token is one for every row of the batch: their number does not change the counts. */
export interface GpuCounters {
  /** Mean over a turn, after its first token. */
  readonly webgpu_dispatches_per_token: number;
  /** A turn writes `generationShape.newTokens` tokens. */
  readonly webgpu_readbacks_per_turn: number;
  readonly webgpu_submissions_per_turn: number;
  /** Reading the prompt, once for all samples and turns. */
  readonly webgpu_submissions_per_prompt: number;
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
  webgpu_submissions_per_prompt: null,
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
        return await gpuCounters(config, model, batch);
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

async function gpuCounters(config: LlamaConfig, model: BenchModel, batch: TokenBatch): Promise<GpuCounters> {
  const { newTokens } = generationShape;
  await countTurn(config, batch, 1); // tables and pipelines are made once
  const { prompt, turn } = await countTurn(config, batch, newTokens);
  const first = await countTurn(config, batch, 1);
  await model.trainStep(batch);
  const step = await countGpu(() => model.trainStep(batch));
  return {
    webgpu_dispatches_per_token: (turn.dispatches - first.turn.dispatches) / (newTokens - 1),
    webgpu_readbacks_per_turn: turn.readbacks,
    webgpu_submissions_per_turn: turn.submissions,
    webgpu_submissions_per_prompt: prompt.submissions,
    webgpu_dispatches_per_training_step: step.dispatches,
  };
}

async function countTurn(
  config: LlamaConfig,
  prompts: TokenBatch,
  tokens: number,
): Promise<{ prompt: GpuCalls; turn: GpuCalls }> {
  const llama = new Llama(config, benchWeights(config));
  let generation: Generation | undefined;
  try {
    const prompt = await countGpu(async () => {
      generation = Generation.start(llama, prompts, prompts[0].length + tokens, 0);
    });
    const turn = await countGpu(async () => generation?.turn(writing(tokens, 1)));
    return { prompt, turn };
  } finally {
    generation?.dispose();
    llama.dispose();
  }
}
