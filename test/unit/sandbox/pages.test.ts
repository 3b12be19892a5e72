import { describe, expect, it } from 'vitest';
import { packPages, unpackPages } from '../../../src/sandbox/pages.ts';

/** Memory of this many bytes, all zero but for the given places. */
function memory(length: number, ...places: number[]): Uint8Array {
  const bytes = new Uint8Array(length);
  for (const place of places) bytes[place] = 1 + (place % 255);
  return bytes;
}

describe('memory without its empty pages', () => {
  it.each([
    ['nothing', memory(0)],
    ['zeros', memory(3 * 4096)],
    ['the ends of pages', memory(5 * 4096, 4095, 2 * 4096, 5 * 4096 - 1)],
    ['an end within a page', memory(2 * 4096 + 7, 1, 2 * 4096 + 6)],
    ['an end within a page, of zeros', memory(4096 + 2, 9)],
  ])('is the same again: %s', (_, bytes) => {
    expect(unpackPages(packPages(bytes))).toEqual(bytes);
  });

  it('is as long as what is in it', () => {
    expect(packPages(memory(1000 * 4096, 5, 4096 * 700)).length).toBe(4 * 4 + 2 * 4096);
  });

  it('is refused when it is something else', () => {
    const packed = packPages(memory(3 * 4096, 8));
    const beyond = packed.slice();
    new Uint32Array(beyond.buffer)[2] = 3; // a page after the last
    for (const broken of [new Uint8Array(), packed.subarray(0, 4000), memory(8192, 0), beyond])
      expect(() => unpackPages(broken)).toThrow('this is no memory without its empty pages');
  });
});
