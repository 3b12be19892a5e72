/** Back ends that are lost, and memory that runs out: what is said, and that a new one starts. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import {
  backendFault,
  BackendLostError,
  matMul,
  OutOfMemoryError,
  reopenBackend,
  tf,
} from '../../src/engine/index.ts';
import { wasmKernels } from '../../src/engine/wasm/kernels.ts';
import { open, openFor } from '../engine/backends.ts';
import { fillHeap, trap } from '../engine/faults.ts';

const node = { environment: 'node' } as const;

/** A product of our kernels and an operation of the back end's own, read back. */
async function works(): Promise<boolean> {
  const result = tf.tidy(() => matMul(tf.ones([2, 3]), tf.ones([3, 2])).add(1));
  const values = [...(await result.data())];
  result.dispose();
  return values.every((value) => value === 4);
}

async function failure(work: () => unknown): Promise<unknown> {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error('It did not fail.');
}

afterEach(() => vi.unstubAllGlobals());

describe('a lost GPU', () => {
  it('is told from other errors, and opened again', async (context) => {
    await openFor(context, 'webgpu');
    const left = matMul(tf.ones([64, 64]), tf.ones([64, 64])); // so large that it is on the GPU
    const { device } = tf.backend() as WebGPUBackend;
    device.destroy();
    const error = await failure(() => left.data());
    expect(await backendFault(error)).toBeInstanceOf(BackendLostError);
    expect(await reopenBackend('webgpu', node)).toMatchObject({ name: 'webgpu' });
    expect((tf.backend() as WebGPUBackend).device).not.toBe(device);
    expect(await works()).toBe(true);
    const tensors = tf.memory().numTensors;
    left.dispose(); // of the device that is gone
    expect(tf.memory().numTensors).toBe(tensors - 1);
    expect(await backendFault(new Error('another'))).toBeNull();
  });

  it('is replaced by WebAssembly where no adapter is left, and says so', async (context) => {
    await openFor(context, 'webgpu');
    (tf.backend() as WebGPUBackend).device.destroy();
    vi.stubGlobal('navigator', { gpu: { requestAdapter: () => Promise.resolve(null) } });
    const opened = await reopenBackend('webgpu', node);
    expect(opened.name).toBe('wasm');
    expect(opened.why).toMatch(/no graphics adapter/);
    expect(await works()).toBe(true);
  });
});

describe('GPU memory', () => {
  it('that cannot be had is an OutOfMemoryError', async (context) => {
    await openFor(context, 'webgpu');
    const { device } = tf.backend() as WebGPUBackend;
    const floats = device.limits.maxBufferSize / 4 + 1024;
    const wrong = tf.tidy(() => tf.fill([floats], 1).sum());
    await wrong.data(); // gives a number, but not the right one
    expect(await backendFault(null)).toBeInstanceOf(OutOfMemoryError);
    wrong.dispose();
    await reopenBackend('webgpu', node);
    expect(await works()).toBe(true);
  });
});

describe('the WebAssembly heap', () => {
  it('throws an OutOfMemoryError when it is full, in our kernels and in others, and writes nothing', async () => {
    await open('wasm');
    const kept = tf.tensor1d([1, 2, 3]);
    fillHeap(4e6);
    const big = new Float32Array(2e6);
    expect(await backendFault(await failure(() => tf.tensor1d(big)))).toBeInstanceOf(OutOfMemoryError);
    expect(await backendFault(await failure(() => tf.fill([2e6], 1)))).toBeInstanceOf(OutOfMemoryError);
    const wide = await failure(() => tf.tidy(() => matMul(tf.ones([4000, 1]), tf.ones([1, 500]))));
    expect(await backendFault(wide)).toBeInstanceOf(OutOfMemoryError);
    expect([...(await kept.data())]).toEqual([1, 2, 3]);
    expect(await works()).toBe(true);
    await reopenBackend('wasm', node);
    expect(tf.memory().numTensors).toBeGreaterThan(0);
    kept.dispose();
    expect(await works()).toBe(true);
    expect(wasmKernels()?.memory.buffer.byteLength).toBeLessThan(100e6);
  });

  it('is given up after a trap', async () => {
    await open('wasm');
    const before = tf.backend() as BackendWasm;
    trap('gemm');
    expect(await backendFault(await failure(works))).toBeInstanceOf(BackendLostError);
    await reopenBackend('wasm', node);
    expect(tf.backend()).not.toBe(before);
    expect(await works()).toBe(true);
  });
});
