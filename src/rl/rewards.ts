/** What one answer earns from its unit tests. */
import type { Experiment } from '../config/fields.ts';
import type { TestStatus } from '../sandbox/types.ts';

/**
 * r_t: progressive (1/K) Σ_k 1[y_t passes u_k], or binary 1[y_t passes every u_k].
 * `rewardScale: 'count'` leaves out the division by K, as the released code does.
 *
 * A hang, a crash or a wrong value is the program's fault: that test fails.
 * @param statuses one per unit test, K of them.
 * @returns NaN when there are no tests or one could not be run ('infra'): the sample is masked, never punished.
 * Source: paper, progressive reward.
 */
export function reward(
  statuses: readonly TestStatus[],
  { reward: kind, rewardScale }: Pick<Experiment, 'reward' | 'rewardScale'>,
): number {
  const K = statuses.length;
  if (K === 0 || statuses.includes('infra')) return NaN;
  const passed = statuses.filter((status) => status === 'pass').length;
  if (kind === 'binary') return passed === K ? 1 : 0;
  return rewardScale === 'count' ? passed : passed / K;
}
