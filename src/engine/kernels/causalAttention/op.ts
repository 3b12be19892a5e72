import { tf } from '../../tf.ts';
import type { Tensor, Tensor2D, Tensor3D } from '../../tf.ts';
import { wasmKernels } from '../../wasm/kernels.ts';
import type { WasmKernels } from '../../wasm/kernels.ts';
import { runningGpu } from '../../webgpu/running.ts';
import { differentiable } from '../differentiable.ts';
import { checkHeads } from '../shape.ts';
import type { HeadShape } from '../shape.ts';

export interface SequenceShape extends HeadShape {
  readonly batch: number;
  readonly time: number;
}

/** Added to a masked score: its probability is exactly 0 in float32, and no infinity can turn into NaN. */
export const MASKED = -1e9;

/**
 * Causal scaled dot-product attention, softmax(q·kᵀ/√headDim)·v, grouped-query when kvHeads < heads:
 * query head i reads key/value head ⌊i·kvHeads/heads⌋.
 *
 * Rows are batch-major (row = b·time + t). Sequences are padded on the right, so the causal mask alone keeps
 * padding out of every real position.
 *
 * @param qkv rotated, [batch·time, (heads + 2·kvHeads)·headDim]
 * @returns [batch·time, heads·headDim]; differentiable in `qkv`
 */
export function causalAttention(qkv: Tensor2D, shape: SequenceShape): Tensor2D {
  checkHeads('causalAttention', qkv.shape[1], shape);
  if (qkv.shape[0] !== shape.batch * shape.time) {
    throw new Error(`causalAttention: ${qkv.shape[0]} rows are not ${shape.batch} × ${shape.time}.`);
  }
  const wasm = wasmKernels();
  if (wasm) return causalAttentionWasm(wasm, qkv, shape);
  const gpu = runningGpu();
  if (!gpu) return causalAttentionReference(qkv, shape);
  return differentiable(
    [qkv],
    [],
    (keep) => {
      const { y, stats } = gpu.kernels.attentionGpu(gpu.backend, qkv, shape);
      if (keep) keep(y, stats);
      else stats.dispose();
      return y;
    },
    (dy, saved) => {
      const [rows, y, stats] = saved as [Tensor2D, Tensor2D, Tensor3D];
      return [gpu.kernels.attentionGpuBackward(gpu.backend, rows, { y, stats }, dy, shape)];
    },
  );
}

function causalAttentionWasm(wasm: WasmKernels, qkv: Tensor2D, shape: SequenceShape): Tensor2D {
  const { batch, time, heads, kvHeads, headDim } = shape;
  const sizes = [time, heads, kvHeads, headDim] as const;
  const [inBytes, outBytes] = [4 * time * (heads + 2 * kvHeads) * headDim, 4 * time * heads * headDim];
  return differentiable(
    [qkv],
    [],
    () => {
      const y = wasm.output<Tensor2D>([batch * time, heads * headDim]);
      const bytes = wasm.run.attentionForwardScratch(time, headDim);
      const [px, py] = [wasm.address(qkv), wasm.address(y)];
      wasm.share('attentionForward', batch, 1, bytes, (start, count, scratch) => {
        return [count, ...sizes, px + start * inBytes, py + start * outBytes, scratch];
      });
      return y;
    },
    (dy, saved) => {
      const rows = saved[0] as Tensor2D;
      const dqkv = wasm.zeros<Tensor2D>(rows.shape);
      const bytes = wasm.run.attentionBackwardScratch(time, headDim);
      const [px, pdy, pdx] = [wasm.address(rows), wasm.address(dy), wasm.address(dqkv)];
      wasm.share('attentionBackward', batch, 1, bytes, (start, count, scratch) => {
        return [
          count,
          ...sizes,
          px + start * inBytes,
          pdy + start * outBytes,
          pdx + start * inBytes,
          scratch,
        ];
      });
      return [dqkv];
    },
  );
}

export function causalAttentionReference(qkv: Tensor2D, shape: SequenceShape): Tensor2D {
  const { batch, time, heads, kvHeads, headDim } = shape;
  return tf.tidy(() => {
    const [q, k, v] = tf.split(qkv, [heads * headDim, kvHeads * headDim, kvHeads * headDim], 1);
    const queries = splitHeads(q, batch, time, heads, headDim);
    const keys = shareHeads(splitHeads(k, batch, time, kvHeads, headDim), heads / kvHeads);
    const values = shareHeads(splitHeads(v, batch, time, kvHeads, headDim), heads / kvHeads);
    const steps = tf.range(0, time);
    const mask = steps
      .reshape([time, 1])
      .less(steps.reshape([1, time]))
      .toFloat()
      .mul(MASKED);
    const scores = tf
      .matMul(queries, keys, false, true)
      .mul(headDim ** -0.5)
      .add(mask);
    return tf
      .matMul(scores.softmax(), values)
      .reshape([batch, heads, time, headDim])
      .transpose([0, 2, 1, 3])
      .reshape<Tensor2D>([batch * time, heads * headDim]);
  });
}

/** [batch·time, heads·headDim] → [batch·heads, time, headDim] */
function splitHeads(rows: Tensor, batch: number, time: number, heads: number, headDim: number): Tensor {
  return rows
    .reshape([batch, time, heads, headDim])
    .transpose([0, 2, 1, 3])
    .reshape([batch * heads, time, headDim]);
}

/** Repeats each key/value head for the query heads that read it: [batch·kvHeads, …] → [batch·heads, …]. */
function shareHeads(x: Tensor, times: number): Tensor {
  const [rows, time, headDim] = x.shape as [number, number, number];
  return x
    .reshape([rows, 1, time * headDim])
    .tile([1, times, 1])
    .reshape([rows * times, time, headDim]);
}
