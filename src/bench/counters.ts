/**
 * What no noise touches: how many dispatches, submissions and read-backs the GPU is asked for, how many operations WASM
 * starts. A software adapter gives the same counts as a real GPU.
 */
import { Generation } from '../model/generate.ts';
import { Llama } from '../model/llama.ts';
import { generationShape } from './compute.ts';
import { countGpu, type GpuCalls } from './countGpu.ts';
import { ours, writing } from './ours.ts';
import { ratioSize, type BenchReport } from './run.ts';
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

/** On WASM they are the benchmark's operations; none where those were not measured, or on another back end. */
export function wasmCounters({ backend, operations }: BenchReport): Partial<WasmCounters> {
  const own = operations[ours.id];
  if (backend !== 'wasm' || !own) return {};
  return { wasm_ops_per_token: own.per_token, wasm_ops_per_step: own.per_training_step };
}

/** Short, for a software adapter is slow. */
const prompts = randomTokens(sizes[ratioSize], 1, 4);

/** On WebGPU, which must be open. Already the first run counts: kernels are compiled then, but that starts none. */
export async function measureGpuCounters(): Promise<GpuCounters> {
  const { newTokens } = generationShape;
  const first = await countTurn(1);
  const { prompt, turn } = await countTurn(newTokens);
  const step = await countStep();
  return {
    webgpu_dispatches_per_token: (turn.dispatches - first.turn.dispatches) / (newTokens - 1),
    webgpu_readbacks_per_turn: turn.readbacks,
    webgpu_submissions_per_turn: turn.submissions,
    webgpu_submissions_per_prompt: prompt.submissions,
    webgpu_dispatches_per_training_step: step.dispatches,
  };
}

async function countTurn(tokens: number): Promise<{ prompt: GpuCalls; turn: GpuCalls }> {
  const config = sizes[ratioSize];
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

async function countStep(): Promise<GpuCalls> {
  const config = sizes[ratioSize];
  const model = await ours.open(config, benchWeights(config));
  try {
    return await countGpu(() => model.trainStep(prompts));
  } finally {
    model.dispose();
  }
}
