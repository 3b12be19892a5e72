import { describe, expect, it } from 'vitest';
import { readJson, shown } from '../../../src/config/outside.ts';

describe('values from foreign files, in errors', () => {
  it.each([
    [undefined, 'nothing'],
    [null, 'null'],
    [1e21, '1e+21'],
    ['a\nb\u202e', '"a\\u000ab\\u202e"'],
    ['x'.repeat(1000), `"${'x'.repeat(60)}…"`],
    [[], '[]'],
    [['a', 1, null, [2], 5], '[a, 1, null, …, …]'],
    [{}, '{}'],
    [{ a: 1, b: { c: 2 } }, '{a, b}'],
  ])('%j is shown as %s', (value, expected) => {
    expect(shown(value)).toBe(expected);
  });

  it('are short, however deep or long the value is', () => {
    const deep: unknown = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000));
    expect(shown(deep)).toBe('[…]');
    expect(shown(Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`key${i}`, i]))).length).toBe(63);
  });

  it('JSON is measured before it is read', () => {
    const bytes = (text: string) => new TextEncoder().encode(text);
    expect(readJson(bytes('\uFEFF{"a":1}'), 'x.json', 100)).toEqual({ a: 1 });
    expect(() => readJson(bytes('{}'), 'x.json', 1)).toThrow('x.json has 2 bytes; at most 1 are read.');
    expect(() => readJson(bytes('{'), 'x.json', 100)).toThrow(
      /^x\.json is not JSON\. .*download it again\.$/,
    );
  });
});
