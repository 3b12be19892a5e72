/**
 * CoCoS as the paper has it (arXiv 2505.23060): k independent episodes a prompt, one accumulated reward R an episode
 * (γ^(T−1) r_1 + Σ_{t≥2} γ^(T−t) (r_t − r_{t−1}), or another rule), and a gradient through the tokens of every turn.
 */
import { accumulate, linearOf, weightsAt, writtenOf, type Accumulating } from '../accumulated/index.ts';
import type { Term } from './algorithm.ts';
import { comparing, type Sample } from './comparing.ts';

/** The one return of an episode, R = Σ_t w_t r_t + rest, the last turn first. @param trained whether it pushes a turn; [turn] */
export function accumulated(
  rewards: readonly number[],
  trained: readonly boolean[],
  e: Accumulating,
): Sample {
  const all = { ...e, turns: rewards.length };
  const value = accumulate(rewards, e);
  const weights = weightsAt(rewards, e);
  const linear = linearOf(all);
  const rest = linear?.constant ?? value - weights.reduce((sum, w, t) => sum + w * rewards[t], 0);
  const restTerm: Term = { kind: 'rest', turn: 0, factor: 1, value: rest };
  return {
    name: 'R',
    comparedAs: 'R′',
    turns: trained.flatMap((yes, t) => (yes ? [t + 1] : [])),
    value,
    terms: [
      ...rewards
        .map((reward, t): Term => ({ kind: 'reward', turn: t + 1, factor: weights[t], value: reward }))
        .reverse(),
      ...(linear?.constant === 0 ? [] : [restTerm]),
    ],
    written: linear ? '' : writtenOf(all),
  };
}

/** Its weights, where they are the same for all rewards. */
export const constantWeights = (e: Parameters<typeof linearOf>[0]): readonly number[] | null =>
  linearOf(e)?.weights ?? null;

const trainedTurns = (turns: number): boolean[] => new Array<boolean>(turns).fill(true);

export const cocos = comparing({
  title: 'CoCoS',
  sharedTurns: 0,
  trainedTurns,
  weights: constantWeights,
  earns: (rewards, e) => [accumulated(rewards, trainedTurns(rewards.length), e)],
});
