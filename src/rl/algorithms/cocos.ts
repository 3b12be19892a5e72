/**
 * CoCoS as the paper has it (arXiv 2505.23060): k independent episodes a prompt, one accumulated reward
 * R = γ^(T−1) r_1 + Σ_{t≥2} γ^(T−t) (r_t − r_{t−1}) an episode, and a gradient through the tokens of every turn.
 */
import type { Experiment } from '../../config/fields.ts';
import { accumulatedReward, turnWeights } from '../accumulated.ts';
import { comparing, type Sample } from './comparing.ts';

/** The one return of an episode, R = Σ_t w_t r_t, the last turn first. @param trained whether it pushes a turn; [turn] */
export function accumulated(
  rewards: readonly number[],
  trained: readonly boolean[],
  { gamma }: Pick<Experiment, 'gamma'>,
): Sample {
  const weights = turnWeights(rewards.length, gamma);
  return {
    name: 'R',
    comparedAs: 'R′',
    turns: trained.flatMap((yes, t) => (yes ? [t + 1] : [])),
    value: accumulatedReward(rewards, gamma),
    terms: rewards
      .map((value, t) => ({ kind: 'reward', turn: t + 1, factor: weights[t], value }) as const)
      .reverse(),
  };
}

const trainedTurns = (turns: number): boolean[] => new Array<boolean>(turns).fill(true);

export const cocos = comparing({
  title: 'CoCoS',
  sharedTurns: 0,
  trainedTurns,
  weights: ({ turns, gamma }) => turnWeights(turns, gamma),
  earns: (rewards, e) => [accumulated(rewards, trainedTurns(rewards.length), e)],
});
