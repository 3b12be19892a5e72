/** How an algorithm explains itself: numbers that add up, and a formula that is right. */
import fc from '../../property.ts';
import { describe, expect, it } from 'vitest';
import { defaultExperiment } from '../../../src/config/experiment.ts';
import type { Experiment } from '../../../src/config/fields.ts';
import type { Earned, Explanation } from '../../../src/rl/algorithms/algorithm.ts';
import { coefficientsOf } from '../../../src/rl/algorithms/comparing.ts';
import { algorithmOf } from '../../../src/rl/algorithms/index.ts';
import type { Episode, Group } from '../../../src/rl/episode.ts';
import { estimatorOf } from '../../../src/rl/estimators.ts';
import * as fixtures from './fixtures.ts';

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
const { task } = fixtures.group([]);

const experiments = fc
  .record({
    estimator: fc.constantFrom('rloo', 'reinforce', 'grpo', 'dr-grpo' as const),
    kind: fc.constantFrom(['paper', 'accumulated'], ['paper', 'per-turn'], [
      'released-code',
      'accumulated',
    ] as const),
    turns: fc.integer({ min: 1, max: 4 }),
    gamma: fc.constantFrom(0, 0.5, 1, 2),
    beta: fc.constantFrom(0, 0.25, 1),
    accumulate: fc.constantFrom('cocos', 'last', 'best', 'score', 'formula' as const),
    alpha: fc.constantFrom(0, 2.5, 10),
    formula: fc.constantFrom('gamma * r[1] + 0.5', 'min(r[1], 0.5) * alpha', 'r[1] > gamma ? r[1] ** 2 : -1'),
  })
  .filter(({ kind: [objective], turns }) => objective === 'paper' || turns > 1)
  .filter(({ accumulate, turns }) => accumulate !== 'score' || turns === 2)
  .map(({ kind: [objective, returns], ...rest }): Experiment => ({
    ...defaultExperiment,
    ...rest,
    objective: objective === 'paper' ? 'paper' : 'released-code',
    returns: returns === 'per-turn' ? 'per-turn' : 'accumulated',
  }));

const logp = fc.double({ min: -3, max: 0, noNaN: true });
const answer = fc
  .record({
    reward: fc.oneof(
      { weight: 6, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) },
      { weight: 1, arbitrary: fc.constant(NaN) },
    ),
    kl: fc.double({ min: -1, max: 1, noNaN: true }),
    tokens: fc.array(fc.tuple(logp, logp), { maxLength: 3 }),
  })
  .map(({ tokens, ...rest }): Earned => ({
    ...rest,
    ids: tokens.map(() => 7),
    logp: tokens.map(([x]) => x),
    refLogp: tokens.map(([, x]) => x),
  }));

/** An experiment, and a batch of it. */
const cases = experiments.chain((e) => {
  const episode = fc.array(answer, { minLength: e.turns, maxLength: e.turns }).map((turns) => ({ turns }));
  const group = fc
    .array(episode, { minLength: 2, maxLength: 4 })
    .map((trajectories) => ({ task, trajectories }));
  return fc.tuple(fc.constant(e), fc.array(group, { minLength: 1, maxLength: 3 }));
});

type Batch = Group<Episode<Earned>>[];
/** Calls `check` with every trajectory of the batch and its explanation. */
function each(
  e: Experiment,
  batch: Batch,
  check: (one: Episode<Earned>, why: Explanation, g: number, i: number) => void,
) {
  batch.forEach(({ trajectories }, group) =>
    trajectories.forEach((one, trajectory) =>
      check(one, algorithmOf(e).explain(batch, { group, trajectory }, e), group, trajectory),
    ),
  );
}

/** What is compared is a weighted sum of rewards, whatever they are. */
const isSum = (e: Experiment) => e.returns === 'per-turn' || algorithmOf(e).weights(e) !== null;

