import { tf } from '../../tf.ts';
import type { Tensor1D, Tensor2D } from '../../tf.ts';

/**
 * Root-mean-square normalisation (arXiv 1910.07467): y = x / √(mean(x²) + eps) · gain, row by row.
 *
 * @param x [N, d]
 * @param gain [d]
 * @returns [N, d]; differentiable in `x` and `gain`
 */
export function rmsNorm(x: Tensor2D, gain: Tensor1D, eps: number): Tensor2D {
  return rmsNormReference(x, gain, eps);
}

export function rmsNormReference(x: Tensor2D, gain: Tensor1D, eps: number): Tensor2D {
  return tf.tidy(() => {
    const meanSquare = x.square().mean(1, true);
    return x.mul(meanSquare.add(eps).rsqrt()).mul<Tensor2D>(gain);
  });
}
