import { tf } from '../../tf.ts';
import type { Tensor, Tensor1D, Tensor2D, Tensor3D } from '../../tf.ts';
import { wasmKernels } from '../../wasm/kernels.ts';
import type { WasmKernels } from '../../wasm/kernels.ts';
import { runningGpu } from '../../webgpu/running.ts';
import { checkHeads } from '../shape.ts';
import type { HeadShape } from '../shape.ts';

/** Keys and values of one layer for every slot, both [B, S, kvHeads·headDim]. Its tensors are owned by `KVCache`. */
export interface LayerCache {
  k: Tensor3D;
  v: Tensor3D;
}

/**
 * One decoding step of attention: row b writes its keys and values at slot `slots[b]` of its cache, then attends over
 * slots 0..slots[b]. Not differentiable.
 *
 * @param qkv rotated, [B, (heads + 2·kvHeads)·headDim]
 * @param cache changed: afterwards it holds the new keys and values (the reference swaps its tensors)
 * @param slots int32 [B], each in [0, S), or −1: that row writes nothing and its result means nothing
 * @returns [B, heads·headDim]
 */
export function attendCached(qkv: Tensor2D, cache: LayerCache, slots: Tensor1D, shape: HeadShape): Tensor2D {
  checkHeads('attendCached', qkv.shape[1], shape);
  const wasm = wasmKernels();
  if (wasm) return attendCachedWasm(wasm, qkv, cache, slots, shape);
  const gpu = runningGpu();
  if (gpu) return gpu.kernels.attendGpu(gpu.backend, qkv, cache.k, cache.v, slots, shape);
  return attendCachedReference(qkv, cache, slots, shape);
}

function attendCachedWasm(
  wasm: WasmKernels,
  qkv: Tensor2D,
  { k, v }: LayerCache,
  slots: Tensor1D,
  { heads, kvHeads, headDim }: HeadShape,
): Tensor2D {
  const [batch, depth] = k.shape;
  const y = wasm.output<Tensor2D>([batch, heads * headDim]);
  const scratch = wasm.scratch(wasm.run.attendScratch(depth));
  const tensors = [slots, qkv, k, v, y].map((tensor) => wasm.address(tensor));
  wasm.run.attend(batch, depth, heads, kvHeads, headDim, ...tensors, scratch);
  return y;
}

export function attendCachedReference(
  qkv: Tensor2D,
  cache: LayerCache,
  slots: Tensor1D,
  shape: HeadShape,
): Tensor2D {
  const { heads, kvHeads, headDim } = shape;
  return tf.tidy(() => {
    const [batch, depth, width] = cache.k.shape;
    const [q, k, v] = tf.split(qkv, [heads * headDim, width, width], 1) as [Tensor, Tensor, Tensor];
    const every = tf.range(0, depth, 1, 'int32').reshape([1, depth]);
    const own = slots.reshape([batch, 1]);
    const written = every.equal(own).reshape([batch, depth, 1]);
    for (const [part, row] of [
      ['k', k],
      ['v', v],
    ] as const) {
      const old = cache[part];
      cache[part] = tf.keep(tf.where(written, row.reshape([batch, 1, width]), old) as Tensor3D);
      old.dispose();
    }
    const perGroup = heads / kvHeads;
    const heads4 = (x: Tensor3D) =>
      x
        .reshape([batch, depth, kvHeads, headDim])
        .transpose([0, 2, 1, 3])
        .reshape<Tensor3D>([batch * kvHeads, depth, headDim]);
    const queries = q.reshape<Tensor3D>([batch * kvHeads, perGroup, headDim]);
    const hidden = every.greater(own).cast('float32').mul(-1e9).reshape([batch, 1, depth]);
    const scores = tf
      .matMul(queries, heads4(cache.k), false, true)
      .mul(headDim ** -0.5)
      .reshape([batch, heads, depth])
      .add(hidden);
    const weights = scores.softmax().reshape<Tensor3D>([batch * kvHeads, perGroup, depth]);
    return tf.matMul(weights, heads4(cache.v)).reshape<Tensor2D>([batch, heads * headDim]);
  });
}
