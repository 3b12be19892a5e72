import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultExperiment } from '../../../src/config/experiment.ts';
import { advantages } from '../../../src/rl/advantages.ts';
import type { Episode, Group } from '../../../src/rl/episode.ts';
import { credit, lengthDivisor, trainedTurns, type Earned } from '../../../src/rl/objective.ts';
import * as fixtures from './fixtures.ts';

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
const { task } = fixtures.group([]);
/** One group; each argument is [trajectory][turn], by default of answers with one token and a small KL. */
function batchOf(
  rewards: readonly (readonly number[])[],
  kls: readonly (readonly number[])[] = rewards.map((_, i) => [0.1 * i, 0.3]),
  lengths: readonly (readonly number[])[] = rewards.map((turns) => turns.map(() => 1)),
): Group<Episode<Earned>>[] {
  const trajectories = rewards.map((turns, i) => ({
    turns: turns.map((reward, t) => ({
      reward,
      kl: kls[i][t],
      ids: new Array<number>(lengths[i][t]).fill(7),
    })),
  }));
  return [{ task, trajectories }];
}
/** The trajectories of the only group. */
const credited = (...[batch, e]: Parameters<typeof credit>) => credit(batch, e)[0].trajectories;
const advantagesOf = ({ turns }: Episode<{ advantage: number }>) => turns.map(({ advantage }) => advantage);
const coefficientsOf = ({ turns }: Episode<{ coefficient: number }>) =>
  turns.map(({ coefficient }) => coefficient);

describe('credit', () => {
  it('paper: R by the formula, the penalty on both turns, one advantage for all turns', () => {
    const e = { ...defaultExperiment, gamma: 0.5, beta: 0.1 };
    const [a, b] = credited(batchOf([[0, 1], [1, 1]], [[1, 2], [3, 4]]), e); // prettier-ignore
    expect([a.R, b.R]).toEqual([1, 0.5]);
    expect(a.adjusted).toBeCloseTo(1 - 0.3, 12);
    expect(b.adjusted).toBeCloseTo(0.5 - 0.7, 12);
    expect(a.baseline).toBeCloseTo(b.adjusted, 12);
    expect(a.turns[0].advantage).toBeCloseTo(0.9, 12);
    expect(a.turns[1].advantage).toBe(a.turns[0].advantage);
  });

  it('released code: one y_1 shared by the group, so γ has no effect on any advantage', () => {
    const gamma = fc.double({ min: 0, max: 2, noNaN: true });
    const r1 = fc.double({ min: 0, max: 1, noNaN: true });
    const estimator = fc.constantFrom('rloo', 'dr-grpo' as const);
    fc.assert(
      fc.property(r1, group, gamma, gamma, estimator, (first, seconds, g1, g2, name) => {
        const batch = batchOf(seconds.map((second) => [first, second]));
        const e = { ...defaultExperiment, objective: 'released-code', estimator: name } as const;
        const other = credited(batch, { ...e, gamma: g2 });
        credited(batch, { ...e, gamma: g1 }).forEach(({ turns }, i) => {
          expect(turns[0].advantage).toBe(0);
          expect(turns[1].advantage).toBeCloseTo(other[i].turns[1].advantage, 10);
        });
      }),
    );
  });

  it('released code: the KL of the first turn does not count', () => {
    const e = { ...defaultExperiment, objective: 'released-code', beta: 1 } as const;
    const [c] = credited(batchOf([[0, 1], [0, 0]], [[5, 2], [5, 0]]), e); // prettier-ignore
    expect(c.adjusted).toBe(1 - 2);
    expect(trainedTurns(e)).toEqual([false, true]);
  });

  it('paper with a γ that matters: the same batch does change', () => {
    const batch = batchOf([[0, 1], [1, 1]]); // prettier-ignore
    const at = (gamma: number) => credited(batch, { ...defaultExperiment, gamma })[0].turns[0].advantage;
    expect(at(0)).toBeGreaterThan(at(1));
  });

  it('per-turn returns: each turn is compared with the same turn of the others and pays its own KL', () => {
    const e = { ...defaultExperiment, returns: 'per-turn', gamma: 0.5, beta: 0.1 } as const;
    const [a] = credited(batchOf([[1, 0], [0, 1]], [[1, 0], [0, 2]]), e); // prettier-ignore
    expect(a.R).toBe(1);
    expect(a.adjusted).toBeCloseTo(0.9, 12);
    expect(a.baseline).toBeCloseTo(0.5, 12);
    expect(a.turns[0].advantage).toBeCloseTo(0.9 - 0.5, 12);
    expect(a.turns[1].advantage).toBeCloseTo(0 - 0.8, 12);
  });

  it('a masked trajectory is NaN and leaves the others as they would be without it', () => {
    const e = defaultExperiment;
    const [masked, ...rest] = credited(batchOf([[NaN, 1], [0, 1], [1, 0]]), { ...e, beta: 0 }); // prettier-ignore
    expect(advantagesOf(masked)).toEqual([NaN, NaN]);
    expect(rest.map(advantagesOf)).toEqual(
      credited(batchOf([[0, 1], [1, 0]]), { ...e, beta: 0 }).map(advantagesOf), // prettier-ignore
    );
    expect(rest.map(({ R, adjusted, baseline }) => [R, adjusted, baseline])).toEqual(
      credited(batchOf([[0, 1], [1, 0]]), { ...e, beta: 0 }).map((c) => [c.R, c.adjusted, c.baseline]), // prettier-ignore
    );
  });

  it('keeps all that an answer had before', () => {
    const batch = batchOf([[0, 1], [1, 0]]); // prettier-ignore
    const [one] = credited(batch, defaultExperiment);
    expect(one.turns[0]).toMatchObject(batch[0].trajectories[0].turns[0]);
  });
});

