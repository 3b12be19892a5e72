/** Whole turns, token after token: models and sequences for every back end, and what writes them. */
import {
  below,
  blockMatrix,
  FrozenPanels,
  halfMatrix,
  KVCache,
  quantised,
  tensorOf,
  tf,
} from '../../src/engine/index.ts';
import type {
  BlockMatrix,
  BlockType,
  Decoder,
  DecoderModel,
  RopeShape,
  Tensor,
  Tensor1D,
  Tensor2D,
  TurnSampling,
  TurnTokens,
  Weight,
} from '../../src/engine/index.ts';
import { halfBits, halfValue } from '../../src/engine/halves.ts';
import { floats, seeded } from './cases.ts';
import { toTensor } from './evaluating.ts';

export interface Shape {
  readonly layers: number;
  readonly d: number;
  readonly f: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly vocabulary: number;
  /** Biases of q, k and v, a head of its own, scaled positions. */
  readonly more?: boolean;
  /** Adapters of some columns. */
  readonly adapted?: boolean;
  /** Its matrices are packed once. */
  readonly kept?: boolean;
  /** Its matrices and tables are in blocks. */
  readonly blocks?: BlockType | 'f16';
}
export interface TurnCase {
  readonly name: string;
  readonly model: Shape;
  /** Given tokens of each row, before each turn. */
  readonly given: readonly (readonly (readonly number[])[])[];
  readonly sampling: Omit<TurnSampling, 'uniforms'>;
  /** Tokens computed between reads. */
  readonly look: number;
}

export const odd: Shape = { layers: 2, d: 10, f: 7, heads: 4, kvHeads: 2, headDim: 6, vocabulary: 19 };
/** For most cases the same, and one layer: a GPU compiles a kernel for each list of ids, and in software a layer takes its time. */
export const sampling: TurnCase['sampling'] = {
  temperature: 1,
  topP: 1,
  stops: [11, 3, 7],
  banned: [
    [0, 1],
    [5, 6],
    [9, 9],
    [17, 18],
  ],
  maxNewTokens: 9,
};
const small: Shape = { ...odd, layers: 1 };
const whole: Shape = { layers: 1, d: 16, f: 24, heads: 2, kvHeads: 1, headDim: 8, vocabulary: 19 };
export const turnCases: TurnCase[] = [
  {
    name: 'odd sizes, grouped heads, several tokens that end a row, banned ones in between and at the end, two turns',
    model: odd,
    given: [
      [[1, 5, 6], [3], [7, 8, 9, 10, 11, 12, 3], [4, 4], [18]],
      [[2, 3], [5], [], [9, 9, 9, 9, 9], [3, 1]],
    ],
    sampling,
    look: 2,
  },
  {
    name: 'one row, one token, one layer',
    model: small,
    given: [[[3]]],
    sampling: { ...sampling, maxNewTokens: 1 },
    look: 1,
  },
  {
    name: 'more than 64 slots, a nucleus, nothing that ends a row',
    model: { layers: 1, d: 12, f: 10, heads: 3, kvHeads: 3, headDim: 6, vocabulary: 33 },
    given: [Array.from({ length: 2 }, (_, row) => Array.from({ length: 60 + row }, (_, i) => (i * 7) % 33))],
    sampling: { temperature: 0.7, topP: 0.8, banned: below(2), stops: [], maxNewTokens: 7 },
    look: 16,
  },
  {
    name: 'sums longer than a block',
    model: { layers: 1, d: 300, f: 270, heads: 3, kvHeads: 3, headDim: 6, vocabulary: 33 },
    given: [
      [
        [3, 9],
        [1, 30, 7],
      ],
    ],
    sampling: { ...sampling, maxNewTokens: 4 },
    look: 3,
  },
  {
    name: 'whole vectors, more rows than a workgroup has',
    model: whole,
    given: [
      [[1, 5, 6], [3], [7, 8, 9, 10], [4, 4], [18], [2], [6, 5], [1], [8, 8]],
      [[2, 3], [5], [], [9, 9, 9], [3, 1], [1], [2], [4], [4, 3]],
    ],
    sampling,
    look: 9,
  },
  {
    name: 'sums of more than a stretch, few rows and many',
    model: { ...small, d: 20, f: 2060 },
    given: [
      [[1], [3], [7], [4], [9]],
      [[2], [5], [1], [6], [3]],
    ],
    sampling: { ...sampling, maxNewTokens: 2 },
    look: 2,
  },
  {
    name: 'greedy',
    model: { ...small, kvHeads: 4 },
    given: [[[3, 4], [5]]],
    sampling: { ...sampling, temperature: 0 },
    look: 3,
  },
  {
    name: 'biases, an untied head, scaled positions',
    model: { ...small, more: true },
    given: [[[1, 5, 6], [3], [7, 8, 9, 10, 11, 12, 3]]],
    sampling,
    look: 2,
  },
  {
    name: 'adapters too',
    model: { ...small, more: true, adapted: true },
    given: [[[1, 5, 6], [3], [7, 8, 9, 10, 11, 12, 3]]],
    sampling,
    look: 2,
  },
  {
    name: 'adapters over matrices that are packed once, for all that write with them',
    model: { ...small, adapted: true, kept: true },
    given: [
      [[1, 5, 6], [3], [7, 8, 9, 10, 11, 12, 3], [1], [2]],
      [[1], [3], [4], [5], [6]],
    ],
    sampling,
    look: 2,
  },
];

