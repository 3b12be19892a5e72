/**
 * The ends of each operation's range, on every back end: one token, the longest sequence a run can have, scores of ±1e4,
 * and nothing to learn from. What lies between is in ops.test.ts and decode.test.ts.
 */
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  below,
  AdamW,
  causalAttention,
  gatherRows,
  KVCache,
  matMul,
  MAX_POSITIONS,
  rmsNorm,
  rope,
  sampleToken,
  swiglu,
  tf,
  tokenLogProbs,
} from '../../src/engine/index.ts';
import type { Tensor, Tensor1D, Tensor2D } from '../../src/engine/index.ts';
import { tinyLlama } from '../../src/model/config.ts';
import { Llama } from '../../src/model/llama.ts';
import { initialWeights } from '../../src/model/parameters.ts';
import { weightedLogProbGradient } from '../../src/train/policy.ts';
import { evaluate, expectNoGpuErrors, open, openForAll, relativeError, toTensor } from './backends.ts';
import type { CaseResult } from './backends.ts';
import { floats, integers } from './cases.ts';
import type { Input, OpCase } from './cases.ts';

afterEach(expectNoGpuErrors);

/** Positions of the shipped models: the longest episode a run can have. */
const longest = 512;
const heads = { heads: 2, kvHeads: 1, headDim: 8 };
const width = 32;

const scaled = ({ shape, values }: Input, factor: number): Input => ({
  shape,
  values: Float32Array.from(values, (x) => x * factor),
});
/** Values of exactly ±size, about half of each. */
const spikes = (shape: readonly number[], seed: number, size: number): Input => {
  const { values } = floats(shape, seed);
  return { shape, values: Float32Array.from(values, (x) => (x < 0 ? -size : size)) };
};
const head = (from: number) => (x: Tensor, table: Tensor, targets: Tensor) => {
  const options = { temperature: 1, banned: below(from) };
  const { logp, entropy, sumSq } = tokenLogProbs(
    x as Tensor2D,
    table as Tensor2D,
    targets as Tensor1D,
    options,
  );
  return [logp, entropy, sumSq];
};
const attend = (batch: number, time: number) => (x: Tensor) => [
  causalAttention(x as Tensor2D, { ...heads, batch, time }),
];

