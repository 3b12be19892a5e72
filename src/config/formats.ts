/**
 * Experiments of other versions of the playground. Files and links say which format they are in; one that says nothing is in
 * format 1. What an older one leaves out means what it meant then, and what it still names is not lost in silence.
 */
import { describeError, parseExperiment, type FieldError } from './experiment.ts';
import { fields, type Experiment } from './fields.ts';
import type { Field } from './types.ts';

/**
 * The format of experiment.json and of links, raised with every field that is added or dropped and every default that changes.
 * 1: the first; 2: lrSchedulerType; 3: the same fields, and links say what they were made on;
 * 4: initialPolicy; 5: accumulate, alpha, formula; 6: trainTests; 7: the same fields, and links say what is to be shown and what came of it;
 * 8: tasks, problems, heldOut, splitSeed, and links carry problems; otherModel, loraRank, loraAlpha, loraTargets;
 * 9: control, baseWeights.
 */
export const experimentFormat = 9;

/** A field that is gone. */
export interface DroppedField {
  /** The last format that has it. */
  readonly until: number;
  /** Whether the result is the same without the field, at this value. */
  readonly changesNothing: (value: string) => boolean;
}

export interface History {
  readonly fields: Readonly<Record<string, Field>>;
  readonly dropped: Readonly<Record<string, DroppedField>>;
}

const ours: History = { fields, dropped: {} };

/** What leaving the field out means in a format. */
export function defaultAt(field: Field, format: number): string | number | boolean {
  return field.formerDefaults?.find(({ until }) => format <= until)?.value ?? field.default;
}

/** Every field, as left out in a format. */
export const defaultsAt = (format: number, history: History = ours): Record<string, unknown> =>
  Object.fromEntries(Object.entries(history.fields).map(([name, f]) => [name, defaultAt(f, format)]));

/** The oldest format in which these values say the same as in today's, all other fields being left out. */
export function oldestFormat(values: Readonly<Partial<Experiment>>, history = ours): number {
  return Math.max(
    1,
    ...Object.entries(history.fields).map(([name, field]) =>
      Object.hasOwn(values, name)
        ? (field.since ?? 1)
        : Math.max(1, ...(field.formerDefaults ?? []).map(({ until }) => until + 1)),
    ),
  );
}

/**
 * A format as a file or link states it.
 * @param stated undefined where nothing is stated
 * @throws Error saying what to do, when it is not one, or newer than `newest`
 */
export function checkFormat(stated: unknown, newest: number): number {
  if (stated === undefined) return 1;
  if (typeof stated !== 'number' || !Number.isInteger(stated) || stated < 1) {
    throw new Error(`format: must be a whole number from 1, not ${JSON.stringify(stated)}`);
  }
  if (stated > newest) {
    throw new Error(
      `made by a newer version of the playground (format ${stated}; this one reads up to ${newest}): update the playground`,
    );
  }
  return stated;
}

export interface Migrated {
  /** Today's fields, not validated yet. Unknown names are still there, for validation to refuse. */
  readonly values: Readonly<Record<string, unknown>>;
  /** What was filled in or left out, one clause each. */
  readonly notes: readonly string[];
  /** Dropped fields that cannot be left out. */
  readonly errors: readonly FieldError[];
}

/** From what an experiment said in `format` to today's fields. Every field that is not given gets the default of its time. */
export function migrate(
  given: Readonly<Record<string, unknown>>,
  format: number,
  history: History = ours,
): Migrated {
  const notes: string[] = [];
  const errors: FieldError[] = [];
  const values = Object.fromEntries(
    Object.entries(given).filter(([name, value]) => {
      const gone = Object.hasOwn(history.dropped, name) ? history.dropped[name] : undefined;
      if (gone === undefined || format > gone.until) return true;
      const was = String(value);
      if (gone.changesNothing(was)) notes.push(`${name} no longer exists; its value ${was} changes nothing`);
      else {
        errors.push({
          field: name,
          message: `was removed after format ${gone.until}; its value ${was} would change the result, which this version cannot repeat. Use the version of the playground that made it`,
        });
      }
      return false;
    }),
  );
  for (const [name, field] of Object.entries(history.fields)) {
    if (Object.hasOwn(values, name)) continue;
    const value = defaultAt(field, format);
    values[name] = value;
    // Files without a format are of any age before formats were counted.
    const unborn = format === 1 || format < (field.since ?? 1);
    notes.push(
      unborn
        ? `${name} was not there yet; ${value} is used, as it was then`
        : `${name} is missing; ${value}, its default, is used`,
    );
  }
  return { values, notes, errors };
}

/** What experiment.json holds. */
export const experimentFile = (experiment: Experiment): Record<string, unknown> => ({
  format: experimentFormat,
  ...experiment,
});

/**
 * Reads the content of an experiment.json of this or an older format.
 * @returns the experiment, its format, and what had to be filled in or left out
 * @throws Error naming the field, or saying that a newer version made it
 */
export function readExperimentFile(data: unknown): {
  readonly experiment: Experiment;
  readonly format: number;
  readonly notes: readonly string[];
} {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) {
    throw new Error('an experiment must be an object');
  }
  const { format: stated, ...given }: Record<string, unknown> = { ...data };
  const format = checkFormat(stated, experimentFormat);
  const { values, notes, errors } = migrate(given, format);
  const parsed = parseExperiment(values);
  if (errors.length > 0) throw new Error(describeError(errors[0]));
  if (!parsed.ok) throw new Error(describeError(parsed.errors[0]));
  return { experiment: parsed.experiment, format, notes };
}
