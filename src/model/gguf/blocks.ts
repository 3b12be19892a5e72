/**
 * Blocks of a GGUF file → float32, as `gguf` (Python) computes them: every product and sum is rounded to float32.
 * Layouts: ggml-quants.c and gguf-py/gguf/quants.py of llama.cpp. All numbers are little-endian.
 */
import { halfValue, widenHalves } from '../../engine/halves.ts';
import { blockTypes, type TypeNumber } from './types.ts';

/** Reads one block at `at` of `bytes` and writes its values to `out` from `to` on. */
type ReadBlock = (bytes: Uint8Array, at: number, out: Float32Array, to: number) => void;

const round = Math.fround;
const half = (bytes: Uint8Array, at: number) => halfValue(bytes[at] | (bytes[at + 1] << 8));
const signed = (byte: number) => (byte << 24) >> 24;

/** 32 values whose low nibbles come first; `fifth` is where their fifth bits stand, if they have some. */
function nibbles(
  nibblesAt: number,
  fifthAt: number | null,
  value: (q: number, d: number, m: number) => number,
  hasMin: boolean,
): ReadBlock {
  return (bytes, at, out, to) => {
    const d = half(bytes, at);
    const m = hasMin ? half(bytes, at + 2) : 0;
    for (let i = 0; i < 32; i++) {
      const byte = bytes[at + nibblesAt + (i & 15)];
      const low = i < 16 ? byte & 15 : byte >> 4;
      const high = fifthAt === null ? 0 : (bytes[at + fifthAt + (i >> 3)] >> (i & 7)) & 1;
      out[to + i] = value(low | (high << 4), d, m);
    }
  };
}

/** The 6-bit scale and minimum of the sub-block `j` of 8, from the 12 bytes at `q`. */
function scaleAndMin(bytes: Uint8Array, q: number, j: number): [scale: number, min: number] {
  if (j < 4) return [bytes[q + j] & 63, bytes[q + j + 4] & 63];
  const low = bytes[q + j + 4];
  return [(low & 15) | ((bytes[q + j - 4] >> 6) << 4), (low >> 4) | ((bytes[q + j] >> 6) << 4)];
}

/** 8 sub-blocks of 32 values; two share 32 bytes, the first the low nibbles. `fifthAt`: a bit per sub-block in each of 32 bytes. */
function superBlock(fifthAt: number | null, nibblesAt: number): ReadBlock {
  return (bytes, at, out, to) => {
    const [d, dmin] = [half(bytes, at), half(bytes, at + 2)];
    for (let j = 0; j < 8; j++) {
      const [scale, min] = scaleAndMin(bytes, at + 4, j);
      const [ds, dm] = [round(d * scale), round(dmin * min)];
      for (let i = 0; i < 32; i++) {
        const byte = bytes[at + nibblesAt + 32 * (j >> 1) + i];
        const low = j & 1 ? byte >> 4 : byte & 15;
        const high = fifthAt === null ? 0 : (bytes[at + fifthAt + i] >> j) & 1;
        out[to + 32 * j + i] = round(ds * (low | (high << 4))) - dm;
      }
    }
  };
}

/** 4 low bits, 2 high ones, and a signed scale for 16 values; two halves of 128 values. */
const q6k: ReadBlock = (bytes, at, out, to) => {
  const d = half(bytes, at + 208);
  for (let i = 0; i < 256; i++) {
    const [part, quarter, l] = [i >> 7, (i >> 5) & 3, i & 31];
    const byte = bytes[at + 64 * part + 32 * (quarter & 1) + l];
    const low = quarter < 2 ? byte & 15 : byte >> 4;
    const high = (bytes[at + 128 + 32 * part + l] >> (2 * quarter)) & 3;
    const scale = signed(bytes[at + 192 + (i >> 4)]);
    out[to + i] = round(d * scale) * ((low | (high << 4)) - 32);
  }
};

const readers: Readonly<Record<Exclude<TypeNumber, 0 | 1 | 30>, ReadBlock>> = {
  2: nibbles(2, null, (q, d) => d * (q - 8), false),
  3: nibbles(4, null, (q, d, m) => round(d * q) + m, true),
  6: nibbles(6, 2, (q, d) => d * (q - 16), false),
  7: nibbles(8, 4, (q, d, m) => round(d * q) + m, true),
  8: (bytes, at, out, to) => {
    const d = half(bytes, at);
    for (let i = 0; i < 32; i++) out[to + i] = d * signed(bytes[at + 2 + i]);
  },
  12: superBlock(null, 16),
  13: superBlock(16, 48),
  14: q6k,
};

/** @param bytes whole blocks, at any address */
export function dequantise(type: TypeNumber, bytes: Uint8Array): Float32Array {
  const { values, bytes: size } = blockTypes[type];
  const blocks = bytes.byteLength / size;
  const out = new Float32Array(blocks * values);
  if (type === 0) {
    new Uint8Array(out.buffer).set(bytes);
  } else if (type === 1 || type === 30) {
    const halves = new Uint16Array(blocks);
    new Uint8Array(halves.buffer).set(bytes);
    widenHalves(halves, type === 1 ? 'F16' : 'BF16', out);
  } else {
    const read = readers[type];
    for (let block = 0; block < blocks; block++) read(bytes, block * size, out, block * values);
  }
  return out;
}
