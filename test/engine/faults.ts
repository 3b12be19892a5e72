/** Breaks the running back end for good reasons: real traps and a heap that is really full. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { OutOfMemoryError, tf } from '../../src/engine/index.ts';
import { wasmKernels, type KernelName } from '../../src/engine/wasm/kernels.ts';

/** Takes the WASM heap's address space but for `leaving` bytes, or up to a half of it. What is taken is never touched, so it costs nothing. */
export function fillHeap(leaving: number): void {
  const heap: object = (tf.backend() as BackendWasm).wasm;
  const { _malloc: malloc } = heap as { _malloc(bytes: number): number };
  for (let block = 2 ** 30; block >= leaving / 4; block /= 2) {
    try {
      for (;;) malloc(block);
    } catch (error) {
      if (!(error instanceof OutOfMemoryError)) throw error;
    }
  }
}

/** The next call of this kernel reads beyond the end of memory. */
export function trap(name: KernelName): void {
  const kernels = wasmKernels();
  if (!kernels) throw new Error('The WASM kernels are not running.');
  const { run } = kernels;
  const wild = () => run.scatterAdd(1, 1, 4, 0, 0xfffffff0, 0);
  Object.assign(kernels, { run: { ...run, [name]: wild } });
}
