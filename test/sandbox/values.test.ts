import fc from '../property.ts';
import { describe, expect, it } from 'vitest';
import {
  parseEncoded,
  pythonEqual,
  pythonRepr,
  pythonTruth,
  type Encoded,
} from '../../src/sandbox/values.ts';
import { int, plain, str } from './plain.ts';

describe('plain values', () => {
  it('are equal to themselves and survive the door', () => {
    fc.assert(
      fc.property(plain, (value) => {
        expect(pythonEqual(value, value)).toBe(true);
        expect(parseEncoded(JSON.parse(JSON.stringify(value)))).toEqual(value);
      }),
    );
  });

  it('are equal symmetrically', () => {
    fc.assert(fc.property(plain, plain, (a, b) => pythonEqual(a, b) === pythonEqual(b, a)));
  });

  it('have no order in sets and dicts', () => {
    expect(pythonEqual(['S', int(1), int(2)], ['S', int(2), int(1)])).toBe(true);
    expect(pythonEqual(['d', int(1), null, int(2), true], ['d', int(2), true, int(1), null])).toBe(true);
    expect(pythonEqual(['d', int(1), int(2)], ['d', int(2), int(1)])).toBe(false);
  });

  it('compare integers exactly with floats', () => {
    expect(pythonEqual(['i', '20000000000001'], ['f', '9007199254740992.0'])).toBe(false);
    expect(pythonEqual(['i', '20000000000000'], ['f', '9007199254740992.0'])).toBe(true);
    expect(pythonEqual(['f', 'nan'], ['f', 'nan'])).toBe(false);
    expect(pythonEqual(['c', '1.0', '0.0'], int(1))).toBe(true);
  });

  it('cannot be imitated by other objects', () => {
    expect(pythonEqual(['o', 'E'], ['o', 'E'])).toBe(false);
    expect(pythonEqual(['s', '1'], int(1))).toBe(false);
    expect(pythonEqual(['s', '[n1]'], ['l', int(1)])).toBe(false);
    expect(pythonEqual(['l', str('","')], ['l', str(''), str('')])).toBe(false);
  });

  it('are true or false as in Python', () => {
    const empty: Encoded[] = [null, false, int(0), ['f', '-0.0'], str(''), ['l'], ['t'], ['d'], ['S']];
    expect(empty.map(pythonTruth)).toEqual(empty.map(() => false));
    expect(
      [true, int(-1), str('0'), ['l', null], ['o', 'E'], ['f', 'nan']].map((x) =>
        pythonTruth(parseEncoded(x)),
      ),
    ).not.toContain(false);
  });

  it('are shown as Python shows them, cut to the cap', () => {
    const value: Encoded = ['d', str('a'), ['t', int(1)], int(-255), ['l', null, ['f', '0.5'], str("it's")]];
    expect(pythonRepr(value)).toBe(`{'a': (1,), -255: [None, 0.5, "it's"]}`);
    expect(pythonRepr(['l', ...Array.from({ length: 10_000 }, () => int(1))], 20)).toHaveLength(21);
  });

  it.each([
    [{ __proto__: null }, 'expected null'],
    [['i', '0x1'], '"i"'],
    [['d', 1], 'value'],
    [['zz'], '"zz"'],
    [undefined, 'expected null'],
  ])('refuses %j', (data, message) => {
    expect(() => parseEncoded(data)).toThrow(message);
  });
});
