/** Matrices of halves in tiles of 8 outputs × 32 inputs (`blocks.ts`), for a GPU. */
import { blockLayouts, blockValues } from './blocks.ts';
import { halfBits, halfValue } from './halves.ts';

const { words } = blockLayouts.f16;

/** Where a value lies among the halves of all tiles. */
function placeOf(inputs: number): (output: number, input: number) => number {
  const tiles = Math.ceil(inputs / blockValues);
  return (output, input) => {
    const tile = (output >> 3) * tiles + Math.floor(input / blockValues);
    const k = input % blockValues;
    return 2 * (words * tile + 8 * (k >> 1) + (output & 7)) + (k & 1);
  };
}

/**
 * @param values [outputs, inputs], or [inputs, outputs] if `transposed`
 * @returns null when some value has more digits than a half, or is too large for one
 */
export function inHalfTiles(
  values: Float32Array,
  outputs: number,
  inputs: number,
  transposed: boolean,
): Int32Array | null {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const tiles = new Int32Array(Math.ceil(outputs / 8) * Math.ceil(inputs / blockValues) * words);
  const halves = new Uint16Array(tiles.buffer);
  const place = placeOf(inputs);
  for (let at = 0; at < bits.length; at++) {
    const half = halfOf(bits[at] as number, values[at] as number);
    if (half === null) return null;
    const [row, column] = transposed
      ? [at % outputs, Math.floor(at / outputs)]
      : [Math.floor(at / inputs), at % inputs];
    halves[place(row, column)] = half;
  }
  return tiles;
}

/** A float32 as a half: its last 13 binary digits must be 0. Those of the smallest are rounded. */
function halfOf(bits: number, value: number): number | null {
  const exponent = (bits >>> 23) & 255;
  if ((bits & 0x1fff) !== 0 || exponent > 142) return null;
  if (exponent < 113) return halfBits(value);
  return ((bits >>> 16) & 0x8000) | ((exponent - 112) << 10) | ((bits >>> 13) & 0x3ff);
}

/** The way back: [outputs, inputs]. */
export function fromHalfTiles(outputs: number, inputs: number, tiles: Int32Array): Float32Array {
  const halves = new Uint16Array(tiles.buffer, tiles.byteOffset, 2 * tiles.length);
  const place = placeOf(inputs);
  return Float32Array.from({ length: outputs * inputs }, (_, at) =>
    halfValue(halves[place(Math.floor(at / inputs), at % inputs)] ?? 0),
  );
}
