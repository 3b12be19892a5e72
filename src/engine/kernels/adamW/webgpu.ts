/** AdamW on the GPU: three dispatches per parameter, each making a new tensor: TensorFlow.js keeps what the host has read of a tensor. */
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { runGpu } from '../../webgpu/program.ts';
import type { GpuKernel } from '../../webgpu/program.ts';
import type { Tensor } from '../../tf.ts';

/** m' = β·m + (1−β)·(clip·g)^power; power 1 for the mean, 2 for the square. */
const moment = (power: 1 | 2): GpuKernel => ({
  name: `adamMoment ${power}`,
  inputs: ['old', 'grad'],
  uniforms: { n: 'i32', beta: 'f32', rest: 'f32', clip: 'f32' },
  code: `
  fn main(index : i32) {
    if (index >= uniforms.n) { return; }
    let g = grad[index] * uniforms.clip;
    result[index] = uniforms.beta * old[index] + uniforms.rest * ${power === 1 ? 'g' : 'g * g'};
  }`,
});

/** θ' = keep·θ − step·m/(√(v·correct) + eps) */
const update: GpuKernel = {
  name: 'adamUpdate',
  inputs: ['param', 'm', 'v'],
  uniforms: { n: 'i32', keep: 'f32', step: 'f32', correct: 'f32', eps: 'f32' },
  code: `
  fn main(index : i32) {
    if (index >= uniforms.n) { return; }
    let root = sqrt(v[index] * uniforms.correct) + uniforms.eps;
    result[index] = uniforms.keep * param[index] - uniforms.step * m[index] / root;
  }`,
};

export interface AdamFactors {
  readonly clip: number;
  readonly beta1: number;
  readonly beta2: number;
  /** 1 − lr·λ */
  readonly keep: number;
  /** lr/(1 − β1^t) */
  readonly step: number;
  /** 1/(1 − β2^t) */
  readonly correct: number;
  readonly eps: number;
}

/** The new [parameter, m, v]. */
export function adamWGpu(
  gpu: WebGPUBackend,
  param: Tensor,
  grad: Tensor,
  m: Tensor,
  v: Tensor,
  { clip, beta1, beta2, keep, step, correct, eps }: AdamFactors,
): [Tensor, Tensor, Tensor] {
  const n = param.size;
  const { shape } = param;
  const m1 = runGpu<Tensor>(gpu, moment(1), [m, grad], [n, beta1, 1 - beta1, clip], { shape });
  const v1 = runGpu<Tensor>(gpu, moment(2), [v, grad], [n, beta2, 1 - beta2, clip], { shape });
  return [runGpu<Tensor>(gpu, update, [param, m1, v1], [n, keep, step, correct, eps], { shape }), m1, v1];
}
