import { tf } from './tf.ts';
import { wasmKernels } from './wasm/kernels.ts';

/**
 * Counts the operations that `work` starts on the current back end: kernels of TensorFlow.js and calls into our WebAssembly
 * module (not its questions about scratch space). Our WebGPU kernels are not among them. Unlike time, the count has no noise. It
 * slows `work` a little.
 */
export async function countOps(work: () => Promise<unknown>): Promise<number> {
  let count = 0;
  const restore: (() => void)[] = [];
  for (const kernel of tf.getKernelsForBackend(tf.getBackend())) {
    const { kernelFunc } = kernel;
    kernel.kernelFunc = (params) => {
      count++;
      return kernelFunc(params);
    };
    restore.push(() => (kernel.kernelFunc = kernelFunc));
  }
  const wasm = wasmKernels();
  if (wasm) {
    const { run } = wasm;
    const counted = Object.entries(run).map(([name, call]) => {
      if (typeof call !== 'function' || name.endsWith('Scratch')) return [name, call] as const;
      const counting = (...args: number[]): number => {
        count++;
        return call(...args);
      };
      return [name, counting] as const;
    });
    Object.assign(wasm, { run: Object.fromEntries(counted) });
    restore.push(() => Object.assign(wasm, { run }));
  }
  try {
    await work();
  } finally {
    for (const undo of restore) undo();
  }
  return count;
}
