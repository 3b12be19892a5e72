/** Matrices in blocks: their layout, and that every back end that takes them computes the same with them. */
import { expect, it } from 'vitest';
import { fromTiles, inTiles, quantised } from '../../src/engine/blocks.ts';
import { halfBits, halfValue } from '../../src/engine/halves.ts';
import { openBackend, takesBlocks, tf } from '../../src/engine/index.ts';
import { tinyLlama } from '../../src/model/config.ts';
import { Llama } from '../../src/model/llama.ts';
import { parameterShapes } from '../../src/model/parameters.ts';
import { keptBlocks } from '../../src/model/gguf/keptBlocks.ts';
import { dequantise } from '../../src/model/gguf/blocks.ts';
import { evaluate, open, relativeError, type CaseResult } from '../engine/backends.ts';
import { blockCases, matrixOf } from '../engine/blockCases.ts';
import { floats, seeded } from '../engine/cases.ts';

/** Every case on the running back end; nothing is left there. */
async function results(): Promise<CaseResult[]> {
  expect(takesBlocks()).toBe(true);
  const found: CaseResult[] = [];
  for (const one of blockCases) {
    const matrix = matrixOf(one);
    const before = tf.memory().numTensors;
    const { name, tensors: inputs, run } = one;
    found.push(await evaluate({ name, inputs, extreme: false, run: (...given) => run(matrix, ...given) }));
    expect(tf.memory().numTensors, name).toBe(before);
    matrix.tensor.dispose();
  }
  return found;
}

it('products, adapters, head and rows are those of cpu, to the same bit on any number of threads', async () => {
  await open('cpu');
  const expected = await results();
  await openBackend('wasm', { environment: 'node', threads: 3 });
  const onThree = await results();
  await openBackend('wasm', { environment: 'node', threads: 1 });
  const onOne = await results();
  blockCases.forEach(({ name }, i) => {
    const [want, got] = [expected[i], onOne[i]];
    expect(onThree[i], name).toEqual(got);
    want?.outputs.forEach((output, j) => {
      expect(relativeError(got?.outputs[j] as Float32Array, output), name).toBeLessThan(2e-4);
    });
    want?.gradients.forEach((gradient, j) => {
      expect(relativeError(got?.gradients[j] as Float32Array, gradient), name).toBeLessThan(2e-4);
    });
  });
});

it('a head that is not in blocks beside layers that are: what is held is known all the same', async () => {
  await openBackend('wasm', { environment: 'node', threads: 1 });
  const config = tinyLlama(64);
  const isMatrix = (name: string) => name.startsWith('layers.') && !name.endsWith('Norm');
  const parameters = Object.entries(parameterShapes(config)).map(([name, shape]) => {
    const [rows = 0, columns = 1] = shape;
    const values = floats([rows * columns], 5).values as Float32Array;
    return [name, isMatrix(name) ? quantised('int4', values, columns, rows) : values] as const;
  });
  const held = (one: (typeof parameters)[number][1]) =>
    'bytes' in one ? 4 * inTiles(one).length : 4 * one.length;
  const model = await Llama.load(config, asyncOf(parameters));
  const all = parameters.reduce((sum, [, one]) => sum + held(one), 0);
  expect(model.heldBytes).toBe(all + 4 * 64 * config.hidden_size); // the head once more, packed
  model.dispose();
});

async function* asyncOf<T>(all: readonly T[]): AsyncGenerator<T> {
  yield* all;
}

it('what is not a number stays none', async () => {
  await openBackend('wasm', { environment: 'node', threads: 1 });
  const [one] = blockCases;
  if (!one) throw new Error('There are no cases.');
  for (const bad of [NaN, Infinity]) {
    const matrix = matrixOf(one);
    const y = tf.tidy(() => {
      const [first = tf.zeros([1])] = one.run(
        matrix,
        tf.tensor2d([bad, ...Array<number>(31).fill(1)], [1, 32]),
      );
      return first;
    });
    expect(Array.from(await y.data()).every(Number.isNaN)).toBe(true);
    tf.dispose([y, matrix.tensor]);
  }
});

