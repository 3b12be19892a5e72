/** Cached attention on the GPU: two dispatches write the new keys and values in place, one attends. */
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { GROUP, reductions, runGpu } from '../../webgpu/program.ts';
import type { GpuKernel } from '../../webgpu/program.ts';
import type { Tensor1D, Tensor2D, Tensor3D } from '../../tf.ts';
import type { HeadShape } from '../shape.ts';

/** One invocation per value of each row's slot; the rest of the cache stays. */
const write: GpuKernel = {
  name: 'cacheWrite',
  inputs: ['qkv', 'slotOf'],
  uniforms: { batch: 'i32', slots: 'i32', width: 'i32', offset: 'i32', rowWidth: 'i32' },
  code: `
  fn main(index : i32) {
    let b = index / uniforms.width;
    if (b >= uniforms.batch || slotOf[b] < 0) { return; }
    let column = index - b * uniforms.width;
    result[(b * uniforms.slots + slotOf[b]) * uniforms.width + column] =
      qkv[b * uniforms.rowWidth + uniforms.offset + column];
  }`,
};

/** As `write`, for the first `time` slots of every row at once. */
const fill: GpuKernel = {
  name: 'cacheFill',
  inputs: ['qkv'],
  uniforms: { rows: 'i32', time: 'i32', slots: 'i32', width: 'i32', offset: 'i32', rowWidth: 'i32' },
  code: `
  fn main(index : i32) {
    let row = index / uniforms.width;
    if (row >= uniforms.rows) { return; }
    let column = index - row * uniforms.width;
    let b = row / uniforms.time;
    let slot = row - b * uniforms.time;
    result[(b * uniforms.slots + slot) * uniforms.width + column] =
      qkv[row * uniforms.rowWidth + uniforms.offset + column];
  }`,
};

/** Keys and values of rows [batch·time, (heads + 2·kvHeads)·headDim] into the first `time` slots. */
export function fillCacheGpu(
  gpu: WebGPUBackend,
  qkv: Tensor2D,
  keys: Tensor3D,
  values: Tensor3D,
  time: number,
  { heads, headDim }: HeadShape,
): void {
  const [rows, rowWidth] = qkv.shape;
  const [, slots, width] = keys.shape;
  const groups = Math.ceil((rows * width) / GROUP);
  const at = (offset: number) => [rows, time, slots, width, offset, rowWidth];
  runGpu(gpu, fill, [qkv], at(heads * headDim), { into: keys, groups });
  runGpu(gpu, fill, [qkv], at(heads * headDim + width), { into: values, groups });
}

/**
 * WGSL: one head of one sequence attends to the first `live` slots of its cache, 64 at a time with a streaming softmax; the
 * weights are kept in shared memory. Every invocation of a workgroup of GROUP must call it. Reads `qkv` from `query` on, `keys`
 * and `values` from `cache` on, a slot every `width`; writes `result` from `to` on, unless `to` is negative.
 */
export const attendHead = (headDim: number) => `${reductions}
  const D = ${headDim};
  var<workgroup> weights : array<f32, ${GROUP}>;
  fn attendHead(query : i32, cache : i32, width : i32, live : i32, to : i32) {
    let me = i32(localId.x);
    var top = -3.0e38;
    var sum = 0.0;
    var acc : array<f32, ${Math.ceil(headDim / GROUP)}>;
    for (var first = 0; first < live; first += ${GROUP}) {
      let slot = first + me;
      var x = -3.0e38;
      if (slot < live) {
        let key = cache + slot * width;
        var dots = 0.0;
        for (var i = 0; i < D; i++) { dots += qkv[query + i] * keys[key + i]; }
        x = dots * ${(headDim ** -0.5).toFixed(9)};
      }
      let next = max(top, groupMax(x));
      let shrink = exp(top - next);
      var p = 0.0;
      if (slot < live) { p = exp(x - next); }
      weights[me] = p;
      sum = sum * shrink + groupSum(p);
      top = next;
      let count = min(${GROUP}, live - first);
      for (var part = 0; part < ${Math.ceil(headDim / GROUP)}; part++) {
        let i = part * ${GROUP} + me;
        var value = acc[part] * shrink;
        if (i < D) {
          for (var s = 0; s < count; s++) { value += weights[s] * values[cache + (first + s) * width + i]; }
        }
        acc[part] = value;
      }
      workgroupBarrier();
    }
    if (to >= 0) {
      for (var part = 0; part < ${Math.ceil(headDim / GROUP)}; part++) {
        let i = part * ${GROUP} + me;
        if (i < D) { result[to + i] = acc[part] / sum; }
      }
    }
  }`;

/** One workgroup per sequence and head. */
const attend = (headDim: number): GpuKernel => ({
  name: `attendCached ${headDim}`,
  inputs: ['qkv', 'keys', 'values', 'slotOf'],
  uniforms: { batch: 'i32', slots: 'i32', heads: 'i32', kvHeads: 'i32' },
  code: `${attendHead(headDim)}
  var<workgroup> rowLive : i32;
  fn main(index : i32) {
    let job = index / ${GROUP};
    let b = job / uniforms.heads;
    let head = job - b * uniforms.heads;
    let width = uniforms.kvHeads * D;
    let query = b * (uniforms.heads * D + 2 * width) + head * D;
    let cache = b * uniforms.slots * width + head * uniforms.kvHeads / uniforms.heads * D;
    // The same for the whole workgroup, which the compiler cannot see of what \`index\` leads to.
    if (localId.x == 0u) { rowLive = slotOf[min(b, uniforms.batch - 1)] + 1; }
    let live = workgroupUniformLoad(&rowLive);
    attendHead(query, cache, width, live, select(-1, job * D, b < uniforms.batch));
  }`,
});

export function attendGpu(
  gpu: WebGPUBackend,
  qkv: Tensor2D,
  keys: Tensor3D,
  values: Tensor3D,
  slotOf: Tensor1D,
  { heads, kvHeads, headDim }: HeadShape,
): Tensor2D {
  const [batch, slots, width] = keys.shape;
  const groups = Math.ceil((batch * width) / GROUP);
  const at = (from: number) => [batch, slots, width, from, qkv.shape[1]];
  runGpu(gpu, write, [qkv, slotOf], at(heads * headDim), { into: keys, groups });
  runGpu(gpu, write, [qkv, slotOf], at(heads * headDim + width), { into: values, groups });
  return runGpu<Tensor2D>(gpu, attend(headDim), [qkv, keys, values, slotOf], [batch, slots, heads, kvHeads], {
    shape: [batch, heads * headDim],
    groups: batch * heads,
  });
}