const cases: readonly OpCase[] = [
  // One token.
  {
    name: 'rmsNorm, one number',
    inputs: [floats([1, 1], 1), floats([1], 2)],
    run: (x, g) => [rmsNorm(x as Tensor2D, g as Tensor1D, 1e-5)],
    extreme: false,
  },
  {
    name: 'causalAttention, T = 1, three sequences',
    inputs: [floats([3, width], 3)],
    run: attend(3, 1),
    extreme: false,
  },
  {
    name: 'rope, one token at the last position',
    inputs: [floats([1, width], 4), { shape: [1], values: Int32Array.of(MAX_POSITIONS - 1) }],
    run: (x, p) => [rope(x as Tensor2D, p as Tensor1D, { ...heads, theta: 10000 })],
    extreme: false,
  },
  {
    name: 'gatherRows, one id',
    inputs: [floats([3, 5], 5), integers(1, 2, 3, 6)],
    run: (t, i) => [gatherRows(t as Tensor2D, i as Tensor1D)],
    extreme: false,
  },
  // The longest sequence.
  {
    name: `causalAttention, T = ${longest}`,
    inputs: [floats([longest, width], 7)],
    run: attend(1, longest),
    extreme: false,
  },
  {
    name: `rope, positions up to ${longest - 1}`,
    inputs: [
      floats([longest, width], 8),
      { shape: [longest], values: Int32Array.from({ length: longest }, (_, i) => i) },
    ],
    run: (x, p) => [rope(x as Tensor2D, p as Tensor1D, { ...heads, theta: 10000 })],
    extreme: false,
  },
  {
    name: `tokenLogProbs, ${longest} tokens`,
    inputs: [floats([longest, 8], 9), floats([40, 8], 10), integers(longest, 3, 40, 11)],
    run: head(3),
    extreme: false,
  },
  {
    name: `gatherRows, ${longest} times the same id`,
    inputs: [floats([3, 5], 12), integers(longest, 1, 2, 13)],
    run: (t, i) => [gatherRows(t as Tensor2D, i as Tensor1D)],
    extreme: false,
  },
  // Scores of ±1e4. One-hot rows and a diagonal make the products exact.
  {
    name: 'tokenLogProbs, logits of ±1e4',
    inputs: [spikes([6, 1], 14, 100), spikes([9, 1], 15, 100), integers(6, 0, 9, 16)],
    run: head(0),
    extreme: true,
  },
  {
    name: 'tokenLogProbs, all logits 1e4',
    inputs: [
      { shape: [2, 1], values: Float32Array.of(1e4, 1e4) },
      { shape: [5, 1], values: new Float32Array(5).fill(1) },
      integers(2, 0, 5, 17),
    ],
    run: head(0),
    extreme: true,
  },
  {
    name: 'tokenLogProbs, one id allowed',
    inputs: [floats([3, 4], 18, 50), floats([6, 4], 19, 50), { shape: [3], values: Int32Array.of(5, 5, 5) }],
    run: head(5),
    extreme: true,
  },
  {
    name: 'causalAttention, scores of ±1e4',
    inputs: [spikes([20, width], 20, 60)],
    run: attend(2, 10),
    extreme: true,
  },
  {
    name: 'causalAttention, all scores 1e4',
    inputs: [{ shape: [12, width], values: new Float32Array(12 * width).fill(60) }],
    run: attend(1, 12),
    extreme: true,
  },
  {
    name: 'rmsNorm of ±1e4',
    inputs: [spikes([3, 7], 21, 1e4), floats([7], 22)],
    run: (x, g) => [rmsNorm(x as Tensor2D, g as Tensor1D, 1e-5)],
    extreme: true,
  },
  {
    name: 'rmsNorm of zeros',
    inputs: [scaled(floats([2, 7], 23), 0), floats([7], 24)],
    run: (x, g) => [rmsNorm(x as Tensor2D, g as Tensor1D, 1e-5)],
    extreme: true,
  },
  {
    name: 'linear of ±1e4',
    inputs: [spikes([3, 5], 25, 1e4), floats([5, 4], 26)],
    run: (x, w) => [matMul(x as Tensor2D, w as Tensor2D)],
    extreme: true,
  },
  {
    name: 'swiglu of ±1e4',
    inputs: [spikes([3, 8], 27, 1e4)],
    run: (x) => [swiglu(x as Tensor2D)],
    extreme: true,
  },
];

function smallModel(): Llama {
  const config = tinyLlama(20, {
    ...{ hidden_size: 8, intermediate_size: 8, num_hidden_layers: 1 },
    ...{ num_attention_heads: 2, num_key_value_heads: 1 },
  });
  return new Llama(
    config,
    initialWeights(config, (p, i) => Math.sin(7 * p + i)),
  );
}

const allFinite = (arrays: readonly Float32Array[]) => arrays.every((a) => a.every(Number.isFinite));
const read = async (tensor: Tensor): Promise<number[]> => {
  const values = [...(await tensor.data())];
  tensor.dispose();
  return values;
};

const expected = new Map<string, CaseResult>();
beforeAll(async () => {
  await open('cpu');
  for (const opCase of cases) expected.set(opCase.name, await evaluate(opCase));
});

it('the references are finite at the ends', () => {
  const broken = [...expected].filter(([, { outputs, gradients }]) => !allFinite([...outputs, ...gradients]));
  expect(broken.map(([name]) => name)).toEqual([]);
});

describe.each(['wasm', 'webgpu'] as const)('the ends on %s', (name) => {
  openForAll(name);

  it.each(cases)('$name', async (opCase) => {
    const got = await evaluate(opCase);
    const want = expected.get(opCase.name);
    const tolerance = opCase.extreme ? 1e-3 : 2e-5;
    want?.outputs.forEach((output, i) => {
      expect(relativeError(got.outputs[i] ?? new Float32Array(), output)).toBeLessThan(tolerance);
    });
    want?.gradients.forEach((gradient, i) => {
      expect(relativeError(got.gradients[i] ?? new Float32Array(), gradient)).toBeLessThan(5 * tolerance);
    });
  });
});

