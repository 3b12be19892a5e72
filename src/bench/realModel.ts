/**
 * A model of the size that others train, with random weights: what it takes to read, to write and to learn through an adapter, with
 * its weights held as float32 and in blocks. Only speed and memory count, so which weights they are does not matter.
 */
import { AdamW, matMul, quantised, tf, type BlockType } from '../engine/index.ts';
import { Adapter } from '../model/adapter.ts';
import { initialAdapter, loraTargets } from '../model/lora.ts';
import { tinyLlama } from '../model/config.ts';
import { familyOf } from '../model/families/index.ts';
import { Generation } from '../model/generate.ts';
import { Llama } from '../model/llama.ts';
import type { ModelConfig } from '../model/modelConfig.ts';
import { isTransposed, parameterShapes, type ParameterValues } from '../model/parameters.ts';
import { uniform } from '../rl/random.ts';
import { weightedLogProbGradient } from '../train/policy.ts';
import { adam } from './contestant.ts';

/** The shape of SmolLM2-135M. */
export const realShape: ModelConfig = tinyLlama(49_152, {
  hidden_size: 576,
  intermediate_size: 1536,
  num_hidden_layers: 30,
  num_attention_heads: 9,
  num_key_value_heads: 3,
  max_position_embeddings: 2048,
  rope_theta: 100_000,
});

export const realForms = ['float32', 'int8', 'int4'] as const;
export type RealForm = (typeof realForms)[number];

/** Always the same numbers, over and over. */
function values(size: number, seed: number): Float32Array {
  const some = Float32Array.from({ length: 1 << 14 }, (_, i) => 0.08 * (uniform(seed, i, 0, 0) - 0.5));
  const all = new Float32Array(size);
  for (let at = 0; at < size; at += some.length)
    all.set(some.subarray(0, Math.min(some.length, size - at)), at);
  return all;
}

/** Random parameters, one by one, so that none is held here as well. */
export async function* randomParameters(
  config: ModelConfig,
  form: RealForm,
): AsyncGenerator<[string, ParameterValues]> {
  const names = familyOf(config)
    .layout(config)
    .map(([name]) => name);
  const shapes = parameterShapes(config);
  for (const [i, name] of names.entries()) {
    const [rows = 0, columns] = shapes[name] ?? [];
    if (columns === undefined) yield [name, new Float32Array(rows).fill(1)];
    else if (form === 'float32') yield [name, values(rows * columns, i)];
    else yield [name, inBlocks(form, name, rows, columns, i)];
    await Promise.resolve();
  }
}

function inBlocks(form: BlockType, name: string, rows: number, columns: number, seed: number) {
  const [outputs, inputs] = isTransposed(name) ? [columns, rows] : [rows, columns];
  return quantised(form, values(rows * columns, seed), outputs, inputs);
}

/** A model with an adapter, and what is done with it. */
export class Subject {
  readonly #base: Llama;
  readonly #policy: Llama;
  readonly #optimizer: AdamW;

  constructor(base: Llama) {
    this.#base = base;
    const settings = { rank: 8, alpha: 16, targets: loraTargets };
    const begun = initialAdapter(base.config, settings, (parameter, i) => uniform(1, parameter, i, 0));
    this.#policy = base.adapted(new Adapter(base.config, settings, begun));
    this.#optimizer = new AdamW(this.#policy.trained, { ...adam, weightDecay: 0 });
  }

  prefill(prompts: readonly (readonly number[])[], room: number): Generation {
    return Generation.start(this.#policy, prompts, room, 0);
  }

  async step(batch: readonly (readonly number[])[]): Promise<void> {
    const time = batch[0].length - 1;
    const coefficients = new Array<number>(time).fill(1 / (batch.length * time));
    const { gradients } = await weightedLogProbGradient(
      this.#policy,
      batch.map((sequence) => ({ place: { sequence, start: 1, length: time }, coefficients })),
      { temperature: 1, banned: [], pad: 0, maxTokens: batch.length * (time + 1) },
    );
    await this.#optimizer.step(gradients, adam.learningRate, Infinity);
    tf.dispose(gradients);
  }

  dispose(): void {
    this.#optimizer.dispose();
    this.#policy.dispose();
    this.#base.dispose();
  }
}

/** Our float32 product of the MLP's size with so many rows, repeated to last about as long as the rest. */
export function product({ hidden_size: d, intermediate_size: f }: ModelConfig, rows: number) {
  const a = tf.tensor2d(values(rows * d, 1), [rows, d]);
  const b = tf.tensor2d(values(d * f, 2), [d, f]);
  const gflopOfOne = (2 * rows * d * f) / 1e9;
  const times = Math.max(1, Math.round(2 / gflopOfOne));
  return {
    gflop: times * gflopOfOne,
    run() {
      for (let i = 0; i < times; i++) tf.dispose(matMul(a, b));
    },
    dispose: () => tf.dispose([a, b]),
  };
}
