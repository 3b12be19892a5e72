import { tf } from '../../tf.ts';
import type { Tensor, Tensor2D, Tensor3D } from '../../tf.ts';
import { wasmKernels } from '../../wasm/kernels.ts';
import type { WasmKernels } from '../../wasm/kernels.ts';
import { gpuBackend } from '../../webgpu/program.ts';
import { checkHeads } from '../shape.ts';
import type { HeadShape } from '../shape.ts';
import { attendGpu } from './webgpu.ts';

/** Keys and values of one layer for every slot, both [B, S, kvHeads·headDim]. Its tensors are owned by `KVCache`. */
export interface LayerCache {
  k: Tensor3D;
  v: Tensor3D;
}

/**
 * One decoding step of attention: writes this step's keys and values at `slot`, then attends over slots 0..slot
 * where the mask allows. Not differentiable.
 *
 * @param qkv rotated, [B, (heads + 2·kvHeads)·headDim]
 * @param cache changed: afterwards it holds the new keys and values (the reference swaps its tensors)
 * @param slot in [0, S)
 * @param mask [B, S], added to the scores: 0 where a slot may be read, −1e9 where it may not (padding)
 * @returns [B, heads·headDim]
 */
export function attendCached(
  qkv: Tensor2D,
  cache: LayerCache,
  slot: number,
  mask: Tensor2D,
  shape: HeadShape,
): Tensor2D {
  checkHeads('attendCached', qkv.shape[1], shape);
  const slots = cache.k.shape[1];
  if (!(Number.isInteger(slot) && slot >= 0 && slot < slots)) {
    throw new Error(`attendCached: slot ${slot} is outside the cache of ${slots} slots.`);
  }
  const wasm = wasmKernels();
  if (wasm) return attendCachedWasm(wasm, qkv, cache, slot, mask, shape);
  const gpu = gpuBackend();
  if (gpu) return attendGpu(gpu, qkv, cache.k, cache.v, slot, mask, shape);
  return attendCachedReference(qkv, cache, slot, mask, shape);
}

function attendCachedWasm(
  wasm: WasmKernels,
  qkv: Tensor2D,
  { k, v }: LayerCache,
  slot: number,
  mask: Tensor2D,
  { heads, kvHeads, headDim }: HeadShape,
): Tensor2D {
  const [batch, slots] = k.shape;
  const y = wasm.output<Tensor2D>([batch, heads * headDim]);
  const scratch = wasm.scratch(wasm.run.attendScratch(slots));
  const sizes = [batch, slots, slot, heads, kvHeads, headDim] as const;
  const tensors = [qkv, k, v, mask, y].map((tensor) => wasm.address(tensor));
  wasm.run.attend(...sizes, ...tensors, scratch);
  return y;
}

export function attendCachedReference(
  qkv: Tensor2D,
  cache: LayerCache,
  slot: number,
  mask: Tensor2D,
  shape: HeadShape,
): Tensor2D {
  const { heads, kvHeads, headDim } = shape;
  return tf.tidy(() => {
    const batch = qkv.shape[0];
    const width = kvHeads * headDim;
    const [q, k, v] = tf.split(qkv, [heads * headDim, width, width], 1) as [Tensor, Tensor, Tensor];
    replaceSlot(cache, 'k', k.reshape([batch, 1, width]), slot);
    replaceSlot(cache, 'v', v.reshape([batch, 1, width]), slot);
    const live = slot + 1;
    const perGroup = heads / kvHeads;
    const heads4 = (x: Tensor3D) =>
      x
        .slice([0, 0, 0], [batch, live, width])
        .reshape([batch, live, kvHeads, headDim])
        .transpose([0, 2, 1, 3])
        .reshape<Tensor3D>([batch * kvHeads, live, headDim]);
    const queries = q.reshape<Tensor3D>([batch * kvHeads, perGroup, headDim]);
    const scores = tf
      .matMul(queries, heads4(cache.k), false, true)
      .mul(headDim ** -0.5)
      .reshape([batch, heads, live])
      .add(mask.slice([0, 0], [batch, live]).reshape([batch, 1, live]));
    const weights = scores.softmax().reshape<Tensor3D>([batch * kvHeads, perGroup, live]);
    return tf.matMul(weights, heads4(cache.v)).reshape<Tensor2D>([batch, heads * headDim]);
  });
}

function replaceSlot(cache: LayerCache, part: 'k' | 'v', row: Tensor, slot: number): void {
  const old = cache[part];
  const [batch, slots, width] = old.shape;
  const before = old.slice([0, 0, 0], [batch, slot, width]);
  const after = old.slice([0, slot + 1, 0], [batch, slots - slot - 1, width]);
  const parts = [before, row as Tensor3D, after].filter((t) => t.shape[1] > 0);
  cache[part] = tf.keep(parts.length === 1 ? (row.clone() as Tensor3D) : tf.concat(parts, 1));
  old.dispose();
}
