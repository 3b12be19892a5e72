import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { openSafetensors, readSafetensors, writeSafetensors } from '../../../src/model/safetensors.ts';

/** A file with this header as it stands, padded to no alignment, and these bytes of data. */
function file(header: unknown, data: Uint8Array): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(header));
  const out = new Uint8Array(8 + json.length + data.length);
  new DataView(out.buffer).setBigUint64(0, BigInt(json.length), true);
  out.set(json, 8);
  out.set(data, 8 + json.length);
  return out;
}
const bytesOf = (values: Float32Array | Uint16Array) =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
const entry = (dtype: string, shape: number[], data_offsets: number[]) => ({ dtype, shape, data_offsets });

describe('safetensors', () => {
  it('are read at any alignment, from a Buffer and from a Uint8Array', () => {
    const values = Float32Array.from([1.5, -0, 3e-40, Infinity]);
    for (let pad = 0; pad < 8; pad++) {
      const header = { __metadata__: { pad: 'x'.repeat(pad) }, a: entry('F32', [2, 2], [0, 16]) };
      const plain = file(header, bytesOf(values));
      for (let shift = 0; shift < 4; shift++) {
        const pool = Buffer.alloc(plain.length + shift);
        pool.set(plain, shift);
        for (const bytes of [
          pool.subarray(shift),
          new Uint8Array(pool.buffer, pool.byteOffset + shift, plain.length),
        ]) {
          const tensor = readSafetensors(bytes).get('a');
          expect(tensor?.shape).toEqual([2, 2]);
          expect(bytesOf(tensor!.data)).toEqual(bytesOf(values));
        }
      }
    }
  });

  it('hand out copies', () => {
    const bytes = writeSafetensors(new Map([['x', { shape: [1], data: new Float32Array([1]) }]]));
    const opened = openSafetensors(bytes);
    opened.read('x')[0] = 2;
    expect([...opened.read('x')]).toEqual([1]);
    expect(() => opened.read('y')).toThrow('there is no tensor y');
  });

  it('in F16 are widened exactly, every one of the 65,536', () => {
    const halves = Uint16Array.from({ length: 65536 }, (_, i) => i);
    const read = readSafetensors(file({ a: entry('F16', [65536], [0, 131072]) }, bytesOf(halves))).get(
      'a',
    )!.data;
    halves.forEach((half) => {
      const sign = half >> 15 ? -1 : 1;
      const exponent = (half >> 10) & 31;
      const fraction = half & 1023;
      let value = sign * 2 ** (exponent - 15) * (1 + fraction / 1024);
      if (exponent === 0) value = sign * fraction * 2 ** -24;
      if (exponent === 31) value = fraction ? NaN : sign * Infinity;
      if (!Object.is(read[half], value)) expect(read[half]).toBe(value);
    });
  });

  it('in BF16 are the upper half of a float32', () => {
    const floats = Float32Array.from([1, -2.5, 3e-39, -0, Infinity]);
    const upper = new Uint16Array(floats.buffer).filter((_, i) => i % 2 === 1);
    const read = readSafetensors(file({ a: entry('BF16', [5], [0, 10]) }, bytesOf(upper))).get('a')!.data;
    expect([...read].slice(0, 2)).toEqual([1, -2.5]);
    expect(new Uint32Array(read.buffer)).toEqual(
      new Uint32Array(floats.buffer).map((bits) => bits & 0xffff0000),
    );
  });

  it.each(['F64', 'I8', 'I64', 'U8', 'BOOL', 'F8_E4M3', 'toString', ''])(
    'in %j are refused as that dtype',
    (dtype) => {
      const read = () =>
        readSafetensors(file({ a: entry(dtype, [8], [0, 8]) }, new Uint8Array(8)), 'x.safetensors');
      expect(read).toThrow(`x.safetensors: tensor a is stored as "${dtype}"; F32, F16, BF16 are read. Save`);
      expect(read).not.toThrow('damaged');
    },
  );

  it('that end too early say so, wherever they end', () => {
    const whole = writeSafetensors(new Map([['x', { shape: [4], data: new Float32Array(4) }]]));
    for (let length = 0; length < whole.length; length++) {
      expect(() => readSafetensors(whole.slice(0, length))).toThrow(/^model\.safetensors: .* cut short/);
    }
  });

  it('are refused before anything is allocated when the numbers lie', () => {
    const huge = Number.MAX_SAFE_INTEGER;
    const data = new Uint8Array(8);
    for (const header of [
      { a: entry('F32', [huge, huge, huge], [0, 8]) },
      { a: entry('F32', [huge], [0, huge]) },
      { a: entry('F32', [1e300], [0, 8]) },
      { a: entry('F32', [2], [0, 1e308]) },
      { a: entry('F32', [1.5], [0, 6]) },
      { a: entry('F32', [2], [8, 0]) },
      { a: entry('F32', [1], [0, 4]), b: entry('F32', [1], [2, 6]) },
      { a: entry('F32', [1], [0, 4]) },
      { a: entry('F32', [1], [4, 8]) },
      { a: { ...entry('F32', [2], [0, 8]), more: 1 } },
      { a: entry('F32', [1, 1, 1, 1, 1, 1, 1, 1, 2], [0, 8]) },
      { a: null },
      [],
      3,
      {},
    ]) {
      expect(() => readSafetensors(file(header, data))).toThrow(/^model\.safetensors: /);
    }
    const many = Object.fromEntries(Array.from({ length: 10_001 }, (_, i) => [i, entry('F32', [0], [0, 0])]));
    expect(() => readSafetensors(file(many, new Uint8Array(0)))).toThrow('10001 tensors');
    const long = new Uint8Array(16);
    new DataView(long.buffer).setBigUint64(0, 2n ** 63n, true);
    expect(() => readSafetensors(long)).toThrow('9223372036854775808 bytes');
  });

  it('may hold empty tensors and scalars, in any order', () => {
    const header = {
      b: entry('F32', [], [0, 4]),
      none: entry('F32', [0, 3], [4, 4]),
      a: entry('F16', [2], [4, 8]),
    };
    const read = readSafetensors(file(header, new Uint8Array(8)));
    expect([...read].map(([name, { data }]) => [name, data.length])).toEqual([
      ['b', 1],
      ['none', 0],
      ['a', 2],
    ]);
  });

  it('show names from a file shortened and without control characters', () => {
    const name = `\u001b[2J${'n'.repeat(100_000)}`;
    const read = () => readSafetensors(file({ [name]: 3 }, new Uint8Array(0)));
    expect(read).toThrow('tensor \\u001b[2Jnnn');
    expect(read).not.toThrow('\u001b');
    expect(read).not.toThrow('n'.repeat(100));
  });
});
