/** A matrix of a decoder, and the low-rank adapters that are added to it (LoRA, arXiv 2106.09685). */
import { isBlocks, unblocked, type BlockMatrix } from './blockMatrix.ts';
import type { TileType } from './blocks.ts';
import { tf } from './tf.ts';
import type { Tensor2D } from './tf.ts';

/** Columns `from` … `from + width` of a matrix get scale·a·b added: so an adapter can belong to a part of a fused matrix. */
export interface LowRank {
  /** [in, rank] */
  readonly a: Tensor2D;
  /** [rank, width] */
  readonly b: Tensor2D;
  readonly from: number;
  /** α / rank */
  readonly scale: number;
}

interface Adapted {
  /** In the order of their columns, which do not overlap. */
  readonly lora?: readonly LowRank[];
}

export interface PlainWeight extends Adapted {
  readonly dtype: 'f32';
  /** [in, out] */
  readonly base: Tensor2D;
  /** Its values lie in panels (`panels.ts`). Such a weight is frozen. */
  readonly panels?: boolean;
  /** No gradient flows to `base`, and none is computed. */
  readonly frozen?: boolean;
}

/** No gradient flows to `base`. */
export interface BlockWeight extends Adapted {
  readonly dtype: TileType;
  readonly base: BlockMatrix;
}

export type Weight = PlainWeight | BlockWeight;

/** [in, out] of a weight's matrix. */
export const sizeOfWeight = ({ base }: Weight): readonly [inputs: number, outputs: number] =>
  isBlocks(base) ? [base.inputs, base.outputs] : base.shape;

/** One matrix [in, out] that does what the weight, which lies in rows or blocks, and its adapters do; the caller's, to be disposed of, unless it is `base` itself. */
export function merged({ base, lora }: Weight): Tensor2D {
  if (!isBlocks(base) && (!lora || lora.length === 0)) return base;
  return tf.tidy(() => {
    const whole = isBlocks(base) ? unblocked(base).transpose<Tensor2D>() : base;
    if (!lora || lora.length === 0) return whole;
    const parts = lora.map((part) => tf.matMul(part.a, part.b).mul<Tensor2D>(part.scale));
    return tf.add(whole, atTheirColumns(lora, parts, whole.shape[0], whole.shape[1]));
  });
}

/** [rows, columns] with each part [rows, its width] at its columns and zeros elsewhere. */
export function atTheirColumns(
  lora: readonly LowRank[],
  parts: readonly Tensor2D[],
  rows: number,
  columns: number,
): Tensor2D {
  const pieces: Tensor2D[] = [];
  let at = 0;
  const zerosUntil = (end: number) => {
    if (end > at) pieces.push(tf.zeros<tf.Rank.R2>([rows, end - at]));
    at = end;
  };
  lora.forEach(({ from }, i) => {
    const part = parts[i] as Tensor2D;
    if (from < at) throw new Error(`LoRA: two adapters would change column ${from}.`);
    zerosUntil(from);
    pieces.push(part);
    at = from + part.shape[1];
  });
  zerosUntil(columns);
  return pieces.length === 1 ? (pieces[0] as Tensor2D) : tf.concat(pieces, 1);
}
