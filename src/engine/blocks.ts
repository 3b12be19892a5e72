/**
 * Frozen matrices as whole numbers of 8 or 4 bits: blocks of 32 values along the inputs of one output, each with a scale, those of 4
 * bits with a minimum too. int8: x = d·q; int4: x = d·q + m (q from 0 to 15); d and m are halves.
 *
 * On the host they lie as in GGUF's Q8_0 and Q4_1. On every back end they lie in tiles of 8 outputs × 32 inputs, 32-bit
 * words, little-endian; panels of 8 outputs one after the other, and in a panel its tiles along the inputs:
 *
 * - words 0–3: the scales of the 8 outputs, two a word, that of the even output in the lower half;
 * - int4 only, the next 4: the minimums, in the same way;
 * - int8: word 8·(k>>2) + output, whose byte k&3 is the value of input k;
 * - int4: word 8·(k>>3) + output, whose byte j has the values of inputs 8·(k>>3) + j (low) and 8·(k>>3) + 4 + j (high).
 *
 * Outputs and inputs that fill up the last tiles are zeros with scale and minimum 0.
 */
import { halfBits, halfValue } from './halves.ts';

export type BlockType = 'int8' | 'int4';

/** What a frozen matrix on a back end consists of: blocks, or halves in tiles alike (`halfTiles.ts`). */
export type TileType = BlockType | 'f16';

/** Values of a block. */
export const blockValues = 32;

/** Bytes of a block on the host, words of a tile, and its number in the kernels. */
export const blockLayouts = {
  int8: { bytes: 34, words: 68, valuesAt: 4, kernel: 1 },
  int4: { bytes: 20, words: 40, valuesAt: 8, kernel: 2 },
  /** No scales: word 8·(k>>1) + output has the values of inputs k and k + 1. Only GPUs take it. */
  f16: { bytes: 64, words: 128, valuesAt: 0, kernel: 0 },
} as const satisfies Record<TileType, object>;

/** A matrix on the host. */
export interface HostBlocks {
  readonly type: BlockType;
  readonly outputs: number;
  /** A multiple of 32, or the last block of each output is filled up with zeros. */
  readonly inputs: number;
  /** Blocks as in GGUF's Q8_0 (int8) and Q4_1 (int4), output after output. */
  readonly bytes: Uint8Array;
}

const blocksOf = (inputs: number) => Math.ceil(inputs / blockValues);
const lowNibbles = 0x0f0f0f0f;

/** Blocks of the host as tiles. */
export function inTiles({ type, outputs, inputs, bytes }: HostBlocks): Int32Array {
  const { bytes: size, words, valuesAt } = blockLayouts[type];
  const blocks = blocksOf(inputs);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tiles = new Int32Array(Math.ceil(outputs / 8) * blocks * words);
  const halves = new Uint16Array(tiles.buffer);
  for (let output = 0; output < outputs; output++) {
    const column = output & 7;
    for (let block = 0; block < blocks; block++) {
      const from = (output * blocks + block) * size;
      const tile = ((output >> 3) * blocks + block) * words;
      halves[2 * tile + column] = view.getUint16(from, true);
      const to = tile + valuesAt + column;
      if (type === 'int8') {
        for (let i = 0; i < 8; i++) tiles[to + 8 * i] = view.getInt32(from + 2 + 4 * i, true);
      } else {
        halves[2 * tile + 8 + column] = view.getUint16(from + 2, true);
        const word = (i: number) => view.getInt32(from + 4 + 4 * i, true);
        const [a, b, c, d] = [word(0), word(1), word(2), word(3)];
        tiles[to] = (a & lowNibbles) | ((b & lowNibbles) << 4);
        tiles[to + 8] = (c & lowNibbles) | ((d & lowNibbles) << 4);
        tiles[to + 16] = ((a >>> 4) & lowNibbles) | (b & ~lowNibbles);
        tiles[to + 24] = ((c >>> 4) & lowNibbles) | (d & ~lowNibbles);
      }
    }
  }
  return tiles;
}

