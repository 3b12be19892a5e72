/** Which rewards an answer can get. */
import type { Experiment } from './fields.ts';

/** Unit tests of a task of ours, K. */
export const testsPerTask = 6;

/**
 * All rewards r_1 … r_T that an episode can get, one list after the other: every combination of what an answer can earn from K tests,
 * for each K up to that of a task.
 */
export function* possibleRewards({
  turns,
  reward,
  rewardScale,
}: Pick<Experiment, 'turns' | 'reward' | 'rewardScale'>): Generator<readonly number[]> {
  for (let K = 1; K <= testsPerTask; K++) {
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
