/** What the benchmark asks of each contestant: train a decoder on a batch, and write tokens. */
import type { OpenedBackend } from '../engine/index.ts';
import type { ModelConfig } from '../model/modelConfig.ts';
import type { HostWeights } from '../model/parameters.ts';

/** Token ids [sequence][time + 1]: each id but the last is an input, each but the first a target. */
export type TokenBatch = readonly (readonly number[])[];

/** AdamW without decay or clipping, which is Adam, so that every contestant does the same work. */
export const adam = { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, eps: 1e-8 } as const;

/** A model of one contestant, on the current back end. Promises resolve when the device is done, not when work is queued. */
export interface BenchModel {
  /**
   * One training step: mean next-token cross-entropy over all tokens, its gradient, one Adam update.
   * @returns the loss before the update, nats per token
   */
  trainStep(batch: TokenBatch): Promise<number>;
  /**
   * Reads the prompts (all of one length), then writes `newTokens` tokens after each, with a key/value cache. Absent where
   * a contestant is measured in training only.
   * @param temperature softmax temperature; 0 = greedy
   * @returns the new ids [row][token]
   */
  generate?(prompts: TokenBatch, newTokens: number, temperature: number): Promise<number[][]>;
  dispose(): void;
}

export interface Contestant {
  /** Name in the JSON report, e.g. `stock_tfjs`. */
  readonly id: string;
  /** Name in tables. */
  readonly title: string;
  /** Threads it computes with beside this back end; 1 where this is missing. */
  threads?(backend: OpenedBackend): number;
  /** true: it computes beside the TensorFlow.js back end, so that its operations cannot be counted there. */
  readonly ownDevice?: boolean;
  /** A model with these weights; all contestants start equal. */
  open(config: ModelConfig, weights: HostWeights): BenchModel | Promise<BenchModel>;
}
