/** Frozen weights in tiles on WebGPU, and tables in several parts: the same numbers as on cpu. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { below, gatherRows, tf, tokenLogProbs } from '../../src/engine/index.ts';
import type { Tensor1D, Tensor2D } from '../../src/engine/index.ts';
import { limitBindings } from '../../src/engine/kernels/linear/tableParts.ts';
import { limitLogits } from '../../src/engine/kernels/tokenLogProbs/webgpu.ts';
import { evaluate, expectNoGpuErrors, open, openForAll, relativeError, type CaseResult } from './backends.ts';
import { blockCases, matrixOf } from './blockCases.ts';
import { floats, type OpCase } from './cases.ts';

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

/** A vocabulary of three parts; a hole that fills the second one and more. */
const large: OpCase = {
  name: 'a large vocabulary',
  inputs: [floats([5, 8], 1), floats([1100, 8], 2, 0.5), { shape: [5], values: Int32Array.of(3, 490, 1040, 1099, 0) }],
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
  beforeAll(async () => {
    await open('cpu');
    expected.push(...(await ofBlocks()));
    expectedLarge = await evaluate(large);
    const { openBackend } = await import('../../src/engine/index.ts');
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
    const errors = blockCases.map(({ name }, i) => [name, errorOf(got[i] as CaseResult, expected[i] as CaseResult)] as const);
    const worst = errors.reduce((a, b) => (b[1] > a[1] ? b : a));
    console.log('largest error', ...worst);
    expect(worst[1], worst[0]).toBeLessThan(2e-5);
  });

  it('a table in parts, of bindings and of logits', async () => {
    for (const [bytes, logits] of [[Infinity, 5 * 512], [4 * 8 * 600, 2 ** 24]] as const) {
      limitBindings(bytes);
      limitLogits(logits);
      expect(errorOf(await evaluate(large), expectedLarge)).toBeLessThan(5e-5);
    }
  });
});
