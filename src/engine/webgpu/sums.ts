/** Sums of two tensors on the GPU, those that TensorFlow.js' gradients make among them. */
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { tf } from '../tf.ts';
import type { KernelFunc } from '../tf.ts';
import { inTwoDimensions, once, run, type Stage } from './record.ts';
import { runningGpu } from './running.ts';

const threads = 256;

const stageOf = once((type: 'vec4f' | 'f32') => {
  return {
    name: `sum ${type}`,
    buffers: { a: `read ${type}`, b: `read ${type}`, result: `read_write ${type}` },
    uniforms: {},
    threads,
    indexed: true,
    code: `
  fn main(index : i32) {
    if (index < i32(arrayLength(&result))) { result[index] = a[index] + b[index]; }
  }`,
  } as const satisfies Stage;
});

let theirs: KernelFunc | null = null;

/**
 * TensorFlow.js' `Add` takes the host some 140 µs, more than the GPU, and a training step adds at every layer, forward and backward; what
 * gradients of one tensor add up to is not ours to ask for. So its kernel is replaced, where shapes are the same and our kernels run.
 */
export function useOwnSums(): void {
  const kernel = tf.getKernel('Add', 'webgpu');
  theirs ??= kernel.kernelFunc;
  kernel.kernelFunc = sum;
}

const sum: KernelFunc = (given) => {
  const { a, b } = given.inputs;
  if (!a || !b || !theirs) throw new Error('Add: an input is missing.');
  const alike = a.shape.length === b.shape.length && a.shape.every((size, i) => size === b.shape[i]);
  const size = a.shape.reduce((product, side) => product * side, 1);
  const gpu = given.backend as WebGPUBackend;
  // A tensor of whole numbers that was cast may still have them in its buffer.
  const floats = [a, b].every(({ dataId }) => gpu.tensorMap.get(dataId).dtype === 'float32');
  if (!runningGpu() || !alike || size === 0 || !floats || gpu.shouldExecuteOnCPU([a, b]))
    return theirs(given);
  const result = gpu.makeTensorInfo([...a.shape], 'float32');
  const whole = ({ dataId }: { dataId: object }) => ({ tensor: { dataId }, offset: 0, size });
  const vectors = size % 4 === 0;
  const groups = inTwoDimensions(Math.ceil(size / (vectors ? 4 : 1) / threads));
  const tensors = { a: whole(a), b: whole(b), result: whole(result) };
  run(gpu, stageOf(vectors ? 'vec4f' : 'f32'), tensors, {}, groups);
  return result;
};