describe('the coefficient of an answer', () => {
  const lengths = [[10, 20], [30, 40], [1, 1]]; // prettier-ignore
  const batch = batchOf([[0, 1], [1, 0], [NaN, 0]], undefined, lengths); // prettier-ignore
  const grpo = { ...defaultExperiment, estimator: 'grpo' } as const;

  it('is A / N over the trajectories that are not masked', () => {
    const [a, b, masked] = credited(batch, defaultExperiment);
    expect(a.turns[0].coefficient).toBe(a.turns[0].advantage / 2);
    expect(b.turns[1].coefficient).toBe(b.turns[1].advantage / 2);
    expect(coefficientsOf(masked)).toEqual([0, 0]);
  });

  it('sums to 0 over a group', () => {
    fc.assert(
      fc.property(fc.array(rewardPair, { minLength: 2, maxLength: 6 }), (pairs) => {
        const c = credited(batchOf(pairs), defaultExperiment);
        expect(sum(c.map(({ turns }) => turns[0].coefficient))).toBeCloseTo(0, 10);
      }),
    );
  });

  it('grpo divides by the trained tokens of the trajectory', () => {
    const [a] = credited(batch, grpo);
    expect(a.turns[0].coefficient).toBeCloseTo(a.turns[0].advantage / 2 / 30, 12);
  });

  it('the division by length is grpo’s alone, by trained tokens, and never by 0', () => {
    const [{ turns }] = batch[0].trajectories;
    expect(lengthDivisor(turns, defaultExperiment)).toBe(1);
    expect(lengthDivisor(turns, grpo)).toBe(30);
    expect(lengthDivisor(turns, { ...grpo, objective: 'released-code' })).toBe(20);
    expect(lengthDivisor([{ ids: [] }, { ids: [] }], grpo)).toBe(1);
  });

  it('is 0 on an untrained turn', () => {
    const [a] = credited(batch, { ...defaultExperiment, objective: 'released-code' });
    expect(a.turns[0].coefficient).toBe(0);
    expect(a.turns[1].coefficient).not.toBe(0);
  });

  it('is finite when the whole batch is masked', () => {
    const c = credited(batchOf([[NaN, 0], [0, NaN]]), defaultExperiment); // prettier-ignore
    expect(c.map(coefficientsOf)).toEqual([[0, 0], [0, 0]]); // prettier-ignore
  });
});
