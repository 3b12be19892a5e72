import type { TestStatus } from '../engine.ts';

/** r_t: the share of the task's unit tests that an answer passes. A hang, a crash or a wrong value fails the test. */
export function reward(statuses: readonly TestStatus[]): number {
  const passed = statuses.filter((status) => status === 'pass').length;
  return passed / statuses.length;
}
