/** Several threads on WASM: the same numbers, to the last bit, and a failing thread is heard. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ours, writing } from '../../src/bench/ours.ts';
import { randomParameters, Subject } from '../../src/bench/realModel.ts';
import { benchWeights, randomTokens, sizes } from '../../src/bench/sizes.ts';
import { matMul, openBackend, tf } from '../../src/engine/index.ts';
import type { Tensor2D } from '../../src/engine/index.ts';
import { WasmKernels, wasmKernels } from '../../src/engine/wasm/kernels.ts';
import { withSharedMemory } from '../../src/engine/wasm/sharedMemory.ts';
import { tinyLlama } from '../../src/model/config.ts';
import { Llama } from '../../src/model/llama.ts';
import { evaluate } from '../engine/backends.ts';
import type { CaseResult } from '../engine/backends.ts';
import { floats, opCases } from '../engine/cases.ts';

const tfjsBinary = createRequire(import.meta.url)
  .resolve('@tensorflow/tfjs-backend-wasm/package.json')
  .replace('package.json', 'dist/tfjs-backend-wasm-simd.wasm');

/** Opens WASM on memory that can be shared; the first call of this process decides that. */
async function openWith(threads: number): Promise<void> {
  const backend = await openBackend('wasm', { environment: 'node', threads });
  expect(backend.threads).toBe(threads);
}

describe('threads on wasm', () => {
  beforeAll(() => openWith(3));
  afterAll(() => openWith(1));

  it('train and write the same with 1, 2 and 3 threads', async () => {
    const config = sizes['0.18M'];
    const results = [];
    for (const threads of [1, 2, 3]) {
      await openWith(threads);
      const before = tf.memory().numTensors;
      const model = await ours.open(config, benchWeights(config));
      const batch = randomTokens(config, 5, 71);
      const losses = [await model.trainStep(batch), await model.trainStep(batch)];
      const written = await model.generate?.(randomTokens(config, 7, 6), 5, 1);
      model.dispose();
      expect(tf.memory().numTensors).toBe(before);
      results.push({ losses, written });
    }
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
  });

  it('share the columns of few rows, which changes nothing', async () => {
    // Wide enough for stages that are worth sharing; odd numbers of groups and of panels, so that parts differ in size.
    const config = tinyLlama(301, {
      ...{ hidden_size: 192, intermediate_size: 904, num_hidden_layers: 2 },
      ...{ num_attention_heads: 6, num_key_value_heads: 3 },
    });
    const works = vi.spyOn(WasmKernels.prototype, 'parallel');
    const shares = () => works.mock.calls.some(([name, calls]) => name === 'decodeToken' && calls.length > 1);
    try {
      for (const form of ['float32', 'int8', 'int4'] as const) {
        const written = [];
        for (const threads of [1, 2, 3]) {
          await openWith(threads);
          works.mockClear();
          const subject = new Subject(await Llama.load(config, randomParameters(config, form)));
          const writer = subject.prefill(randomTokens(config, 2, 6), 24);
          const first = await writer.turn(writing(2, 1));
          writer.append([[1, 2], [3]]);
          written.push([first, await writer.turn(writing(2, 1))]);
          expect(shares(), `${form}, threads: ${threads}`).toBe(threads > 1);
          writer.dispose();
          subject.dispose();
        }
        expect(written[1], form).toEqual(written[0]);
        expect(written[2], form).toEqual(written[0]);
      }
    } finally {
      works.mockRestore();
    }
  });

  it('compute every operation as one thread does', async () => {
    await openWith(1);
    const alone = new Map<string, CaseResult>();
    for (const opCase of opCases) alone.set(opCase.name, await evaluate(opCase));
    await openWith(3);
    for (const opCase of opCases) {
      expect(await evaluate(opCase), opCase.name).toEqual(alone.get(opCase.name));
    }
  });

  it.each([
    { rows: 2, columns: 700, inner: 400 },
    { rows: 701, columns: 9, inner: 333 },
    { rows: 130, columns: 131, inner: 257 },
  ])('multiply $rows × $inner by $inner × $columns as one thread does', async ({ rows, columns, inner }) => {
    const product = () =>
      evaluate({
        name: 'product',
        extreme: false,
        inputs: [floats([rows, inner], 1), floats([inner, columns], 2)],
        run: (x, w) => [matMul(x as Tensor2D, w as Tensor2D)],
      });
    await openWith(1);
    const alone = await product();
    await openWith(3);
    expect(await product()).toEqual(alone);
  });

  it('survive growing memory', async () => {
    await openWith(2);
    const [x, w] = [tf.ones<tf.Rank.R2>([2048, 256]), tf.ones<tf.Rank.R2>([256, 256])];
    const big = Array.from({ length: 8 }, () => tf.zeros([4_000_000]));
    const y = matMul(x, w);
    expect((await y.min().data())[0]).toBe(256);
    tf.dispose([x, w, y, big]);
  });

  it('say so when one of them fails', async () => {
    await openWith(2);
    const kernels = wasmKernels();
    const outside = 2 ** 32 - 64;
    expect(() =>
      kernels?.parallel('gatherForward', [
        [0, 1, 0, 0, 0, 0],
        [8, 64, 1, outside, outside, outside],
      ]),
    ).toThrow(/failed in a helper thread/);
  });
});

describe('withSharedMemory', () => {
  it('changes one bit of the back end’s module, which stays valid', async () => {
    const original = new Uint8Array(await readFile(tfjsBinary));
    const shared = withSharedMemory(original);
    expect(shared.filter((byte, i) => byte !== original[i])).toHaveLength(1);
    expect(WebAssembly.validate(shared)).toBe(true);
    expect(Buffer.compare(withSharedMemory(shared), shared)).toBe(0);
  });

  it('refuses what has no memory, no maximum, or is cut off', () => {
    const head = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
    expect(() => withSharedMemory(Uint8Array.from(head))).toThrow('no memory');
    expect(() => withSharedMemory(Uint8Array.from([...head, 5, 3, 1, 0, 1]))).toThrow('no maximum');
    expect(() => withSharedMemory(Uint8Array.from([...head, 5, 200]))).toThrow('cut off');
  });
});
