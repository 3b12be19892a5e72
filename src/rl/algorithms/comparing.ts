/**
 * What the algorithms here have in common. Each trajectory has a return, or several, that is compared with the same return of
 * other tries; what did better than its baseline is made more likely:
 *
 *   R' = R − β Σ KL    A = scale · (R' − baseline)    c = A / N of every token, N the trajectories that are not masked
 *
 * and for GRPO, L the trained tokens of the trajectory: R' = R, c = A / (N·L) − β (1 − e^(log π_ref − log π)) / (N·L).
 *
 * An algorithm says which returns, of which rewards, and which answers each of them pushes.
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

/** An algorithm that compares the returns of a rule. */
export function comparing(rule: Rule): Algorithm {
  const formula = (e: Experiment): string => {
    const unknown = Array.from({ length: e.turns }, () => ({ reward: NaN, kl: NaN }));
    return price(rule, unknown, e)
      .map((one) => formulaOf(one, one.written))
      .join('\n');
  };
  return {
    title: rule.title,
    episodes: 'sampled',
    sharedTurns: rule.sharedTurns,
    trainedTurns: (turns) => rule.trainedTurns(turns),
    phase: () => '',
    weights: (e) => rule.weights(e),
    earns: (rewards, e) => rule.earns(rewards, e),
    formula,
    credit: (groups, e) => forEach(judge(rule, groups, e), credited),
    again: (groups, now, e) => forEach(judge(rule, groups, e), (one) => credited(moved(one, now, e))),
    explain(groups, at, e) {
      const one = judge(rule, groups, e)[at.group]?.trajectories[at.trajectory];
      if (!one) throw new RangeError(`There is no trajectory ${at.trajectory} of group ${at.group}.`);
      return { formula: formula(e), comparisons: one.comparisons, klPushes: one.klPushes };
    },
  };
}

/** The coefficient of each of an answer's tokens. @param turn from 1 */
export function coefficientsOf({ comparisons, klPushes }: Reasons, turn: number, tokens: number): number[] {
  const coefficient = comparisons.find(({ turns }) => turns.includes(turn))?.coefficient ?? 0;
  const kl = klPushes.find((push) => push.turn === turn)?.coefficients;
  return Array.from({ length: tokens }, (_, n) => coefficient + (kl?.[n] ?? 0));
}

/** A trajectory with what it earned, and why it is pushed. */
interface Judged<A> extends Episode<A>, Reasons {
  /** Of the first return. */
  readonly credit: Credit;
}

function forEach<A, B>(groups: readonly Group<A>[], next: (one: A) => B): Group<B>[] {
  return groups.map(({ task, trajectories }) => ({ task, trajectories: trajectories.map(next) }));
}

/** Compares every trajectory of a batch, on the policy that sampled it. */
function judge<A extends Earned>(
  rule: Rule,
  groups: readonly Group<Episode<A>>[],
  e: Experiment,
): Group<Judged<A>>[] {
  const estimator = estimatorOf(e);
  const priced = forEach(groups, ({ turns }) => ({ turns, returns: price(rule, turns, e) }));
  const all = priced.flatMap(({ trajectories }) => trajectories);
  const N = all.filter(({ returns }) => returns.some(({ compared }) => !Number.isNaN(compared))).length;
  /** How R' lies among these trajectories, for each return. */
  const spreads = (some: readonly (typeof all)[number][]) =>
    (some[0]?.returns ?? []).map((_, s) => spreadOf(some.map(({ returns }) => returns[s].compared)));
  const batch = spreads(all);

  return priced.map(({ task, trajectories }) => {
    const group = spreads(trajectories);
    const judged = trajectories.map(({ turns, returns }): Judged<A> => {
      const divisor = N * (estimator.dividesByLength ? trainedTokens(rule, turns) : 1);
      const comparisons = returns.map(({ earned: _, written: __, ...what }, s): Comparison => {
        const estimate = estimator.compare(what.compared, group[s], batch[s]);
        const coefficient = Number.isNaN(estimate.advantage) ? 0 : estimate.advantage / divisor;
        return { ...what, ...estimate, comparedWith: estimator.comparedWith, divisor, coefficient };
      });
      return {
        turns,
        comparisons,
        klPushes: klPushesOf({ turns, comparisons }, ({ logp }) => logp, e),
        credit: {
          R: returns[0].earned,
          adjusted: comparisons[0].compared,
          baseline: comparisons[0].baseline,
        },
      };
    });
    return { task, trajectories: judged };
  });
}

/** What a trajectory is compared by: its returns, less the KL where that is charged to the reward. */
function price(rule: Rule, turns: readonly Pick<Earned, 'reward' | 'kl'>[], e: Experiment) {
  const beta = estimatorOf(e).klIn === 'reward' ? e.beta : 0;
  const rewards = turns.map(({ reward }) => reward);
  return rule.earns(rewards, e).map(({ comparedAs, value, terms, turns: pushed, written }) => {
    const penalties = pushed.map((turn): Term => ({
      kind: 'kl',
      turn,
      factor: -beta,
      value: turns[turn - 1].kl,
    }));
    return {
      name: comparedAs,
      turns: pushed,
      terms: beta === 0 ? terms : [...terms, ...penalties],
      earned: value,
      written,
      compared: value - beta * penalties.reduce((sum, { value: kl }) => sum + kl, 0),
    };
  });
}

/** Trained tokens of a trajectory, the end-of-answer tokens included; at least 1. */
function trainedTokens(rule: Rule, turns: readonly Earned[]): number {
  const trained = rule.trainedTurns(turns.length);
  const tokens = turns.reduce((sum, { ids }, t) => (trained[t] ? sum + ids.length : sum), 0);
  return Math.max(1, tokens);
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

/** Under another policy: c·ρ, where the clip does not stop it. What shares an advantage shares a ratio. KL in the loss is that policy's. */
function moved<A extends Earned>(one: Judged<A>, now: LogProbsOf<A>, e: Experiment): Judged<A> {
  const logRatio = (answer: A) => answer.logp.reduce((sum, lp, n) => sum + now(answer)[n] - lp, 0);
  const comparisons = one.comparisons.map((comparison) => {
    const together = comparison.turns.reduce((sum, turn) => sum + logRatio(one.turns[turn - 1]), 0);
    const coefficient = clippedCoefficient(comparison.coefficient, together, e.clipRatio);
    return { ...comparison, coefficient };
  });
  return { ...one, comparisons, klPushes: klPushesOf(one, now, e) };
}

function credited<A extends Earned>(one: Judged<A>): CreditedGroup<A>['trajectories'][number] {
  return {
    ...one.credit,
    turns: one.turns.map((answer, t) => ({
      ...answer,
      advantage: one.comparisons.find(({ turns }) => turns.includes(t + 1))?.advantage ?? 0,
      coefficients: coefficientsOf(one, t + 1, answer.ids.length),
    })),
  };
}
