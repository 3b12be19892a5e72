import type { Tensor2D } from '../../tf.ts';
import { matMulTransposed } from '../linear/op.ts';

/**
 * Scores of every vocabulary entry under an output head: x·tableᵀ.
 *
 * @param x [N, d]
 * @param table [V, d], the output head; where it is tied, the token embedding
 * @returns [N, V]; differentiable in `x` and `table`
 */
export function logits(x: Tensor2D, table: Tensor2D): Tensor2D {
  return matMulTransposed(x, table);
}
