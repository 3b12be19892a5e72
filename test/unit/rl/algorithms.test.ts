import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultExperiment } from '../../../src/config/experiment.ts';
import type { Experiment } from '../../../src/config/fields.ts';
import { algorithmOf } from '../../../src/rl/algorithms/index.ts';
import type { Earned } from '../../../src/rl/algorithms/algorithm.ts';
import type { Episode, Group } from '../../../src/rl/episode.ts';
import * as fixtures from './fixtures.ts';

const number = fc.double({ min: -2, max: 2, noNaN: true });
const group = fc.array(number, { minLength: 2, maxLength: 8 });
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

const rewardPair = fc.tuple(
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.double({ min: 0, max: 1, noNaN: true }),
);
const { task } = fixtures.group([]);
/** One group; each argument is [trajectory][turn], by default of answers with one token and a small KL. */
function batchOf(
  rewards: readonly (readonly number[])[],
  kls: readonly (readonly number[])[] = rewards.map((turns, i) =>
    turns.map((_, t) => (t === 0 ? 0.1 * i : 0.3)),
  ),
  lengths: readonly (readonly number[])[] = rewards.map((turns) => turns.map(() => 1)),
): Group<Episode<Earned>>[] {
  const trajectories = rewards.map((turns, i) => ({
    turns: turns.map((reward, t) => ({
      reward,
      kl: kls[i][t],
      ids: new Array<number>(lengths[i][t]).fill(7),
      logp: new Array<number>(lengths[i][t]).fill(-1),
      refLogp: new Array<number>(lengths[i][t]).fill(-1),
    })),
  }));
  return [{ task, trajectories }];
}
/** The trajectories of the only group. */
const credited = (batch: Group<Episode<Earned>>[], e: Experiment) =>
  algorithmOf(e).credit(batch, e)[0].trajectories;
const advantagesOf = ({ turns }: Episode<{ advantage: number }>) => turns.map(({ advantage }) => advantage);
const coefficientsOf = ({ turns }: Episode<{ coefficients: readonly number[] }>) =>
  turns.map(({ coefficients }) => [...new Set(coefficients)]);

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
    expect(algorithmOf(e).trainedTurns(2)).toEqual([false, true]);
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

describe('the coefficients of an answer', () => {
  const lengths = [[10, 20], [30, 40], [1, 1]]; // prettier-ignore
  const batch = batchOf([[0, 1], [1, 0], [NaN, 0]], undefined, lengths); // prettier-ignore
  const grpo = { ...defaultExperiment, estimator: 'grpo' } as const;

  it('are A / N over the trajectories that are not masked, one a token', () => {
    const [a, b, masked] = credited(batch, defaultExperiment);
    expect(a.turns[0].coefficients).toEqual(new Array(10).fill(a.turns[0].advantage / 2));
    expect(b.turns[1].coefficients).toEqual(new Array(40).fill(b.turns[1].advantage / 2));
    expect(coefficientsOf(masked)).toEqual([[0], [0]]);
  });

  it('sum to 0 over a group', () => {
    fc.assert(
      fc.property(fc.array(rewardPair, { minLength: 2, maxLength: 6 }), (pairs) => {
        const c = credited(batchOf(pairs), defaultExperiment);
        expect(sum(c.map(({ turns }) => turns[0].coefficients[0]))).toBeCloseTo(0, 10);
      }),
    );
  });

  it('grpo alone divides by the trained tokens of the trajectory, and never by 0', () => {
    const [a] = credited(batch, grpo);
    expect(a.turns[0].coefficients[0]).toBeCloseTo(a.turns[0].advantage / 2 / 30, 12);
    const [b] = credited(batch, { ...grpo, objective: 'released-code' });
    expect(b.turns[1].coefficients[0]).toBeCloseTo(b.turns[1].advantage / 2 / 20, 12);
    const empty = batchOf([[0, 1], [1, 0]], undefined, [[0, 0], [0, 0]]); // prettier-ignore
    expect(credited(empty, grpo).map(coefficientsOf)).toEqual([[[], []], [[], []]]); // prettier-ignore
  });

  it('are 0 on an untrained turn', () => {
    const [a] = credited(batch, { ...defaultExperiment, objective: 'released-code' });
    expect(coefficientsOf(a)).toEqual([[0], [a.turns[1].advantage / 2]]);
    expect(a.turns[1].advantage).not.toBe(0);
  });

  it('are finite when the whole batch is masked', () => {
    const c = credited(batchOf([[NaN, 0], [0, NaN]]), defaultExperiment); // prettier-ignore
    expect(c.map(coefficientsOf)).toEqual([[[0], [0]], [[0], [0]]]); // prettier-ignore
  });
});

