import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { Tensor } from '../tf.ts';
import { inTwoDimensions, newTensor, run } from './record.ts';
import type { Stage } from './record.ts';

/** One WGSL kernel. In `code`, inputs are arrays by their names, the output is `result`, scalars are `uniforms.name`. */
export interface GpuKernel {
  /** For error messages of the GPU. */
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

/** WGSL: a line for each of so many numbers from 0 on. */
export const each = (count: number, line: (i: number) => string, between = '\n      '): string =>
  Array.from({ length: count }, (_, i) => line(i)).join(between);

/** How many sums of some of their values a workgroup's reductions make first, in `firsts`. */
export const firstsOf = (threads: number) => (threads > 64 ? 16 : 8);

/**
 * WGSL: sum and maximum over a workgroup, in two steps rather than by halves, because barriers take longer than additions. Every
 * invocation must call them, outside of branches; all get the result.
 */
export function reductionsOf(threads: number): string {
  const firsts = firstsOf(threads);
  const reduction = (name: string, both: (a: string, b: string) => string) => `
  fn ${name}(value : f32) -> f32 {
    let me = localId.x;
    workgroupBarrier();
    partial[me] = value;
    workgroupBarrier();
    if (me < ${firsts}u) {
      var some = partial[me];
      for (var i = me + ${firsts}u; i < ${threads}u; i += ${firsts}u) { some = ${both('some', 'partial[i]')}; }
      firsts[me] = some;
    }
    workgroupBarrier();
    var all = firsts[0];
    for (var i = 1u; i < ${firsts}u; i++) { all = ${both('all', 'firsts[i]')}; }
    return all;
  }`;
  return `
  var<workgroup> partial : array<f32, ${threads}>;
  var<workgroup> firsts : array<f32, ${firsts}>;
  ${reduction('groupSum', (a, b) => `${a} + ${b}`)}
  ${reduction('groupMax', (a, b) => `max(${a}, ${b})`)}`;
}
/** Over a workgroup of GROUP. */
export const reductions = reductionsOf(GROUP);

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
  const result = 'into' in target ? target.into : newTensor<T>(gpu, shape);
  if (size === 0) return result;
  const stage = stageOf(
    kernel,
    inputs.map(({ dtype }) => (dtype === 'int32' ? 'read i32' : 'read f32')),
  );
  const tensors = Object.fromEntries(kernel.inputs.map((name, i) => [name, inputs[i] as Tensor]));
  const numbers = Object.fromEntries(
    Object.keys(kernel.uniforms).map((name, i) => [name, scalars[i] ?? NaN]),
  );
  run(gpu, stage, { ...tensors, result }, numbers, inTwoDimensions(target.groups ?? Math.ceil(size / GROUP)));
  return result;
}

const stages = new WeakMap<GpuKernel, Map<string, Stage>>();

/** Made once a kernel and types of its inputs. */
function stageOf(kernel: GpuKernel, types: readonly ('read i32' | 'read f32')[]): Stage {
  const known = stages.get(kernel) ?? new Map<string, Stage>();
  stages.set(kernel, known);
  const key = types.join();
  const stage: Stage = known.get(key) ?? {
    ...{ name: kernel.name, uniforms: kernel.uniforms, code: kernel.code, threads: GROUP, indexed: true },
    buffers: {
      ...Object.fromEntries(kernel.inputs.map((name, i) => [name, types[i] ?? 'read f32'])),
      result: 'read_write f32',
    },
  };
  known.set(key, stage);
  return stage;
}
