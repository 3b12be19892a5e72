import fc from '../../property.ts';
import { describe, expect, it } from 'vitest';
import { estimatorOf, type Estimate } from '../../../src/rl/estimators.ts';
import { spreadOf } from '../../../src/rl/statistics.ts';

const estimators = ['rloo', 'reinforce', 'grpo', 'dr-grpo'] as const;
type Name = (typeof estimators)[number];
const number = fc.double({ min: -2, max: 2, noNaN: true });
const group = fc.array(number, { minLength: 2, maxLength: 8 });
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

/** Of every try of a batch. */
function estimates(groups: readonly (readonly number[])[], estimator: Name): Estimate[][] {
  const { compare } = estimatorOf({ estimator });
  const batch = spreadOf(groups.flat());
  return groups.map((R) => R.map((one) => compare(one, spreadOf(R), batch)));
}
const advantageOf = (R: readonly number[], estimator: Name = 'rloo') =>
  estimates([R], estimator)[0].map((a) => a.advantage);

describe('estimators', () => {
  it.each(estimators)('%s: those of a group sum to 0', (estimator) => {
    fc.assert(
      fc.property(group, (R) => {
        // GRPO divides by a deviation of down to 1e-4, which magnifies rounding.
        expect(sum(advantageOf(R, estimator))).toBeCloseTo(0, 8);
      }),
    );
  });

  it('rloo: R_i − mean of the others = k/(k−1) (R_i − mean)', () => {
    fc.assert(
      fc.property(group, (R) => {
        const k = R.length;
        estimates([R], 'rloo')[0].forEach(({ baseline, advantage }, i) => {
          const others = (sum(R) - R[i]) / (k - 1);
          expect(baseline).toBeCloseTo(others, 10);
          expect(advantage).toBeCloseTo(R[i] - others, 10);
          expect(advantage).toBeCloseTo((k / (k - 1)) * (R[i] - sum(R) / k), 10);
        });
      }),
    );
  });

  it.each(estimators)('%s: equal rewards give exactly 0', (estimator) => {
    fc.assert(
      fc.property(number, fc.integer({ min: 2, max: 9 }), (r, k) => {
        for (const A of advantageOf(Array<number>(k).fill(r), estimator)) expect(A + 0).toBe(0);
      }),
    );
  });

  it('grpo divides by the deviation, dr-grpo does not', () => {
    expect(advantageOf([0, 1], 'dr-grpo')).toEqual([-0.5, 0.5]);
    expect(advantageOf([0, 1], 'grpo')[1]).toBeCloseTo(0.5 / (Math.SQRT1_2 + 1e-4), 12);
  });

  it('reinforce compares with the whole batch', () => {
    const batch = estimates([[0, 0], [1, 1]], 'reinforce'); // prettier-ignore
    expect(batch.flat().map((a) => a.advantage)).toEqual([-0.5, -0.5, 0.5, 0.5]);
  });

  it.each(estimators)('%s: a masked sample changes nothing for the others', (estimator) => {
    fc.assert(
      fc.property(group, (R) => {
        const withMask = advantageOf([NaN, ...R], estimator);
        expect(withMask[0]).toBeNaN();
        expect(withMask.slice(1)).toEqual(advantageOf(R, estimator));
      }),
    );
  });

  it.each(estimators)('%s: a lone scored sample gets 0, a wholly masked group NaN', (estimator) => {
    expect(advantageOf([NaN, 1, NaN], estimator)).toEqual([NaN, 0, NaN]);
    expect(advantageOf([NaN, NaN], estimator)).toEqual([NaN, NaN]);
  });

  it.each(estimators)(
    '%s: A = scale · (R − baseline), and says who is in the baseline and how many',
    (estimator) => {
      const masked = fc.constant(NaN);
      const groups = fc.array(
        fc.array(fc.oneof({ weight: 5, arbitrary: number }, masked), { minLength: 1, maxLength: 5 }),
        {
          minLength: 1,
          maxLength: 4,
        },
      );
      fc.assert(
        fc.property(groups, (R) => {
          const { comparedWith } = estimatorOf({ estimator });
          const judged = (values: readonly number[]) => values.filter((x) => !Number.isNaN(x));
          estimates(R, estimator).forEach((row, g) =>
            row.forEach(({ baseline, count, scale, advantage }, i) => {
              const own = R[g][i];
              if (Number.isNaN(own))
                return expect([baseline, count, scale, advantage]).toEqual([NaN, NaN, NaN, NaN]);
              const among = {
                others: judged(R[g].filter((_, j) => j !== i)),
                group: judged(R[g]),
                batch: judged(R.flat()),
              }[comparedWith];
              expect(count).toBe(among.length);
              expect(baseline).toBeCloseTo(count === 0 ? own : sum(among) / count, 10);
              // GRPO's scale is up to 1e4.
              expect(advantage).toBeCloseTo(scale * (own - baseline), 8);
            }),
          );
        }),
      );
    },
  );
});