/** The values in tiles, [outputs, inputs] row by row, each rounded to float32 after the product and after the sum. */
export function fromTiles(
  { type, outputs, inputs }: Pick<HostBlocks, 'type' | 'outputs' | 'inputs'>,
  tiles: Int32Array,
): Float32Array {
  const { words, valuesAt } = blockLayouts[type];
  const blocks = blocksOf(inputs);
  const halves = new Uint16Array(tiles.buffer, tiles.byteOffset, 2 * tiles.length);
  const bytes = new Int8Array(tiles.buffer, tiles.byteOffset, 4 * tiles.length);
  const values = new Float32Array(outputs * inputs);
  for (let output = 0; output < outputs; output++) {
    const column = output & 7;
    for (let block = 0; block < blocks; block++) {
      const tile = ((output >> 3) * blocks + block) * words;
      const d = halfValue(halves[2 * tile + column] ?? 0);
      const m = type === 'int4' ? halfValue(halves[2 * tile + 8 + column] ?? 0) : 0;
      const from = 4 * (tile + valuesAt + column);
      const to = output * inputs + block * blockValues;
      const count = Math.min(blockValues, inputs - block * blockValues);
      for (let k = 0; k < count; k++) {
        const byte = bytes[from + 32 * (type === 'int8' ? k >> 2 : k >> 3) + (k & 3)] ?? 0;
        const q = type === 'int8' ? byte : (byte >> (k & 4)) & 15;
        values[to + k] = Math.fround(d * q) + m;
      }
    }
  }
  return values;
}

/**
 * A matrix [outputs, inputs] as blocks. Half a step of its block lies between a number and what it becomes at most.
 * @throws RangeError for a number that is too large for a scale, or none
 */
export function quantised(
  type: BlockType,
  values: Float32Array,
  outputs: number,
  inputs: number,
): HostBlocks {
  const { bytes: size } = blockLayouts[type];
  const blocks = blocksOf(inputs);
  const bytes = new Uint8Array(outputs * blocks * size);
  const view = new DataView(bytes.buffer);
  for (let output = 0; output < outputs; output++) {
    for (let block = 0; block < blocks; block++) {
      const first = output * inputs + block * blockValues;
      const own = values.subarray(first, Math.min(first + blockValues, (output + 1) * inputs));
      const at = (output * blocks + block) * size;
      if (type === 'int8') eightBits(own, view, at);
      else fourBits(own, view, at);
    }
  }
  return { type, outputs, inputs, bytes };
}

function eightBits(values: Float32Array, view: DataView, at: number): void {
  let top = 0;
  for (const x of values) top = Math.max(top, Math.abs(x));
  const d = reaching(halfBits(top / 127), top, 127);
  const step = halfValue(d);
  view.setUint16(at, d, true);
  values.forEach((x, i) => {
    view.setInt8(at + 2 + i, step === 0 ? 0 : Math.max(-127, Math.min(127, Math.round(x / step))));
  });
}

/** A scale with which so many steps reach as far as they must: below 10⁻⁴ halves are far apart, and the nearest may be too small. */
function reaching(scale: number, far: number, steps: number): number {
  const enough = halfValue(scale) * (steps + 0.5) < far ? scale + 1 : scale;
  if (halfValue(enough) < Infinity) return enough; // not NaN either
  throw new RangeError(`Numbers as far as ${far} from one another cannot be rounded to blocks.`);
}

function fourBits(values: Float32Array, view: DataView, at: number): void {
  let [low, high] = [Infinity, -Infinity];
  for (const x of values) [low, high] = [Math.min(low, x), Math.max(high, x)];
  let d = halfBits((high - low) / 15);
  let m = halfBits(low);
  if (Math.abs(halfValue(m) - low) > halfValue(d) / 2) {
    // So near one another that the minimum, a half, is off by more than that: it lies below them all then.
    if (halfValue(m) > low) m += m < 0x8000 ? -1 : 1;
    d = halfBits((high - halfValue(m)) / 15);
  }
  d = reaching(d, high - halfValue(m), 15);
  const [step, least] = [halfValue(d), halfValue(m)];
  view.setUint16(at, d, true);
  view.setUint16(at + 2, m, true);
  values.forEach((x, i) => {
    const q = step === 0 ? 0 : Math.max(0, Math.min(15, Math.round((x - least) / step)));
    const place = at + 4 + (i & 15);
    view.setUint8(place, view.getUint8(place) | (i < 16 ? q : q << 4));
  });
}
