/**
 * What an update or an evaluation leaves behind: the record that charts, the Episode panel, metrics.jsonl and traces all read.
 * Declared once as schemas; the types are derived, and messages are validated with the same schemas.
 */
import * as v from 'valibot';
import { backendNames } from '../config/backends.ts';
import { experimentSchema } from '../config/experiment.ts';
import { fieldNames } from '../config/fields.ts';
import {
  creditSchema,
  gradedAnswerSchema,
  taskSchema,
  trainedAnswerSchema,
  type Credit,
  type Episode,
  type GradedAnswer,
  type Group,
  type TrainedAnswer,
} from './episode.ts';

/** NaN is a legal number here: "could not be scored" is NaN, never 0. */
const num = v.union([v.number(), v.nan()]);

/** What a record was made under: the experiment as it was when its update or evaluation began, and what computed. */
const circumstances = { experiment: experimentSchema, backend: v.picklist(backendNames) };

/** Milliseconds spent in each stage of one update. */
export const timingSchema = v.object({ sample: num, grade: num, score: num, update: num, total: num });

const list = <S extends v.GenericSchema>(item: S) => v.pipe(v.array(item), v.readonly());
/** Prompts, each with its trajectories. */
const groups = <S extends v.GenericSchema>(trajectory: S) =>
  list(v.object({ task: taskSchema, trajectories: list(trajectory) }));

const gradedEpisodeSchema = v.object({ turns: list(gradedAnswerSchema) });
const trainedEpisodeSchema = v.object({ ...creditSchema.entries, turns: list(trainedAnswerSchema) });

/** The parts of an update in the order in which each comes from the one before. */
export const digestParts = ['tasks', 'ids', 'verdicts', 'rewards', 'weights'] as const;
export type DigestPart = (typeof digestParts)[number];

const digest = v.pipe(v.string(), v.regex(/^[\da-f]{16}$/, 'must be 16 hexadecimal digits'));
const answers = v.pipe(v.number(), v.integer(), v.minValue(0));

/**
 * What an update was, in a few digits (train/digests.ts): with equal ones, two updates were the same. And how many of its answers had
 * a test that timed out, or that could not be judged, for these depend on the machine too.
 */
export const digestsSchema = v.object({
  ...v.entriesFromList(digestParts, digest),
  timeouts: answers,
  infra: answers,
});
export type Digests = v.InferOutput<typeof digestsSchema>;

export const outcomesSchema = list(list(v.nullable(answers)));

export const updateRecordSchema = v.object({
  ...circumstances,
  /** Updates done, counting this one (from 1). */
  step: v.number(),
  /** Sampled training metrics, keys `train/…` of docs/metrics.md. */
  metrics: v.record(v.string(), num),
  /** Each prompt with its k trajectories. */
  groups: groups(trainedEpisodeSchema),
  timing: timingSchema,
  /** Absent where there is no cryptography. */
  digests: v.optional(digestsSchema),
});

export const evalRecordSchema = v.object({
  ...circumstances,
  /** Updates done when it was measured (0 = the boost model itself). */
  step: v.number(),
  /** Greedy held-out metrics, keys `eval/…`. */
  metrics: v.record(v.string(), num),
  /**
   * Of every held-out task, in their order, [its tests, those passed at turn 1, …, at turn T] (`outcomeOf`): two evaluations of the same
   * tasks are compared task by task. Absent in records of before.
   */
  outcomes: v.optional(outcomesSchema),
  /** A few held-out episodes (one trajectory each) to look at. */
  examples: groups(gradedEpisodeSchema),
  /** Held-out tasks that could not be graded, and why, a sentence; absent where all could be. It is not kept. */
  ungraded: v.optional(v.string()),
  /** Wall time, milliseconds. */
  ms: num,
});

/** The value of any field of an experiment, before its range is checked. */
export const fieldValueSchema = v.union([v.string(), v.number(), v.boolean()]);

/** Live fields of the experiment were changed while the run stood between two updates. */
export const changeRecordSchema = v.object({
  /** Updates done before it. */
  step: v.number(),
  changes: list(v.object({ field: v.picklist(fieldNames), from: fieldValueSchema, to: fieldValueSchema })),
});

export type ChangeRecord = v.InferOutput<typeof changeRecordSchema>;
export type UpdateRecord = v.InferOutput<typeof updateRecordSchema>;
export type EvalRecord = v.InferOutput<typeof evalRecordSchema>;

/** What a recorded answer may have: a grade in any case, the rest if it was learned from. */
export type TurnRecord = GradedAnswer & Partial<TrainedAnswer>;
export type TrajectoryRecord = Episode<TurnRecord> & Partial<Credit>;
export type GroupRecord = Group<TrajectoryRecord>;
