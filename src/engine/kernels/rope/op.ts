import { tf } from '../../tf.ts';
import type { Tensor1D, Tensor2D, Tensor3D } from '../../tf.ts';
import { checkHeads } from '../shape.ts';
import type { RopeShape } from '../shape.ts';

/**
 * Rotary position embedding (arXiv 2104.09864) of the query and key heads; value heads pass unchanged.
 *
 * Half-split convention (Hugging Face `rotate_half`): dimension i of a head turns together with i + headDim/2,
 * by the angle position·theta^(−2i/headDim).
 *
 * @param qkv [N, (heads + 2·kvHeads)·headDim]
 * @param positions int32 [N]
 * @returns same shape as `qkv`; differentiable in `qkv` (the gradient turns the other way)
 */
export function rope(qkv: Tensor2D, positions: Tensor1D, shape: RopeShape): Tensor2D {
  checkHeads('rope', qkv.shape[1], shape);
  if (shape.headDim % 2 !== 0) throw new Error(`rope: headDim must be even, got ${shape.headDim}.`);
  return ropeReference(qkv, positions, shape);
}

export function ropeReference(qkv: Tensor2D, positions: Tensor1D, shape: RopeShape): Tensor2D {
  const { heads, kvHeads, headDim, theta } = shape;
  return tf.tidy(() => {
    const rows = qkv.shape[0];
    const half = headDim / 2;
    const turned = heads + kvHeads;
    const frequencies = Float32Array.from({ length: half }, (_, i) => theta ** ((-2 * i) / headDim));
    const angles = positions
      .toFloat()
      .reshape([rows, 1, 1])
      .mul(tf.tensor3d(frequencies, [1, 1, half]));
    const cos = angles.cos();
    const sin = angles.sin();
    const qk = qkv.slice([0, 0], [rows, turned * headDim]).reshape<Tensor3D>([rows, turned, headDim]);
    const first = qk.slice([0, 0, 0], [rows, turned, half]);
    const second = qk.slice([0, 0, half], [rows, turned, half]);
    const rotated = tf.concat([first.mul(cos).sub(second.mul(sin)), second.mul(cos).add(first.mul(sin))], 2);
    const values = qkv.slice([0, turned * headDim], [rows, kvHeads * headDim]);
    return tf.concat([rotated.reshape<Tensor2D>([rows, turned * headDim]), values], 1);
  });
}
