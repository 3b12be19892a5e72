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

/** One workgroup per sequence and head: scores of 64 slots at a time with a streaming softmax, kept in shared memory. */
const attend = (headDim: number): GpuKernel => ({
  name: `attendCached ${headDim}`,
  inputs: ['qkv', 'keys', 'values', 'slotOf'],
  uniforms: { batch: 'i32', slots: 'i32', heads: 'i32', kvHeads: 'i32' },
  code: `${reductions}
  const D = ${headDim};
  var<workgroup> weights : array<f32, ${GROUP}>;
  var<workgroup> rowLive : i32;
  fn main(index : i32) {
    let job = index / ${GROUP};
    let me = i32(localId.x);
    let b = job / uniforms.heads;
    let head = job - b * uniforms.heads;
    let width = uniforms.kvHeads * D;
    let g = head * uniforms.kvHeads / uniforms.heads * D;
    let query = b * (uniforms.heads * D + 2 * width) + head * D;
    // The same for the whole workgroup, which the compiler cannot see of what \`index\` leads to.
    if (me == 0) { rowLive = slotOf[min(b, uniforms.batch - 1)] + 1; }
    let live = workgroupUniformLoad(&rowLive);
    var top = -3.0e38;
    var sum = 0.0;
    var acc : array<f32, ${Math.ceil(headDim / GROUP)}>;
    for (var first = 0; first < live; first += ${GROUP}) {
      let slot = first + me;
      var x = -3.0e38;
      if (slot < live) {
        let key = (b * uniforms.slots + slot) * width + g;
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
          for (var s = 0; s < count; s++) {
            value += weights[s] * values[(b * uniforms.slots + first + s) * width + g + i];
          }
        }
        acc[part] = value;
      }
      workgroupBarrier();
    }
    if (b < uniforms.batch) {
      for (var part = 0; part < ${Math.ceil(headDim / GROUP)}; part++) {
        let i = part * ${GROUP} + me;
        if (i < D) { result[job * D + i] = acc[part] / sum; }
      }
    }
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
