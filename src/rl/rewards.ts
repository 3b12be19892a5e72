/** What one answer earns from its unit tests. */
import type { Experiment } from '../config/fields.ts';
import type { TestStatus } from '../sandbox/types.ts';
import { trainedOn } from './unitTests.ts';

/**
 * r_t: progressive (1/K) Σ_k 1[y_t passes u_k], or binary 1[y_t passes every u_k].
 * `rewardScale: 'count'` leaves out the division by K, as the released code does.
 * With `trainTests`, u_1 … u_K are the tests trained on alone.
 *
 * A hang, a crash or a wrong value is the program's fault: that test fails.
 * @param statuses one per unit test, K of them.
 * @returns NaN when there are no tests or one could not be run ('infra'), be it one that only judges:
 *   the sample is masked, never punished.
 * Source: paper, progressive reward.
 */
export function reward(
  statuses: readonly TestStatus[],
  e: Pick<Experiment, 'reward' | 'rewardScale' | 'trainTests'>,
): number {
  if (statuses.length === 0 || statuses.includes('infra')) return NaN;
  const counted = trainedOn(statuses, e);
  const K = counted.length;
  const passed = counted.filter((status) => status === 'pass').length;
  if (e.reward === 'binary') return passed === K ? 1 : 0;
  return e.rewardScale === 'count' ? passed : passed / K;
}
