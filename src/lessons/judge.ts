/** Whether a run shows what its lesson says: the numbers of its predicate, each with what was asked of it. */
import { findMetric } from '../rl/metricTable.ts';
import type { UpdateRecord } from '../rl/records.ts';
import { mean, scored } from '../rl/statistics.ts';
import { reachOfGamma } from '../rl/whatIf.ts';
import { gammaEffect, type Clause, type Figure, type Lesson, type Measure, type Side } from './lesson.ts';

/** A moment of a run and its metrics. */
export interface Measurement {
  readonly step: number;
  readonly metrics: Readonly<Record<string, number>>;
}

/** What is known of a run. */
export interface Course {
  /** Updates after which it is over. */
  readonly steps: number;
  /** Oldest first. */
  readonly evals: readonly Measurement[];
  readonly updates: readonly Measurement[];
  /** An update with its answers, for what only they tell; the last that was kept. */
  readonly record: Pick<UpdateRecord, 'groups' | 'experiment'> | null;
}

/** A number of the run beside what was asked of it. `holds` is null where it could not be measured. */
export interface Finding {
  readonly clause: Clause;
  readonly value: number;
  readonly holds: boolean | null;
}

export interface Judgement {
  readonly findings: readonly Finding[];
  /** true: all hold; false: at least one does not; null: the run is not over, or not all could be measured. */
  readonly holds: boolean | null;
}

/** Updates at the beginning and at the end of a run that are averaged: one alone is too noisy. */
const few = 10;

function valueAt(metric: string, moments: readonly Measurement[], { record }: Course): number {
  if (metric === gammaEffect) return record ? reachOfGamma(record.groups, record.experiment) : NaN;
  return mean(scored(moments.map(({ metrics }) => metrics[metric] ?? NaN)));
}

/** The moments that a measure is taken over, at the beginning, at the end and all of them. */
function momentsOf(metric: string, { evals, updates }: Course) {
  if (metric.startsWith('eval/'))
    return { first: evals.filter(({ step }) => step === 0), last: evals.slice(-1), all: evals };
  return { first: updates.slice(0, few), last: updates.slice(-few), all: updates };
}

/** NaN where something that it needs was not measured. */
export function measured({ metric, less, take }: Measure, course: Course): number {
  const one = (name: string): number => {
    const { first, last, all } = momentsOf(name, course);
    if (take === 'mean') return valueAt(name, all, course);
    const end = valueAt(name, last, course);
    return take === 'end' ? end : end - valueAt(name, first, course);
  };
  return less === undefined ? one(metric) : one(metric) - one(less);
}

function found(clause: Clause, course: Course): Finding {
  const value = measured(clause.measure, course);
  const { atLeast = -Infinity, atMost = Infinity } = clause;
  return { clause, value, holds: Number.isNaN(value) ? null : value >= atLeast && value <= atMost };
}

/** Whether the run is over: all its updates done and the evaluation after the last of them in. */
export const isOver = ({ steps, evals, updates }: Course): boolean =>
  (updates.at(-1)?.step ?? 0) >= steps && (evals.at(-1)?.step ?? 0) >= steps;

/** @param course of the lesson's run or of its counter-run: both are held to the same predicate */
export function judge({ predicate }: Lesson, course: Course): Judgement {
  const findings = predicate.map((clause) => found(clause, course));
  if (!isOver(course)) return { findings, holds: null };
  if (findings.some(({ holds }) => holds === false)) return { findings, holds: false };
  return { findings, holds: findings.some(({ holds }) => holds === null) ? null : true };
}

/** What is told of a run that the reader set up: the numbers of the predicate, nothing being asked of them, and what was to be applied. */
export const figuresOf = ({ predicate, applied = [] }: Lesson): readonly Figure[] => [
  ...predicate,
  ...applied,
];

/**
 * What became of a prediction. 'open': a run that the question is about is not over. 'unclear': what the lesson expects did not show in
 * this run, so neither did what it refutes.
 */
export type Fate = 'true' | 'false' | 'open' | 'unclear';

/** @param holds of the runs that are over, whether each keeps the predicate */
export function fateOf(
  { compares, prediction }: Lesson,
  predicted: string,
  holds: Readonly<Partial<Record<Side, boolean | null>>>,
): Fate {
  if (holds.run === undefined || (compares && holds.counter === undefined)) return 'open';
  if (holds.run !== true || (compares && holds.counter !== false)) return 'unclear';
  return predicted === prediction.right ? 'true' : 'false';
}

/** 2 · 10⁻¹⁶ */
function tiny(value: number): string {
  const [mantissa, exponent] = value.toExponential(0).replaceAll('-', '−').split('e');
  const raised = [...exponent].map((digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)] ?? '⁻');
  return `${mantissa} · 10${raised.join('')}`;
}

/** A measure's value as people read it: shares in percent, rises and differences of them in points. @param language as BCP 47 has it */
export function shownValue({ metric, less, take }: Measure, value: number, language: string): string {
  if (Number.isNaN(value)) return '–';
  const isShare = findMetric(metric)?.metric.unit === 'share';
  const change = take === 'rise' || less !== undefined;
  if (value !== 0 && Math.abs(value) < 1e-3 && !isShare) return tiny(value);
  const digits = isShare
    ? { minimumFractionDigits: 1, maximumFractionDigits: 1 }
    : { maximumSignificantDigits: 2 };
  const number = new Intl.NumberFormat(language, {
    ...digits,
    ...(change ? { signDisplay: 'exceptZero' as const } : {}),
  })
    .format(isShare ? 100 * value : value)
    .replace('-', '−');
  return isShare && !change ? `${number} %` : number;
}
