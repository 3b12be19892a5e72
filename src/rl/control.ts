/** A run that must not learn, to compare one with that should: what its episodes earned is dealt out among them at random. */
import type { Episode, Group } from './episode.ts';

/**
 * Every group with the rewards of its trajectories in another order: those of all turns of a trajectory stay together, so that means
 * and deviations of a group are as before. What an answer's tests say stays with it.
 * @param orderOf of a group, a permutation of its trajectories' places: whoever gives it has the seed
 */
export function dealtOut<A extends { readonly reward: number }>(
  groups: readonly Group<Episode<A>>[],
  orderOf: (group: number, trajectories: number) => readonly number[],
): Group<Episode<A>>[] {
  return groups.map(({ task, trajectories }, group) => {
    const order = orderOf(group, trajectories.length);
    return {
      task,
      trajectories: trajectories.map((one, i) => {
        const from = trajectories[order[i]].turns;
        return { ...one, turns: one.turns.map((answer, t) => ({ ...answer, reward: from[t].reward })) };
      }),
    };
  });
}
