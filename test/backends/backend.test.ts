import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { defaultExperiment } from '../../src/config/experiment.ts';
import { AdamW, openBackend, tf } from '../../src/engine/index.ts';
import { compileKernels, moduleText } from '../../src/engine/wasm/build.ts';
import { wasmKernels } from '../../src/engine/wasm/kernels.ts';
import { tinyLlama } from '../../src/model/config.ts';
import { workloadOf } from '../../src/train/workload.ts';
import { openFor } from '../engine/backends.ts';

const node = { environment: 'node' } as const;

/** A page whose `navigator.gpu` offers this adapter, or none. */
function pageWithAdapter(info: Partial<GPUAdapterInfo> | null): void {
  const adapter = info && { info: { vendor: '', architecture: '', device: '', description: '', ...info } };
  vi.stubGlobal('navigator', { gpu: { requestAdapter: () => Promise.resolve(adapter) } });
}

afterEach(() => vi.unstubAllGlobals());

describe('openBackend', () => {
  it('starts cpu and wasm by name, and knows whether the kernels are in use', async () => {
    expect(await openBackend('cpu', node)).toMatchObject({ name: 'cpu' });
    expect(tf.getBackend()).toBe('cpu');
    expect(wasmKernels()).toBeNull();
    expect(await openBackend('wasm', node)).toMatchObject({ name: 'wasm', why: 'requested' });
    expect(wasmKernels()).not.toBeNull();
    await openBackend('wasm', { ...node, kernels: false });
    expect(wasmKernels()).toBeNull();
  });

  it.each([
    { vendor: 'google', architecture: 'swiftshader' },
    { vendor: 'mesa', description: 'llvmpipe (LLVM 15)' },
    { vendor: 'acme', isFallbackAdapter: true },
  ])('auto passes over the software adapter $vendor', async (info) => {
    pageWithAdapter(info);
    const opened = await openBackend('auto', { environment: 'browser' });
    expect(opened.name).toBe('wasm');
    expect(opened.why).toMatch(/software adapter/);
  });

  it('auto falls back to WebAssembly without an adapter, to plain JavaScript without SIMD', async () => {
    pageWithAdapter(null);
    expect(await openBackend('auto', { environment: 'browser' })).toMatchObject({ name: 'wasm' });
    vi.stubGlobal('WebAssembly', undefined);
    const opened = await openBackend('auto', { environment: 'browser' });
    expect(opened.name).toBe('cpu');
    expect(opened.why).toMatch(/SIMD/);
    await expect(openBackend('wasm', { environment: 'browser' })).rejects.toThrow(/SIMD is not supported/);
  });

  it('auto tries the work on both where there is a real GPU, takes the one that does it, and keeps no other', async () => {
    await openBackend('wasm', node);
    pageWithAdapter({ vendor: 'acme', description: 'A card that gives no device' });
    const e = { ...defaultExperiment, k: 2, promptsPerUpdate: 1, maxNewTokens: 4 };
    const workload = vi.fn(() => Promise.resolve(workloadOf(tinyLlama(40, { num_hidden_layers: 1 }), e)));
    const opened = await openBackend('auto', { environment: 'browser', workload });
    expect(opened).toMatchObject({ name: 'wasm', why: expect.stringMatching(/failed in a short trial/) });
    expect(workload).toHaveBeenCalledOnce();
    expect(tf.getBackend()).toBe('wasm');
    expect(Object.keys(tf.engine().registry)).not.toContain('webgpu');
    const before = tf.memory().numTensors;
    expect(tf.tidy(() => tf.sum(tf.ones([3])).dataSync()[0])).toBe(3);
    expect(tf.memory().numTensors).toBe(before);
    const broken = () => Promise.reject(new Error('its file is damaged'));
    await expect(openBackend('auto', { environment: 'browser', workload: broken })).rejects.toThrow(
      'damaged',
    );
  });

  it('says why WebGPU cannot be used', async () => {
    pageWithAdapter(null);
    await expect(openBackend('webgpu', { environment: 'browser' })).rejects.toThrow(/no graphics adapter/);
    vi.stubGlobal('navigator', {});
    await expect(openBackend('webgpu', { environment: 'browser' })).rejects.toThrow(/not available/);
  });
});

describe('module.ts', () => {
  it('is compiled from the sources as they are, and owns no static memory', async () => {
    const binary = await compileKernels();
    const file = await readFile(new URL('../../src/engine/wasm/module.ts', import.meta.url), 'utf8');
    expect(file === moduleText(binary), 'run `npm run build:kernels`').toBe(true);
    // A data section would overwrite the back end's memory, which the module shares.
    const module = await WebAssembly.compile(binary.slice());
    expect(WebAssembly.Module.imports(module).map(({ name }) => name)).toEqual(['memory']);
    expect(sections(binary)).not.toContain(11);
  });
});

/** The section numbers of a WebAssembly binary. */
function sections(binary: Uint8Array): number[] {
  const found: number[] = [];
  for (let at = 8; at < binary.length;) {
    found.push(binary[at++] ?? 0);
    let size = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = binary[at++] ?? 0;
      size |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    at += size;
  }
  return found;
}

describe('GPU errors', () => {
  it('stop the next optimizer step', async (context) => {
    await openFor(context, 'webgpu', 'as it is');
    const param = tf.variable(tf.ones([2]));
    const optimizer = new AdamW({ param }, { beta1: 0.9, beta2: 0.95, eps: 1e-8, weightDecay: 0 });
    const grads = { param: tf.ones([2]) };
    await optimizer.step(grads, 0.1, 1);
    const { device } = tf.backend() as WebGPUBackend;
    device.createShaderModule({ code: 'not WGSL' });
    await device.queue.onSubmittedWorkDone();
    await expect(optimizer.step(grads, 0.1, 1)).rejects.toThrow(/GPU reported an error/);
    await optimizer.step(grads, 0.1, 1);
    optimizer.dispose();
    tf.dispose([param, grads]);
  });
});
