import fc from '../../property.ts';
import { describe, expect, it } from 'vitest';
import { accumulatedReward, turnWeights } from '../../../src/rl/accumulated/cocos.ts';
import { perTurnReturns } from '../../../src/rl/algorithms/perTurn.ts';
import { klOfAnswer } from '../../../src/rl/kl.ts';
import { reward } from '../../../src/rl/rewards.ts';
import { checkTests } from '../../../src/rl/unitTests.ts';

const rewards = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 4 });
const gammas = fc.double({ min: 0, max: 2, noNaN: true });

describe('reward', () => {
  const half = ['pass', 'fail', 'error', 'pass', 'timeout', 'pass'] as const;
  it('progressive: the share of tests passed, or their number', () => {
    expect(reward(half, { reward: 'progressive', rewardScale: 'fraction', trainTests: 'all' })).toBe(0.5);
    expect(reward(half, { reward: 'progressive', rewardScale: 'count', trainTests: 'all' })).toBe(3);
  });
  it('binary: all or nothing, on either scale', () => {
    for (const rewardScale of ['fraction', 'count'] as const) {
      expect(reward(half, { reward: 'binary', rewardScale, trainTests: 'all' })).toBe(0);
      expect(reward(['pass', 'pass'], { reward: 'binary', rewardScale, trainTests: 'all' })).toBe(1);
    }
  });
  it('is earned on the tests trained on alone', () => {
    const two = { rewardScale: 'fraction', trainTests: '2' } as const;
    expect(reward(half, { ...two, reward: 'progressive' })).toBe(0.5);
    expect(reward(half, { ...two, reward: 'progressive', rewardScale: 'count' })).toBe(1);
    expect(reward(['pass', 'pass', 'fail'], { ...two, reward: 'binary' })).toBe(1);
    expect(reward(['fail', 'pass', 'pass'], { ...two, reward: 'binary' })).toBe(0);
    expect(reward(['pass', 'pass', 'infra'], { ...two, reward: 'progressive' })).toBeNaN(); // nobody could judge it
  });
  it('is refused by name where no test would be left to judge by', () => {
    const task = { id: 'one', tests: ['assert f() == 1', 'assert f() == 2'] };
    expect(() => checkTests(task, { trainTests: '2' })).toThrow(/^trainTests: .*less than 2.*task one/);
    expect(() => checkTests(task, { trainTests: '1' })).not.toThrow();
    expect(() => checkTests(task, { trainTests: 'all' })).not.toThrow();
  });
  it('is NaN, never 0, where a test could not be run', () => {
    for (const kind of ['progressive', 'binary'] as const) {
      expect(
        reward(['pass', 'infra'], { reward: kind, rewardScale: 'fraction', trainTests: 'all' }),
      ).toBeNaN();
      expect(reward([], { reward: kind, rewardScale: 'fraction', trainTests: 'all' })).toBeNaN();
    }
  });
});

describe('accumulatedReward', () => {
  it.each([
    [0, 0.5],
    [0.5, 0.625],
    [0.75, 0.6875],
    [1, 0.75],
    [2, 1],
  ])('with two turns and γ = %d: r_2 − (1−γ) r_1', (gamma, R) => {
    expect(accumulatedReward([0.25, 0.75], gamma)).toBeCloseTo(R, 12);
  });

  it('three turns, by hand: γ² r_1 + γ (r_2 − r_1) + (r_3 − r_2)', () => {
    expect(accumulatedReward([0.2, 0.6, 0.9], 0.5)).toBeCloseTo(0.25 * 0.2 + 0.5 * 0.4 + 0.3, 12);
  });

  it('is Σ w_t r_t, and w is its derivative', () => {
    fc.assert(
      fc.property(rewards, gammas, (r, gamma) => {
        const w = turnWeights(r.length, gamma);
        const R = accumulatedReward(r, gamma);
        expect(w.reduce((sum, x, t) => sum + x * r[t], 0)).toBeCloseTo(R, 10);
        r.forEach((x, t) => {
          const nudged = accumulatedReward(r.with(t, x + 1), gamma);
          expect(nudged - R).toBeCloseTo(w[t], 10);
        });
      }),
    );
  });

  it('Σ w_t = γ^(T−1)', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), gammas, (T, gamma) => {
        const sum = turnWeights(T, gamma).reduce((a, b) => a + b, 0);
        expect(sum).toBeCloseTo(gamma ** (T - 1), 10);
      }),
    );
  });

  it('failing first is never punished while γ < 1: (0, 1) earns 1, (1, 1) earns γ', () => {
    expect(accumulatedReward([0, 1], 0.75)).toBe(1);
    expect(accumulatedReward([1, 1], 0.75)).toBe(0.75);
  });

  it('a masked turn masks the episode, even where its weight is 0', () => {
    expect(accumulatedReward([NaN, 1], 1)).toBeNaN();
    expect(accumulatedReward([1, NaN], 0.5)).toBeNaN();
  });
});

describe('perTurnReturns', () => {
  it('is the discounted sum of what follows', () => {
    expect(perTurnReturns([0.25, 0.5, 1], 0.5)).toEqual([0.75, 1, 1]);
    expect(perTurnReturns([0.25, 0.5], 0)).toEqual([0.25, 0.5]);
  });
  it('a masked turn masks itself and what looks forward to it', () => {
    expect(perTurnReturns([1, NaN, 1], 0.5)).toEqual([NaN, NaN, 1]);
    expect(perTurnReturns([1, NaN, 1], 0)).toEqual([1, NaN, 1]);
  });
});

describe('klOfAnswer', () => {
  it('sums log π − log π_ref over the tokens', () => {
    expect(klOfAnswer([-1, -2], [-1.5, -1])).toBeCloseTo(-0.5, 12);
    expect(klOfAnswer([], [])).toBe(0);
  });
  it('refuses different lengths', () => {
    expect(() => klOfAnswer([-1], [])).toThrow(RangeError);
  });
});
