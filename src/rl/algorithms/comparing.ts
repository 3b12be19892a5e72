/**
 * What the algorithms here have in common. Each trajectory has a number, or several, that is compared with the same number of
 * other tries; what did better than its baseline is made more likely:
 *
 *   R' = R − β Σ KL    A = scale · (R' − baseline)    c = A / N of every token, N the trajectories that are not masked
 *
 * and for GRPO, L the trained tokens of the trajectory: R' = R, c = A / (N·L) − β (1 − e^(log π_ref − log π)) / (N·L).
 *
 * An algorithm says which numbers, of which rewards, and which answers each of them pushes.
 */
import type { Experiment } from '../../config/fields.ts';
import type { Credit, Episode, Group } from '../episode.ts';
import { estimatorOf } from '../estimators.ts';
import { klSlope } from '../kl.ts';
import { clippedCoefficient } from '../policyGradient.ts';
import { spreadOf } from '../statistics.ts';
import type {
  Algorithm,
  Comparison,
  CreditedGroup,
  Earned,
  KlPush,
  LogProbsOf,
  Reasons,
  Return,
  Term,
} from './algorithm.ts';
import { formulaOf } from './formula.ts';

/** A return that is compared with the same return of the other tries. Its turns pay the KL, and share a clipped ratio. */
export interface Sample extends Return {
  /** What it is called with the KL taken off: R′, or R′₁, R′₂, … */
  readonly comparedAs: string;
}

export interface Rule extends Pick<Algorithm, 'title' | 'sharedTurns' | 'trainedTurns' | 'weights'> {
  /** The same samples, in the same order, for every trajectory of a batch. */
  earns(...args: Parameters<Algorithm['earns']>): readonly Sample[];
}

/** Why a trajectory is pushed, and what it earned. */
interface Judged<A> extends Episode<A>, Reasons {
  /** R, R' and b of the first sample. */
  readonly credit: Credit;
}

/** The coefficient of each of an answer's tokens. @param turn from 1 */
export function coefficientsOf({ comparisons, klPushes }: Reasons, turn: number, tokens: number): number[] {
  const coefficient = comparisons.find(({ turns }) => turns.includes(turn))?.coefficient ?? 0;
  const kl = klPushes.find((push) => push.turn === turn)?.coefficients;
  return Array.from({ length: tokens }, (_, n) => coefficient + (kl?.[n] ?? 0));
}

