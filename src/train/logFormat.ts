/**
 * The lines of a run's log: a manifest, then entries, one JSON object a line. Lines are only ever added.
 *
 * JSON has no NaN: a number that could not be measured is null here and NaN in memory. What else it cannot say (±Infinity, −0)
 * is written {"number": "Infinity"}, so that what is read back equals what was written.
 */
import * as v from 'valibot';
import { backendNames } from '../config/backends.ts';
import type { Experiment } from '../config/fields.ts';
import { checkFormat, experimentFile, readExperimentFile } from '../config/formats.ts';
import { isObject } from '../config/outside.ts';
import { fromJson, packed } from './packedJson.ts';
import { changeRecordSchema, digestsSchema, outcomesSchema, timingSchema } from '../rl/records.ts';

/**
 * The format of log.jsonl and of the blobs it names, raised with whatever an older reader would not understand.
 * 1: the first; 2: updates have digests; 3: evaluations have outcomes.
 */
export const logFormat = 3;

const num = v.union([
  v.number(),
  v.nan(),
  v.pipe(
    v.null(),
    v.transform(() => NaN),
  ),
]);
const step = v.pipe(v.number(), v.integer(), v.minValue(0));
const metrics = v.record(v.string(), num);
const digest = v.optional(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits')));
const blob = v.pipe(v.string(), v.nonEmpty());

const manifestSchema = v.strictObject({
  kind: v.literal('manifest'),
  format: v.number(),
  /** The version of the playground that began the log. */
  build: v.string(),
  /** What computes, unless an entry names another. */
  backend: v.picklist(backendNames),
  /** In words. */
  device: v.string(),
  /** The model the run began with, π_ref; its digest is that of model/digest.ts, absent where there is no cryptography. */
  model: v.strictObject({ name: v.string(), digest }),
  tokenizer: v.strictObject({ digest }),
  /** As experiment.json holds it, its own format included. */
  experiment: v.record(v.string(), v.unknown()),
  /** The run that this one was forked from, and after which of its updates. */
  parent: v.optional(v.strictObject({ run: v.string(), step })),
});

/** What a log begins with. `experiment` is the one the run began with. */
export interface Manifest extends Omit<
  v.InferOutput<typeof manifestSchema>,
  'kind' | 'format' | 'experiment'
> {
  readonly experiment: Experiment;
}

export const entrySchema = v.variant('kind', [
  /** Live fields were changed after update `step`. */
  v.strictObject({ kind: v.literal('change'), ...changeRecordSchema.entries }),
  /** An update; the groups of its record are in the blob `rollouts`, while that is kept. */
  v.strictObject({
    kind: v.literal('update'),
    step: v.pipe(step, v.minValue(1)),
    metrics,
    timing: v.strictObject(v.entriesFromList(Object.keys(timingSchema.entries) as TimingName[], num)),
    backend: v.optional(v.picklist(backendNames)),
    digests: v.optional(digestsSchema),
    rollouts: v.optional(blob),
  }),
  /** An evaluation after update `step`; its examples likewise. */
  v.strictObject({
    kind: v.literal('evaluation'),
    step,
    metrics,
    outcomes: v.optional(outcomesSchema),
    ms: num,
    backend: v.optional(v.picklist(backendNames)),
    rollouts: v.optional(blob),
  }),
  /** The whole state after update `step` is in a blob, while that is kept. */
  v.strictObject({
    kind: v.literal('checkpoint'),
    step,
    optimizerStep: step,
    blob,
    sha256: digest,
  }),
  /** Something the user was told after update `step`. */
  v.strictObject({
    kind: v.literal('notice'),
    step,
    level: v.picklist(['info', 'warning', 'error']),
    message: v.string(),
  }),
]);

type TimingName = keyof typeof timingSchema.entries;
export type Entry = v.InferOutput<typeof entrySchema>;
export type EntryOf<K extends Entry['kind']> = Extract<Entry, { kind: K }>;

/** Stands right after a line that a crash cut short, and says that it counts for nothing. */
const cutSchema = v.strictObject({ kind: v.literal('cut'), line: v.number() });

/** A line of a log that cannot be used. What stands before it can be. */
export class LogError extends Error {
  override readonly name = 'LogError';
  /** From 1. */
  readonly line: number;
  /** What is wrong, without what to do with the file. */
  readonly problem: string;

  /** @param advice the end of the message: what to do with the file */
  constructor(line: number, problem: string, advice = '') {
    super(`line ${line}: ${problem}${advice}`);
    this.line = line;
    this.problem = problem;
  }
}

export interface ReadLog {
  readonly manifest: Manifest;
  /** What had to be filled in or left out of the manifest's experiment, one clause each. */
  readonly notes: readonly string[];
  readonly entries: readonly { readonly line: number; readonly entry: Entry }[];
  /** The last line, if a crash cut it short; it is no entry. */
  readonly torn: string;
  /** How many lines there are, a torn one included. */
  readonly lines: number;
  /** Whether the last line has its end. */
  readonly ended: boolean;
  /** The first line that cannot be used; `entries` are those before it. */
  readonly damage: LogError | null;
}

/**
 * Reads a log up to its end, its first damaged line, or its last line if that is cut short.
 * @throws LogError when there is no usable manifest, or a newer version of the playground wrote it
 */
export function readLog(text: string): ReadLog {
  const lines = text.split('\n');
  const ended = lines.at(-1) === '';
  if (ended) lines.pop();
  const parsed = lines.map(parseJson);
  const { manifest, notes } = readManifest(parsed[0]);
  const entries: { line: number; entry: Entry }[] = [];
  let damage: LogError | null = null;
  let torn = '';
  for (let at = 1; at < lines.length && damage === null; at++) {
    const data = parsed[at];
    if (isCut(data, at) || isCut(parsed[at + 1], at + 1)) continue;
    if (data === undefined && at === lines.length - 1) torn = lines[at];
    else {
      const entry = readEntry(data, at + 1);
      if (entry instanceof LogError) damage = entry;
      else entries.push({ line: at + 1, entry });
    }
  }
  return { manifest, notes, entries, torn, lines: lines.length, ended, damage };
}

/** The line of a manifest, with its end. */
export const manifestLine = ({ experiment, ...rest }: Manifest): string =>
  line({ kind: 'manifest', format: logFormat, ...rest, experiment: experimentFile(experiment) });

/** The line of an entry, with its end. */
export const entryLine = (entry: Entry): string => line(entry);

/** The line that says of the one before it, `torn`, that it counts for nothing. */
export const cutLine = (torn: number): string => line({ kind: 'cut', line: torn });

const line = (value: unknown) =>
  JSON.stringify(value, (_, item: unknown) => (Number.isNaN(item) ? null : packed(item))) + '\n';

function parseJson(text: string): unknown {
  try {
    return fromJson(text);
  } catch {
    return undefined;
  }
}

/** @param at index of a line, from 0 */
function isCut(data: unknown, at: number): boolean {
  if (!isObject(data) || data['kind'] !== 'cut') return false;
  const parsed = v.safeParse(cutSchema, data);
  return parsed.success && parsed.output.line === at; // the line before it, counted from 1
}

function readManifest(data: unknown): { manifest: Manifest; notes: readonly string[] } {
  const begin = 'Begin again in another place.';
  if (!isObject(data) || data['kind'] !== 'manifest') {
    throw new LogError(1, `is no manifest, so this is no log of a run, or it was cut short. ${begin}`);
  }
  try {
    checkFormat(data['format'], logFormat);
  } catch (error) {
    throw new LogError(1, error instanceof Error ? error.message : String(error));
  }
  const parsed = v.safeParse(manifestSchema, data);
  if (!parsed.success) throw new LogError(1, `manifest.${issueOf(parsed.issues)}. ${begin}`);
  const { kind: _, format: __, experiment: given, ...rest } = parsed.output;
  try {
    const { experiment, notes } = readExperimentFile(given);
    return { manifest: { ...rest, experiment }, notes };
  } catch (error) {
    throw new LogError(1, `manifest.experiment: ${error instanceof Error ? error.message : error}`);
  }
}

function readEntry(data: unknown, line: number): Entry | LogError {
  if (!isObject(data)) return damaged(line, 'is not a JSON object');
  const parsed = v.safeParse(entrySchema, data);
  return parsed.success ? parsed.output : damaged(line, `${String(data['kind'])}.${issueOf(parsed.issues)}`);
}

/** An entry that cannot be used. */
export const damaged = (line: number, problem: string): LogError =>
  new LogError(line, problem, `. Lines 1 to ${line - 1} are whole: delete the rest to go on from there.`);

const issueOf = (issues: readonly [v.BaseIssue<unknown>, ...v.BaseIssue<unknown>[]]): string =>
  `${v.getDotPath(issues[0]) ?? ''}: ${issues[0].message}`;