/** Not for WASM, which rounds what blocks are multiplied with. A GPU compiles all its kernels again for each type. */
export const blockTurnCases: TurnCase[] = [
  {
    name: 'int4 blocks, adapters, biases',
    model: { ...small, d: 36, f: 70, more: true, adapted: true, kept: true, blocks: 'int4' },
    given: [[[1, 5, 6], [3], [7, 8, 9, 10, 11, 12, 3]]],
    sampling,
    look: 2,
  },
  wholeBlocks('f16', 5),
];

/** The others, which a GPU in software compiles for long. */
export const moreBlockTurnCases: TurnCase[] = [
  ...(['f16', 'int8', 'int4'] as const).flatMap((type) =>
    [1, 4, 9, 17].map((rows) => wholeBlocks(type, rows)),
  ),
];

function wholeBlocks(blocks: BlockType | 'f16', rows: number): TurnCase {
  return {
    name: `${blocks} of whole vectors, ${rows} rows`,
    model: {
      layers: 1,
      d: 64,
      f: 96,
      heads: 4,
      kvHeads: 2,
      headDim: 16,
      vocabulary: 40,
      adapted: true,
      blocks,
    },
    given: [Array.from({ length: rows }, (_, row) => [(row * 5) % 19, 1 + (row % 7)])],
    sampling,
    look: 3,
  };
}

const turnsOf = (one: TurnCase) => one.given.length;
const rowsOf = (one: TurnCase) => one.given[0]?.length ?? 0;
/** Room for exactly what is fed: the last token of a turn is not. */
export const slotsOf = (one: TurnCase) =>
  Math.max(
    ...Array.from({ length: rowsOf(one) }, (_, row) =>
      one.given.reduce((n, lists) => n + (lists[row]?.length ?? 0), 0),
    ),
  ) +
  turnsOf(one) * (one.sampling.maxNewTokens - 1);

export const ropeShape = ({ heads, kvHeads, headDim, more = false }: Shape): RopeShape => ({
  ...{ heads, kvHeads, headDim, theta: 10000 },
  ...(more ? { frequencies: Array.from({ length: headDim / 2 }, (_, i) => 0.9 / (1 + i)) } : {}),
});

