/** The GPU memory that TensorFlow.js' WebGPU back end holds for tensors to come. */
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { tf } from '../tf.ts';
import { submit } from './record.ts';

/** Bytes of unused buffers that are worth keeping for the next tensors of their size. */
const keptBytes = 256e6;
/** Up to here a buffer is as large as its tensor. */
const smallest = 64;

/** A buffer that so many pieces of work did without is given back: what a piece needs varies a little with when commands go out. */
const patience = 16;
/** Pieces of work done so far, and which one gave a buffer back last. */
let work = 0;
const usedIn = new WeakMap<GPUBuffer, number>();

/**
 * Making a buffer takes the driver longer than most kernels run, and TensorFlow.js uses one again for exactly its size only, while
 * sequences come in ever new lengths. From here on sizes are rounded up, by an eighth at most, and an unused buffer is taken where
 * it is less than four times as large.
 */
export function roundBuffers(gpu: WebGPUBackend): void {
  const { bufferManager: manager } = gpu;
  const { maxBufferSize, maxStorageBufferBindingSize } = gpu.device.limits;
  const largest = Math.min(maxBufferSize, maxStorageBufferBindingSize);
  const asked = new WeakMap<GPUBuffer, number>();
  const { acquireBuffer, releaseBuffer } = manager;
  const { getBufferData } = gpu;
  const free = freeBuffers(manager);
  Object.assign(manager, {
    acquireBuffer(size: number, usage: GPUBufferUsageFlags, mapped?: boolean, reuse?: boolean): GPUBuffer {
      const stored = (usage & GPUBufferUsage.STORAGE) !== 0 && !mapped;
      const fitting = stored ? (unusedSize(free, size, usage) ?? roundedSize(size)) : size;
      const buffer = acquireBuffer.call(manager, fitting > largest ? size : fitting, usage, mapped, reuse);
      asked.set(buffer, size);
      return buffer;
    },
    releaseBuffer(buffer: GPUBuffer, reuse?: boolean): void {
      usedIn.set(buffer, work);
      releaseBuffer.call(manager, buffer, reuse);
    },
  });
  // It reads whole buffers.
  Object.assign(gpu, {
    async getBufferData(buffer: GPUBuffer): Promise<ArrayBuffer> {
      const data = await getBufferData.call(gpu, buffer);
      const size = asked.get(buffer) ?? buffer.size;
      return data.byteLength > size ? data.slice(0, size) : data;
    },
  });
}

/** The next of eight steps between two powers of two. */
export function roundedSize(size: number): number {
  if (size <= smallest) return size;
  const step = 2 ** (Math.floor(Math.log2(size)) - 3);
  return step * Math.ceil(size / step);
}

/** The smallest size of an unused buffer that has room for `size` bytes, and less than four times that. */
function unusedSize(
  free: ReadonlyMap<string, readonly GPUBuffer[]>,
  size: number,
  usage: GPUBufferUsageFlags,
): number | undefined {
  if (size <= smallest) return undefined;
  for (let room = roundedSize(size); room < 4 * size; room = roundedSize(room + 1))
    if ((free.get(`${room}_${usage}`)?.length ?? 0) > 0) return room;
  return undefined;
}

/**
 * Gives unused buffers back to the device when they are more than `kept` bytes: those that the last pieces of work did without, or
 * with `kept` = 0 all. So memory follows what is being done, and the next piece of its kind need not ask for it. Does nothing on
 * other back ends. Call it between two pieces of work, after a read-back.
 */
export function releaseUnused(kept = keptBytes): void {
  if (tf.getBackend() !== 'webgpu') return;
  const { bufferManager: manager } = tf.backend() as WebGPUBackend;
  const now = work++;
  if (manager.numBytesAllocated - manager.numBytesUsed <= kept) return;
  submit(tf.backend() as WebGPUBackend); // what is recorded may still use some of them
  const isStale = (buffer: GPUBuffer) => kept === 0 || (usedIn.get(buffer) ?? 0) <= now - patience;
  let left = 0;
  for (const buffers of freeBuffers(manager).values()) {
    const stale = buffers.filter(isStale);
    const fresh = buffers.filter((buffer) => !isStale(buffer));
    for (const buffer of stale) {
      manager.numBytesAllocated -= buffer.size;
      buffer.destroy();
    }
    buffers.splice(0, Infinity, ...fresh);
    left += fresh.length;
  }
  Object.assign(manager, { numFreeBuffers: left });
}

/** The manager's unused buffers by size and usage, which its published type hides. */
function freeBuffers(manager: object): Map<string, GPUBuffer[]> {
  if ('freeBuffers' in manager && manager.freeBuffers instanceof Map) {
    return manager.freeBuffers as Map<string, GPUBuffer[]>;
  }
  throw new Error("TensorFlow.js' WebGPU back end does not expose its unused buffers.");
}
