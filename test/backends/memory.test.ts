import { readFileSync } from 'node:fs';
import { withChanges } from '../../src/config/experiment.ts';
import { beforeAll, describe, expect, it } from 'vitest';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { matMul, openBackend, releaseUnused, reopenBackend, tf } from '../../src/engine/index.ts';
import { roundedSize } from '../../src/engine/webgpu/buffers.ts';
import { wasmKernels } from '../../src/engine/wasm/kernels.ts';
import { findPreset, presetExperiment } from '../../src/config/presets.ts';
import { tinyLlama } from '../../src/model/config.ts';
import { initialWeights } from '../../src/model/parameters.ts';
import { Tokenizer } from '../../src/tasks/tokenizer.ts';
import { oursFormat } from '../../src/tasks/formats/ours.ts';
import { SharedModel } from '../../src/train/sharedModel.ts';
import { wholeBase } from '../../src/train/base.ts';
import { countsLetter } from '../unit/train/fakeSandbox.ts';
import { evaluate, expectNoGpuErrors, open, openFor } from '../engine/backends.ts';
import { opCases, seeded } from '../engine/cases.ts';

const format = oursFormat(Tokenizer.fromBytes(readFileSync('public/models/boost/tokenizer.json')));
const config = tinyLlama(format.tokens, { hidden_size: 16, intermediate_size: 24, num_hidden_layers: 1 });
const preset = findPreset('micro');
if (!preset) throw new Error('There is no preset "micro".');
const micro = withChanges(presetExperiment(preset), { maxNewTokens: 12, evalTasks: 4 });

describe('memory on wasm', () => {
  beforeAll(async () => {
    await open('wasm');
  });

  it('does not grow while the same work is repeated', async () => {
    const work = async () => {
      for (const opCase of opCases) await evaluate(opCase);
    };
    const heap = () => wasmKernels()?.memory.buffer.byteLength;
    await work();
    const before = { heap: heap(), ...tf.memory() };
    for (let i = 0; i < 10; i++) await work();
    expect({ heap: heap(), ...tf.memory() }).toEqual(before);
  });

  it('does not grow over whole updates and evaluations', async () => {
    const loaded = new SharedModel({
      model: micro.model,
      backend: await openBackend('wasm', { environment: 'node' }),
      reopen: () => reopenBackend('wasm', { environment: 'node' }),
      base: wholeBase({ config, weights: initialWeights(config, seeded(3)) }, format),
      sandbox: countsLetter('e'),
    });
    const run = await loaded.begin(micro);
    const held = () => ({ heap: wasmKernels()?.memory.buffer.byteLength, ...tf.memory() });
    const train = async (updates: number) => {
      for (let i = 0; i < updates; i++) await run.update();
      await run.evaluate();
    };
    await train(2);
    const before = held();
    await train(20);
    expect(held()).toEqual(before);
    run.dispose();
  });

  it('is shared by a clone, which outlives its original', async () => {
    const x = tf.tensor1d([1, 2, 3]);
    const copy = x.clone();
    expect(wasmKernels()?.address(copy)).toBe(wasmKernels()?.address(x));
    x.dispose();
    tf.tidy(() => tf.fill([3], 9)); // would take the place of freed values
    expect([...(await copy.data())]).toEqual([1, 2, 3]);
    copy.dispose();
  });
});

describe('memory on webgpu', () => {
  it('does not fill with buffers of sizes that do not come again', async (context) => {
    await openFor(context, 'webgpu');
    const { bufferManager } = tf.backend() as WebGPUBackend;
    const work = async (rows: number) => {
      const product = tf.tidy(() => matMul(tf.ones([rows, 32]), tf.ones([32, 48])));
      await product.data();
      product.dispose();
    };
    await work(16);
    releaseUnused(0);
    const before = bufferManager.numBytesAllocated;
    for (let rows = 100; rows < 120; rows++) await work(rows);
    expect(bufferManager.numBytesAllocated).toBeGreaterThan(before);
    releaseUnused();
    expect(bufferManager.numBytesAllocated).toBeGreaterThan(before); // too little to bother
    releaseUnused(0);
    expect(bufferManager.numBytesAllocated).toBe(before);
    await work(16);
    await expectNoGpuErrors();
  });

  it('sends more than its buffer for uploads holds before anything is submitted', async (context) => {
    await openFor(context, 'webgpu');
    const numbers = 40_000; // 40 × 160 kB through 1 MB
    const tensors = Array.from({ length: 40 }, (_, i) => tf.fill<tf.Rank.R1>([numbers], i));
    const sent = Array.from({ length: 40 }, (_, i) =>
      tf.tensor1d(new Int32Array(numbers).fill(100 * i), 'int32'),
    );
    const sums = sent.map((one, i) => tf.tidy(() => tf.add(one.cast('float32'), tensors[i] ?? one)));
    for (const [i, sum] of sums.entries()) {
      const values = await sum.data();
      expect([values[0], values[numbers - 1]]).toEqual([101 * i, 101 * i]);
    }
    tf.dispose([tensors, sent, sums]);
    await expectNoGpuErrors();
  });

  it('serves other lengths as well, and a tensor is read as long as it is', async (context) => {
    await openFor(context, 'webgpu');
    releaseUnused(0);
    const { bufferManager } = tf.backend() as WebGPUBackend;
    const work = async (rows: number) => {
      const product = tf.tidy(() => matMul(tf.ones([rows, 32]), tf.ones([32, 48])));
      const values = await product.data();
      product.dispose();
      return values;
    };
    await work(120);
    const before = bufferManager.numBytesAllocated;
    for (const rows of [119, 101, 64, 40]) {
      expect([...(await work(rows))]).toEqual(new Array(48 * rows).fill(32));
    }
    // What is read goes through a buffer of its own, of the length that was read.
    expect(bufferManager.numBytesAllocated - before).toBeLessThan(4 * 4 * 48 * 120);
    await expectNoGpuErrors();
  });
});

it('buffers are larger than asked for by less than an eighth, in whole numbers', () => {
  for (const size of [4, 64, 68, 100, 4096, 4100, 1e6, 2 ** 31 - 4]) {
    const rounded = roundedSize(size);
    expect(rounded).toBeGreaterThanOrEqual(size);
    expect(rounded).toBeLessThan(1.125 * size + 1);
    expect(rounded % 4).toBe(0);
    expect(roundedSize(rounded)).toBe(rounded);
  }
});
