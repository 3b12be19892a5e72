/** Causal attention on the GPU: which kernels, and how many workgroups. */
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { Tensor, Tensor2D, Tensor3D } from '../../tf.ts';
import { inTwoDimensions, newTensor, run } from '../../webgpu/record.ts';
import type { SequenceShape } from './op.ts';
import { attentionStages, TILE } from './wgsl.ts';

export interface Attended {
  /** [batch·time, heads·headDim] */
  readonly y: Tensor2D;
  /** Per row and head the softmax's greatest score and inverse sum, for the backward pass: [batch·time, heads, 2]. */
  readonly stats: Tensor3D;
}

/** @param qkv [batch·time, (heads + 2·kvHeads)·headDim] */
export function attentionGpu(gpu: WebGPUBackend, qkv: Tensor2D, shape: SequenceShape): Attended {
  const { batch, time, heads, kvHeads, headDim } = shape;
  const y = newTensor<Tensor2D>(gpu, [batch * time, heads * headDim]);
  const stats = newTensor<Tensor3D>(gpu, [batch * time, heads, 2]);
  if (y.size === 0) return { y, stats };
  const { forward } = attentionStages(headDim);
  run(gpu, forward, { qkv, y, stats }, { time, heads, kvHeads, headDim, scale: headDim ** -0.5 }, [
    heads,
    batch,
    Math.ceil(time / TILE),
  ]);
  return { y, stats };
}

/** Workgroups that keep a large GPU busy. */
const WANTED = 512;

/**
 * Into how many parts, of as many heads each, the query heads of a key are shared out, where `groups` workgroups would take all of
 * them. It depends on the sizes only, so that every device adds up in one order.
 */
function partsOf(perGroup: number, groups: number): number {
  let parts = 1;
  while (parts < perGroup && (perGroup % parts > 0 || groups * parts < WANTED)) parts++;
  return parts;
}

/** @param dy the gradient of `y` @returns that of `qkv` */
export function attentionGpuBackward(
  gpu: WebGPUBackend,
  qkv: Tensor2D,
  { y, stats }: Attended,
  dy: Tensor,
  shape: SequenceShape,
): Tensor2D {
  const { batch, time, heads, kvHeads, headDim } = shape;
  const dqkv = newTensor<Tensor2D>(gpu, qkv.shape);
  if (dqkv.size === 0) return dqkv;
  const { backwardQueries, backwardKeys, sum } = attentionStages(headDim);
  const sizes = { time, heads, kvHeads, headDim, scale: headDim ** -0.5 };
  const blocks = Math.ceil(time / TILE);
  const dots = newTensor(gpu, [batch * time, heads]);
  run(gpu, backwardQueries, { qkv, y, dy, stats, dots, dqkv }, sizes, [heads, batch, blocks]);
  const parts = partsOf(heads / kvHeads, kvHeads * batch * blocks);
  const headsEach = heads / kvHeads / parts;
  const groups = [heads / headsEach, batch, blocks] as const;
  const inputs = { qkv, dy, stats, dots };
  if (parts === 1) {
    const place = { headsEach, slots: heads + 2 * kvHeads, firstSlot: heads };
    run(gpu, backwardKeys, { ...inputs, dkv: dqkv }, { ...sizes, ...place }, groups);
  } else {
    const [rows, width] = [batch * time, 2 * kvHeads * headDim];
    const dkv = newTensor(gpu, [rows, parts, width]);
    const place = { headsEach, slots: parts * 2 * kvHeads, firstSlot: 0 };
    run(gpu, backwardKeys, { ...inputs, dkv }, { ...sizes, ...place }, groups);
    const columns = { rows, parts, width, queries: heads * headDim };
    run(gpu, sum, { dkv, dqkv }, columns, inTwoDimensions(Math.ceil((rows * width) / sum.threads)));
    dkv.dispose();
  }
  dots.dispose();
  return dqkv;
}
