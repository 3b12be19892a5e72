import { tf } from '../tf.ts';
import type { Tensor1D, Tensor2D } from '../tf.ts';

/**
 * One-hot rows as float32: int32 [N] → [N, depth].
 *
 * Not `tf.oneHot(…, 'float32')`: the WASM back end then stores the integer 1, which reads as 1.4e-45 (TensorFlow.js 4.22).
 */
export function oneHotRows(ids: Tensor1D, depth: number): Tensor2D {
  return tf.tidy(() => tf.cast(tf.oneHot(ids, depth), 'float32') as Tensor2D);
}
