/** Two evaluations of the same held-out tasks, compared task by task: what all tasks have in common cancels. */
import type { EvalRecord } from './records.ts';
import { mean, std } from './statistics.ts';

type Outcomes = NonNullable<EvalRecord['outcomes']>;

/** Of a task: the share of its tests that the answer of a turn passed, or whether it passed all. */
export type Measure = 'tests_passed' | 'accuracy';

export interface Paired {
  /** Tasks that both evaluations could judge. */
  readonly count: number;
  readonly before: number;
  readonly after: number;
  /** After less before, mean over tasks. */
  readonly gain: number;
  /** Standard error of that: the deviation of the tasks' differences over √count. NaN for one task. */
  readonly error: number;
}

/** What a task is worth at a turn, from 1; NaN where it could not be judged. */
function valueOf([tests, ...passed]: Outcomes[number], turn: number, measure: Measure): number {
  const some = passed[turn - 1];
  if (some === null || some === undefined || !tests) return NaN;
  return measure === 'accuracy' ? Number(some === tests) : some / tests;
}

/**
 * @param pairs evaluations before and after: one pair, or of several runs over the same tasks, whose differences are averaged for each
 * @throws RangeError when they are not of the same number of tasks
 */
export function paired(
  pairs: readonly { readonly before: Outcomes; readonly after: Outcomes }[],
  turn: number,
  measure: Measure,
): Paired {
  const counts = new Set(pairs.flatMap(({ before, after }) => [before.length, after.length]));
  if (counts.size > 1) throw new RangeError('The evaluations are not of the same tasks.');
  const [count = 0] = counts;
  const at = (which: 'before' | 'after', task: number) =>
    mean(pairs.map((pair) => valueOf(pair[which][task], turn, measure)));
  const tasks = Array.from({ length: count }, (_, task) => [at('before', task), at('after', task)] as const);
  const judged = tasks.filter((pair) => !pair.some(Number.isNaN));
  const gains = judged.map(([before, after]) => after - before);
  return {
    count: judged.length,
    before: mean(judged.map(([before]) => before)),
    after: mean(judged.map(([, after]) => after)),
    gain: mean(gains),
    error: judged.length > 1 ? std(gains) / Math.sqrt(judged.length) : NaN,
  };
}
