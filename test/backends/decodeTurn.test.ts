/** Whole turns, token after token: every back end writes what single operations on the cpu back end write. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  KVCache,
  openBackend,
  openDecoder,
  openDecoderReference,
  qkvWidth,
  rope,
  tf,
} from '../../src/engine/index.ts';
import type { TurnTokens } from '../../src/engine/index.ts';
import { expectNoGpuErrors, open, openForAll, relativeError } from '../engine/backends.ts';
import {
  blockTurnCases,
  odd,
  randomModel,
  ropeShape,
  sampling,
  slotsOf,
  tensorsOf,
  turnCases,
  write,
  type TurnCase,
  type Written,
} from '../engine/turns.ts';

afterEach(expectNoGpuErrors);

const openThreads = (threads: number) => openBackend('wasm', { environment: 'node', threads });

const wanted = new Map<string, Written>();
beforeAll(async () => {
  await openThreads(3); // the first to open decides whether memory can be shared
  await open('cpu');
  for (const one of [...turnCases, ...blockTurnCases])
    wanted.set(one.name, await write(one, openDecoderReference));
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
  const [first] = wanted.get(turnCases[0]?.name ?? '')?.turns ?? [];
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
    for (const { model } of [...turnCases, ...blockTurnCases]) {
      const shape = ropeShape(model);
      tf.tidy(() =>
        rope(
          tf.zeros([1, qkvWidth(shape)]),
          tf.tensor1d([slotsOf(turnCases[2] as TurnCase)], 'int32'),
          shape,
        ),
      );
    }
  });

  it.each(name === 'wasm' ? turnCases : [...turnCases, ...blockTurnCases])(
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
    for (const one of turnCases.filter(({ given }) => given.length > 1)) {
      const rows = one.given[0]?.length ?? 0;
      const all = here.get(one.name) ?? (await write(one, openDecoder));
      // One row alone has a kernel of its own for the head.
      for (const chosen of [[3, 1], [3]]) {
        const few = await write(one, openDecoder, chosen);
        for (const [turn, { ids, logp }] of few.turns.entries()) {
          const whole = all.turns[turn] as TurnTokens;
          for (const [place, row] of chosen.entries()) {
            expect(everyOther(ids, chosen.length, place)).toEqual(everyOther(whole.ids, rows, row));
            expect(everyOther(logp, chosen.length, place)).toEqual(everyOther(whole.logp, rows, row));
          }
        }
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
  it.each(turnCases.filter(({ model }) => !model.adapted))(
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