it.each(['int8', 'int4'] as const)(
  '%s: half a step at most is lost, and the layout loses nothing',
  (type) => {
    const [outputs, inputs] = [11, 70];
    const values = floats([outputs, inputs], 3).values as Float32Array;
    values.fill(0, 0, 32); // a block that is all zero
    const host = quantised(type, values, outputs, inputs);
    const back = fromTiles(host, inTiles(host));
    for (let first = 0; first < outputs * inputs; first += inputs) {
      for (let k = 0; k < inputs; k += 32) {
        const own = values.subarray(first + k, first + Math.min(k + 32, inputs));
        const [low, high] = [Math.min(...own), Math.max(...own)];
        const step = type === 'int8' ? Math.max(-low, high) / 127 : (high - low) / 15;
        own.forEach((x, i) => {
          expect(Math.abs((back[first + k + i] ?? NaN) - x)).toBeLessThanOrEqual(
            0.51 * step + 1e-3 * Math.abs(low),
          );
        });
      }
    }
  },
);

it.each(['int8', 'int4'] as const)(
  '%s: nothing is cut off in a block in which all is tiny, or all is nearly the same',
  (type) => {
    for (let exponent = -9; exponent <= 3; exponent++) {
      for (const offset of [0, 1e-5, -1e-3, 0.5, -3]) {
        const values = Float32Array.from(
          { length: 32 },
          (_, i) => offset + 10 ** exponent * Math.sin(7 * i + exponent),
        );
        const host = quantised(type, values, 1, 32);
        const back = fromTiles(host, inTiles(host));
        // The step that was chosen: twice what a number may be off by.
        const step = halfValue((host.bytes[0] ?? 0) | ((host.bytes[1] ?? 0) << 8));
        const ulp = 2 ** -23 * Math.max(...values.map(Math.abs)); // of the sum in float32
        values.forEach((x, i) =>
          expect(Math.abs((back[i] ?? NaN) - x)).toBeLessThanOrEqual(0.5001 * step + ulp),
        );
        // And it is not longer than halves make it.
        const [low, high] = [Math.min(...values), Math.max(...values)];
        const exact = type === 'int8' ? Math.max(-low, high) / 127 : (high - low) / 15;
        const coarse = type === 'int8' ? 0 : (2 ** -10 * Math.abs(low) + 2 ** -24) / 15;
        expect(step).toBeLessThanOrEqual(1.002 * (exact + coarse) + 2 ** -24);
      }
    }
    expect(() => quantised(type, Float32Array.of(1e9), 1, 1)).toThrow('cannot be rounded to blocks');
  },
);

it.each([2, 3, 6, 8] as const)(
  'GGUF blocks of type %i are kept with the very values that they have',
  (type) => {
    const [outputs, inputs] = [9, 64];
    const size = { 2: 18, 3: 20, 6: 22, 8: 34 }[type];
    const random = seeded(type);
    const bytes = Uint8Array.from({ length: 18 * size }, () => Math.floor(256 * random()));
    for (let at = 0; at < bytes.length; at += size) {
      // Scales and minimums of moderate size.
      for (const place of type === 3 ? [at + 1, at + 3] : [at + 1])
        bytes[place] = 0x20 | ((bytes[place] ?? 0) & 0x87);
    }
    const kept = keptBlocks(type, bytes, outputs, inputs);
    const plus = (values: Float32Array) => values.map((x) => x + 0); // no −0
    expect(plus(fromTiles(kept, inTiles(kept)))).toEqual(plus(dequantise(type, bytes)));
  },
);

it('every half comes back from its value, and others go to the nearest', () => {
  const finite = Array.from({ length: 0x7c00 }, (_, half) => half);
  expect(finite.filter((half) => halfBits(halfValue(half)) !== half)).toEqual([]);
  expect([1e9, -65504, 0.1, 2049, 3e-8, 2e-8].map((x) => halfValue(halfBits(x)))).toEqual([
    Infinity,
    -65504,
    0.0999755859375,
    2048,
    2 ** -24,
    0,
  ]);
});
