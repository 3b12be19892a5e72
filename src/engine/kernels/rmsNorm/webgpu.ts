import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { GROUP, reductions, runGpu } from '../../webgpu/program.ts';
import type { GpuKernel } from '../../webgpu/program.ts';
import { inTwoDimensions, newTensor, run, type Stage } from '../../webgpu/record.ts';
import { sumOfParts } from '../linear/webgpu.ts';
import type { Tensor1D, Tensor2D } from '../../tf.ts';

/** One workgroup per row: its invocations share the sum of squares, then write every 64th feature each. */
const scaleRows: GpuKernel = {
  name: 'rmsNorm',
  inputs: ['x', 'gain'],
  uniforms: { rows: 'i32', d: 'i32', eps: 'f32' },
  code: `${reductions}
  fn main(index : i32) {
    let row = index / ${GROUP};
    let start = row * uniforms.d;
    var squares = 0.0;
    for (var i = i32(localId.x); i < uniforms.d; i += ${GROUP}) { squares += x[start + i] * x[start + i]; }
    let r = inverseSqrt(groupSum(squares) / f32(uniforms.d) + uniforms.eps);
    if (row < uniforms.rows) {
      for (var i = i32(localId.x); i < uniforms.d; i += ${GROUP}) {
        result[start + i] = x[start + i] * r * gain[i];
      }
    }
  }`,
};

/** dx = r·g·dy − x·r³/d·Σ(g·dy·x); one workgroup per row, which leaves its r as well. */
const backward = {
  name: 'rmsNormBackward',
  buffers: {
    x: 'read f32',
    gain: 'read f32',
    dy: 'read f32',
    dx: 'read_write f32',
    scales: 'read_write f32',
  },
  uniforms: { rows: 'i32', d: 'i32', eps: 'f32' },
  threads: GROUP,
  indexed: true,
  code: `${reductions}
  fn main(index : i32) {
    let row = index / ${GROUP};
    let start = row * uniforms.d;
    var squares = 0.0;
    var dots = 0.0;
    for (var i = i32(localId.x); i < uniforms.d; i += ${GROUP}) {
      let v = x[start + i];
      squares += v * v;
      dots += v * gain[i] * dy[start + i];
    }
    let r = inverseSqrt(groupSum(squares) / f32(uniforms.d) + uniforms.eps);
    let back = groupSum(dots) * r * r * r / f32(uniforms.d);
    if (row < uniforms.rows) {
      for (var i = i32(localId.x); i < uniforms.d; i += ${GROUP}) {
        dx[start + i] = dy[start + i] * gain[i] * r - x[start + i] * back;
      }
      if (localId.x == 0u) { scales[row] = r; }
    }
  }`,
} as const satisfies Stage;

/** Σ_rows dy·x·r of a part of the rows; workgroups [⌈d/GROUP⌉, parts], an invocation per feature. */
const gainSums = {
  name: 'rmsNorm gain',
  buffers: { x: 'read f32', dy: 'read f32', scales: 'read f32', sums: 'read_write f32' },
  uniforms: { rows: 'i32', d: 'i32', rowsOfPart: 'i32' },
  threads: GROUP,
  code: `
  fn main() {
    let i = i32(workgroupId.x) * ${GROUP} + i32(localId.x);
    if (i >= uniforms.d) { return; }
    let first = i32(workgroupId.y) * uniforms.rowsOfPart;
    let last = min(first + uniforms.rowsOfPart, uniforms.rows) - 1;
    var sum = 0.0;
    // Four at a time, so that one does not wait for the other.
    for (var row = first; row <= last; row += 4) {
      let rows = vec4i(row, row + 1, row + 2, row + 3);
      let near = min(rows, vec4i(last));
      let at = near * uniforms.d + i;
      let own = vec4f(x[at.x], x[at.y], x[at.z], x[at.w]) * vec4f(dy[at.x], dy[at.y], dy[at.z], dy[at.w]);
      let r = vec4f(scales[near.x], scales[near.y], scales[near.z], scales[near.w]);
      sum += dot(own, select(vec4f(), r, rows <= vec4i(last)));
    }
    sums[i32(workgroupId.y) * uniforms.d + i] = sum;
  }`,
} as const satisfies Stage;

/** Rows that an invocation adds up, and parts at most. */
const ROWS_OF_PART = 32;
const MOST_PARTS = 64;

export function rmsNormGpu(gpu: WebGPUBackend, x: Tensor2D, gain: Tensor1D, eps: number): Tensor2D {
  const [n, d] = x.shape;
  return runGpu<Tensor2D>(gpu, scaleRows, [x, gain], [n, d, eps], { shape: [n, d], groups: n });
}

/** [dx, dgain] */
export function rmsNormGpuBackward(
  gpu: WebGPUBackend,
  x: Tensor2D,
  gain: Tensor1D,
  dy: Tensor2D,
  eps: number,
): [Tensor2D, Tensor1D] {
  const [rows, d] = x.shape;
  const dx = newTensor<Tensor2D>(gpu, [rows, d]);
  const scales = newTensor<Tensor1D>(gpu, [rows]);
  run(gpu, backward, { x, gain, dy, dx, scales }, { rows, d, eps }, inTwoDimensions(rows));
  const rowsOfPart = Math.max(ROWS_OF_PART, Math.ceil(rows / MOST_PARTS));
  const parts = Math.ceil(rows / rowsOfPart);
  const sums = newTensor<Tensor2D>(gpu, [parts, d]);
  run(gpu, gainSums, { x, dy, scales, sums }, { rows, d, rowsOfPart }, [Math.ceil(d / GROUP), parts]);
  const dgain = newTensor<Tensor1D>(gpu, [d]);
  sumOfParts(gpu, sums, dgain, parts);
  for (const used of [scales, sums]) used.dispose();
  return [dx, dgain];
}
