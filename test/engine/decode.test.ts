/** Sampling and the key/value cache on every back end. */
import fc from '../property.ts';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { below, causalAttention, KVCache, sampleToken, tf, tokenLogProbs } from '../../src/engine/index.ts';
import type { SampleOptions, Tensor2D } from '../../src/engine/index.ts';
import { expectNoGpuErrors, open, openForAll, relativeError, toTensor } from './backends.ts';
import { floats, seeded } from './cases.ts';

afterEach(expectNoGpuErrors);

const batch = 37;
const vocabulary = 21;
const scores = floats([batch, vocabulary], 1, 2);
const random = seeded(2);
const uniforms = Float32Array.from({ length: batch }, (_, i) =>
  i === 0 ? 0 : i === 1 ? 0.9999999 : random(),
);

/** The definition, in double precision and with a sort, as a check on both implementations. */
function sampleRow(row: number, { temperature, topP, banned }: SampleOptions): { id: number; logp: number } {
  const logits = Array.from(scores.values.subarray(row * vocabulary, (row + 1) * vocabulary));
  const isBanned = (id: number) => banned.some(([first, last]) => id >= first && id <= last);
  const allowed = logits.map((x, i) => (isBanned(i) ? -Infinity : x / (temperature || 1)));
  const total = allowed.reduce((sum, x) => sum + Math.exp(x), 0);
  const p = allowed.map((x) => Math.exp(x) / total);
  const logp = p.map((x) => Math.log(x));
  if (temperature === 0) {
    const id = p.indexOf(Math.max(...p));
    return { id, logp: logp[id] ?? NaN };
  }
  let mass = 0;
  let least = 0;
  for (const x of p.toSorted((a, b) => b - a)) {
    if (mass >= topP) break;
    mass += x;
    least = x;
  }
  const kept = p.map((x) => (x >= least ? x : 0));
  const threshold = (uniforms[row] ?? 0) * kept.reduce((a, b) => a + b, 0) * (1 - 1e-6);
  let cumulative = 0;
  const id = kept.findIndex((x) => (cumulative += x) > threshold);
  return { id, logp: logp[id] ?? NaN };
}

/** Row b of the result is position `at[b]` of sequence b, whose rows are [b·time + t]; −1 gives any. */
function rowsAt(whole: Tensor2D, time: number, at: readonly number[]): Tensor2D {
  const rows = at.map((t, b) => b * time + Math.max(t, 0));
  return tf.gather(whole, tf.tensor1d(rows, 'int32'));
}

