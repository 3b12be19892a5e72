import type { TestStatus } from '../engine.ts';

/** r_t: how many of the task's unit tests an answer passes, as the released code counts them. */
export function reward(statuses: readonly TestStatus[]): number {
  return statuses.filter((status) => status === 'pass').length;
}
