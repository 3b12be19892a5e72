/** Stands in an exported project for rl/algorithms/index.ts: what an episode earns is what the project's reward.ts says. */
import { possibleRewards } from '../../config/possibleRewards.ts';
import { accumulate, linearOf, type Accumulating } from '../../rl/accumulated/index.ts';
import type { Algorithm } from '../../rl/algorithms/algorithm.ts';
import { comparing, type Sample } from '../../rl/algorithms/comparing.ts';
import type { Experiment } from '../../config/fields.ts';
import { subscript } from '../../rl/symbols.ts';
import { asking, finite, own, settingsOf } from './own.ts';

export function algorithmOf(): Algorithm {
  const { sharedTurns } = own().algorithm;
  const perTurn = own().reward.perTurn !== undefined;
  return comparing({
    title: 'reward.ts and algorithm.ts',
    sharedTurns,
    trainedTurns: (turns) => Array.from({ length: turns }, (_, t) => t >= sharedTurns),
    weights: (e) => (perTurn ? null : weightsOf(e)),
    earns: (rewards, e) => (perTurn ? returnsOf(rewards, e) : [returnOf(rewards, sharedTurns, e)]),
  });
}

/** R of rewards of so many turns. @throws Error when reward.ts gives no finite number */
function accumulating(turns: number, e: Accumulating): (rewards: readonly number[]) => number {
  const settings = settingsOf({ ...e, turns });
  return (rewards) => {
    if (rewards.some(Number.isNaN)) return NaN;
    const value = asking('reward.ts', ({ reward }) => reward.accumulate?.(rewards, settings));
    return finite('reward.ts', () => `R of the rewards ${rewards.join(', ')}`, value);
  };
}

const sample = (name: string, comparedAs: string, turns: readonly number[], value: number): Sample => ({
  ...{ name, comparedAs, turns, value, written: name },
  terms: [{ kind: 'rest', turn: 0, factor: 1, value }],
});

const returnOf = (rewards: readonly number[], sharedTurns: number, e: Accumulating): Sample =>
  sample(
    'R',
    'R′',
    rewards.flatMap((_, t) => (t >= sharedTurns ? [t + 1] : [])),
    accumulating(rewards.length, e)(rewards),
  );

function returnsOf(rewards: readonly number[], e: Accumulating): Sample[] {
  const settings = settingsOf({ ...e, turns: rewards.length });
  const all = asking('reward.ts', ({ reward }) => reward.perTurn?.(rewards, settings)) ?? [];
  return rewards.map((_, t) => {
    const value = all[t];
    const known = rewards.some(Number.isNaN) && Number.isNaN(value);
    if (!known) finite('reward.ts', () => `G of turn ${t + 1} of the rewards ${rewards.join(', ')}`, value);
    return sample(`G${subscript(t + 1)}`, `R′${subscript(t + 1)}`, [t + 1], value);
  });
}

/** The weights that the experiment's own rule has, as long as reward.ts adds up as it does; null where it is another. */
function weightsOf(e: Accumulating & Pick<Experiment, 'turns'>): readonly number[] | null {
  const linear = linearOf(e);
  if (!linear) return null;
  const accumulated = accumulating(e.turns, e);
  for (const rewards of possibleRewards({
    ...e,
    tasks: 'own',
    reward: 'progressive',
    rewardScale: 'fraction',
  }))
    if (accumulated(rewards) !== accumulate(rewards, e)) return null;
  return linear.weights;
}
