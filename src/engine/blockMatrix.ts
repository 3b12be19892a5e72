/** Frozen matrices in blocks (`blocks.ts`) on the running back end. */
import { fromTiles, inTiles, type BlockType, type HostBlocks } from './blocks.ts';
import { tf } from './tf.ts';
import type { Tensor1D, Tensor2D } from './tf.ts';

/** A matrix [inputs, outputs] on the running back end; a table of `outputs` rows where rows are taken of it. It never changes. */
export interface BlockMatrix {
  readonly type: BlockType;
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

/** The matrix [outputs, inputs] with the values that its blocks stand for: what a back end without kernels for blocks computes with. */
export function unblocked(matrix: BlockMatrix): Tensor2D {
  const tiles = matrix.tensor.dataSync<'int32'>();
  return tf.tensor2d(fromTiles(matrix, tiles), [matrix.outputs, matrix.inputs]);
}