describe.each(['cpu', 'wasm', 'webgpu'] as const)('known answers on %s', (name) => {
  openForAll(name);

  it('logits of ±1e4: the likeliest token is certain, the others cost what they lack', async () => {
    const [x, table] = [tf.tensor2d([[100], [100], [-100]]), tf.tensor2d([[100], [-100], [0]])];
    const result = tokenLogProbs(x, table, tf.tensor1d([0, 1, 1], 'int32'), {
      temperature: 1,
      banned: [],
    });
    expect(await read(result.logp)).toEqual([0, -2e4, 0]);
    expect((await read(result.entropy)).map(Math.abs)).toEqual([0, 0, 0]);
    expect(await read(result.sumSq)).toEqual([1, 1, 1]);
    tf.dispose([x, table]);
  });

  it('one token attends to itself alone', async () => {
    const input = spikes([1, width], 30, 100);
    const x = toTensor(input) as Tensor2D;
    const y = causalAttention(x, { ...heads, batch: 1, time: 1 });
    const value = [...input.values].slice(3 * 8);
    expect(await read(y)).toEqual([...value, ...value]);
    x.dispose();
  });

  it('a padded target, masked by weight 0, leaves no trace in the gradient', async () => {
    const [x, table] = [toTensor(floats([4, 6], 31)) as Tensor2D, toTensor(floats([9, 6], 32)) as Tensor2D];
    const options = { temperature: 0.9, banned: below(3) };
    const gradients = (rows: Tensor2D, targets: number[], weights: number[]) => {
      const loss = (a: Tensor, b: Tensor) =>
        tokenLogProbs(a as Tensor2D, b as Tensor2D, tf.tensor1d(targets, 'int32'), options)
          .logp.mul(tf.tensor1d(weights))
          .sum();
      return tf.tidy(() => tf.grads(loss)([rows, table]));
    };
    // Targets 0 and 1 are banned: their log-probability is hugely negative.
    const masked = gradients(x, [5, 0, 8, 1], [1, 0, -2, 0]);
    const alone = gradients(tf.gather(x, [0, 2]), [5, 8], [1, -2]);
    const [mx, mt] = [await read(masked[0] as Tensor), await read(masked[1] as Tensor)];
    const [ax, at] = [await read(alone[0] as Tensor), await read(alone[1] as Tensor)];
    const all = Float32Array.from([
      ...ax.slice(0, 6),
      ...new Array<number>(6).fill(0),
      ...ax.slice(6),
      ...new Array<number>(6).fill(0),
    ]);
    expect(relativeError(Float32Array.from(mx), all)).toBeLessThan(1e-5);
    expect(relativeError(Float32Array.from(mt), Float32Array.from(at))).toBeLessThan(1e-5);
    expect([...mx.slice(6, 12), ...mx.slice(18)].every((g) => g === 0)).toBe(true);
    tf.dispose([x, table]);
  });

  it('an update without anything to learn from changes nothing', async () => {
    const config = tinyLlama(20, {
      hidden_size: 8,
      intermediate_size: 8,
      num_hidden_layers: 1,
      num_attention_heads: 2,
      num_key_value_heads: 1,
    });
    const model = new Llama(
      config,
      initialWeights(config, (p, i) => Math.sin(7 * p + i)),
    );
    const optimizer = new AdamW(model.weights, { beta1: 0.9, beta2: 0.95, eps: 1e-8, weightDecay: 0 });
    const before = await model.values();
    const answer = { place: { sequence: [4, 5, 6, 7, 8], start: 2, length: 3 }, coefficients: [0, 0, 0] };
    const pass = { temperature: 1, banned: below(3), pad: 0, maxTokens: 40 };
    const { gradients, loss } = await weightedLogProbGradient(model, [answer], pass);
    expect(Math.abs(loss)).toBe(0);
    expect((await optimizer.step(gradients, 0.1, 1)).norm).toBe(0);
    expect(await model.values()).toEqual(before);
    tf.dispose(gradients);
    optimizer.dispose();
    model.dispose();
  });

  it('an answer without a token adds nothing; nothing but such answers gives no gradient', async () => {
    const model = smallModel();
    const pass = { temperature: 1, banned: below(3), pad: 0, maxTokens: 40 };
    const asked = {
      place: { sequence: [4, 5, 6, 7, 8], start: 2, length: 3 },
      coefficients: [0.3, 0.3, 0.3],
    };
    const empty = { place: { sequence: [9, 8, 7, 6, 5, 4], start: 3, length: 0 }, coefficients: [] };
    const gradientsOf = async (answers: (typeof asked)[]): Promise<number[][]> => {
      const { gradients } = await weightedLogProbGradient(model, answers, pass);
      return Promise.all(Object.values(gradients).map(read));
    };
    const alone = await gradientsOf([asked]);
    const both = await gradientsOf([asked, empty]);
    both.forEach((gradient, i) => {
      const want = Float32Array.from(alone[i] ?? []);
      expect(relativeError(Float32Array.from(gradient), want)).toBeLessThan(1e-5);
    });
    expect((await gradientsOf([empty])).flat().every((g) => g === 0)).toBe(true);
    model.dispose();
  });

  it('a row for which every id is banned is refused', async () => {
    const [x, table] = [tf.ones([2, 3]) as Tensor2D, tf.ones([5, 3]) as Tensor2D];
    const ids = tf.tensor1d([1, 2], 'int32');
    expect(() => tokenLogProbs(x, table, ids, { temperature: 1, banned: below(5) })).toThrow(
      /no id is allowed/,
    );
    const two = {
      temperature: 1,
      banned: [
        [0, 1],
        [1, 3],
      ] as const,
    };
    expect(() => tokenLogProbs(x, table, ids, two)).toThrow(/do not follow 1, ascending/);
    expect(() => tokenLogProbs(x, table, ids, { temperature: 1, banned: [[3, 5]] })).toThrow(
      /banned id 5 is not in \[0, 5\)/,
    );
    tf.dispose([x, table, ids]);
  });

  // More slots than WebGPU attends to at a time.
  const slots = 1100;
  it(`the cache's last slot of ${slots} sees the whole sequence; its first sees itself`, async () => {
    const whole = toTensor(floats([slots, width], 33)) as Tensor2D;
    const want = causalAttention(whole, { ...heads, batch: 1, time: slots });
    const cache = new KVCache({ layers: 1, batch: 1, slots, shape: heads });
    cache.fillFromPrefill(0, tf.slice(whole, [0, 0], [slots - 1, width]), 1, slots - 1);
    const last = tf.tidy(() =>
      cache.attend(0, tf.slice(whole, [slots - 1, 0], [1, width]), tf.tensor1d([slots - 1], 'int32')),
    );
    const wanted = await read(tf.slice(want, [slots - 1, 0], [1, 16]));
    expect(relativeError(Float32Array.from(await read(last)), Float32Array.from(wanted))).toBeLessThan(1e-5);
    const first = tf.tidy(() =>
      cache.attend(0, tf.slice(whole, [0, 0], [1, width]), tf.tensor1d([0], 'int32')),
    );
    expect(
      relativeError(
        Float32Array.from(await read(first)),
        Float32Array.from(await read(tf.slice(want, [0, 0], [1, 16]))),
      ),
    ).toBeLessThan(1e-6);
    cache.dispose();
    tf.dispose([whole, want]);
  });

  it('samples where every score is the same, however large, and where one id is allowed', async () => {
    for (const score of [1e4, -1e4, 0]) {
      const u = tf.tensor1d([0, 0.3, 0.6, 0.99]);
      const { ids, logp } = sampleToken(tf.fill([4, 4], score), u, {
        temperature: 1,
        topP: 1,
        banned: [],
      });
      expect(await read(ids)).toEqual([0, 1, 2, 3]);
      (await read(logp)).forEach((value) => expect(value).toBeCloseTo(-Math.log(4), 5));
      const one = sampleToken(tf.fill([4, 4], score), u, { temperature: 0.5, topP: 0.9, banned: below(3) });
      expect([await read(one.ids), (await read(one.logp)).map(Math.abs)]).toEqual([
        [3, 3, 3, 3],
        [0, 0, 0, 0],
      ]);
      u.dispose();
    }
  });
});
