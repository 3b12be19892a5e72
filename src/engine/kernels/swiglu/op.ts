import { tf } from '../../tf.ts';
import type { Tensor2D } from '../../tf.ts';

/**
 * SwiGLU (arXiv 2002.05202): silu(gate)·up with silu(z) = z·σ(z).
 *
 * @param gateUp [N, 2f], the gate in the first f columns, up in the last f
 * @returns [N, f]; differentiable in `gateUp`
 */
export function swiglu(gateUp: Tensor2D): Tensor2D {
  if (gateUp.shape[1] % 2 !== 0)
    throw new Error(`swiglu: odd width ${gateUp.shape[1]}; it needs gate and up halves.`);
  return swigluReference(gateUp);
}

export function swigluReference(gateUp: Tensor2D): Tensor2D {
  return tf.tidy(() => {
    const [gate, up] = tf.split(gateUp, 2, 1) as [Tensor2D, Tensor2D];
    return gate.mul(gate.sigmoid()).mul<Tensor2D>(up);
  });
}
