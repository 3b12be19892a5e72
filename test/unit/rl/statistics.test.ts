import fc from '../../property.ts';
import { describe, expect, it } from 'vitest';
import { mean, norm, scored, std } from '../../../src/rl/statistics.ts';

const numbers = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 20 });

describe('statistics', () => {
  it('of equal values: the value itself, and no deviation', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e3, max: 1e3, noNaN: true }), fc.integer({ min: 1, max: 9 }), (x, n) => {
        expect(mean(Array<number>(n).fill(x))).toBe(x + 0); // −0 becomes 0
        expect(std(Array<number>(n).fill(x))).toBe(0);
      }),
    );
  });

  it('of nothing', () => {
    expect(mean([])).toBeNaN();
    expect(std([])).toBeNaN();
    expect(norm([])).toBe(0);
    expect(scored([NaN, 1, NaN])).toEqual([1]);
  });

  it('norm is the Euclidean one, and that of parts', () => {
    expect(norm([3, -4])).toBe(5);
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        expect(norm([...a, ...b])).toBeCloseTo(Math.hypot(norm(a), norm(b)), 8);
        expect(norm(a)).toBeGreaterThanOrEqual(Math.abs(a[0]) - 1e-8);
      }),
    );
  });
});
