/**
 * One table of operation cases, run on every back end: odd shapes, a single token, grouped heads, extreme scores.
 * Inputs are plain arrays from a seeded generator, so all back ends see the same numbers.
 */
import {
  below,
  causalAttention,
  gatherRows,
  linear,
  matMul,
  matMulTransposed,
  logits,
  rmsNorm,
  rope,
  swiglu,
  tf,
  tokenLogProbs,
} from '../../src/engine/index.ts';
import type { Tensor, Tensor1D, Tensor2D } from '../../src/engine/index.ts';

export interface Input {
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array;
}

export interface OpCase {
  readonly name: string;
  /** Float inputs get gradients; integer inputs are constants. */
  readonly inputs: readonly Input[];
  /** The first output is the differentiable one. */
  readonly run: (...tensors: Tensor[]) => readonly Tensor[];
  /** Scores so large that float32 rounds them visibly, and a small step of the input changes nothing measurable. */
  readonly extreme: boolean;
}

/** Mulberry32: uniform numbers in [0, 1). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Roughly normal values, standard deviation `scale`. */
export function floats(shape: readonly number[], seed: number, scale = 1): Input {
  const random = seeded(seed);
  const size = shape.reduce((a, b) => a * b, 1);
  const normal = () => (random() + random() + random() + random() - 2) * Math.sqrt(3) * scale;
  return { shape, values: Float32Array.from({ length: size }, normal) };
}

/** Integers in [from, to). */
export function integers(size: number, from: number, to: number, seed: number): Input {
  const random = seeded(seed);
  const draw = () => from + Math.floor(random() * (to - from));
  return { shape: [size], values: Int32Array.from({ length: size }, draw) };
}

const cases: OpCase[] = [];

function add(name: string, inputs: Input[], run: OpCase['run'], extreme = false): void {
  cases.push({ name, inputs, run, extreme });
}

for (const [n, d] of [
  [1, 1],
  [1, 64],
  [3, 5],
  [7, 67],
  [70, 130],
] as const) {
  add(`rmsNorm [${n}, ${d}]`, [floats([n, d], 1), floats([d], 2)], (x, g) => [
    rmsNorm(x as Tensor2D, g as Tensor1D, 1e-5),
  ]);
}

for (const [n, i, o] of [
  [1, 1, 1],
  [5, 3, 7],
  [1, 64, 40],
  [70, 9, 33],
  [6, 300, 8],
] as const) {
  const x = floats([n, i], 3, i ** -0.5);
  add(`matMul ${n}×${i}×${o}`, [x, floats([i, o], 4)], (a, w) => [matMul(a as Tensor2D, w as Tensor2D)]);
  add(`matMulTransposed ${n}×${i}×${o}`, [x, floats([o, i], 5)], (a, w) => [
    matMulTransposed(a as Tensor2D, w as Tensor2D),
  ]);
}
for (const [a, b] of [
  [
    [5, 7],
    [5, 7],
  ],
  [
    [8, 6],
    [8, 6],
  ],
  [[5, 7], [7]],
  [[1], [1]],
] as const)
  add(
    `[${a.join(', ')}] + [${b.join(', ')}], and gradients of both`,
    [floats(a, 1), floats(b, 2)],
    (x, y) => [tf.add(tf.add(x as Tensor, y as Tensor), tf.add(x as Tensor, x as Tensor))],
  );

add('logits', [floats([5, 6], 6), floats([11, 6], 7)], (x, t) => [logits(x as Tensor2D, t as Tensor2D)]);

for (const [heads, kvHeads, headDim] of [
  [1, 1, 2],
  [4, 2, 6],
  [3, 3, 16],
] as const) {
  const width = (heads + 2 * kvHeads) * headDim;
  const shape = { heads, kvHeads, headDim, theta: 10000 };
  add(
    `rope ${heads}/${kvHeads} heads of ${headDim}`,
    [floats([5, width], 8), { shape: [5], values: Int32Array.of(0, 1, 2, 130, 511) }],
    (x, p) => [rope(x as Tensor2D, p as Tensor1D, shape)],
  );
}

add(
  'rope with frequencies of its own',
  [floats([3, 24], 8), { shape: [3], values: Int32Array.of(0, 7, 400) }],
  (x, p) => [
    rope(x as Tensor2D, p as Tensor1D, {
      ...{ heads: 2, kvHeads: 1, headDim: 6, theta: 10000 },
      frequencies: [1, 0.2, 0.003],
    }),
  ],
);

add(
  'linear with two adapters, a frozen base',
  [floats([5, 6], 3), floats([6, 2], 4), floats([2, 3], 5), floats([6, 1], 6), floats([1, 4], 7)],
  (x, a1, b1, a2, b2) => [
    linear(x as Tensor2D, {
      ...{ dtype: 'f32', frozen: true },
      base: tf.tensor2d(floats([6, 11], 8).values, [6, 11]),
      lora: [
        { a: a1 as Tensor2D, b: b1 as Tensor2D, from: 2, scale: 0.5 },
        { a: a2 as Tensor2D, b: b2 as Tensor2D, from: 6, scale: 2 },
      ],
    }),
  ],
);

