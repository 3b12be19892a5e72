/**
 * What a lesson is. A lesson is data: an experiment, a prediction to make before it runs, and a predicate that its run must satisfy
 * and that its counter-run must not. What it says is in words/, one file a language.
 */
import * as v from 'valibot';
import {
  diff,
  parseExperiment,
  withChanges,
  defaultExperiment,
  type Experiment,
} from '../config/experiment.ts';
import { fieldNames } from '../config/fields.ts';
import { otherModelText } from '../config/modelFields.ts';
import {
  findPreset,
  presetExperiment,
  shortProblemsName,
  shortProblemsPreset,
  type BroughtPreset,
  type Preset,
} from '../config/presets.ts';
import { findMetric } from '../rl/metricTable.ts';

/** Ends, like every id of a lesson, in the words of each language. */
const id = v.pipe(v.string(), v.regex(/^[a-z][A-Za-z0-9]*$/, 'must be an id in camelCase'));
const list = <S extends v.GenericSchema>(item: S) => v.pipe(v.array(item), v.nonEmpty(), v.readonly());

/** The preset of lessons about a model that others trained, which the reader brings, on the problems that come with the page. */
export const withBroughtModel = 'short-problems' satisfies BroughtPreset['id'];
/** What it is over where there is no model, on paper. */
const nominal = shortProblemsPreset(otherModelText('SmolLM2-135M-Instruct', '0'.repeat(16)));
const presetOf = (id: string): Preset | undefined => (id === withBroughtModel ? nominal : findPreset(id));

/** Of the metric table, or what is measured for lessons alone (judge.ts). */
export const gammaEffect = 'lesson/gamma_effect';
const metric = v.pipe(
  v.string(),
  v.check(
    (name) => name === gammaEffect || findMetric(name) !== undefined,
    'must be a metric of the table, with train/ or eval/ in front',
  ),
);

/** A number of a run. */
const measureSchema = v.strictObject({
  metric,
  /** Taken off it, at the same time. */
  less: v.optional(metric),
  /**
   * 'end': at the last evaluation, or the mean of the last ten updates (of all, where there are fewer).
   * 'rise': that, less the same at the beginning: evaluation 0, or the first ten updates. 'mean': over all updates.
   */
  take: v.picklist(['end', 'rise', 'mean']),
});

/** One condition of a predicate: a number of the run, and what it must reach or not exceed. */
const clauseSchema = v.pipe(
  v.strictObject({
    id,
    measure: measureSchema,
    atLeast: v.optional(v.number()),
    atMost: v.optional(v.number()),
  }),
  v.check(
    ({ atLeast, atMost }) => (atLeast === undefined) !== (atMost === undefined),
    'must have either atLeast or atMost',
  ),
);

const changes = v.pipe(
  v.record(v.picklist(fieldNames), v.union([v.string(), v.number(), v.boolean()])),
  v.readonly(),
);

/** What of the page a lesson can hide, so that the eye is led. */
export const hideable = ['settings', 'charts', 'details'] as const;

export const lessonSchema = v.pipe(
  v.strictObject({
    id,
    /** The preset that its experiment is a difference from. */
    preset: v.pipe(
      v.string(),
      v.check((name) => presetOf(name) !== undefined, 'must be the id of a preset'),
    ),
    changes,
    /** The counter-run: what differs from the lesson's own experiment. */
    counter: changes,
    hides: v.pipe(v.array(v.picklist(hideable)), v.readonly()),
    /** Charts to watch, by their ids in the page's catalogue: they are drawn first, and marked. */
    watch: v.pipe(v.array(v.string()), v.readonly()),
    prediction: v.strictObject({ options: list(id), right: id }),
    /** The question compares the run with the counter-run: only both together tell whether the prediction came true. */
    compares: v.optional(v.literal(true)),
    /** All must hold in the lesson's run; at least one must not in the counter-run. */
    predicate: list(clauseSchema),
    /** What "Apply it" asks about, where that is more than the numbers of the predicate: it is told of the reader's own run. */
    applied: v.optional(list(v.strictObject({ id, measure: measureSchema }))),
  }),
  v.check(
    ({ prediction }) => prediction.options.includes(prediction.right),
    'the right option must be offered',
  ),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const { preset, changes, counter } = dataset.value;
    const base = presetOf(preset);
    if (!base) return;
    const own = { ...presetExperiment(base), ...changes };
    for (const [name, data] of Object.entries({ changes: own, counter: { ...own, ...counter } })) {
      const parsed = parseExperiment(data);
      if (!parsed.ok)
        for (const { field, message } of parsed.errors) addIssue({ message: `${name}: ${field} ${message}` });
    }
  }),
);

export type Lesson = v.InferOutput<typeof lessonSchema>;
export type Clause = Lesson['predicate'][number];
export type Measure = Clause['measure'];
/** A number that is told of a run, whatever was asked of it. */
export interface Figure {
  readonly id: string;
  readonly measure: Measure;
}
export type Hideable = (typeof hideable)[number];
/** How a lesson leads the eye: what of the page it hides, and the charts that are to be watched. */
export interface Guide {
  readonly hides: readonly Hideable[];
  readonly watch: readonly string[];
}

/** A run of a lesson: the one that shows what it says, or the one that must not. */
export const sides = ['run', 'counter'] as const;
export type Side = (typeof sides)[number];

/** A lesson, checked where it is written. @throws Error naming the lesson and what is wrong with it */
export const lesson = (data: Lesson): Lesson => readLesson(data);

/** @throws Error naming the lesson and what is wrong with it */
export function readLesson(data: unknown): Lesson {
  const parsed = v.safeParse(lessonSchema, data);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const name = v.is(v.object({ id: v.string() }), data) ? data.id : 'without an id';
  throw new Error(`Lesson ${name}: ${[v.getDotPath(issue), issue.message].filter(Boolean).join(' ')}`);
}

/** Whether it is about a model that others trained. */
export const bringsModel = ({ preset }: Pick<Lesson, 'preset'>): boolean => preset === withBroughtModel;

/** Whether such a lesson can be held with the model and the problems of an experiment. */
export const givesModel = ({ model, problems }: Experiment): boolean =>
  model === 'other' && problems === shortProblemsName;

/** What an experiment says of the model that was brought, and of the adapter that it begins with. */
const ofModel = ['otherModel', 'loraRank', 'loraAlpha', 'loraTargets', 'baseWeights'] as const;

/**
 * The whole experiment of a lesson's run, or of its counter-run.
 * @param over an experiment over the model that was brought, for a lesson about one; without it, it names a model that is not there
 */
export function experimentOf(lesson: Lesson, side: Side, over: Experiment | null = null): Experiment {
  const { preset, changes, counter } = lesson;
  const base = presetOf(preset);
  const brought =
    over && bringsModel(lesson) && givesModel(over)
      ? Object.fromEntries(ofModel.map((name) => [name, over[name]]))
      : {};
  const experiment = withChanges(base ? presetExperiment(base) : defaultExperiment, {
    ...changes,
    ...brought,
  });
  return side === 'run' ? experiment : withChanges(experiment, counter);
}

/** What its experiment changes, and of what: that of its preset where that is more than a few fields. */
export function changesOf(lesson: Lesson): {
  readonly of: Preset | null;
  readonly changes: Partial<Experiment>;
} {
  const experiment = experimentOf(lesson, 'run');
  return bringsModel(lesson)
    ? { of: nominal, changes: diff(experiment, presetExperiment(nominal)) }
    : { of: null, changes: diff(experiment) };
}
