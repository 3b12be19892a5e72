/** What lessons say of a run, with its numbers put in. */
import { besides, diff, type Experiment, type FieldName } from '../../../config/experiment.ts';
import { field, isFieldName } from '../../../config/fields.ts';
import {
  isOver,
  judge,
  measured,
  shownValue,
  type Course,
  type Finding,
  type Judgement,
} from '../../../lessons/judge.ts';
import { experimentOf, sides, type Figure, type Lesson, type Side } from '../../../lessons/lesson.ts';
import type { LessonWords, Words } from '../../../lessons/words.ts';
import { valueWords } from '../../charts/catalogue.ts';
import { told, withValues } from '../../say.svelte.ts';
import type { RunState } from '../../state/run.svelte.ts';

/** "Reward: binary; Updates: 20" */
export const settingsText = (changes: Readonly<Record<string, string | number | boolean>>): string =>
  Object.entries(changes)
    .map(([name, value]) =>
      isFieldName(name) ? `${told(field(name).label)}: ${valueWords(name, value)}` : '',
    )
    .filter(Boolean)
    .join('; ');

/** A number of a run in a lesson's words. */
export const figureText = (
  { id, measure }: Figure,
  value: number,
  said: LessonWords,
  { tag }: Words,
): string => withValues(said.figures[id] ?? '{value}', { value: shownValue(measure, value, tag) });

/** The same number of the lesson's own run, for whoever looks at another; '' where there is none. */
export function thereText({ measure }: Figure, run: Course | undefined, { controls, tag }: Words): string {
  const value = run ? measured(measure, run) : NaN;
  return Number.isNaN(value) ? '' : withValues(controls.there, { value: shownValue(measure, value, tag) });
}

/** What was asked of it. */
export function boundText(
  { clause: { measure, atLeast, atMost } }: Finding,
  { controls, tag }: Words,
): string {
  const bound = shownValue(measure, atLeast ?? atMost ?? NaN, tag);
  return withValues(atLeast === undefined ? controls.atMost : controls.atLeast, { bound });
}

/** Which run of a lesson began with this experiment, whatever its seed; null: neither. A run that only looks like it was not run for it. */
export function sideOf(lesson: Lesson, began: Experiment): Side | null {
  const is = (side: Side) =>
    Object.keys(diff(began, experimentOf(lesson, side, began))).every((name) => name === 'seed');
  return sides.find(is) ?? null;
}

/** Of a `RunState`. */
interface Seen extends Pick<Course, 'evals'>, Pick<RunState, 'changes'> {
  readonly train: Course['updates'];
  readonly updates: readonly NonNullable<Course['record']>[];
}

/** What the page knows of a run. @param steps updates after which it is over */
export const courseOf = (steps: number, { evals, train, updates }: Seen): Course => ({
  steps,
  evals,
  updates: train,
  record: updates.at(-1) ?? null,
});

/** What a run says of its lesson; null when it is none of the lesson's runs, or was changed under way. */
export function judgementOf(lesson: Lesson, began: Experiment, run: Seen) {
  const side = sideOf(lesson, began);
  const telling = ({ field }: { field: FieldName }) => !besides.includes(field);
  if (side === null || run.changes.some(({ changes }) => changes.some(telling))) return null;
  const course = courseOf(experimentOf(lesson, side).steps, run);
  return { side, course, over: isOver(course), ...judge(lesson, course) };
}

/** One of the runs that are open. */
interface Opened {
  readonly number: number;
  readonly began: Experiment;
  readonly told: Seen;
}

/** A run of the lesson that is over, and what it says. */
export interface Outcome extends Judgement {
  readonly side: Side;
  readonly course: Course;
  /** The run's number on the page. */
  readonly number: number;
}
export type Outcomes = Readonly<Partial<Record<Side, Outcome>>>;

/** What the runs of a lesson that are over have shown: for each side the one on screen, or else the newest, so that both stay in view. */
export function outcomesOf(lesson: Lesson, runs: readonly Opened[], selected: Opened): Outcomes {
  const found: Partial<Record<Side, Outcome>> = {};
  for (const run of [...runs.toSorted((a, b) => a.number - b.number), selected]) {
    const judged = judgementOf(lesson, run.began, run.told);
    if (judged?.over) found[judged.side] = { ...judged, number: run.number };
  }
  return found;
}
