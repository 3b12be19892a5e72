import { tf } from '../../tf.ts';
import type { Tensor, Tensor2D } from '../../tf.ts';

/**
 * Matrix product y = x·w without a bias.
 *
 * The gradient is our own: dx = dy·wᵀ and dw = xᵀ·dy with the transposes written out, because the WASM
 * back end's matMul is only fast for un-transposed operands of rank 2.
 *
 * @param x [N, in]
 * @param w [in, out]
 * @returns [N, out]; differentiable in `x` and `w`
 */
export function linear(x: Tensor2D, w: Tensor2D): Tensor2D {
  const product = tf.customGrad((...args: (Tensor | ((tensors: Tensor[]) => void))[]) => {
    const [a, b, save] = args as [Tensor2D, Tensor2D, (tensors: Tensor[]) => void];
    save([a, b]);
    return {
      value: tf.matMul(a, b),
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [sx, sw] = saved as [Tensor2D, Tensor2D];
        const d = dy as Tensor2D;
        return [tf.matMul(d, sw.transpose<Tensor2D>()), tf.matMul(sx.transpose<Tensor2D>(), d)];
      },
    };
  });
  return product(x, w) as Tensor2D;
}
