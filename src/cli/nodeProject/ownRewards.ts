/** Stands in an exported project for rl/rewards.ts: r_t is what the project's reward.ts says. */
import type { Experiment } from '../../config/fields.ts';
import { trainedOn } from '../../rl/unitTests.ts';
import type { TestStatus } from '../../sandbox/types.ts';
import { asking, finite } from './own.ts';

/** r_t; NaN, as there, when there are no tests or one could not be run. @throws Error when reward.ts gives no finite number */
export function reward(statuses: readonly TestStatus[], e: Pick<Experiment, 'trainTests'>): number {
  if (statuses.length === 0 || statuses.includes('infra')) return NaN;
  const value = asking('reward.ts', ({ reward }) => reward.reward(trainedOn(statuses, e)));
  return finite('reward.ts', () => `reward of ${trainedOn(statuses, e).join(', ')}`, value);
}
