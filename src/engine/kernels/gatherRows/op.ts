import { tf } from '../../tf.ts';
import type { Tensor, Tensor1D, Tensor2D } from '../../tf.ts';
import { oneHotRows } from '../oneHot.ts';

/**
 * Picks rows of a table: y_n = table[ids_n]. The gradient adds each dy_n to row ids_n (scatter-add).
 *
 * The WASM back end has no UnsortedSegmentSum, TensorFlow.js' own gradient of gather, so the reference scatters
 * with a one-hot matrix product.
 *
 * @param table [V, d]
 * @param ids int32 [N], each in [0, V)
 * @returns [N, d]; differentiable in `table`
 */
export function gatherRows(table: Tensor2D, ids: Tensor1D): Tensor2D {
  const rows = table.shape[0];
  const gather = tf.customGrad((...args: (Tensor | ((tensors: Tensor[]) => void))[]) => {
    const [t, i, save] = args as [Tensor2D, Tensor1D, (tensors: Tensor[]) => void];
    save([i]);
    return {
      value: tf.gather(t, i),
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const oneHot = oneHotRows(saved[0] as Tensor1D, rows);
        return [tf.matMul(oneHot.transpose<Tensor2D>(), dy as Tensor2D), tf.zerosLike(saved[0] as Tensor)];
      },
    };
  });
  return gather(table, ids) as Tensor2D;
}
