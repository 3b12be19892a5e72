/** Whole turns, token after token: every back end writes what single operations on the cpu back end write. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  below,
  blockMatrix,
  FrozenPanels,
  KVCache,
  openBackend,
  openDecoder,
  openDecoderReference,
  quantised,
  qkvWidth,
  rope,
  tensorOf,
  tf,
} from '../../src/engine/index.ts';
import type {
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
import { expectNoGpuErrors, open, openForAll, relativeError, toTensor } from '../engine/backends.ts';
import { floats, seeded } from '../engine/cases.ts';

afterEach(expectNoGpuErrors);

interface Shape {
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
  readonly blocks?: BlockType;
}
interface Case {
  readonly name: string;
  readonly model: Shape;
  /** Given tokens of each row, before each turn. */
  readonly given: readonly (readonly (readonly number[])[])[];
  readonly sampling: Omit<TurnSampling, 'uniforms'>;
  /** Tokens computed between reads. */
  readonly look: number;
}

const odd: Shape = { layers: 2, d: 10, f: 7, heads: 4, kvHeads: 2, headDim: 6, vocabulary: 19 };
/** For most cases the same, and one layer: a GPU compiles a kernel for each list of ids, and in software a layer takes its time. */
const sampling: Case['sampling'] = {
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
const cases: Case[] = [
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
    name: 'more than 64 slots, sums longer than a block, a nucleus, nothing that ends a row',
    model: { layers: 1, d: 300, f: 270, heads: 3, kvHeads: 3, headDim: 6, vocabulary: 33 },
    given: [Array.from({ length: 2 }, (_, row) => Array.from({ length: 60 + row }, (_, i) => (i * 7) % 33))],
    sampling: { temperature: 0.7, topP: 0.8, banned: below(2), stops: [], maxNewTokens: 7 },
    look: 16,
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

/** Not for WASM, which rounds what blocks are multiplied with. Only one type: a GPU compiles all its kernels again for another. */
const blockCases = (['int4'] as const).map((blocks): Case => ({
  name: `${blocks} blocks, adapters, biases`,
  model: { ...small, d: 36, f: 70, more: true, adapted: true, kept: true, blocks },
  given: [[[1, 5, 6], [3], [7, 8, 9, 10, 11, 12, 3]]],
  sampling,
  look: 2,
}));

const turnsOf = (one: Case) => one.given.length;
const rowsOf = (one: Case) => one.given[0]?.length ?? 0;
/** Room for exactly what is fed: the last token of a turn is not. */
const slotsOf = (one: Case) =>
  Math.max(
    ...Array.from({ length: rowsOf(one) }, (_, row) =>
      one.given.reduce((n, lists) => n + (lists[row]?.length ?? 0), 0),
    ),
  ) +
  turnsOf(one) * (one.sampling.maxNewTokens - 1);

const ropeShape = ({ heads, kvHeads, headDim, more = false }: Shape): RopeShape => ({
  ...{ heads, kvHeads, headDim, theta: 10000 },
  ...(more ? { frequencies: Array.from({ length: headDim / 2 }, (_, i) => 0.9 / (1 + i)) } : {}),
});

function randomModel(one: Shape): DecoderModel {
  const { layers, d, f, heads, kvHeads, headDim, vocabulary, more = false } = one;
  let seed = 10;
  const matrix = (k: number, n: number) => toTensor(floats([k, n], seed++, k ** -0.5)) as Tensor2D;
  const gain = () => tf.tidy(() => toTensor(floats([d], seed++, 0.2)).add(1)) as Tensor1D;
  const inBlocks = (type: BlockType, n: number, k: number, scale: number) =>
    blockMatrix(quantised(type, floats([n, k], seed++, scale).values as Float32Array, n, k));
  const weight = (k: number, n: number): Weight =>
    one.blocks
      ? { dtype: one.blocks, base: inBlocks(one.blocks, n, k, k ** -0.5) }
      : { dtype: 'f32', base: matrix(k, n) };
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
const tensorsOf = ({ embed, head, norm, layers }: DecoderModel) =>
  [...new Set<Tensor>([tensorOf(embed), tensorOf(head), norm])].concat(
    layers.flatMap(({ attnNorm, qkv, qkvBias, out, mlpNorm, gateUp, down }) => [
      ...[attnNorm, mlpNorm, ...(qkvBias ? [qkvBias] : [])],
      ...[qkv, out, gateUp, down].flatMap(({ base, lora = [] }) => [
        tensorOf(base),
        ...lora.flatMap(({ a, b }) => [a, b]),
      ]),
    ]),
  );

interface Written {
  readonly turns: TurnTokens[];
  /** Hidden states after each feeding. */
  readonly hidden: Float32Array[];
}

/** Feeds and samples turn after turn, as `model/generate.ts` does. */
async function write(
  one: Case,
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

const openThreads = (threads: number) => openBackend('wasm', { environment: 'node', threads });

const wanted = new Map<string, Written>();
beforeAll(async () => {
  await openThreads(3); // the first to open decides whether memory can be shared
  await open('cpu');
  for (const one of [...cases, ...blockCases]) wanted.set(one.name, await write(one, openDecoderReference));
});

/** One row's values. */
function everyOther<T extends Int32Array | Float32Array>(values: T, rows: number, row: number): T {
  return values.filter((_, at) => at % rows === row) as T;
}

function expectWritten(got: Written, want: Written): void {
  got.turns.forEach(({ ids, logp }, turn) => {
    expect([...ids]).toEqual([...(want.turns[turn]?.ids ?? [])]);
    expect(relativeError(logp, want.turns[turn]?.logp ?? new Float32Array())).toBeLessThan(1e-5);
  });
  got.hidden.forEach((hidden, turn) => {
    expect(relativeError(hidden, want.hidden[turn] ?? new Float32Array())).toBeLessThan(1e-5);
  });
}

it('rows end at different times in these cases', () => {
  const [first] = wanted.get(cases[0]?.name ?? '')?.turns ?? [];
  const ended = [...(first?.ids ?? [])]
    .map((id, at) => (sampling.stops.includes(id) ? Math.floor(at / 5) : -1))
    .filter((at) => at >= 0);
  expect(new Set(ended).size).toBeGreaterThan(1);
});

describe.each(['cpu', 'wasm', 'webgpu'] as const)('turns on %s', (name) => {
  openForAll(name);
  /** What was written here, by case: on a GPU in software it takes seconds. */
  const here = new Map<string, Written>();
  beforeAll(async () => {
    // Tables of angles are kept; they are made now.
    for (const { model } of cases) {
      const shape = ropeShape(model);
      tf.tidy(() =>
        rope(tf.zeros([1, qkvWidth(shape)]), tf.tensor1d([slotsOf(cases[2] as Case)], 'int32'), shape),
      );
    }
  });

  it.each(name === 'wasm' ? cases : [...cases, ...blockCases])(
    'are those of single operations: $name',
    async (one) => {
      const before = tf.memory().numTensors;
      const got = await write(one, openDecoder);
      here.set(one.name, got);
      expectWritten(got, wanted.get(one.name) ?? { turns: [], hidden: [] });
      expect(tf.memory().numTensors).toBe(before);
    },
  );

  it('do not depend on the other rows', async () => {
    const [one] = cases as [Case];
    const all = here.get(one.name) ?? (await write(one, openDecoder));
    const few = await write(one, openDecoder, [3, 1]);
    for (const [turn, { ids, logp }] of few.turns.entries()) {
      const whole = all.turns[turn] as TurnTokens;
      for (const [place, row] of [3, 1].entries()) {
        expect(everyOther(ids, 2, place)).toEqual(everyOther(whole.ids, 5, row));
        expect(everyOther(logp, 2, place)).toEqual(everyOther(whole.logp, 5, row));
      }
    }
  });

  it('are refused when something does not fit', () => {
    const model = randomModel(odd);
    const cache = new KVCache({ layers: 2, batch: 2, slots: 4, shape: model.shape });
    const decoder = openDecoder(model, cache);
    const last = tf.zeros<tf.Rank.R2>([2, odd.d]);
    const start = { last, positions: Int32Array.of(0, 2) };
    const uniforms = new Float32Array(8);
    expect(() => decoder.feed(start, [[1], [1, 2, 3]])).toThrow(/full/);
    expect(() => decoder.feed(start, [[1], [19]])).toThrow(/id 19/);
    expect(() => decoder.feed(start, [[1]])).toThrow(/lists/);
    expect(() => decoder.startTurn(start, { ...sampling, maxNewTokens: 4, uniforms })).toThrow(/full/);
    expect(() => decoder.startTurn(start, { ...sampling, maxNewTokens: 3, uniforms })).toThrow(/uniform/);
    expect(() => decoder.startTurn(start, { ...sampling, maxNewTokens: 0, uniforms })).toThrow(/uniform/);
    expect(() =>
      decoder.startTurn({ ...start, positions: Int32Array.of(0) }, { ...sampling, uniforms }),
    ).toThrow(/fit/);
    decoder.dispose();
    cache.dispose();
    tf.dispose([last, ...tensorsOf(model)]);
  });
});

describe('turns on wasm', () => {
  afterAll(() => openThreads(1));

  // Here adapters are added to their matrix, there to its product.
  it.each(cases.filter(({ model }) => !model.adapted))(
    'are those of its single kernels to the last bit, on 1 and 3 threads: $name',
    async (one) => {
      await openThreads(1);
      const single = await write(one, openDecoderReference);
      expect(await write(one, openDecoder)).toEqual(single);
      await openThreads(3);
      expect(await write(one, openDecoder)).toEqual(single);
    },
  );
});
