import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultExperiment } from '../../../src/config/experiment.ts';
import { advantages } from '../../../src/rl/advantages.ts';
import {
  credit,
  lengthDivisor,
  lossCoefficients,
  trainedTurns,
  type GroupOutcome,
} from '../../../src/rl/objective.ts';

const estimators = ['rloo', 'reinforce', 'grpo', 'dr-grpo'] as const;
const number = fc.double({ min: -2, max: 2, noNaN: true });
const group = fc.array(number, { minLength: 2, maxLength: 8 });
const advantageOf = (R: readonly number[], estimator: (typeof estimators)[number] = 'rloo') =>
  advantages([R], estimator)[0].map((a) => a.advantage);
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

describe('advantages', () => {
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
        advantages([R], 'rloo')[0].forEach(({ baseline, advantage }, i) => {
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
    const batch = advantages([[0, 0], [1, 1]], 'reinforce'); // prettier-ignore
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
});

const rewardPair = fc.tuple(
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.double({ min: 0, max: 1, noNaN: true }),
);
const batchOf = (pairs: readonly (readonly number[])[]): GroupOutcome[] => [
  { rewards: pairs, kls: pairs.map((_, i) => [0.1 * i, 0.3]) },
];

describe('credit', () => {
  it('paper: R by the formula, the penalty on both turns, one advantage for all turns', () => {
    const e = { ...defaultExperiment, gamma: 0.5, beta: 0.1 };
    const outcome = { rewards: [[0, 1], [1, 1]], kls: [[1, 2], [3, 4]] }; // prettier-ignore
    const [[a, b]] = credit([outcome], e);
    expect([a.R, b.R]).toEqual([1, 0.5]);
    expect(a.adjusted).toBeCloseTo(1 - 0.3, 12);
    expect(b.adjusted).toBeCloseTo(0.5 - 0.7, 12);
    expect(a.baseline).toBeCloseTo(b.adjusted, 12);
    expect(a.advantages[0]).toBeCloseTo(0.9, 12);
    expect(a.advantages[1]).toBe(a.advantages[0]);
  });

  it('released code: one y_1 shared by the group, so γ has no effect on any advantage', () => {
    const gamma = fc.double({ min: 0, max: 2, noNaN: true });
    const r1 = fc.double({ min: 0, max: 1, noNaN: true });
    const estimator = fc.constantFrom('rloo', 'dr-grpo' as const);
    fc.assert(
      fc.property(r1, group, gamma, gamma, estimator, (first, seconds, g1, g2, name) => {
        const batch = batchOf(seconds.map((second) => [first, second]));
        const e = { ...defaultExperiment, objective: 'released-code', estimator: name } as const;
        const [one] = credit(batch, { ...e, gamma: g1 });
        const [other] = credit(batch, { ...e, gamma: g2 });
        one.forEach((c, i) => {
          expect(c.advantages[0]).toBe(0);
          expect(c.advantages[1]).toBeCloseTo(other[i].advantages[1], 10);
        });
      }),
    );
  });

  it('released code: the KL of the first turn does not count', () => {
    const e = { ...defaultExperiment, objective: 'released-code', beta: 1 } as const;
    const [[c]] = credit([{ rewards: [[0, 1], [0, 0]], kls: [[5, 2], [5, 0]] }], e); // prettier-ignore
    expect(c.adjusted).toBe(1 - 2);
    expect(trainedTurns(e)).toEqual([false, true]);
  });

  it('paper with a γ that matters: the same batch does change', () => {
    const batch = batchOf([[0, 1], [1, 1]]); // prettier-ignore
    const at = (gamma: number) => credit(batch, { ...defaultExperiment, gamma })[0][0].advantages[0];
    expect(at(0)).toBeGreaterThan(at(1));
  });

  it('per-turn returns: each turn is compared with the same turn of the others and pays its own KL', () => {
    const e = { ...defaultExperiment, returns: 'per-turn', gamma: 0.5, beta: 0.1 } as const;
    const [[a]] = credit([{ rewards: [[1, 0], [0, 1]], kls: [[1, 0], [0, 2]] }], e); // prettier-ignore
    expect(a.R).toBe(1);
    expect(a.adjusted).toBeCloseTo(0.9, 12);
    expect(a.baseline).toBeCloseTo(0.5, 12);
    expect(a.advantages[0]).toBeCloseTo(0.9 - 0.5, 12);
    expect(a.advantages[1]).toBeCloseTo(0 - 0.8, 12);
  });

  it('a masked trajectory is NaN and leaves the others as they would be without it', () => {
    const e = defaultExperiment;
    const [masked, ...rest] = credit(batchOf([[NaN, 1], [0, 1], [1, 0]]), { ...e, beta: 0 })[0]; // prettier-ignore
    expect(masked.advantages).toEqual([NaN, NaN]);
    expect(rest).toEqual(credit(batchOf([[0, 1], [1, 0]]), { ...e, beta: 0 })[0]); // prettier-ignore
  });
});

describe('lossCoefficients', () => {
  const lengths = [[[10, 20], [30, 40], [1, 1]]]; // prettier-ignore
  const batch = batchOf([[0, 1], [1, 0], [NaN, 0]]); // prettier-ignore

  it('is A / N over the trajectories that are not masked', () => {
    const credits = credit(batch, defaultExperiment);
    const [[a, b, masked]] = lossCoefficients(credits, lengths, defaultExperiment);
    expect(a[0]).toBe(credits[0][0].advantages[0] / 2);
    expect(b[1]).toBe(credits[0][1].advantages[1] / 2);
    expect(masked).toEqual([0, 0]);
  });

  it('sums to 0 over a group', () => {
    fc.assert(
      fc.property(fc.array(rewardPair, { minLength: 2, maxLength: 6 }), (pairs) => {
        const credits = credit(batchOf(pairs), defaultExperiment);
        const [c] = lossCoefficients(credits, [pairs.map(() => [3, 4])], defaultExperiment);
        expect(sum(c.map((turns) => turns[0]))).toBeCloseTo(0, 10);
      }),
    );
  });

  it('grpo divides by the trained tokens of the trajectory', () => {
    const e = { ...defaultExperiment, estimator: 'grpo' } as const;
    const credits = credit(batch, e);
    const [[a]] = lossCoefficients(credits, lengths, e);
    expect(a[0]).toBeCloseTo(credits[0][0].advantages[0] / 2 / 30, 12);
  });

  it('the division by length is grpo’s alone, by trained tokens, and never by 0', () => {
    expect(lengthDivisor([10, 20], defaultExperiment)).toBe(1);
    const e = { ...defaultExperiment, estimator: 'grpo' } as const;
    expect(lengthDivisor([10, 20], e)).toBe(30);
    expect(lengthDivisor([10, 20], { ...e, objective: 'released-code' })).toBe(20);
    expect(lengthDivisor([0, 0], e)).toBe(1);
  });

  it('is 0 on an untrained turn', () => {
    const e = { ...defaultExperiment, objective: 'released-code' } as const;
    const [[a]] = lossCoefficients(credit(batch, e), lengths, e);
    expect(a[0]).toBe(0);
    expect(a[1]).not.toBe(0);
  });

  it('is finite when the whole batch is masked', () => {
    const credits = credit(batchOf([[NaN, 0], [0, NaN]]), defaultExperiment); // prettier-ignore
    expect(lossCoefficients(credits, [[[1, 1], [1, 1]]], defaultExperiment)).toEqual([[[0, 0], [0, 0]]]); // prettier-ignore
  });
});
