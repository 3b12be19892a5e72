import fc from '../../property.ts';
import { describe, expect, it } from 'vitest';
import { defaultExperiment } from '../../../src/config/experiment.ts';
import type { Experiment } from '../../../src/config/fields.ts';
import { algorithmOf } from '../../../src/rl/algorithms/index.ts';
import type { Earned } from '../../../src/rl/algorithms/algorithm.ts';
import { fill, type Episode, type Group } from '../../../src/rl/episode.ts';
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

describe('GRPO', () => {
  const beta = 0.3;
  const clipRatio = 0.2;
  const e = { ...defaultExperiment, estimator: 'grpo', beta, clipRatio } as const;
  const logp = fc.double({ min: -3, max: -0.01, noNaN: true });
  const tokens = fc.array(fc.tuple(logp, logp, logp), { minLength: 1, maxLength: 3 });
  const answer = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), tokens);
  const batch = fc.array(fc.tuple(answer, answer), { minLength: 2, maxLength: 4 });
  const { task } = fixtures.group([]);

  it('has no KL in the reward; it is in the loss, token by token, at the policy as it is', () => {
    fc.assert(
      fc.property(batch, fc.constantFrom('accumulated', 'per-turn' as const), (drawn, returns) => {
        const now = new Map<Earned, number[]>();
        const trajectories = drawn.map((turns) => ({
          turns: turns.map(([reward, triples]) => {
            const one: Earned = {
              ids: triples.map(() => 7),
              reward,
              kl: 99,
              logp: triples.map(([x]) => x),
              refLogp: triples.map(([, x]) => x),
            };
            now.set(one, triples.map(([, , x]) => x)); // prettier-ignore
            return one;
          }),
        }));
        const algorithm = algorithmOf({ ...e, returns });
        const groups = [{ task, trajectories }];
        const first = algorithm.credit(groups, { ...e, returns })[0].trajectories;
        const nowOf = (one: Earned) => now.get(one) ?? [];
        const later = algorithm.again(groups, nowOf, { ...e, returns })[0].trajectories;
        first.forEach((one, i) => {
          expect(one.adjusted).toBe(one.R);
          const { turns } = trajectories[i];
          const divisor = trajectories.length * sum(turns.map(({ ids }) => ids.length));
          const advantages = one.turns.map(({ advantage }) => advantage);
          /** What is maximised, as a function of the log-probabilities of all tokens: clipped ratio of what is compared, less β k3. */
          const objective = (at: readonly (readonly number[])[]) => {
            const ratios = turns.map((turn, t) => sum(turn.logp.map((lp, n) => at[t][n] - lp)));
            const clipped = (A: number, s: number) =>
              Math.min(Math.exp(s) * A, Math.min(Math.max(Math.exp(s), 1 - clipRatio), 1 + clipRatio) * A);
            const push =
              returns === 'per-turn'
                ? sum(advantages.map((A, t) => clipped(A, ratios[t])))
                : clipped(advantages[0], sum(ratios));
            const k3 = turns.flatMap((turn, t) =>
              turn.refLogp.map((ref, n) => Math.exp(ref - at[t][n]) - (ref - at[t][n]) - 1),
            );
            return (push - beta * sum(k3)) / divisor;
          };
          for (const [credit, at] of [
            [one, turns.map((turn) => turn.logp)],
            [later[i], turns.map(nowOf)],
          ] as const) {
            credit.turns.forEach(({ coefficients }, t) =>
              coefficients.forEach((c, n) => {
                const moved = (h: number) =>
                  objective(at.map((row, u) => (u === t ? row.with(n, row[n] + h) : row)));
                const [left, right] = [moved(-1e-6), moved(1e-6)];
                const [a, b] = [(objective(at) - left) / 1e-6, (right - objective(at)) / 1e-6];
                if (Math.abs(a - b) < 1e-4) expect(c).toBeCloseTo((a + b) / 2, 4); // else on a corner of the clip
              }),
            );
          }
        });
      }),
    );
  });

  it('pushes back even where all samples earn the same, but not a masked one', () => {
    const apart = fill(batchOf([[1, 1], [NaN, 1]]), (turn) => ({ ...turn, refLogp: [-2] })); // prettier-ignore
    const [a, masked] = credited(apart, e);
    expect(a.turns[0].advantage).toBe(0);
    expect(a.turns[0].coefficients[0]).toBeCloseTo((-beta * (1 - Math.exp(-1))) / 2, 6);
    expect(coefficientsOf(masked)).toEqual([[0], [0]]);
  });

  it('alone charges the KL so', () => {
    for (const estimator of ['rloo', 'reinforce', 'dr-grpo'] as const) {
      const [a] = credited(batchOf([[0, 1], [0, 1]], [[1, 1], [0, 0]]), { ...e, estimator }); // prettier-ignore
      expect(a.adjusted).toBeCloseTo(a.R - 2 * beta, 12);
    }
  });
});

describe('algorithmOf', () => {
  it('refuses what the rules of config/ forbid', () => {
    expect(() => algorithmOf({ objective: 'released-code', returns: 'per-turn' })).toThrow(/^returns: /);
  });
});