export function randomModel(one: Shape): DecoderModel {
  const { layers, d, f, heads, kvHeads, headDim, vocabulary, more = false } = one;
  let seed = 10;
  const matrix = (k: number, n: number) => toTensor(floats([k, n], seed++, k ** -0.5)) as Tensor2D;
  const gain = () => tf.tidy(() => toTensor(floats([d], seed++, 0.2)).add(1)) as Tensor1D;
  /** [n, k]; halves are there for GPUs only. */
  const inBlocks = (type: BlockType | 'f16', n: number, k: number, scale: number): BlockMatrix | Tensor2D => {
    const values = floats([n, k], seed++, scale).values as Float32Array;
    if (type !== 'f16') return blockMatrix(quantised(type, values, n, k));
    const rounded = values.map((value) => halfValue(halfBits(value)));
    const inHalves = tf.getBackend() === 'webgpu' ? halfMatrix(rounded, n, k, false) : null;
    return inHalves ?? tf.tensor2d(rounded, [n, k]);
  };
  const weight = (k: number, n: number): Weight => {
    if (!one.blocks) return { dtype: 'f32', base: matrix(k, n) };
    const base = inBlocks(one.blocks, n, k, k ** -0.5);
    if ('type' in base) return { dtype: base.type, base };
    const turned = base.transpose<Tensor2D>();
    base.dispose();
    return { dtype: 'f32', base: turned };
  };
  const table = () =>
    one.blocks
      ? inBlocks(one.blocks, vocabulary, d, 0.5)
      : (toTensor(floats([vocabulary, d], seed++, 0.5)) as Tensor2D);
  const width = (heads + 2 * kvHeads) * headDim;
  const adapted = (k: number, n: number): Weight => ({
    ...weight(k, n),
    ...(one.adapted
      ? {
          lora: [
            { a: matrix(k, 2), b: matrix(2, n - 5), from: 1, scale: 0.7 },
            ...(one.kept ? [{ a: matrix(k, 3), b: matrix(3, 2), from: n - 3, scale: 1.5 }] : []),
          ],
        }
      : {}),
  });
  const embed = table();
  return {
    shape: ropeShape(one),
    eps: 1e-5,
    embed,
    layers: Array.from({ length: layers }, () => ({
      attnNorm: gain(),
      qkv: adapted(d, width),
      ...(more ? { qkvBias: toTensor(floats([width], seed++)) as Tensor1D } : {}),
      out: weight(heads * headDim, d),
      mlpNorm: gain(),
      gateUp: adapted(d, 2 * f),
      down: adapted(f, d),
    })),
    norm: gain(),
    head: more ? table() : embed,
    ...(one.kept ? { panels: new FrozenPanels() } : {}),
  };
}

/** Its layers in the form that `tf.dispose` walks through, its head too. */
export const tensorsOf = ({ embed, head, norm, layers }: DecoderModel) =>
  [...new Set<Tensor>([tensorOf(embed), tensorOf(head), norm])].concat(
    layers.flatMap(({ attnNorm, qkv, qkvBias, out, mlpNorm, gateUp, down }) => [
      ...[attnNorm, mlpNorm, ...(qkvBias ? [qkvBias] : [])],
      ...[qkv, out, gateUp, down].flatMap(({ base, lora = [] }) => [
        tensorOf(base),
        ...lora.flatMap(({ a, b }) => [a, b]),
      ]),
    ]),
  );

export interface Written {
  readonly turns: TurnTokens[];
  /** Hidden states after each feeding. */
  readonly hidden: Float32Array[];
}

/** Feeds and samples turn after turn, as `model/generate.ts` does. */
export async function write(
  one: TurnCase,
  openWith: (model: DecoderModel, cache: KVCache) => Decoder,
  rows: readonly number[] = Array.from({ length: rowsOf(one) }, (_, row) => row),
): Promise<Written> {
  const { stops, maxNewTokens } = one.sampling;
  const model = randomModel(one.model);
  const cache = new KVCache({
    layers: one.model.layers,
    batch: rows.length,
    slots: slotsOf(one),
    shape: model.shape,
  });
  const decoder = openWith(model, cache);
  let last = tf.zeros<tf.Rank.R2>([rows.length, one.model.d]);
  let positions = new Int32Array(rows.length);
  const written: Written = { turns: [], hidden: [] };
  for (const [turn, given] of one.given.entries()) {
    const lists = rows.map((row) => given[row] ?? []);
    const next = decoder.feed({ last, positions }, lists);
    last.dispose();
    last = next;
    positions = positions.map((p, i) => p + (lists[i]?.length ?? 0));
    written.hidden.push(Float32Array.from(await last.data()));
    const uniforms = Float32Array.from({ length: maxNewTokens * rows.length }, (_, i) =>
      seeded(1000 * turn + 100 * (rows[i % rows.length] ?? 0) + Math.floor(i / rows.length))(),
    );
    const writer = decoder.startTurn({ last, positions }, { ...one.sampling, uniforms });
    const ids: number[] = [];
    const logp: number[] = [];
    for (let done = 0; done < maxNewTokens; done += one.look) {
      writer.advance(one.look);
      const read = await writer.read();
      ids.push(...read.ids);
      logp.push(...read.logp);
    }
    writer.dispose();
    written.turns.push({ ids: Int32Array.from(ids), logp: Float32Array.from(logp) });
    positions = positions.map((p, i) => {
      const own = ids.filter((id, at) => at % rows.length === i && id >= 0 && !stops.includes(id));
      return p + Math.min(own.length, maxNewTokens - 1);
    });
  }
  decoder.dispose();
  cache.dispose();
  model.panels?.dispose();
  tf.dispose([last, ...tensorsOf(model)]);
  return written;
}
