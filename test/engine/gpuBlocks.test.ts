/** Frozen weights in tiles on WebGPU, and tables in several parts: the same numbers as on cpu. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  below,
  gatherRows,
  halfMatrix,
  linear,
  openBackend,
  tf,
  tokenLogProbs,
} from '../../src/engine/index.ts';
import type { BlockMatrix, Tensor1D, Tensor2D } from '../../src/engine/index.ts';
import { halfBits, halfValue } from '../../src/engine/halves.ts';
import { limitBindings } from '../../src/engine/kernels/linear/tableParts.ts';
import { productGpu } from '../../src/engine/kernels/linear/webgpu.ts';
import { limitLogits } from '../../src/engine/kernels/tokenLogProbs/webgpu.ts';
import { runningGpu, type Gpu } from '../../src/engine/webgpu/running.ts';
import { evaluate, expectNoGpuErrors, open, openForAll, relativeError, type CaseResult } from './backends.ts';
import { blockCases, matrixOf } from './blockCases.ts';
import { floats, type OpCase } from './cases.ts';
import { toTensor } from './evaluating.ts';

afterEach(expectNoGpuErrors);

/** Every case of blocks on the running back end. */
async function ofBlocks(): Promise<CaseResult[]> {
  const found: CaseResult[] = [];
  for (const one of blockCases) {
    const matrix = matrixOf(one);
    const { name, tensors: inputs, run } = one;
    found.push(await evaluate({ name, inputs, extreme: false, run: (...given) => run(matrix, ...given) }));
    matrix.tensor.dispose();
  }
  return found;
}

const [outputs, inputs] = [70, 33];
const halves = Float32Array.from(floats([outputs, inputs], 6).values, (x) => halfValue(halfBits(x)));
halves.set([halfValue(3), -65504, 0], 40);

/** A matrix of halves, as it is or in tiles. */
function ofHalves(tiles: BlockMatrix | null): OpCase {
  return {
    name: 'halves',
    inputs: [floats([9, inputs], 1), floats([inputs, 2], 2), floats([2, 3], 3)],
    run: (x, a, b) => {
      const table = tf.tensor2d(halves, [outputs, inputs]);
      const lora = [{ a: a as Tensor2D, b: b as Tensor2D, from: 4, scale: 1.5 }];
      const rows = gatherRows(tiles ?? table, tf.tensor1d([69, 0, 1, 30, 7, 8, 9, 10, 11], 'int32'));
      const hidden = tf.add<Tensor2D>(x as Tensor2D, rows.mul(1e-4));
      const y = linear(
        hidden,
        tiles
          ? { dtype: tiles.type, base: tiles, lora }
          : { dtype: 'f32', base: table.transpose<Tensor2D>(), frozen: true, lora },
      );
      return [y];
    },
    extreme: false,
  };
}

/** A vocabulary of three parts; a hole that fills the second one and more. */
const large: OpCase = {
  name: 'a large vocabulary',
  inputs: [
    floats([5, 8], 1),
    floats([1100, 8], 2, 0.5),
    { shape: [5], values: Int32Array.of(3, 490, 1040, 1099, 0) },
  ],
  run: (x, table, targets) => {
    const rows = gatherRows(table as Tensor2D, targets as Tensor1D);
    const hidden = tf.add<Tensor2D>(x as Tensor2D, rows);
    const banned = [...below(2), [500, 1030]] as const;
    const options = { temperature: 0.8, banned };
    const { logp, entropy, sumSq } = tokenLogProbs(hidden, table as Tensor2D, targets as Tensor1D, options);
    return [logp, entropy, sumSq];
  },
  extreme: false,
};

