import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { tf } from './tf.ts';
import { wasmKernels } from './wasm/kernels.ts';

export interface MemoryLimits {
  /** Bytes that the running back end can have; null where nothing tells. */
  readonly limit: number | null;
  /** Bytes of its largest single buffer; null where only `limit` counts. */
  readonly largestBuffer: number | null;
}

/** TensorFlow.js builds its WebAssembly module for at most 65,535 pages of 64 KiB. */
const wasmHeap = 65_535 * 65_536;

/** What the running back end can have. Half of the device's memory, where the browser tells it, is left to everything else. */
export function memoryLimits(): MemoryLimits {
  const half = deviceMemory() / 2;
  const orNull = (bytes: number) => (Number.isFinite(bytes) ? bytes : null);
  if (tf.getBackend() === 'wasm') return { limit: Math.min(wasmHeap, half), largestBuffer: null };
  if (tf.getBackend() !== 'webgpu') return { limit: orNull(half), largestBuffer: null };
  const { limits } = (tf.backend() as WebGPUBackend).device;
  const largestBuffer = Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize);
  return { limit: orNull(half), largestBuffer };
}

/** Bytes of WASM's memory, which only grows: the most that was needed since it was opened. 0 on other back ends. */
export const heapBytes = (): number => wasmKernels()?.memory.buffer.byteLength ?? 0;

/** Bytes, rounded down by the browser to hide which machine it is; Infinity where it does not tell. */
function deviceMemory(): number {
  if (typeof navigator === 'undefined' || !('deviceMemory' in navigator)) return Infinity;
  const { deviceMemory: gigabytes } = navigator;
  return typeof gigabytes === 'number' && gigabytes > 0 ? gigabytes * 2 ** 30 : Infinity;
}
