/** Validation of experiments from outside, the default experiment, and differences between two. All derived from fields.ts. */
import * as v from 'valibot';
import { field, fieldNames, type Experiment, type FieldName, type fields } from './fields.ts';
import { rules } from './rules.ts';
import type { Field, ValueOf } from './types.ts';

export type { Experiment, FieldName } from './fields.ts';

/** Fields that a fork cannot have other values of: it takes over its origin's weights. */
export const fixedInFork: readonly FieldName[] = [
  'model',
  'otherModel',
  'baseWeights',
  'initialPolicy',
  'loraRank',
  'loraAlpha',
  'loraTargets',
];
/** The first of them in which two experiments differ. */
export const refusedInFork = (from: Experiment, to: Experiment): FieldName | undefined =>
  fixedInFork.find((name) => from[name] !== to[name]);

/** What the model of an experiment is called: a shipped one, or another with its digest. */
export const modelNameOf = ({ model, otherModel }: Pick<Experiment, 'model' | 'otherModel'>): string =>
  model === 'other' ? otherModel : model;

/** The same and how its weights are held: what runs that are trained in turns have in common on a back end. */
export const heldModelOf = (experiment: Experiment): string =>
  experiment.model === 'other'
    ? `${modelNameOf(experiment)} ${experiment.baseWeights}`
    : modelNameOf(experiment);

/** Fields that say what an evaluation measures: where they differ, held-out accuracies are of other tasks, tests or answers. */
const measured = ['tasks', 'evalTasks', 'trainTests', 'turns'] as const;
/** And of problems of the user's own: which are held out, and which of those can be read and answered at all. */
const measuredOfOwn = [
  ...(['problems', 'heldOut', 'splitSeed'] as const),
  ...(['model', 'otherModel', 'maxNewTokens', 'history', 'feedback'] as const),
] as const;

/** What is known of what a run is evaluated on. */
export interface Evaluated {
  readonly experiment: Experiment;
  /** The digest of its held-out problems, where they are the user's own and were looked at. */
  readonly heldOutDigest?: string | undefined;
}

/** Held-out accuracies of these two are of the same. Where nothing but fields is known, problems count as others where they may be. */
export function sameEvaluation(a: Evaluated, b: Evaluated): boolean {
  const same = (name: FieldName) => a.experiment[name] === b.experiment[name];
  if (a.experiment.tasks !== 'own') return [...measured, 'level' as const].every(same);
  if (a.heldOutDigest === undefined || b.heldOutDigest === undefined)
    return [...measured, ...measuredOfOwn].every(same);
  return a.heldOutDigest === b.heldOutDigest && (['tasks', 'trainTests', 'turns'] as const).every(same);
}

/** What a legal value is, in words: "a whole number from 1 to 4", "one of paper, released-code". */
export function describeValues(f: Field): string {
  switch (f.kind) {
    case 'int':
      return `a whole number from ${f.min} to ${f.max}`;
    case 'float':
      return `a number from ${f.min} to ${f.max}`;
    case 'choice':
      return `one of ${f.choices.map((c) => c.value).join(', ')}`;
    case 'boolean':
      return 'true or false';
    case 'text':
      return `a text of 1 to ${f.maxLength} characters`;
    default:
      return f satisfies never;
  }
}

function show(input: unknown): string {
  const text = typeof input === 'string' ? JSON.stringify(input) : String(input);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function schemaOf(f: Field): v.GenericSchema<string | number | boolean> {
  const message = (issue: { input: unknown }) => `must be ${describeValues(f)}, not ${show(issue.input)}`;
  switch (f.kind) {
    case 'int':
      return v.pipe(
        v.number(message),
        v.integer(message),
        v.minValue(f.min, message),
        v.maxValue(f.max, message),
      );
    case 'float':
      return v.pipe(v.number(message), v.minValue(f.min, message), v.maxValue(f.max, message));
    case 'choice':
      return v.picklist(
        f.choices.map((c) => c.value),
        message,
      );
    case 'boolean':
      return v.boolean(message);
    case 'text':
      return v.pipe(v.string(message), v.minLength(1, message), v.maxLength(f.maxLength, message));
    default:
      return f satisfies never;
  }
}

type Entries = { [N in FieldName]: v.GenericSchema<ValueOf<(typeof fields)[N]>> };
// No prototype: otherwise `toString` would count as a known key.
const entries = Object.assign(
  Object.create(null),
  Object.fromEntries(fieldNames.map((name) => [name, schemaOf(field(name))])),
) as Entries;

/**
 * A complete experiment: every field present and in range, no other key, cross-field rules kept.
 * Issues carry the field's name as their path.
 */
export const experimentSchema = v.pipe(
  v.strictObject(entries, (issue) =>
    issue.expected === 'never'
      ? 'is not a field of an experiment'
      : issue.expected === 'Object'
        ? 'An experiment must be an object with a value for every field'
        : 'is missing',
  ),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    for (const rule of rules.filter((r) => r.broken(dataset.value))) {
      const key = rule.field;
      addIssue({
        message: typeof rule.message === 'string' ? rule.message : rule.message(dataset.value),
        path: [{ type: 'object', origin: 'value', input: dataset.value, key, value: dataset.value[key] }],
      });
    }
  }),
);

