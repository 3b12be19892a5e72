import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { tf } from '../tf.ts';
import { submit } from './record.ts';

/** Bytes of unused buffers that are worth keeping for the next tensors of their size. */
const keptBytes = 256e6;

/**
 * TensorFlow.js keeps every GPU buffer it gets back, for a later tensor of exactly that size. Sequences come in ever new
 * lengths, so that without this the GPU fills up. Gives all unused buffers back to the device when they are more than
 * `kept` bytes; does nothing on other back ends. Call it between two pieces of work, after a read-back.
 */
export function releaseUnused(kept = keptBytes): void {
  if (tf.getBackend() !== 'webgpu') return;
  const { bufferManager: manager } = tf.backend() as WebGPUBackend;
  if (manager.numBytesAllocated - manager.numBytesUsed <= kept) return;
  submit(tf.backend() as WebGPUBackend); // what is recorded may still use some of them
  const free = freeBuffers(manager);
  for (const buffers of free.values()) {
    for (const buffer of buffers) {
      manager.numBytesAllocated -= buffer.size;
      buffer.destroy();
    }
    buffers.length = 0;
  }
  Object.assign(manager, { numFreeBuffers: 0 });
}

/** The manager's unused buffers by size and usage, which its published type hides. */
function freeBuffers(manager: object): Map<string, GPUBuffer[]> {
  if ('freeBuffers' in manager && manager.freeBuffers instanceof Map) {
    return manager.freeBuffers as Map<string, GPUBuffer[]>;
  }
  throw new Error("TensorFlow.js' WebGPU back end does not expose its unused buffers.");
}
