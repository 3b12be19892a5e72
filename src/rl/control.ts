/** A run that must not learn, to compare one with that should: what its episodes earned is dealt out among them at random. */
import type { Episode, Group } from './episode.ts';

/**
 * Every group with the rewards of its trajectories in another order: those of all turns of a trajectory stay together, so that means
 * and deviations of a group are as before. What an answer's tests say stays with it, and so does it that it could not be judged:
 * such trajectories take no part.
 * @param orderOf of a group, a permutation of so many places, those of its judged trajectories: whoever gives it has the seed
 */
export function dealtOut<A extends { readonly reward: number }>(
  groups: readonly Group<Episode<A>>[],
  orderOf: (group: number, judged: number) => readonly number[],
): Group<Episode<A>>[] {
  return groups.map(({ task, trajectories }, group) => {
    const judged = trajectories.filter(({ turns }) => !turns.some(({ reward }) => Number.isNaN(reward)));
    const order = orderOf(group, judged.length);
    return {
      task,
      trajectories: trajectories.map((one) => {
        const place = judged.indexOf(one);
        if (place < 0) return one;
        const from = judged[order[place]].turns;
        return { ...one, turns: one.turns.map((answer, t) => ({ ...answer, reward: from[t].reward })) };
      }),
    };
  });
}
