import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { GROUP, reductions, runGpu } from '../../webgpu/program.ts';
import type { GpuKernel } from '../../webgpu/program.ts';
import type { Tensor1D, Tensor2D } from '../../tf.ts';

/** One workgroup per row: its invocations share the sum of squares, then write every 64th feature each. */
const scaleRows: GpuKernel = {
  name: 'rmsNorm',
  inputs: ['x', 'gain'],
  // gainStride 0: one gain for all rows; d: a row of factors for each.
  uniforms: { rows: 'i32', d: 'i32', gainStride: 'i32', eps: 'f32' },
  code: `${reductions}
  fn main(index : i32) {
    let row = index / ${GROUP};
    let start = row * uniforms.d;
    var squares = 0.0;
    for (var i = i32(localId.x); i < uniforms.d; i += ${GROUP}) { squares += x[start + i] * x[start + i]; }
    let r = inverseSqrt(groupSum(squares) / f32(uniforms.d) + uniforms.eps);
    if (row < uniforms.rows) {
      for (var i = i32(localId.x); i < uniforms.d; i += ${GROUP}) {
        result[start + i] = x[start + i] * r * gain[row * uniforms.gainStride + i];
      }
    }
  }`,
};

/** dx = r·g·dy − x·r³/d·Σ(g·dy·x) */
const backward: GpuKernel = {
  name: 'rmsNormBackward',
  inputs: ['x', 'gain', 'dy'],
  uniforms: { rows: 'i32', d: 'i32', eps: 'f32' },
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
        result[start + i] = dy[start + i] * gain[i] * r - x[start + i] * back;
      }
    }
  }`,
};

export function rmsNormGpu(gpu: WebGPUBackend, x: Tensor2D, gain: Tensor1D, eps: number): Tensor2D {
  const [n, d] = x.shape;
  return runGpu<Tensor2D>(gpu, scaleRows, [x, gain], [n, d, 0, eps], { shape: [n, d], groups: n });
}

/** [dx, dgain]; dgain = Σ_rows dy·x·r is the forward kernel with dy for a gain, then a sum. */
export function rmsNormGpuBackward(
  gpu: WebGPUBackend,
  x: Tensor2D,
  gain: Tensor1D,
  dy: Tensor2D,
  eps: number,
): [Tensor2D, Tensor1D] {
  const [n, d] = x.shape;
  const dx = runGpu<Tensor2D>(gpu, backward, [x, gain, dy], [n, d, eps], { shape: [n, d], groups: n });
  const perRow = runGpu<Tensor2D>(gpu, scaleRows, [x, dy], [n, d, d, eps], { shape: [n, d], groups: n });
  const dgain = perRow.sum<Tensor1D>(0);
  perRow.dispose();
  return [dx, dgain];
}
