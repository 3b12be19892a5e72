/** Frozen matrices in blocks (`blocks.ts`) on the running back end. */
import { fromTiles, inTiles, type HostBlocks, type TileType } from './blocks.ts';
import { fromHalfTiles, inHalfTiles } from './halfTiles.ts';
import { tf } from './tf.ts';
import type { Tensor1D, Tensor2D } from './tf.ts';
import { runningGpu } from './webgpu/running.ts';

/** A matrix [inputs, outputs] on the running back end; a table of `outputs` rows where rows are taken of it. It never changes. */
export interface BlockMatrix {
  readonly type: TileType;
  readonly outputs: number;
  readonly inputs: number;
  /** int32, tiles; its owner's to dispose of. */
  readonly tensor: Tensor1D;
}

/** Rows of numbers, one a token: values as they are, or in blocks. */
export type Table = Tensor2D | BlockMatrix;

export const isBlocks = (matrix: Tensor2D | BlockMatrix): matrix is BlockMatrix => 'outputs' in matrix;

/** Where the values are. */
export const tensorOf = (matrix: Tensor2D | BlockMatrix): Tensor1D | Tensor2D =>
  isBlocks(matrix) ? matrix.tensor : matrix;

/** [rows, width] of a table. */
export const sizeOfTable = (table: Table): readonly [rows: number, width: number] =>
  isBlocks(table) ? [table.outputs, table.inputs] : table.shape;

/** Whether the running back end computes with blocks. */
export const takesBlocks = (): boolean => ['wasm', 'cpu', 'webgpu'].includes(tf.getBackend());

/** Puts a matrix on the running back end; the caller's to dispose of. */
export function blockMatrix({ type, outputs, inputs, bytes }: HostBlocks): BlockMatrix {
  const tiles = inTiles({ type, outputs, inputs, bytes });
  return { type, outputs, inputs, tensor: tf.keep(tf.tidy(() => tf.tensor1d(tiles, 'int32'))) };
}

/** The values [outputs, inputs] that its tiles stand for. */
export const valuesOf = ({ type, outputs, inputs }: BlockMatrix, tiles: Int32Array): Float32Array =>
  type === 'f16' ? fromHalfTiles(outputs, inputs, tiles) : fromTiles({ type, outputs, inputs }, tiles);

/** The matrix [outputs, inputs] with the values that its blocks stand for: what a back end without kernels for blocks computes with. */
export function unblocked(matrix: BlockMatrix): Tensor2D {
  const tiles = matrix.tensor.dataSync<'int32'>();
  return tf.tensor2d(valuesOf(matrix, tiles), [matrix.outputs, matrix.inputs]);
}

/**
 * A matrix whose values are halves, or bfloat16 as models are often saved in, kept as halves where the back end takes them: in half
 * the memory. No value changes by more than 2⁻²⁵, and only where it is smaller than 2⁻¹⁷.
 *
 * @param values [outputs, inputs], or [inputs, outputs] if `transposed`
 * @returns the caller's to dispose of; null where they stay as they are
 */
export function halfMatrix(
  values: Float32Array,
  outputs: number,
  inputs: number,
  transposed: boolean,
): BlockMatrix | null {
  const tiles = runningGpu() ? inHalfTiles(values, outputs, inputs, transposed) : null;
  if (!tiles) return null;
  return { type: 'f16', outputs, inputs, tensor: tf.keep(tf.tidy(() => tf.tensor1d(tiles, 'int32'))) };
}