/** What a line of the formula comes to, its symbols replaced by the trajectory's numbers. */
function evaluate(line: string, { turns }: Episode<Earned>): number {
  const digit = (symbol: string) => '₀₁₂₃₄₅₆₇₈₉'.indexOf(symbol.at(-1) ?? '');
  const symbol = (name: string) => {
    const turn = turns[digit(name) - 1];
    return name.startsWith('KL') ? turn.kl : turn.reward;
  };
  const [, right = ''] = line.split(' = ');
  if (right === '0') return 0;
  const summands = [...right.matchAll(/([+−]?) ?(?:([\d.]+)·)?(\([^)]*\)|(?:r|KL)[₀-₉]|[\d.]+)/g)];
  expect(summands.map(([text]) => text).join(' ')).toBe(right); // nothing was passed over
  return sum(
    summands.map(([, sign, factor = '1', symbols]) => {
      const value = /^[\d.]+$/.test(symbols)
        ? Number(symbols)
        : sum([...symbols.matchAll(/(?:r|KL)[₀-₉]/g)].map(([name]) => symbol(name)));
      return (sign === '−' ? -1 : 1) * Number(factor) * value;
    }),
  );
}

describe('explain', () => {
  it('gives terms that add up to what is compared, and A = scale · (compared − baseline)', () => {
    fc.assert(
      fc.property(cases, ([e, batch]) => {
        each(e, batch, (_, { comparisons }) => {
          for (const { terms, compared, baseline, scale, advantage, divisor, coefficient } of comparisons) {
            if (Number.isNaN(compared)) {
              expect([baseline, scale, advantage, coefficient]).toEqual([NaN, NaN, NaN, 0]);
              continue;
            }
            expect(sum(terms.map(({ factor, value }) => factor * value))).toBeCloseTo(compared, 10);
            expect(scale * (compared - baseline)).toBeCloseTo(advantage, 8);
            expect(coefficient).toBe(advantage / divisor);
          }
        });
      }),
    );
  });

  it('explains what credit gave: advantages, and every coefficient with the push of the KL, to the last digit', () => {
    fc.assert(
      fc.property(cases, ([e, batch]) => {
        const credited = algorithmOf(e).credit(batch, e);
        each(e, batch, (one, why, g, i) => {
          const given = credited[g].trajectories[i];
          expect([given.adjusted, given.baseline]).toEqual([
            why.comparisons[0].compared,
            why.comparisons[0].baseline,
          ]);
          one.turns.forEach(({ ids }, t) => {
            expect(coefficientsOf(why, t + 1, ids.length)).toEqual(given.turns[t].coefficients);
            const pushed = why.comparisons.filter(({ turns }) => turns.includes(t + 1));
            expect(pushed.map(({ advantage }) => advantage)).toEqual(
              algorithmOf(e).trainedTurns(e.turns)[t] ? [given.turns[t].advantage] : [],
            );
          });
        });
      }),
    );
  });

  it('names the KL only where it is charged: to the reward, or to the loss', () => {
    fc.assert(
      fc.property(cases, ([e, batch]) => {
        const { klIn } = estimatorOf(e);
        each(e, batch, (_, { comparisons, klPushes }) => {
          const charged = comparisons.flatMap(({ terms }) => terms.filter(({ kind }) => kind === 'kl'));
          const trained = comparisons.flatMap(({ turns }) => turns);
          const judged = comparisons
            .filter(({ compared }) => !Number.isNaN(compared))
            .flatMap(({ turns }) => turns);
          const expected = (turns: number[], where: typeof klIn) =>
            klIn === where && e.beta > 0 ? turns : [];
          expect(charged.map(({ turn }) => turn)).toEqual(expected(trained, 'reward'));
          expect(klPushes.map(({ turn }) => turn)).toEqual(expected(judged, 'loss'));
        });
      }),
    );
  });

  it('has a formula that comes to the compared number, a line for each', () => {
    fc.assert(
      fc.property(cases, ([e, batch]) => {
        each(e, batch, (one, { formula, comparisons }) => {
          const lines = formula.split('\n');
          expect(lines).toHaveLength(comparisons.length);
          expect(algorithmOf(e).formula(e)).toBe(formula); // before there is any episode
          lines.forEach((line, n) => {
            const { name, compared } = comparisons[n];
            expect(line.startsWith(`${name} = `)).toBe(true);
            // Three digits are exact for these numbers. What has the factor 0 is not written, though it masks.
            if (!Number.isNaN(compared) && isSum(e)) expect(evaluate(line, one)).toBeCloseTo(compared, 10);
          });
        });
      }),
    );
  });

  it.each([
    [{}, 'R′ = r₂ − 0.25·r₁ − 0.01·(KL₁ + KL₂)'],
    [{ gamma: 0 }, 'R′ = r₂ − r₁ − 0.01·(KL₁ + KL₂)'],
    [{ gamma: 1 }, 'R′ = r₂ − 0.01·(KL₁ + KL₂)'],
    [{ gamma: 2, beta: 1 }, 'R′ = r₂ + r₁ − (KL₁ + KL₂)'],
    [{ gamma: 0.5, turns: 4, beta: 0 }, 'R′ = r₄ − 0.5·r₃ − 0.25·r₂ − 0.125·r₁'],
    [{ turns: 1 }, 'R′ = r₁ − 0.01·KL₁'],
    [{ objective: 'released-code' }, 'R′ = r₂ − 0.25·r₁ − 0.01·KL₂'],
    [{ estimator: 'grpo' }, 'R′ = r₂ − 0.25·r₁'],
    [{ returns: 'per-turn' }, 'R′₁ = r₁ + 0.75·r₂ − 0.01·KL₁\nR′₂ = r₂ − 0.01·KL₂'],
    [{ returns: 'per-turn', gamma: 0, beta: 0 }, 'R′₁ = r₁\nR′₂ = r₂'],
    [{ gamma: 1 / 3, beta: 0 }, 'R′ = r₂ − 0.667·r₁'],
    [{ accumulate: 'last' }, 'R′ = r₂ − 0.01·(KL₁ + KL₂)'],
    [{ accumulate: 'score', beta: 0 }, 'R′ = 11·r₂ − 9·r₁'],
    [{ accumulate: 'best' }, 'R′ = max(r₁, r₂) − 0.01·(KL₁ + KL₂)'],
    [{ accumulate: 'formula', formula: 'r[2] / 2 - 0.1', beta: 0 }, 'R′ = 0.5·r₂ − 0.1'],
    [{ accumulate: 'formula', formula: 'r[1] * r[2] * gamma' }, 'R′ = r₁·r₂·0.75 − 0.01·(KL₁ + KL₂)'],
    [{ accumulate: 'formula', formula: '0 * r[1]', beta: 0 }, 'R′ = 0'],
  ] as const)('%j: %s', (changes, formula) => {
    const e: Experiment = { ...defaultExperiment, ...changes };
    const turns = Array.from({ length: e.turns }, () => fixtures.turn('pf'));
    const batch = [{ task, trajectories: [{ turns }, { turns }] }];
    expect(algorithmOf(e).explain(batch, { group: 0, trajectory: 1 }, e).formula).toBe(formula);
  });

  it('refuses a place where there is nothing', () => {
    expect(() =>
      algorithmOf(defaultExperiment).explain([], { group: 0, trajectory: 0 }, defaultExperiment),
    ).toThrow(RangeError);
  });
});

describe('what an episode earns', () => {
  it('is the sum of its terms, and its gradient the weights', () => {
    fc.assert(
      fc.property(
        experiments,
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 4 }),
        (e, r) => {
          const algorithm = algorithmOf(e);
          const earned = algorithm.earns(r.slice(0, e.turns), e);
          for (const { value, terms } of earned) {
            expect(sum(terms.map(({ factor, value: x }) => factor * x))).toBeCloseTo(value, 10);
            for (const { kind, turn, value: x } of terms) if (kind === 'reward') expect(x).toBe(r[turn - 1]);
          }
          const weights = algorithm.weights(e);
          if (weights) {
            expect(earned).toHaveLength(1);
            for (const { kind, turn, factor } of earned[0].terms)
              if (kind === 'reward') expect(factor).toBe(weights[turn - 1]);
          } else if (e.returns === 'accumulated')
            expect(earned[0].terms.map(({ kind }) => kind)).toEqual([
              ...new Array<string>(e.turns).fill('reward'),
              'rest',
            ]);
          else
            expect(earned.map(({ turns }) => turns)).toEqual(
              Array.from({ length: e.turns }, (_, t) => [t + 1]),
            );
        },
      ),
    );
  });
});
