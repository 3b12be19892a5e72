import { isBlocks, type Table } from '../../blockMatrix.ts';
import type { Tensor2D } from '../../tf.ts';
import { linear, matMulTransposed } from '../linear/op.ts';

/**
 * Scores of every vocabulary entry under an output head: x·tableᵀ.
 *
 * @param x [N, d]
 * @param table [V, d], the output head; where it is tied, the token embedding
 * @returns [N, V]; differentiable in `x`, and in `table` unless that is in blocks
 */
export function logits(x: Tensor2D, table: Table): Tensor2D {
  if (isBlocks(table)) return linear(x, { dtype: table.type, base: table });
  return matMulTransposed(x, table);
}
