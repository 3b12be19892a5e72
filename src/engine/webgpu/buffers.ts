/** The GPU memory that TensorFlow.js' WebGPU back end holds for tensors to come. */
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { tf } from '../tf.ts';
import { forgetBindings, numberOf, submit } from './record.ts';

/** Bytes of unused buffers that are kept in any case, for the next tensors of their size. */
const keptBytes = 256e6;
/** Up to here a buffer is as large as its tensor. */
const smallest = 64;
/** A buffer that so many pieces of work did without is given back: what a piece needs varies a little with when commands go out. */
const patience = 16;
/** As large as all buffers together may be, to what was in use at once in the last pieces of work. */
const spare = 1.25;

/** What is known of a back end's buffers. */
interface Pool {
  /** Pieces of work done so far. */
  work: number;
  /** In which piece a buffer was given back last. */
  readonly returned: WeakMap<GPUBuffer, number>;
  /** Bytes in use at once, at most: in the present piece and in those before it, the last first. */
  peaks: readonly number[];
}
const pools = new WeakMap<object, Pool>();

/**
 * Making a buffer takes the driver longer than most kernels run, and TensorFlow.js uses one again for exactly its size only, while
 * sequences come in ever new lengths. From here on sizes are rounded up, by an eighth at most, and an unused buffer is taken where
 * it is less than twice as large. Once a back end.
 */
export function roundBuffers(gpu: WebGPUBackend): void {
  const { bufferManager: manager } = gpu;
  if (pools.has(manager)) return;
  const pool: Pool = { work: 0, returned: new WeakMap(), peaks: [0] };
  pools.set(manager, pool);
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
      const [now = 0, ...before] = pool.peaks;
      if (manager.numBytesUsed > now) pool.peaks = [manager.numBytesUsed, ...before];
      return buffer;
    },
    releaseBuffer(buffer: GPUBuffer, reuse?: boolean): void {
      pool.returned.set(buffer, pool.work);
      releaseBuffer.call(manager, buffer, reuse);
      if (reuse !== false) lowestLast(free.get(`${buffer.size}_${buffer.usage}`) ?? []);
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

/**
 * Puts the last buffer to its place: the lowest number is taken next. So pieces of work that are alike find the same buffers for the
 * same tensors, whatever was given back in which order, and their bindings are known (`record.ts`).
 */
function lowestLast(unused: GPUBuffer[]): void {
  for (let i = unused.length - 1; i > 0; i--) {
    const [before, own] = [unused[i - 1], unused[i]];
    if (!before || !own || numberOf(before) > numberOf(own)) return;
    [unused[i - 1], unused[i]] = [own, before];
  }
}

/** The next of eight steps between two powers of two. */
export function roundedSize(size: number): number {
  if (size <= smallest) return size;
  const step = 2 ** (Math.floor(Math.log2(size)) - 3);
  return step * Math.ceil(size / step);
}

/** The smallest size of an unused buffer that has room for `size` bytes, and less than twice that. */
function unusedSize(
  free: ReadonlyMap<string, readonly GPUBuffer[]>,
  size: number,
  usage: GPUBufferUsageFlags,
): number | undefined {
  if (size <= smallest) return undefined;
  for (let room = roundedSize(size); room < 2 * size; room = roundedSize(room + 1))
    if ((free.get(`${room}_${usage}`)?.length ?? 0) > 0) return room;
  return undefined;
}

/**
 * Gives unused buffers back to the device when they are more than `kept` bytes: those that the last pieces of work did without, then
 * the oldest, until all together are at most 1.25 times what was in use at once; with `kept` = 0 all. So memory follows what is
 * being done, and the next piece of its kind need not ask for it. Does nothing on other back ends. Call it between two pieces of
 * work, after a read-back.
 */
export function releaseUnused(kept = keptBytes): void {
  if (tf.getBackend() !== 'webgpu') return;
  const { bufferManager: manager } = tf.backend() as WebGPUBackend;
  const pool = pools.get(manager);
  const most = pool ? Math.max(manager.numBytesUsed + kept, spare * Math.max(...pool.peaks)) : 0;
  const now = pool ? pool.work++ : 0;
  if (pool) pool.peaks = [manager.numBytesUsed, ...pool.peaks].slice(0, patience);
  if (manager.numBytesAllocated - manager.numBytesUsed <= kept) return;
  submit(tf.backend() as WebGPUBackend); // what is recorded may still use some of them
  const free = freeBuffers(manager);
  const age = (buffer: GPUBuffer) => now - (pool?.returned.get(buffer) ?? -Infinity);
  const oldestFirst = [...free.values()].flat().sort((a, b) => age(b) - age(a));
  const gone = new Set<GPUBuffer>();
  for (const buffer of oldestFirst) {
    if (kept > 0 && age(buffer) < patience && manager.numBytesAllocated <= most) break;
    manager.numBytesAllocated -= buffer.size;
    buffer.destroy();
    gone.add(buffer);
  }
  if (gone.size > 0) forgetBindings((tf.backend() as WebGPUBackend).device);
  for (const buffers of free.values())
    buffers.splice(0, Infinity, ...buffers.filter((one) => !gone.has(one)));
  Object.assign(manager, { numFreeBuffers: oldestFirst.length - gone.size });
}

/** The manager's unused buffers by size and usage, which its published type hides. */
function freeBuffers(manager: object): Map<string, GPUBuffer[]> {
  if ('freeBuffers' in manager && manager.freeBuffers instanceof Map) {
    return manager.freeBuffers as Map<string, GPUBuffer[]>;
  }
  throw new Error("TensorFlow.js' WebGPU back end does not expose its unused buffers.");
}
