/** The WebGPU back end that runs, and our kernels for it. Most machines compute without a GPU and never load them. */
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { tf } from '../tf.ts';

/** With `kernels`, which `kernels.ts` declares. */
export interface Gpu {
  readonly backend: WebGPUBackend;
}

let gpu: Gpu | null = null;

/** Once WebGPU is the back end. @param kernels null: none, for comparison */
export function useGpuKernels(kernels: Gpu['kernels'] | null): void {
  gpu = kernels && { kernels, backend: tf.backend() as WebGPUBackend };
}

/** The running WebGPU back end with its kernels; null on others, or without the kernels. */
export const runningGpu = (): Gpu | null => (tf.getBackend() === 'webgpu' ? gpu : null);
