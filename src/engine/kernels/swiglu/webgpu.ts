import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { runGpu } from '../../webgpu/program.ts';
import type { GpuKernel } from '../../webgpu/program.ts';
import type { Tensor2D } from '../../tf.ts';

/** WGSL: σ(x), without the overflow of exp. */
export const sigmoid = `fn sigma(x : f32) -> f32 { return 1.0 / (1.0 + exp(-clamp(x, -87.0, 87.0))); }`;

/** One invocation per result. */
const forward: GpuKernel = {
  name: 'swiglu',
  inputs: ['gateUp'],
  uniforms: { rows: 'i32', f: 'i32' },
  code: `${sigmoid}
  fn main(index : i32) {
    let row = index / uniforms.f;
    if (row >= uniforms.rows) { return; }
    let at = index + row * uniforms.f;
    let g = gateUp[at];
    result[index] = g * sigma(g) * gateUp[at + uniforms.f];
  }`,
};

/** One invocation per input value: d gate = dy·up·σ(g)·(1 + g·(1 − σ(g))), d up = dy·g·σ(g). */
const backward: GpuKernel = {
  name: 'swigluBackward',
  inputs: ['gateUp', 'dy'],
  uniforms: { rows: 'i32', f: 'i32' },
  code: `${sigmoid}
  fn main(index : i32) {
    let row = index / (2 * uniforms.f);
    if (row >= uniforms.rows) { return; }
    let column = index - row * 2 * uniforms.f;
    if (column < uniforms.f) {
      let g = gateUp[index];
      let s = sigma(g);
      result[index] = dy[row * uniforms.f + column] * gateUp[index + uniforms.f] * s * (1.0 + g * (1.0 - s));
    } else {
      let g = gateUp[index - uniforms.f];
      result[index] = dy[row * uniforms.f + column - uniforms.f] * g * sigma(g);
    }
  }`,
};

export function swigluGpu(gpu: WebGPUBackend, gateUp: Tensor2D): Tensor2D {
  const [n, width] = gateUp.shape;
  return runGpu<Tensor2D>(gpu, forward, [gateUp], [n, width / 2], { shape: [n, width / 2] });
}

export function swigluGpuBackward(gpu: WebGPUBackend, gateUp: Tensor2D, dy: Tensor2D): Tensor2D {
  const [n, width] = gateUp.shape;
  return runGpu<Tensor2D>(gpu, backward, [gateUp, dy], [n, width / 2], { shape: [n, width] });
}
