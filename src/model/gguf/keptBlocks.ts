/** Blocks of a GGUF file that stay blocks: those of Q8_0 and Q4_1 as they are, Q4_0 and Q5_0 as blocks with the same values. */
import type { BlockType, HostBlocks } from '../../engine/blocks.ts';
import { halfBits, halfValue } from '../../engine/halves.ts';
import { blockTypes, type TypeNumber } from './types.ts';

/** What they stay, by the numbers of their types. */
const kept = { 2: 'int4', 3: 'int4', 6: 'int8', 8: 'int8' } as const satisfies Partial<
  Record<TypeNumber, BlockType>
>;
type Kept = keyof typeof kept;

export const isKept = (type: TypeNumber): type is Kept => Object.hasOwn(kept, type);

const byName = new Map<string, BlockType>(
  ([2, 3, 6, 8] as const).map((type) => [blockTypes[type].name, kept[type]]),
);
/** What a matrix stays whose type is called so; null: it becomes float32. */
export const keptType = (dtype: string): BlockType | null => byName.get(dtype) ?? null;

/** @param bytes whole blocks of a matrix [outputs, inputs] */
export function keptBlocks(type: Kept, bytes: Uint8Array, outputs: number, inputs: number): HostBlocks {
  const as = { type: kept[type], outputs, inputs };
  if (type === 2) return { ...as, bytes: withMinimum(bytes) };
  return { ...as, bytes: type === 6 ? asBytes(bytes) : bytes };
}

/** Q4_0, d·(q − 8), with −8·d as minimum: Q4_1. */
function withMinimum(bytes: Uint8Array): Uint8Array {
  const from = blockTypes[2].bytes;
  const to = blockTypes[3].bytes;
  const out = new Uint8Array((bytes.length / from) * to);
  for (let at = 0, place = 0; at < bytes.length; at += from, place += to) {
    out.set(bytes.subarray(at, at + 2), place);
    const minimum = halfBits(-8 * halfValue(bytes[at] | (bytes[at + 1] << 8)));
    out[place + 2] = minimum & 255;
    out[place + 3] = minimum >> 8;
    out.set(bytes.subarray(at + 2, at + from), place + 4);
  }
  return out;
}

/** Q5_0, d·(q − 16), with q − 16 as a byte: Q8_0. */
function asBytes(bytes: Uint8Array): Uint8Array {
  const from = blockTypes[6].bytes;
  const to = blockTypes[8].bytes;
  const out = new Uint8Array((bytes.length / from) * to);
  for (let at = 0, place = 0; at < bytes.length; at += from, place += to) {
    out.set(bytes.subarray(at, at + 2), place);
    for (let i = 0; i < 32; i++) {
      const byte = bytes[at + 6 + (i & 15)];
      const low = i < 16 ? byte & 15 : byte >> 4;
      const high = (bytes[at + 2 + (i >> 3)] >> (i & 7)) & 1;
      out[place + 2 + i] = (low | (high << 4)) - 16;
    }
  }
  return out;
}