describe('on webgpu', () => {
  openForAll('webgpu');
  const expected: CaseResult[] = [];
  let expectedLarge: CaseResult;
  let expectedHalves: CaseResult;
  beforeAll(async () => {
    await open('cpu');
    expected.push(...(await ofBlocks()));
    expectedLarge = await evaluate(large);
    expectedHalves = await evaluate(ofHalves(null));
    await openBackend('webgpu', { environment: 'node' }).catch(() => undefined);
  });
  afterAll(() => {
    limitBindings();
    limitLogits();
  });

  const errorOf = (got: CaseResult, want: CaseResult) =>
    Math.max(
      ...want.outputs.map((output, i) => relativeError(got.outputs[i] as Float32Array, output)),
      ...want.gradients.map((gradient, i) => relativeError(got.gradients[i] as Float32Array, gradient)),
    );

  it('products, adapters, head and rows of int8 and int4 blocks', async () => {
    const before = tf.memory().numTensors;
    const got = await ofBlocks();
    expect(tf.memory().numTensors).toBe(before);
    const errors = blockCases.map(
      ({ name }, i) => [name, errorOf(got[i] as CaseResult, expected[i] as CaseResult)] as const,
    );
    const worst = errors.reduce((a, b) => (b[1] > a[1] ? b : a));
    console.log('largest error', ...worst);
    expect(worst[1], worst[0]).toBeLessThan(2e-5);
  });

  it('halves', async () => {
    const tiles = halfMatrix(halves, outputs, inputs, false);
    expect(tiles).not.toBeNull();
    const error = errorOf(await evaluate(ofHalves(tiles)), expectedHalves);
    console.log('largest error of halves', error);
    expect(error).toBeLessThan(2e-5);
    const turned = Float32Array.from(
      halves,
      (_, at) => halves[(at % outputs) * inputs + Math.floor(at / outputs)] ?? NaN,
    );
    const again = halfMatrix(turned, outputs, inputs, true);
    expect(await again?.tensor.data()).toEqual(await tiles?.tensor.data());
    tf.dispose([tiles?.tensor ?? [], again?.tensor ?? []]);
    expect(halfMatrix(Float32Array.of(1, 0.1), 1, 2, false)).toBeNull();
    expect(halfMatrix(Float32Array.of(1, 65536), 1, 2, false)).toBeNull();
  });

  it('products of columns in place: whole vectors and not, a sum that is cut', async () => {
    const { backend } = runningGpu() as Gpu;
    for (const [rows, inner, width, gap] of [
      [5, 700, 8, 4],
      [70, 530, 3, 5],
      [66, 20, 68, 8],
    ] as const) {
      const [left, right] = [floats([inner, rows + 2 * gap], 1), floats([inner, width + gap], 2)];
      const held = floats([rows, 2 * gap + width], 3);
      const [a, b, c] = [toTensor(left), toTensor(right), toTensor(held)] as [Tensor2D, Tensor2D, Tensor2D];
      productGpu(backend, {
        ...{ m: rows, n: width, k: inner, scale: 0.5, add: true },
        ...{ a, transposedA: true, placeA: { first: gap, stride: a.shape[1] } },
        ...{ b, transposedB: false, placeB: { first: gap, stride: b.shape[1] } },
        ...{ c, placeC: { first: gap, stride: c.shape[1] } },
      });
      const want = Float32Array.from(held.values, (value, at) => {
        const [row, column] = [Math.floor(at / (2 * gap + width)), (at % (2 * gap + width)) - gap];
        if (column < 0 || column >= width) return value;
        let sum = 0;
        for (let k = 0; k < inner; k++) {
          const x = left.values[k * (rows + 2 * gap) + gap + row] ?? NaN;
          sum += x * (right.values[k * (width + gap) + gap + column] ?? NaN);
        }
        return value + 0.5 * sum;
      });
      expect(relativeError(Float32Array.from(await c.data()), want)).toBeLessThan(1e-6);
      tf.dispose([a, b, c]);
    }
  });

  it('a table in parts, of bindings and of logits', async () => {
    for (const [bytes, logits] of [
      [Infinity, 5 * 512],
      [4 * 8 * 600, 2 ** 24],
    ] as const) {
      limitBindings(bytes);
      limitLogits(logits);
      expect(errorOf(await evaluate(large), expectedLarge)).toBeLessThan(5e-5);
    }
  });
});
