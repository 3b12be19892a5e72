/** The language of formulas: what it reads, what it refuses and where, and its slopes. */
import fc from '../../property.ts';
import { describe, expect, it } from 'vitest';
import { evaluate, linear, type Formula } from '../../../src/config/formula/index.ts';
import { parseFormula } from '../../../src/config/formula/parse.ts';

const symbols = { gamma: 0.75, alpha: 10 };
const value = (text: string, r: number[] = [0.2, 0.6], s = symbols) =>
  evaluate(parseFormula(text, r.length), r, s).value;

describe('a formula', () => {
  it.each([
    ['r[2] - (1 - gamma) * r[1]', 0.6 - 0.25 * 0.2],
    ['r[2] − (1 − γ)·r[1]', 0.6 - 0.25 * 0.2],
    ['r[1] + r[2] + α * (r[2] - r[1])', 0.8 + 4],
    ['max(r[1], r[2], 0.5)', 0.6],
    ['min(r[1], r[2])', 0.2],
    ['abs(r[1] - r[2])', 0.4],
    ['r[2] > r[1] ? 1 : 0', 1],
    ['r[1] == 0.2 ? r[2] <= 0 ? 1 : 2 : 3', 2],
    ['2 ** 3 ** 2', 512],
    ['(-2) ** 2 - -(2 ** 2)', 8],
    ['12 / 3 / 2', 2],
    ['1 - 2 - 3', -4],
    ['.5 + 1e1', 10.5],
    ['((( r[ 1 ] )))', 0.2],
  ])('%s is %d', (text, expected) => {
    expect(value(text)).toBeCloseTo(expected, 12);
  });

  it.each([
    ['', 1, /nothing is there/],
    ['r[2] -', 7, /expected expression after -/],
    ['r[2] + r[3]', 10, /a turn is a whole number from 1 to 2/],
    ['r[0]', 3, /from 1 to 2/],
    ['r[1.5]', 3, /whole number/],
    ['r[r[1]]', 3, /whole number/],
    ['r1 + r2', 1, /as in r\[1\]/],
    ['2 * r', 5, /as in r\[1\]/],
    ['1 + beta', 5, /unknown name "beta"/],
    ['r[1] ^ 2', 6, /written \*\*/],
    ['r[1] % 2', 6, /unexpected "%"/],
    ['r[1] r[2]', 6, /an operator is missing before this/],
    ['1, 2', 4, /an operator is missing/],
    ['-r[1] ** 2', 1, /parentheses/],
    ['(r[1] + 1', 10, /unclosed \(/],
    ['2 * ()', 7, /in the parentheses/],
    ['r[1', 4, /unclosed \[/],
    ['sqrt(r[1])', 1, /the functions are min, max, abs/],
    ['1 + abs(1, 2)', 5, /abs takes one number, not 2/],
    ['max()', 1, /max takes one number or more, not 0/],
    ['r[1] > r[2]', 1, /stands only before a \?/],
    ['r[1] ? 1 : 0', 1, /before a \? stands a comparison/],
    ['1 + (0 < r[1] < 1 ? 1 : 0)', 6, /stands only before a \?/],
    ['r[1] > 0 ? 1', 13, /expected :/],
    ['r.length', 1, /only r has brackets/],
    ['this', 1, /./],
    ['x[1]', 1, /only r has brackets/],
    ['"a"', 1, /unexpected """/],
    ['r[1]; r[2]', 5, /unexpected ";"/],
    ['1e999', 1, /too large/],
    ['constructor.constructor("alert(1)")()', 25, /unexpected/],
    ['[1]', 1, /a formula is made of/],
  ])('%j is refused at column %d', (text, column, words) => {
    expect(() => parseFormula(text, 2)).toThrow(words);
    expect(() => parseFormula(text, 2)).toThrow(new RegExp(`^column ${column}: `));
    expect(value('r[1] + 1')).toBeCloseTo(1.2); // and the next one is read as ever
  });

  it('never fails otherwise, whatever the text', () => {
    const pieces = [
      'r[1]',
      'r[2]',
      'gamma',
      '(',
      ')',
      '+',
      '-',
      '*',
      '**',
      '/',
      '?',
      ':',
      ',',
      'min',
      '<',
      '=',
    ];
    const texts = fc
      .array(fc.constantFrom(...pieces, '2', '.', ' '), { maxLength: 14 })
      .map((all) => all.join(''));
    fc.assert(
      fc.property(fc.oneof(texts, fc.string({ unit: 'binary', maxLength: 60 })), (text) => {
        try {
          parseFormula(text, 2);
        } catch (error) {
          expect(String(error)).toMatch(/^FormulaError: column [1-9]\d*: /);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

type Test = Extract<Formula, { kind: 'choice' }>['test'];
const kind = <K extends Formula['kind']>(name: K) => fc.constant(name);
/** Not so small that the last digits are lost: there differences of two values say nothing about a slope. */
const number = fc.double({ min: -3, max: 3, noNaN: true }).map((x) => (Math.abs(x) < 1e-9 ? 0 : x));
/** Formulas of any shape, some of them with kinks. */
const { formula } = fc.letrec<{ formula: Formula; test: Test }>((tie) => ({
  formula: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ kind: kind('reward'), turn: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ kind: kind('number'), value: number }),
    fc.record({ kind: kind('symbol'), name: fc.constantFrom('gamma', 'alpha') }),
    fc.record({ kind: kind('negative'), of: tie('formula') }),
    fc.record({
      kind: kind('binary'),
      operator: fc.constantFrom('+', '-', '*', '/', '**'),
      left: tie('formula'),
      right: tie('formula'),
    }),
    fc.record({
      kind: kind('call'),
      name: fc.constantFrom('min', 'max'),
      of: fc.array(tie('formula'), { minLength: 1, maxLength: 3 }),
    }),
    fc.record({ kind: kind('call'), name: fc.constant('abs'), of: fc.tuple(tie('formula')) }),
    fc.record({ kind: kind('choice'), test: tie('test'), yes: tie('formula'), no: tie('formula') }),
  ),
  test: fc.record({
    comparator: fc.constantFrom('<', '<=', '>', '>=', '==', '!='),
    left: tie('formula'),
    right: tie('formula'),
  }),
}));
const rewards = fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 });

describe('the slopes of a formula', () => {
  it('are its numeric derivatives, wherever those settle', () => {
    let compared = 0;
    /** A root of 0 that is squared again, and the like: such formulas are refused, although they have a slope. */
    let unknown = 0;
    fc.assert(
      fc.property(formula, rewards, (f, r) => {
        const { value: y, slopes } = evaluate(f, r, symbols);
        slopes.forEach((slope, t) => {
          const beside = (h: number) => evaluate(f, r.with(t, r[t] + h), symbols).value;
          const [h, half] = [1e-5, 5e-6];
          const middle = (beside(half) - beside(-half)) / (2 * half);
          const numeric = [(beside(h) - y) / h, (y - beside(-h)) / h, middle];
          const size = Math.max(1, ...numeric.map(Math.abs));
          // At a tie, a jump or where it is too steep to measure, the three do not agree.
          const settled = Math.max(...numeric) - Math.min(...numeric) < 1e-3 * size;
          // At a tie that only `==` or `!=` sees, the branch taken is another one than on either side.
          const sides = [h, -h].map((by) => evaluate(f, r.with(t, r[t] + by), symbols).slopes[t]);
          const alone =
            /"comparator":"[!=]=/.test(JSON.stringify(f)) &&
            sides.every((other) => Math.abs(other - slope) > 2e-3 * size);
          if (!settled || alone || Math.abs(y) > 1e4 || size > 1e4) return;
          compared++;
          if (Number.isNaN(slope)) unknown++;
          else expect(Math.abs(slope - middle)).toBeLessThan(2e-3 * size);
        });
      }),
      { numRuns: 3000 },
    );
    expect(compared).toBeGreaterThan(3000);
    expect(unknown).toBeLessThan(compared / 200);
  });

  it('are those of the first that is largest or smallest, of the branch taken, and 0 of abs(0)', () => {
    const slopes = (text: string, r: number[]) => evaluate(parseFormula(text, r.length), r, symbols).slopes;
    expect(slopes('max(r[1], r[2], r[3])', [0.5, 1, 1])).toEqual([0, 1, 0]);
    expect(slopes('min(r[1], r[2])', [1, 1])).toEqual([1, 0]);
    expect(slopes('abs(r[1] - r[2])', [1, 1])).toEqual([0, 0]);
    expect(slopes('r[1] >= r[2] ? 2 * r[1] : r[2]', [1, 1])).toEqual([2, 0]);
    expect(slopes('r[1] ** 2', [0, 1])).toEqual([0, 0]);
    expect(slopes('r[1] ** r[2]', [0, 1])).toEqual([1, 0]);
  });
});

describe('a weighted sum', () => {
  it.each([
    ['r[2] - (1 - gamma) * r[1]', { constant: 0, weights: [-0.25, 1] }],
    ['(r[1] + r[2]) / 2 + alpha', { constant: 10, weights: [0.5, 0.5] }],
    ['gamma > 1 ? r[1] ** 2 : 3 * r[1]', { constant: 0, weights: [3, 0] }],
    ['max(gamma, 1) * r[2]', { constant: 0, weights: [0, 1] }],
    ['1 + 1', { constant: 2, weights: [0, 0] }],
  ])('%s is one', (text, expected) => {
    expect(linear(parseFormula(text, 2), 2, symbols)).toEqual(expected);
  });
  it.each(['r[1] * r[2]', 'max(r[1], r[2])', '1 / (1 + r[1])', 'r[1] ** 2', 'r[1] > 0 ? 1 : 0', 'abs(r[1])'])(
    '%s is none',
    (text) => {
      expect(linear(parseFormula(text, 2), 2, symbols)).toBeNull();
    },
  );
  it('is what the formula comes to, for any rewards', () => {
    fc.assert(
      fc.property(formula, rewards, (f, r) => {
        const sum = linear(f, 3, symbols);
        const { value: y } = evaluate(f, r, symbols);
        if (!sum || !Number.isFinite(y) || !sum.weights.every(Number.isFinite)) return;
        const R = sum.weights.reduce((total, w, t) => total + w * r[t], sum.constant);
        expect(Math.abs(R - y)).toBeLessThan(1e-9 * Math.max(1, Math.abs(y)));
      }),
    );
  });
});
