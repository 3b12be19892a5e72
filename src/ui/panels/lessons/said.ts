/** What lessons say of a run, with its numbers put in. */
import { besides, diff, type Experiment, type FieldName } from '../../../config/experiment.ts';
import { isOver, judge, shownValue, type Course, type Finding } from '../../../lessons/judge.ts';
import { experimentOf, sides, type Lesson, type Side } from '../../../lessons/lesson.ts';
import { withValues } from '../../say.svelte.ts';
import type { RunState } from '../../state/run.svelte.ts';

/** A finding in a lesson's words. */
export function findingText({ clause, value }: Finding, text: string, language: string): string {
  const { measure, atLeast, atMost } = clause;
  const shown = (number: number) => shownValue(measure, number, language);
  return withValues(text, { value: shown(value), bound: shown(atLeast ?? atMost ?? NaN) });
}

/** Which run of a lesson began with this experiment, whatever its seed; null: neither. A run that only looks like it was not run for it. */
export function sideOf(lesson: Lesson, began: Experiment): Side | null {
  const is = (side: Side) =>
    Object.keys(diff(began, experimentOf(lesson, side, began))).every((name) => name === 'seed');
  return sides.find(is) ?? null;
}

type Seen = Pick<RunState, 'evals' | 'train' | 'updates' | 'changes'>;

/** What the page knows of a run. @param side which run of the lesson it is */
export const courseOf = (lesson: Lesson, side: Side, { evals, train, updates }: Seen): Course => ({
  steps: experimentOf(lesson, side).steps,
  evals,
  updates: train,
  record: updates.at(-1) ?? null,
});

/** What a run says of its lesson; null when it is none of the lesson's runs, or was changed under way. */
export function judgementOf(lesson: Lesson, began: Experiment, run: Seen) {
  const side = sideOf(lesson, began);
  const telling = ({ field }: { field: FieldName }) => !besides.includes(field);
  if (side === null || run.changes.some(({ changes }) => changes.some(telling))) return null;
  const course = courseOf(lesson, side, run);
  return { side, steps: course.steps, over: isOver(course), ...judge(lesson, course) };
}