/** `field` is '' when the data is not an object at all, and may be an unknown key. */
export interface FieldError {
  readonly field: string;
  readonly message: string;
}

export type ParsedExperiment =
  | { readonly ok: true; readonly experiment: Experiment }
  | { readonly ok: false; readonly errors: FieldError[] };

/** Checks data from outside (a file, a message, a form). Never throws; reports every field that is wrong. */
export function parseExperiment(data: unknown): ParsedExperiment {
  if (Array.isArray(data)) {
    return { ok: false, errors: [{ field: '', message: 'An experiment must be an object, not a list' }] };
  }
  const result = v.safeParse(experimentSchema, data);
  if (result.success) return { ok: true, experiment: result.output };
  return {
    ok: false,
    errors: result.issues.map((issue) => ({ field: v.getDotPath(issue) ?? '', message: issue.message })),
  };
}

/** "gamma: must be a number from 0 to 2, not 7" */
export function describeError(error: FieldError): string {
  return error.field === '' ? error.message : `${error.field}: ${error.message}`;
}

/** Every field at its default. */
export const defaultExperiment: Experiment = v.parse(
  experimentSchema,
  Object.fromEntries(fieldNames.map((name) => [name, field(name).default])),
);

/**
 * The experiment with some fields changed.
 * @throws Error naming the first field that is wrong.
 */
export function withChanges(base: Experiment, changes: Readonly<Record<string, unknown>>): Experiment {
  const parsed = parseExperiment({ ...base, ...changes });
  if (!parsed.ok) throw new Error(describeError(parsed.errors[0]));
  return parsed.experiment;
}

/** Fields that bend no curve: its seed, how long it runs and how it is measured. What is said of an experiment is as true of others. */
export const besides: readonly FieldName[] = ['seed', 'steps', 'evalEvery', 'evalTasks'];

/** The fields of `experiment` that differ from `base` (the default unless given), with the values of `experiment`. */
export function diff(experiment: Experiment, base: Experiment = defaultExperiment): Partial<Experiment> {
  return Object.fromEntries(
    fieldNames.filter((name) => experiment[name] !== base[name]).map((name) => [name, experiment[name]]),
  );
}

/** From one experiment to another, field by field, in the order of the table. */
export function changesBetween(
  from: Experiment,
  to: Experiment,
): { field: FieldName; from: Experiment[FieldName]; to: Experiment[FieldName] }[] {
  const differ = diff(to, from);
  return fieldNames
    .filter((name) => name in differ)
    .map((name) => ({ field: name, from: from[name], to: to[name] }));
}

/** In force after so many updates, for the next. @param changes each after `step` updates, in their order */
export function inForceAfter(
  step: number,
  began: Experiment,
  changes: readonly {
    readonly step: number;
    readonly changes: readonly { readonly field: FieldName; readonly to: string | number | boolean }[];
  }[],
): Experiment {
  const values = changes
    .filter((record) => record.step <= step)
    .flatMap((record) => record.changes.map(({ field: name, to }) => [name, to] as const));
  return { ...began, ...Object.fromEntries(values) };
}

/**
 * Several values as people list them, "0, 0.5, 1"; a comma within brackets, as in a formula, parts nothing. Semicolons part where there
 * are any, and then a comma may be a decimal sign: "0; 0,5".
 */
export function listedValues(text: string): string[] {
  if (text.includes(';')) {
    const values = text.split(';').map((value) => value.trim().replace(/^([^.,]*),(\d+)$/, '$1.$2'));
    return values.filter((value) => value !== '');
  }
  const values = [''];
  let depth = 0;
  for (const character of text) {
    if ('(['.includes(character)) depth++;
    if (')]'.includes(character)) depth--;
    if (character === ',' && depth <= 0) values.push('');
    else values.push(`${values.pop() ?? ''}${character}`);
  }
  return values.map((value) => value.trim()).filter((value) => value !== '');
}

/**
 * A value from text (a link, a flag, a form), by the field's kind. Text that fits no value is given back as it is,
 * so that validation refuses it and can quote it.
 */
export function valueFromText(f: Field, text: string): string | number | boolean {
  switch (f.kind) {
    case 'int':
    case 'float':
      return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) ? Number(text) : text;
    case 'choice':
    case 'text':
      return text;
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : text;
    default:
      return f satisfies never;
  }
}
