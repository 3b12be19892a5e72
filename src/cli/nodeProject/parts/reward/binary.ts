import type { TestStatus } from '../engine.ts';

/** r_t: 1 when an answer passes every unit test of its task, else 0. */
export function reward(statuses: readonly TestStatus[]): number {
  return statuses.every((status) => status === 'pass') ? 1 : 0;
}
