/**
 * Counter-based random numbers: each is a function of the seed and of what it is for (update, prompt, sample, token),
 * so that pausing, resuming or changing the order of work changes nothing. Integer arithmetic on 32 bits: exact anywhere.
 */

const rotate = (x: number, bits: number) => (x << bits) | (x >>> (32 - bits));

/**
 * MurmurHash3 (x86, 32 bits) of the counters as 32-bit words, started at `seed`. Arguments are taken modulo 2³².
 * @returns an integer from 0 to 2³² − 1.
 */
export function hash(seed: number, ...counters: number[]): number {
  let h = seed | 0;
  for (const counter of counters) {
    h ^= Math.imul(rotate(Math.imul(counter, 0xcc9e2d51), 15), 0x1b873593);
    h = (Math.imul(rotate(h, 13), 5) + 0xe6546b64) | 0;
  }
  h ^= 4 * counters.length;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/**
 * Uniform in (0, 1), from 2⁻²⁴ to 1 − 2⁻²⁴ in steps of 2⁻²³. Each value is exact in float32, so it is never rounded
 * to 0 or 1 on a GPU.
 */
export function uniform(seed: number, ...counters: number[]): number {
  return ((hash(seed, ...counters) >>> 9) + 0.5) / 2 ** 23;
}

/** A stream of random numbers, for shuffles and generators: `hash` with a running counter. */
export class RandomStream {
  readonly #seed: number;
  #count = 0;

  /** Streams with different counters are independent. */
  constructor(seed: number, ...counters: number[]) {
    this.#seed = hash(seed, ...counters);
  }

  /** Uniform in (0, 1), as `uniform`. */
  uniform(): number {
    return uniform(this.#seed, this.#count++);
  }

  /** Integer from 0 to n − 1, every one equally likely; n from 1 to 2³². */
  integer(n: number): number {
    const limit = 2 ** 32 - (2 ** 32 % n); // draws beyond the last whole multiple of n would favour small results
    let x = hash(this.#seed, this.#count++);
    while (x >= limit) x = hash(this.#seed, this.#count++);
    return x % n;
  }

  /** Shuffles in place (Fisher–Yates) and returns the same array. */
  shuffle<T>(items: T[]): T[] {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      [items[i], items[j]] = [items[j], items[i]];
    }
    return items;
  }
}

/** The numbers 0 … n − 1 in an order that depends only on the seed and the counters. */
export function permutation(n: number, seed: number, ...counters: number[]): number[] {
  return new RandomStream(seed, ...counters).shuffle(Array.from({ length: n }, (_, i) => i));
}
