import fc from '../../property.ts';
import { describe, expect, it } from 'vitest';
import { hash, permutation, RandomStream, uniform } from '../../../src/rl/random.ts';

const word = fc.integer({ min: 0, max: 2 ** 32 - 1 });

describe('hash', () => {
  // Published test vectors of MurmurHash3_x86_32 (SMHasher and its ports), words little-endian.
  it.each([
    [0, [], 0],
    [1, [], 0x514e28b7],
    [0xffffffff, [], 0x81f16f39],
    [0, [0xffffffff], 0x76293b50],
    [0, [0x87654321], 0xf55b516b],
    [0x5082edee, [0x87654321], 0x2362f9de],
    [0, [0], 0x2362f9de],
  ])('of seed %i and %j is MurmurHash3', (seed, counters, expected) => {
    expect(hash(seed, ...counters)).toBe(expected);
  });

  it('is a 32-bit unsigned integer and depends on every counter and their order', () => {
    fc.assert(
      fc.property(word, word, word, (seed, a, b) => {
        fc.pre(a !== b);
        const h = hash(seed, a, b);
        expect(Number.isInteger(h) && h >= 0 && h < 2 ** 32).toBe(true);
        expect(hash(seed, a, a)).not.toBe(h); // one word in, one word out: each step is a bijection
        expect(hash(seed, b, b)).not.toBe(h);
      }),
    );
  });
});

describe('uniform', () => {
  it('is exact in float32 and never 0 or 1', () => {
    fc.assert(
      fc.property(word, word, (seed, counter) => {
        const u = uniform(seed, counter);
        expect(Math.fround(u)).toBe(u);
        expect(u > 0 && u < 1).toBe(true);
      }),
    );
    expect(Math.fround((2 ** 23 - 1 + 0.5) / 2 ** 23)).toBeLessThan(1);
  });

  it('fills ten equal bins evenly', () => {
    const bins = Array<number>(10).fill(0);
    for (let i = 0; i < 10_000; i++) bins[Math.floor(uniform(7, i) * 10)]++;
    const chiSquare = bins.reduce((sum, n) => sum + (n - 1000) ** 2 / 1000, 0);
    expect(chiSquare).toBeLessThan(27.9); // 9 degrees of freedom, p = 0.001; the seed is fixed
  });
});

describe('RandomStream and permutation', () => {
  it('permutation holds each number once and depends on seed and counters only', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60 }), word, word, (n, seed, counter) => {
        const order = permutation(n, seed, counter);
        expect(order.toSorted((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
        expect(permutation(n, seed, counter)).toEqual(order);
      }),
    );
    expect(permutation(50, 1, 0)).not.toEqual(permutation(50, 1, 1));
  });

  it('integer stays below n and reaches every value', () => {
    const stream = new RandomStream(3);
    const seen = new Set(Array.from({ length: 200 }, () => stream.integer(6)));
    expect([...seen].toSorted()).toEqual([0, 1, 2, 3, 4, 5]);
  });
});
