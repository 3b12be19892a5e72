/**
 * The seeded random stream of this room (sfc32). The same (seed, index) always gives the same draws,
 * so item `index` of a corpus can be made without making the ones before it.
 */
export class Stream {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** @param seed any finite number. @param index position in the corpus, from 0. */
  constructor(seed: number, index = 0) {
    this.#a = mix32(seed | 0);
    this.#b = mix32(Math.floor(seed / 2 ** 32) ^ 0x9e3779b9);
    this.#c = mix32(index ^ 0x85ebca6b);
    for (let i = 0; i < 12; i++) this.#next();
  }

  #next(): number {
    const t = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + t) | 0;
    return t >>> 0;
  }

  /** Uniform in [0, 1). */
  uniform(): number {
    return this.#next() / 2 ** 32;
  }

  /** Uniform integer, both ends included. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.uniform() * (high - low + 1));
  }

  /** One element, each equally likely. */
  choice<T>(items: readonly T[]): T {
    if (items.length === 0) throw new RangeError('Stream.choice: nothing to choose from');
    return items[Math.floor(this.uniform() * items.length)]!;
  }

  /** One element, with probability proportional to its weight. */
  weighted<T extends { readonly weight: number }>(items: readonly T[]): T {
    let left = this.uniform() * items.reduce((sum, item) => sum + item.weight, 0);
    for (const item of items) {
      left -= item.weight;
      if (left < 0) return item;
    }
    return items[items.length - 1]!;
  }
}

/** Stable 32-bit hash of a text (FNV-1a, then mixed). */
export function hashText(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return mix32(h);
}

/** The finaliser of MurmurHash3: every input bit reaches every output bit. */
function mix32(x: number): number {
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}