/** An algorithm that compares the samples of a rule. */
export function comparing(rule: Rule): Algorithm {
  /** R' of every sample of a trajectory. */
  function returnsOf<A extends Earned>({ turns }: Episode<A>, e: Experiment) {
    const beta = estimatorOf(e).klIn === 'reward' ? e.beta : 0;
    const rewards = turns.map(({ reward }) => reward);
    const samples = rule.earns(rewards, e).map(({ comparedAs, value, ...sample }) => {
      const kl = sample.turns.reduce((sum, turn) => sum + turns[turn - 1].kl, 0);
      const penalties = sample.turns.map((turn): Term => {
        return { kind: 'kl', turn, factor: -beta, value: turns[turn - 1].kl };
      });
      const terms = beta === 0 ? sample.terms : [...sample.terms, ...penalties];
      return {
        earned: value,
        comparison: { ...sample, name: comparedAs, terms, compared: value - beta * kl },
      };
    });
    return { turns, samples };
  }

  function judge<A extends Earned>(groups: readonly Group<Episode<A>>[], e: Experiment): Group<Judged<A>>[] {
    const estimator = estimatorOf(e);
    const drawn = groups.map(({ task, trajectories }) => ({
      task,
      trajectories: trajectories.map((one) => returnsOf(one, e)),
    }));
    type Drawn = (typeof drawn)[number]['trajectories'];
    const spreadsOf = (trajectories: Drawn) =>
      (trajectories[0]?.samples ?? []).map((_, s) =>
        spreadOf(trajectories.map(({ samples }) => samples[s].comparison.compared)),
      );
    const all = drawn.flatMap(({ trajectories }) => trajectories);
    const batch = spreadsOf(all);
    const N = all.filter(({ samples }) =>
      samples.some(({ comparison }) => !Number.isNaN(comparison.compared)),
    ).length;

    return drawn.map(({ task, trajectories }) => {
      const group = spreadsOf(trajectories);
      return {
        task,
        trajectories: trajectories.map(({ turns, samples }) => {
          const divisor = N * (estimator.dividesByLength ? trainedTokens(turns) : 1);
          const comparisons = samples.map(({ comparison }, s): Comparison => {
            const estimate = estimator.compare(comparison.compared, group[s], batch[s]);
            const coefficient = Number.isNaN(estimate.advantage) ? 0 : estimate.advantage / divisor;
            return { ...comparison, ...estimate, comparedWith: estimator.comparedWith, divisor, coefficient };
          });
          const [{ compared, baseline }] = comparisons;
          return {
            turns,
            comparisons,
            klPushes: klPushesOf({ turns, comparisons }, ({ logp }) => logp, e),
            credit: { R: samples[0].earned, adjusted: compared, baseline },
          };
        }),
      };
    });
  }

  /** −β·k3 of every token of the answers that are pushed, where the KL is in the loss. */
  function klPushesOf<A extends Earned>(
    { turns, comparisons }: Episode<A> & Pick<Reasons, 'comparisons'>,
    now: LogProbsOf<A>,
    e: Experiment,
  ): KlPush[] {
    const { beta } = e;
    if (estimatorOf(e).klIn === 'reward' || beta === 0) return [];
    const judged = comparisons.filter(({ advantage }) => !Number.isNaN(advantage));
    return judged.flatMap(({ turns: pushed, divisor }) =>
      pushed.map((turn) => {
        const answer = turns[turn - 1];
        const logp = now(answer);
        const slopes = answer.refLogp.map((ref, n) => klSlope(logp[n], ref));
        return { turn, beta, coefficients: slopes.map((slope) => (beta * slope) / divisor) };
      }),
    );
  }

  /** Trained tokens of a trajectory, the end-of-answer tokens included. */
  function trainedTokens(turns: readonly Earned[]): number {
    const trained = rule.trainedTurns(turns.length);
    const tokens = turns.reduce((sum, { ids }, t) => (trained[t] ? sum + ids.length : sum), 0);
    return Math.max(1, tokens);
  }

  function credited<A extends Earned>(groups: readonly Group<Judged<A>>[]): CreditedGroup<A>[] {
    return groups.map(({ task, trajectories }) => ({
      task,
      trajectories: trajectories.map((one) => ({
        ...one.credit,
        turns: one.turns.map((answer, t) => ({
          ...answer,
          advantage: one.comparisons.find(({ turns }) => turns.includes(t + 1))?.advantage ?? 0,
          coefficients: coefficientsOf(one, t + 1, answer.ids.length),
        })),
      })),
    }));
  }

  /** Under another policy: c·ρ, where the clip does not stop it. What shares an advantage shares a ratio. KL in the loss is that policy's. */
  function moved<A extends Earned>(one: Judged<A>, now: LogProbsOf<A>, e: Experiment): Judged<A> {
    const logRatio = (answer: A) => answer.logp.reduce((sum, lp, n) => sum + now(answer)[n] - lp, 0);
    const comparisons = one.comparisons.map((comparison) => {
      const together = comparison.turns.reduce((sum, turn) => sum + logRatio(one.turns[turn - 1]), 0);
      return {
        ...comparison,
        coefficient: clippedCoefficient(comparison.coefficient, together, e.clipRatio),
      };
    });
    return { ...one, comparisons, klPushes: klPushesOf(one, now, e) };
  }

  return {
    title: rule.title,
    episodes: 'sampled',
    sharedTurns: rule.sharedTurns,
    trainedTurns: (turns) => rule.trainedTurns(turns),
    phase: () => '',
    weights: (e) => rule.weights(e),
    earns: (rewards, e) => rule.earns(rewards, e),
    credit: (groups, e) => credited(judge(groups, e)),
    again: (groups, now, e) =>
      credited(
        judge(groups, e).map(({ task, trajectories }) => ({
          task,
          trajectories: trajectories.map((one) => moved(one, now, e)),
        })),
      ),
    explain(groups, at, e) {
      const one = judge(groups, e)[at.group]?.trajectories[at.trajectory];
      if (!one) throw new RangeError(`There is no trajectory ${at.trajectory} of group ${at.group}.`);
      const { comparisons, klPushes } = one;
      return { formula: comparisons.map(formulaOf).join('\n'), comparisons, klPushes };
    },
  };
}
