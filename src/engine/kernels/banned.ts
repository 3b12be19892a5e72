/**
 * Tokens that are never written (padding, marks of a conversation): their probability is 0 when sampling and in training alike.
 * A range that begins at 0 is simply not looked at; the scores of others, the holes, are replaced.
 */
import { MASKED } from './causalAttention/op.ts';
import { tf } from '../tf.ts';
import type { Tensor1D, Tensor2D } from '../tf.ts';
import type { WasmKernels } from '../wasm/kernels.ts';

/** Ids from `first` to `last`, both included. */
export type IdRange = readonly [first: number, last: number];

/** Large enough for any vocabulary known; each is compared with every id. */
const maxRanges = 64;

/** All ids below this one. */
export const below = (id: number): readonly IdRange[] => (id > 0 ? [[0, id - 1]] : []);

export interface Allowed {
  /** The first id that is allowed. */
  readonly allowedFrom: number;
  /** What is banned above it. */
  readonly holes: readonly IdRange[];
}

/** @param banned ascending, without overlaps @throws Error when the ranges are not, or leave nothing */
export function allowedOf(op: string, banned: readonly IdRange[], vocabulary: number): Allowed {
  let end = -1;
  let left = vocabulary;
  for (const [first, last] of banned) {
    if (!(Number.isInteger(first) && Number.isInteger(last) && first > end && last >= first)) {
      throw new Error(`${op}: banned ids ${first} to ${last} do not follow ${end}, ascending.`);
    }
    if (last >= vocabulary) throw new Error(`${op}: banned id ${last} is not in [0, ${vocabulary}).`);
    end = last;
    left -= last - first + 1;
  }
  if (left <= 0) throw new Error(`${op}: no id is allowed, of ${vocabulary}.`);
  if (banned.length > maxRanges) {
    throw new Error(`${op}: ${banned.length} ranges of banned ids; at most ${maxRanges}.`);
  }
  const start = banned[0];
  return start?.[0] === 0
    ? { allowedFrom: start[1] + 1, holes: banned.slice(1) }
    : { allowedFrom: 0, holes: banned };
}

export const isBanned = (id: number, banned: readonly IdRange[]): boolean =>
  banned.some(([first, last]) => id >= first && id <= last);

/** Scores [N, V] with those of banned ids replaced. */
export function banned(scores: Tensor2D, ranges: readonly IdRange[]): Tensor2D {
  if (ranges.length === 0) return scores;
  const vocabulary = scores.shape[1];
  const allowed = new Uint8Array(vocabulary).fill(1);
  for (const [first, last] of ranges) allowed.fill(0, first, last + 1);
  const mask = tf.tensor2d(allowed, [1, vocabulary], 'bool');
  return tf.where(mask, scores, tf.fill<tf.Rank.R2>([1, vocabulary], MASKED));
}

/** First and last of each hole, as the WASM kernels read them; the caller's. Null: there is none. */
export function holesTensor(holes: readonly IdRange[]): Tensor1D | null {
  return holes.length === 0 ? null : tf.tensor1d(Int32Array.from(holes.flat()), 'int32');
}

/** Number of holes, and the address of the tensor. */
export const holesAt = (wasm: WasmKernels, tensor: Tensor1D | null): readonly [number, number] =>
  tensor ? [tensor.size / 2, wasm.address(tensor)] : [0, 0];

/** WGSL: `fn isHole(id : i32) -> bool`, and `fn scoreOf(start : i32, id : i32) -> f32` of a row of scores that begins at `start`. */
export function scoreCode(holes: readonly IdRange[], scores: string): string {
  const tests = holes.map(([first, last]) => `(id >= ${first} && id <= ${last})`);
  const score = `${scores}[start + id]`;
  return `fn isHole(id : i32) -> bool { return ${tests.join(' || ') || 'false'}; }
  fn scoreOf(start : i32, id : i32) -> f32 { return ${
    holes.length === 0 ? score : `select(${score}, -1.0e9, isHole(id))`
  }; }`;
}

/** What distinguishes kernels with these holes written into their code. */
export const holesName = (holes: readonly IdRange[]): string => holes.map((hole) => hole.join('-')).join(' ');