describe('in a later inner epoch', () => {
  const clipRatio = 0.2;
  type Trained = { readonly advantage: number; readonly coefficients: readonly number[] };
  /** Each turn's ρ is e^moved, over one or two tokens. @returns c / A of each turn */
  const factors = (
    rewards: readonly (readonly number[])[],
    moved: readonly number[],
    changes: Partial<Experiment>,
  ) => {
    const e = { ...defaultExperiment, beta: 0, clipRatio, ...changes };
    const batch = batchOf(rewards, undefined, rewards.map((turns) => turns.map((_, t) => 1 + (t % 2)))); // prettier-ignore
    const turnOf = new Map(
      batch[0].trajectories.flatMap(({ turns }) => turns.map((answer, t) => [answer, t])),
    );
    const now = (answer: Earned) =>
      answer.logp.map((lp, n) => (n === 0 ? lp + moved[turnOf.get(answer) ?? 0] : lp));
    const first = algorithmOf(e).credit(batch, e)[0].trajectories;
    const again = algorithmOf(e).again(batch, now, e)[0].trajectories;
    return again.map((one, i) =>
      one.turns.map(({ advantage, coefficients }: Trained, t) => {
        expect(advantage).toBe(first[i].turns[t].advantage);
        expect(new Set(coefficients).size).toBe(1);
        return coefficients[0] / first[i].turns[t].coefficients[0];
      }),
    );
  };
  /** ρ, or 0 where min(ρA, clip(ρ)A) is flat. */
  const slope = (A: number, logRatio: number) => {
    const stopped = A > 0 ? logRatio > Math.log(1 + clipRatio) : logRatio < Math.log(1 - clipRatio);
    return stopped ? 0 : Math.exp(logRatio);
  };
  const moves = fc.array(fc.double({ min: -0.6, max: 0.6, noNaN: true }), { minLength: 2, maxLength: 4 });

  it('the trained turns of the accumulated reward are one sample with one ratio', () => {
    fc.assert(
      fc.property(moves, (moved) => {
        const up = moved.map((_, t) => (t === moved.length - 1 ? 1 : 0));
        const [better, worse] = factors([up, moved.map(() => 0)], moved, { turns: moved.length });
        const close = (expected: number) => (f: number) => expect(f).toBeCloseTo(expected, 10);
        better.forEach(close(slope(1, sum(moved))));
        worse.forEach(close(slope(-1, sum(moved))));
      }),
    );
  });

  it('per-turn returns: each turn has a ratio of its own', () => {
    fc.assert(
      fc.property(moves, (moved) => {
        const ones = moved.map(() => 1);
        const changes = { returns: 'per-turn', turns: moved.length } as const;
        const [better, worse] = factors([ones, moved.map(() => 0)], moved, changes);
        better.forEach((f, t) => expect(f).toBeCloseTo(slope(1, moved[t]), 10));
        worse.forEach((f, t) => expect(f).toBeCloseTo(slope(-1, moved[t]), 10));
      }),
    );
  });

  it('an untrained turn does not count, however far it has moved', () => {
    const changes = { objective: 'released-code' } as const;
    const [better] = factors([[0, 1], [0, 0]], [5, 0.1], changes); // prettier-ignore
    expect(better[1]).toBeCloseTo(Math.exp(0.1), 10);
  });
});

describe('algorithmOf', () => {
  it('refuses what the rules of config/ forbid', () => {
    expect(() => algorithmOf({ objective: 'released-code', returns: 'per-turn' })).toThrow(/^returns: /);
  });
});