// q, k and v in one matrix, as a decoder has them: whole vectors and not, a long sum that is cut, a hole, columns to the end.
for (const [rows, inputs, rank, width, gap, scale] of [
  [37, 600, 8, 64, 0, 2],
  [130, 36, 4, 12, 8, 0.5],
  [600, 40, 3, 9, 2, 1],
  [1, 7, 1, 1, 1, 1.5],
] as const) {
  const [from, outputs] = [[gap, gap + 2 * width, gap + 3 * width], gap + 4 * width];
  add(
    `linear with three adapters of rank ${rank}, [${rows}, ${inputs}] to ${outputs}, from ${gap}`,
    [
      floats([rows, inputs], 3, inputs ** -0.5),
      ...[2 * width, width, width].flatMap((columns, i) => [
        floats([inputs, rank], 4 + i),
        floats([rank, columns], 7 + i),
      ]),
    ],
    (x, ...factors) => [
      linear(x as Tensor2D, {
        ...{ dtype: 'f32', frozen: true },
        base: tf.tensor2d(floats([inputs, outputs], 10).values, [inputs, outputs]),
        lora: from.map((first, i) => ({
          ...{ a: factors[2 * i] as Tensor2D, b: factors[2 * i + 1] as Tensor2D, from: first, scale },
        })),
      }),
    ],
  );
}

add('tokenLogProbs of a frozen table', [floats([70, 8], 13), integers(70, 3, 33, 15)], (x, targets) => {
  const table = tf.tensor2d(floats([33, 8], 14).values, [33, 8]);
  const options = { temperature: 1.3, banned: below(3), frozen: true };
  const { logp, entropy, sumSq } = tokenLogProbs(x as Tensor2D, table, targets as Tensor1D, options);
  return [logp, entropy, sumSq];
});

for (const [batch, time, heads, kvHeads, headDim, scale] of [
  [1, 1, 1, 1, 3, 1],
  [2, 5, 2, 1, 4, 1],
  [1, 33, 4, 4, 16, 1],
  [2, 70, 6, 2, 5, 1],
  [2, 17, 4, 2, 6, 1],
  [1, 65, 4, 2, 36, 1],
  [1, 40, 1, 1, 8, 60],
] as const) {
  const width = (heads + 2 * kvHeads) * headDim;
  const shape = { batch, time, heads, kvHeads, headDim };
  add(
    `causalAttention batch ${batch}, time ${time}, ${heads}/${kvHeads} heads of ${headDim}, scale ${scale}`,
    [floats([batch * time, width], 9, scale)],
    (x) => [causalAttention(x as Tensor2D, shape)],
    scale > 1,
  );
}

for (const [n, f, scale] of [
  [1, 1, 1],
  [3, 5, 2],
  [4, 24, 1],
  [3, 6, 1e4],
] as const) {
  add(
    `swiglu [${n}, ${f}] scale ${scale}`,
    [floats([n, 2 * f], 10, scale)],
    (x) => [swiglu(x as Tensor2D)],
    scale > 100,
  );
}

add('gatherRows, ids repeated', [floats([5, 7], 11), integers(12, 0, 5, 12)], (t, i) => [
  gatherRows(t as Tensor2D, i as Tensor1D),
]);

for (const [n, d, v, temperature, banned, scale] of [
  [1, 1, 2, 1, below(0), 1],
  [3, 5, 7, 0.7, below(2), 1],
  [70, 8, 33, 1.3, below(3), 1],
  [2, 16, 130, 1, below(1), 1],
  [6, 4, 9, 1, below(1), 100],
  [
    70,
    8,
    33,
    0.8,
    [
      [0, 2],
      [10, 10],
      [20, 24],
      [32, 32],
    ],
    1,
  ],
  [3, 8, 21, 1, [[4, 6]], 1],
] as const) {
  const options = { temperature, banned };
  const targets = integers(n, 0, v, 15);
  const written = Array.from({ length: v }, (_, id) => id).filter((id) =>
    banned.every(([a, b]) => id < a || id > b),
  );
  add(
    `tokenLogProbs ${n} tokens, d ${d}, vocabulary ${v} without ${banned.join(' ') || 'none'}, T ${temperature}, scale ${scale}`,
    [
      floats([n, d], 13, scale),
      floats([v, d], 14, scale),
      { ...targets, values: targets.values.map((id) => written[id % written.length] ?? 0) },
    ],
    (x, t, y) => {
      const { logp, entropy, sumSq } = tokenLogProbs(x as Tensor2D, t as Tensor2D, y as Tensor1D, options);
      return [logp, entropy, sumSq];
    },
    scale > 1,
  );
}

export const opCases: readonly OpCase[] = cases;
