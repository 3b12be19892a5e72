import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { runGpu } from '../../webgpu/program.ts';
import type { GpuKernel } from '../../webgpu/program.ts';
import type { Tensor1D, Tensor2D } from '../../tf.ts';
import type { HeadShape } from '../shape.ts';

/** One invocation per value; the angles' cosines and sines come from a table, row = position. */
const rotate: GpuKernel = {
  name: 'rope',
  inputs: ['qkv', 'positions', 'angles'],
  uniforms: { rows: 'i32', width: 'i32', turned: 'i32', headDim: 'i32', sign: 'f32' },
  code: `
  fn main(index : i32) {
    let row = index / uniforms.width;
    if (row >= uniforms.rows) { return; }
    let column = index - row * uniforms.width;
    if (column >= uniforms.turned) {
      result[index] = qkv[index];
      return;
    }
    let half = uniforms.headDim / 2;
    let within = column % uniforms.headDim;
    let i = within % half;
    let angle = positions[row] * uniforms.headDim + i;
    let c = angles[angle];
    let s = angles[angle + half] * uniforms.sign;
    if (within < half) {
      result[index] = qkv[index] * c - qkv[index + half] * s;
    } else {
      result[index] = qkv[index] * c + qkv[index - half] * s;
    }
  }`,
};

/** @param sign 1 turns forward, −1 back (the gradient) */
export function ropeGpu(
  gpu: WebGPUBackend,
  qkv: Tensor2D,
  positions: Tensor1D,
  angles: Tensor2D,
  { heads, kvHeads, headDim }: HeadShape,
  sign: 1 | -1,
): Tensor2D {
  const [rows, width] = qkv.shape;
  const scalars = [rows, width, (heads + kvHeads) * headDim, headDim, sign];
  return runGpu<Tensor2D>(gpu, rotate, [qkv, positions, angles], scalars, { shape: [rows, width] });
}
