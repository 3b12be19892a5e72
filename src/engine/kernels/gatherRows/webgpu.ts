import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { runGpu } from '../../webgpu/program.ts';
import type { GpuKernel } from '../../webgpu/program.ts';
import type { Tensor1D, Tensor2D } from '../../tf.ts';

/**
 * One invocation per table value, which looks through all ids. A sum by atomics would be quicker for large tables, but its
 * order, and so its rounding, would change from run to run.
 */
const scatterAdd: GpuKernel = {
  name: 'scatterAdd',
  inputs: ['dy', 'ids'],
  uniforms: { n: 'i32', rows: 'i32', d: 'i32' },
  code: `
  fn main(index : i32) {
    let row = index / uniforms.d;
    if (row >= uniforms.rows) { return; }
    let column = index - row * uniforms.d;
    var sum = 0.0;
    for (var i = 0; i < uniforms.n; i++) {
      if (ids[i] == row) { sum += dy[i * uniforms.d + column]; }
    }
    result[index] = sum;
  }`,
};

/** The gradient of a table of `rows` rows. */
export function scatterAddGpu(gpu: WebGPUBackend, dy: Tensor2D, ids: Tensor1D, rows: number): Tensor2D {
  const [n, d] = dy.shape;
  return runGpu<Tensor2D>(gpu, scatterAdd, [dy, ids], [n, rows, d], { shape: [rows, d] });
}
