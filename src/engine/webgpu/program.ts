import type { WebGPUBackend, WebGPUProgram } from '@tensorflow/tfjs-backend-webgpu';
import { tf } from '../tf.ts';
import type { Tensor } from '../tf.ts';
import { forgetHostCopy } from './record.ts';

/** One WGSL kernel. In `code`, inputs are arrays by their names, the output is `result`, scalars are `uniforms.name`. */
export interface GpuKernel {
  /** Unique with everything written into `code` as a constant: compiled kernels are cached by it. */
  readonly name: string;
  readonly inputs: readonly string[];
  readonly uniforms: Readonly<Record<string, 'i32' | 'f32'>>;
  /**
   * WGSL with a `fn main(index : i32)`. `index` counts invocations over all workgroups; `localId` and `workgroupId` are there
   * too. The last workgroups may lie outside the output: check before writing.
   */
  readonly code: string;
}

/** Invocations of one workgroup, in every kernel. */
export const GROUP = 64;

/** WGSL: sum and maximum over a workgroup. Every invocation must call them, outside of branches; all get the result. */
export const reductions = `
  var<workgroup> partial : array<f32, ${GROUP}>;
  fn groupSum(value : f32) -> f32 {
    let me = localId.x;
    workgroupBarrier();
    partial[me] = value;
    workgroupBarrier();
    for (var n = ${GROUP / 2}u; n > 0u; n = n >> 1u) {
      if (me < n) { partial[me] += partial[me + n]; }
      workgroupBarrier();
    }
    return partial[0];
  }
  fn groupMax(value : f32) -> f32 {
    let me = localId.x;
    workgroupBarrier();
    partial[me] = value;
    workgroupBarrier();
    for (var n = ${GROUP / 2}u; n > 0u; n = n >> 1u) {
      if (me < n) { partial[me] = max(partial[me], partial[me + n]); }
      workgroupBarrier();
    }
    return partial[0];
  }`;

let enabled = true;

/** Turns the WGSL kernels on (the default) or off, for comparison. */
export function useGpuKernels(on: boolean): void {
  enabled = on;
}

/** The running WebGPU back end; null on others, or with the kernels off. */
export function gpuBackend(): WebGPUBackend | null {
  return enabled && tf.getBackend() === 'webgpu' ? (tf.backend() as WebGPUBackend) : null;
}

/**
 * Runs a kernel.
 *
 * @param scalars the uniforms, in the order of the kernel's declaration
 * @param groups number of workgroups of GROUP invocations; default: one invocation per output value
 * @param into write here instead of a new tensor; values the kernel does not write stay
 */
export function runGpu<T extends Tensor>(
  gpu: WebGPUBackend,
  kernel: GpuKernel,
  inputs: readonly Tensor[],
  scalars: readonly number[],
  target:
    | { readonly shape: readonly number[]; readonly groups?: number }
    | { readonly into: T; readonly groups?: number },
): T {
  const shape = 'into' in target ? target.into.shape : [...target.shape];
  const size = shape.reduce((a, b) => a * b, 1);
  const types = Object.entries(kernel.uniforms);
  const program: WebGPUProgram = {
    variableNames: [...kernel.inputs],
    outputShape: shape,
    workgroupSize: [GROUP, 1, 1],
    dispatchLayout: { x: shape.map((_, axis) => axis) },
    dispatch: [target.groups ?? Math.ceil(size / GROUP), 1, 1],
    shaderKey: `cocos ${kernel.name}`,
    uniforms: types.map(([name, type]) => `${name} : ${type}, `).join(''),
    getUserCode: () => kernel.code,
  };
  const values = types.map(([, type], i) => ({
    type: type === 'i32' ? 'int32' : 'float32',
    data: [scalars[i] ?? NaN],
  }));
  if ('into' in target) {
    gpu.runWebGPUProgram(program, [...inputs], target.into.dtype, values, target.into);
    forgetHostCopy(gpu, target.into);
    return target.into;
  }
  const info = gpu.runWebGPUProgram(program, [...inputs], 'float32', values);
  return tf.engine().makeTensorFromTensorInfo(info) as T;
}
