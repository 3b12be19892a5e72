/** Which rewards an answer can get. */
import type { Experiment } from './fields.ts';

/** Unit tests of a task of ours, K. */
export const testsPerTask = 6;

/** Most tests of a problem of the user's own that are looked at, by turns: more would be too many combinations. */
const ownTests: readonly number[] = [250, 40, 12, 8];

/**
 * All rewards r_1 … r_T that an episode can get, one list after the other: every combination of what an answer can earn from K tests,
 * for each K up to that of a task; of problems of the user's own, up to a K that depends on the turns.
 */
export function* possibleRewards({
  tasks,
  turns,
  reward,
  rewardScale,
}: Pick<Experiment, 'tasks' | 'turns' | 'reward' | 'rewardScale'>): Generator<readonly number[]> {
  const most = tasks === 'own' ? (ownTests[turns - 1] ?? testsPerTask) : testsPerTask;
  for (let K = 1; K <= most; K++) {
    if (reward === 'binary' && K > 1) return;
    const levels = Array.from({ length: K + 1 }, (_, passed) =>
      reward === 'progressive' && rewardScale === 'count' ? passed : passed / K,
    );
    yield* combinations(levels, turns);
  }
}

function* combinations(levels: readonly number[], length: number): Generator<readonly number[]> {
  if (length === 0) yield [];
  else
    for (const rest of combinations(levels, length - 1)) for (const level of levels) yield [...rest, level];
}
