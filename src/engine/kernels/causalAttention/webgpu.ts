/**
 * Causal attention on the GPU with a streaming softmax (arXiv 2205.14135): an invocation walks over the positions it sees
 * and keeps a running maximum, sum and result, so no time × time matrix exists, forward or backward.
 */
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { runGpu } from '../../webgpu/program.ts';
import type { GpuKernel } from '../../webgpu/program.ts';
import type { Tensor, Tensor2D, Tensor3D } from '../../tf.ts';
import type { HeadShape } from '../shape.ts';

const uniforms = { n: 'i32', time: 'i32', heads: 'i32', kvHeads: 'i32' } as const;

/** WGSL shared by the three kernels: where a head's vector lies, and scores. `D` is the head's width. */
function common(headDim: number): string {
  return `
  const D = ${headDim};
  const SCALE = ${(headDim ** -0.5).toFixed(9)};
  fn rowWidth() -> i32 { return (uniforms.heads + 2 * uniforms.kvHeads) * D; }
  fn groupOf(head : i32) -> i32 { return head * uniforms.kvHeads / uniforms.heads; }
  fn queryAt(row : i32, head : i32) -> i32 { return row * rowWidth() + head * D; }
  fn keyAt(row : i32, g : i32) -> i32 { return row * rowWidth() + (uniforms.heads + g) * D; }
  fn valueAt(row : i32, g : i32) -> i32 { return keyAt(row, g + uniforms.kvHeads); }
  fn score(query : i32, key : i32) -> f32 {
    var sum = 0.0;
    for (var i = 0; i < D; i++) { sum += qkv[query + i] * qkv[key + i]; }
    return sum * SCALE;
  }`;
}

/** WGSL for the backward kernels: dy·v, the gradient of a probability. */
const dProbability = `
  fn dprob(dyAt : i32, value : i32) -> f32 {
    var sum = 0.0;
    for (var i = 0; i < D; i++) { sum += dy[dyAt + i] * qkv[value + i]; }
    return sum;
  }`;

/** One invocation per query and head. */
const forward = (headDim: number): GpuKernel => ({
  name: `attention ${headDim}`,
  inputs: ['qkv'],
  uniforms,
  code: `${common(headDim)}
  fn main(index : i32) {
    let row = index / uniforms.heads;
    if (row >= uniforms.n) { return; }
    let head = index - row * uniforms.heads;
    let g = groupOf(head);
    let q = queryAt(row, head);
    var top = -3.0e38;
    var sum = 0.0;
    var acc : array<f32, ${headDim}>;
    for (var s = row - row % uniforms.time; s <= row; s++) {
      let x = score(q, keyAt(s, g));
      let next = max(top, x);
      let shrink = exp(top - next);
      let p = exp(x - next);
      let v = valueAt(s, g);
      for (var i = 0; i < D; i++) { acc[i] = acc[i] * shrink + p * qkv[v + i]; }
      sum = sum * shrink + p;
      top = next;
    }
    for (var i = 0; i < D; i++) { result[index * D + i] = acc[i] / sum; }
  }`,
});

/** Per query and head what the backward pass needs: the softmax's maximum and sum, and Σ p·dp. */
const statistics = (headDim: number): GpuKernel => ({
  name: `attentionStatistics ${headDim}`,
  inputs: ['qkv', 'dy'],
  uniforms,
  code: `${common(headDim)}${dProbability}
  fn main(index : i32) {
    let row = index / uniforms.heads;
    if (row >= uniforms.n) { return; }
    let head = index - row * uniforms.heads;
    let g = groupOf(head);
    let q = queryAt(row, head);
    var top = -3.0e38;
    var sum = 0.0;
    var dots = 0.0;
    for (var s = row - row % uniforms.time; s <= row; s++) {
      let x = score(q, keyAt(s, g));
      let next = max(top, x);
      let shrink = exp(top - next);
      let p = exp(x - next);
      sum = sum * shrink + p;
      dots = dots * shrink + p * dprob(index * D, valueAt(s, g));
      top = next;
    }
    result[index * 3] = top;
    result[index * 3 + 1] = sum;
    result[index * 3 + 2] = dots / sum;
  }`,
});

