/** The WebGPU back end that runs, and our kernels for it. Most machines compute without a GPU and never load them. */
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { tf } from '../tf.ts';

export interface Gpu extends Readonly<typeof import('./kernels.ts')> {
  readonly backend: WebGPUBackend;
}

let gpu: Gpu | null = null;

/** Once WebGPU is the back end: turns the WGSL kernels on, or off for comparison. */
export async function useGpuKernels(on: boolean): Promise<void> {
  gpu = on ? { ...(await import('./kernels.ts')), backend: tf.backend() as WebGPUBackend } : null;
}

/** The running WebGPU back end with its kernels; null on others, or with the kernels off. */
export const runningGpu = (): Gpu | null => (tf.getBackend() === 'webgpu' ? gpu : null);