describe.each(['cpu', 'wasm', 'webgpu'] as const)('decoding on %s', (name) => {
  openForAll(name);

  it.each([
    { temperature: 1, topP: 1, banned: [] },
    { temperature: 0.7, topP: 0.8, banned: below(3) },
    { temperature: 1.5, topP: 0.3, banned: below(1) },
    { temperature: 1, topP: 0.01, banned: [] },
    { temperature: 0, topP: 1, banned: below(5) },
    {
      temperature: 0,
      topP: 1,
      banned: [
        [2, 9],
        [12, 20],
      ] as const,
    },
    {
      temperature: 1.2,
      topP: 1,
      banned: [
        [0, 1],
        [5, 5],
        [11, 14],
      ] as const,
    },
    {
      temperature: 1.2,
      topP: 0.7,
      banned: [
        [3, 3],
        [18, 20],
      ] as const,
    },
  ])('samples the token of its definition: T $temperature, top-p $topP, without $banned', async (options) => {
    const before = tf.memory().numTensors;
    const logits = toTensor(scores) as Tensor2D;
    const u = tf.tensor1d(uniforms);
    const sampled = sampleToken(logits, u, options);
    const ids = await sampled.ids.data();
    const logp = Float32Array.from(await sampled.logp.data());
    const want = Array.from({ length: batch }, (_, row) => sampleRow(row, options));
    expect([...ids]).toEqual(want.map(({ id }) => id));
    expect(
      relativeError(
        logp,
        Float32Array.from(want, (w) => w.logp),
      ),
    ).toBeLessThan(1e-5);
    tf.dispose([logits, u, sampled.ids, sampled.logp]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('writes nothing that is banned, whatever the scores', async () => {
    const rows = 3;
    const size = 700; // long sums, so that they are rounded, and an end that is banned
    const odd = floats([rows, size], 5, 3).values as Float32Array;
    odd.fill(NaN, 2 * size);
    const logits = tf.tensor2d(odd, [rows, size]);
    const u = tf.fill<tf.Rank.R1>([rows], 1 - 2 ** -24);
    const without = [
      [0, 2],
      [5, 9],
      [400, 699],
    ] as const;
    const { ids, logp } = sampleToken(logits, u, { temperature: 1, topP: 1, banned: without });
    const chosen = Array.from(await ids.data()).slice(0, name === 'webgpu' ? rows : 2);
    expect(chosen.filter((id) => without.some(([first, last]) => id >= first && id <= last))).toEqual([]);
    tf.dispose([logits, u, ids, logp]);
  });

  it('draws what has a probability, where sums of a run and of its parts round differently', async () => {
    const [rows, size] = [64, 512];
    const row = new Float32Array(size).fill(-1e4);
    row[0] = row[511] = 0;
    row.fill(Math.log(0.49 * 2 ** -23), 456, 464);
    const logits = tf.tensor2d(
      Float32Array.from({ length: rows * size }, (_, i) => row[i % size] as number),
      [rows, size],
    );
    const u = tf.tensor1d(Float32Array.from({ length: rows }, (_, i) => 0.5000005 + (i - 32) * 6e-8));
    const { ids, logp } = sampleToken(logits, u, { temperature: 1, topP: 1, banned: [] });
    for (const id of await ids.data()) expect(row[id]).toBeGreaterThan(-100);
    tf.dispose([logits, u, ids, logp]);
  });

  it('samples with the log-probability that the head recomputes', async () => {
    const [x, table] = [toTensor(floats([9, 8], 3)) as Tensor2D, toTensor(floats([30, 8], 4)) as Tensor2D];
    const u = tf.tensor1d(uniforms.slice(0, 9));
    const options = { temperature: 0.8, topP: 0.9, banned: below(2) };
    const sampled = sampleToken(tf.matMul(x, table, false, true), u, options);
    const again = tokenLogProbs(x, table, sampled.ids, options);
    const error = relativeError(
      Float32Array.from(await sampled.logp.data()),
      Float32Array.from(await again.logp.data()),
    );
    expect(error).toBeLessThan(1e-5);
    tf.dispose([x, table, u, { ...sampled }, { ...again }]);
  });

  it.each([1e4, -1e4])('survives scores of %d', async (scale) => {
    const logits = tf.tensor2d([0, scale, scale / 2, -scale], [1, 4]);
    const u = tf.tensor1d([0.5]);
    const { ids, logp } = sampleToken(logits, u, { temperature: 1, topP: 0.9, banned: [] });
    expect([(await ids.data())[0], (await logp.data())[0]]).toEqual([scale > 0 ? 1 : 3, 0]);
    tf.dispose([logits, u, ids, logp]);
  });

  // Three sequences of different make: short; longer than one block of 64 slots; heads wider than 64.
  it.each([
    { heads: 4, kvHeads: 2, headDim: 6, prefill: 4, time: 7 },
    { heads: 2, kvHeads: 1, headDim: 8, prefill: 66, time: 70 },
    { heads: 1, kvHeads: 1, headDim: 70, prefill: 1, time: 3 },
  ])('attends through the cache as the whole sequence does, rows of different lengths: %j', async (sizes) => {
    const { prefill, time, ...shape } = sizes;
    const [prompts, k, slots] = [2, 3, time + 2] as const;
    const width = (shape.heads + 2 * shape.kvHeads) * shape.headDim;
    const rows = prompts * k;
    const before = tf.memory().numTensors;
    // Every sample continues its prompt's first `prefill` positions with its own.
    const prompt = toTensor(floats([prompts, 1, prefill, width], 5));
    const own = toTensor(floats([rows, time - prefill, width], 6));
    const whole = tf.tidy(() => {
      const repeated = prompt.tile([1, k, 1, 1]).reshape([rows, prefill, width]);
      return tf.concat([repeated, own], 1).reshape([rows * time, width]) as Tensor2D;
    });
    const full = causalAttention(whole, { ...shape, batch: rows, time });

    const cache = new KVCache({ layers: 1, batch: prompts, slots, shape });
    const promptRows = prompt.reshape([prompts * prefill, width]) as Tensor2D;
    cache.fillFromPrefill(0, promptRows, prompts, prefill);
    cache.repeatRows(k);
    expect(cache.batch).toBe(rows);
    const attend = (at: readonly number[]) =>
      cache.attend(0, rowsAt(whole, time, at), tf.tensor1d([...at], 'int32'));
    for (let step = 0; step <= time - prefill; step++) {
      // Every other row is one position behind, and waits first; so the others wait last.
      const at = Array.from({ length: rows }, (_, row) => prefill + step - (row % 2)).map((t) =>
        t < prefill || t >= time ? -1 : t,
      );
      const [got, want] = tf.tidy(() => [attend(at), rowsAt(full, time, at)]) as [Tensor2D, Tensor2D];
      const [g, w] = [await got.array(), await want.array()];
      at.forEach((t, row) => {
        if (t < 0) return;
        const error = relativeError(Float32Array.from(g[row] ?? []), Float32Array.from(w[row] ?? []));
        expect(error).toBeLessThan(1e-5);
      });
      tf.dispose([got, want]);
    }
    cache.dispose();
    expect(() => tf.tidy(() => attend(Array.from({ length: rows }, () => 0)))).toThrow(/dispose/);
    tf.dispose([prompt, own, whole, full, promptRows]);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('wrong calls', () => {
  beforeAll(async () => {
    await open('wasm');
  });

  it('are refused before memory is touched', () => {
    tf.tidy(() => {
      const [x, table] = [tf.ones([2, 4]) as Tensor2D, tf.ones([5, 4]) as Tensor2D];
      const options = { temperature: 1, banned: [] };
      expect(() => tokenLogProbs(x, table, tf.tensor1d([1, 5], 'int32'), options)).toThrow(/place 1/);
      expect(() =>
        tokenLogProbs(x, table, tf.tensor1d([1, 1], 'int32'), { ...options, temperature: 0 }),
      ).toThrow(/temperature/);
      expect(() => causalAttention(x, { batch: 1, time: 3, heads: 1, kvHeads: 1, headDim: 1 })).toThrow(
        /wide/,
      );
    });
  });
});

describe('sampling', () => {
  it('follows the distribution, for any scores', async () => {
    await open('wasm');
    const row = fc.array(fc.double({ min: -8, max: 8, noNaN: true }), { minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(row, fc.double({ min: 0, max: 0.999999, noNaN: true }), (values, u) => {
        const id = tf.tidy(() => {
          const logits = tf.tensor2d(values, [1, values.length]);
          const options = { temperature: 1, topP: 1, banned: [] };
          return sampleToken(logits, tf.tensor1d([u]), options).ids.dataSync()[0] as number;
        });
        const weights = values.map((x) => Math.exp(x));
        const total = weights.reduce((a, b) => a + b, 0);
        const below = weights.slice(0, id).reduce((a, b) => a + b, 0) / total;
        const upTo = weights.slice(0, id + 1).reduce((a, b) => a + b, 0) / total;
        return u >= below - 2e-6 && u <= upTo + 2e-6;
      }),
      { numRuns: 100 },
    );
  });
});