/**
 * One invocation per row and head of queries, keys or values:
 * dq_t = Σ_s ds_ts·k_s, dk_s = Σ_t ds_ts·q_t, dv_s = Σ_t p_ts·dy_t, with ds = p·(dp − Σ p·dp)/√headDim.
 */
const backward = (headDim: number): GpuKernel => ({
  name: `attentionBackward ${headDim}`,
  inputs: ['qkv', 'dy', 'stats'],
  uniforms,
  code: `${common(headDim)}${dProbability}
  fn probability(t : i32, head : i32, s : i32) -> f32 {
    let at = (t * uniforms.heads + head) * 3;
    return exp(score(queryAt(t, head), keyAt(s, groupOf(head))) - stats[at]) / stats[at + 1];
  }
  fn dscore(t : i32, head : i32, s : i32) -> f32 {
    let at = t * uniforms.heads + head;
    let dp = dprob(at * D, valueAt(s, groupOf(head)));
    return probability(t, head, s) * (dp - stats[at * 3 + 2]) * SCALE;
  }
  fn main(index : i32) {
    let slots = uniforms.heads + 2 * uniforms.kvHeads;
    let row = index / slots;
    if (row >= uniforms.n) { return; }
    let slot = index - row * slots;
    let first = row - row % uniforms.time;
    var acc : array<f32, ${headDim}>;
    if (slot < uniforms.heads) {
      for (var s = first; s <= row; s++) {
        let ds = dscore(row, slot, s);
        let key = keyAt(s, groupOf(slot));
        for (var i = 0; i < D; i++) { acc[i] += ds * qkv[key + i]; }
      }
    } else {
      let isKey = slot < uniforms.heads + uniforms.kvHeads;
      let g = select(slot - uniforms.heads - uniforms.kvHeads, slot - uniforms.heads, isKey);
      let perGroup = uniforms.heads / uniforms.kvHeads;
      for (var head = g * perGroup; head < (g + 1) * perGroup; head++) {
        for (var t = row; t < first + uniforms.time; t++) {
          if (isKey) {
            let ds = dscore(t, head, row);
            let q = queryAt(t, head);
            for (var i = 0; i < D; i++) { acc[i] += ds * qkv[q + i]; }
          } else {
            let p = probability(t, head, row);
            let d = (t * uniforms.heads + head) * D;
            for (var i = 0; i < D; i++) { acc[i] += p * dy[d + i]; }
          }
        }
      }
    }
    for (var i = 0; i < D; i++) { result[index * D + i] = acc[i]; }
  }`,
});

function groups(invocations: number): number {
  return Math.ceil(invocations / 64);
}

export function attentionGpu(gpu: WebGPUBackend, qkv: Tensor2D, time: number, shape: HeadShape): Tensor2D {
  const n = qkv.shape[0];
  const { heads, kvHeads, headDim } = shape;
  return runGpu<Tensor2D>(gpu, forward(headDim), [qkv], [n, time, heads, kvHeads], {
    shape: [n, heads * headDim],
    groups: groups(n * heads),
  });
}

export function attentionGpuBackward(
  gpu: WebGPUBackend,
  qkv: Tensor2D,
  dy: Tensor,
  time: number,
  shape: HeadShape,
): Tensor2D {
  const n = qkv.shape[0];
  const { heads, kvHeads, headDim } = shape;
  const scalars = [n, time, heads, kvHeads];
  const stats = runGpu<Tensor3D>(gpu, statistics(headDim), [qkv, dy], scalars, {
    shape: [n, heads, 3],
    groups: groups(n * heads),
  });
  const dqkv = runGpu<Tensor2D>(gpu, backward(headDim), [qkv, dy, stats], scalars, {
    shape: qkv.shape,
    groups: groups(n * (heads + 2 * kvHeads)),
  });
  stats.dispose();
  return dqkv;
}
