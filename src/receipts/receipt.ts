/**
 * A receipt: what a run came to, small enough for a link, and exact enough that whoever trains again can say whether the same came
 * out, or from which update on and in which part it did not. docs/receipts.md explains it.
 *
 * It is a reading of a run: of the experiment it began with, the changes made on the way, and the digests of its updates.
 */
import * as v from 'valibot';
import type { BackendName } from '../config/backends.ts';
import {
  describeError,
  diff,
  fixedInFork,
  inForceAfter,
  parseExperiment,
  type Experiment,
} from '../config/experiment.ts';
import { fieldNames, type FieldName } from '../config/fields.ts';
import { checkFormat } from '../config/formats.ts';
import { isObject } from '../config/outside.ts';
import { sha256 } from '../model/digest.ts';
import {
  digestParts,
  fieldValueSchema,
  type ChangeRecord,
  type DigestPart,
  type Digests,
} from '../rl/records.ts';
import { base64, bytesOfBase64 } from '../config/base64.ts';

/** Raised with whatever an older reader would not understand. */
export const receiptFormat = 1;

/** Most updates a run can have. */
const maxUpdates = 10_000;

/** Most fields that were changed on the way. */
const maxChanges = 1000;

/** The numbers of a run after so many updates. */
export interface Measured {
  readonly step: number;
  readonly metrics: Readonly<Record<string, number>>;
}

/** What is read of a run, whether the page or a log knows it. */
export interface RunSoFar {
  /** What it began with. */
  readonly experiment: Experiment;
  readonly changes: readonly ChangeRecord[];
  /** From the first update on, in order. */
  readonly updates: readonly (Measured & { readonly digests?: Digests | undefined })[];
  readonly evaluations: readonly Measured[];
  /** Tasks of an evaluation; `evalTasks` unless given, and of problems of the user's own there may be fewer. */
  readonly heldOutTasks?: number | undefined;
  /** Everything that computed it. */
  readonly backends: readonly BackendName[];
}

/** Beside it, its link says the experiment that the run began with, and on what it was made (`MadeOn`). */
export interface Receipt {
  /** The version of the playground that made it. */
  readonly build: string;
  /** How many. */
  readonly updates: number;
  /** Made after `step` updates, in their order. */
  readonly changes: readonly { readonly step: number; readonly field: FieldName; readonly to: FieldValue }[];
  /** The first so many bytes of each digest are kept. */
  readonly width: Width;
  /** Those, update after update. */
  readonly cells: Readonly<Record<DigestPart, Uint8Array>>;
  /** Answers of an update that timed out, or that could not be judged; [step, how many], where there are any. */
  readonly timeouts: readonly (readonly [number, number])[];
  readonly infra: readonly (readonly [number, number])[];
  /** Over all updates and changes (`chainOf`). */
  readonly chain: string;
  /** Held-out, rounded. */
  readonly evaluations: readonly Measured[];
  /** Of the answers sampled for the last few updates up to each step, rounded. */
  readonly sampled: readonly Measured[];
}
type FieldValue = v.InferOutput<typeof fieldValueSchema>;

/** Bytes of a digest that a receipt may keep, fewest first. */
export const widths = [1, 2, 4, 8] as const;
export type Width = (typeof widths)[number];

/** Points of the curve of sampled answers: updates are averaged until there are no more. */
const mostPoints = 50;

/** The curves that a receipt carries, by the beginning of their names, and into how many steps 0..1 is divided. */
const curves = {
  evaluations: { name: 'eval/accuracy@t', steps: 1000 },
  sampled: { name: 'train/reward@t', steps: 100 },
} as const;

type Curve = (typeof curves)[keyof typeof curves];

const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1_000_000));
const step = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(maxUpdates));
const list = <S extends v.GenericSchema>(item: S) => v.pipe(v.array(item), v.maxLength(maxUpdates));
const counts = list(v.tuple([step, count]));
/** By turn, from 1: thousandths or hundredths; null: not measured. */
const turnsSchema = v.pipe(v.array(list(v.nullable(v.pipe(v.number(), v.integer())))), v.maxLength(16));
type Turns = v.InferOutput<typeof turnsSchema>;
const cells = v.pipe(
  v.string(),
  v.transform((text) => bytesOfBase64(text)),
  v.check((bytes) => bytes !== null, 'must be base64url'),
);

/** As it is written: JSON in a file, packed in a link. */
const receiptSchema = v.strictObject({
  format: v.literal(receiptFormat),
  build: v.pipe(v.string(), v.maxLength(40)),
  updates: v.pipe(step, v.minValue(1)),
  changes: v.pipe(
    v.array(v.tuple([step, v.picklist(fieldNames), fieldValueSchema])),
    v.maxLength(maxChanges, `must be at most ${maxChanges}`),
  ),
  width: v.picklist(widths),
  cells: v.strictObject(v.entriesFromList(digestParts, cells)),
  timeouts: counts,
  infra: counts,
  chain: v.pipe(v.string(), v.regex(/^[\da-f]{32}$/, 'must be 32 hexadecimal digits')),
  evaluations: v.strictObject({ steps: list(step), turns: turnsSchema }),
  /** Means of so many updates each; the last may be of fewer. */
  sampled: v.strictObject({ every: v.pipe(step, v.minValue(1)), turns: turnsSchema }),
});
export type WrittenReceipt = v.InferInput<typeof receiptSchema>;

/** Why there is no receipt of a run: a clause for the user. */
export class NoReceiptError extends Error {
  override readonly name = 'NoReceiptError';
}

/** @throws NoReceiptError */
export async function receiptOf(run: RunSoFar, build: string): Promise<Receipt> {
  const { backends, updates } = run;
  const [backend, other] = new Set(backends);
  const steps = updates.length;
  if (steps === 0 || backend === undefined) throw new NoReceiptError('no update has been made yet');
  if (other !== undefined)
    throw new NoReceiptError(
      `it was computed on ${backend} first and on ${other} later, and nobody can repeat that`,
    );
  const digests = digestsOf(run);
  const chain = await chainOf(run, steps);
  if (chain === undefined)
    throw new NoReceiptError('this browser gives a page without https no cryptography to make one with');
  const counted = (name: 'timeouts' | 'infra') =>
    digests.flatMap((one, i) => (one[name] > 0 ? [[i + 1, one[name]] as const] : []));
  return {
    ...{ build, updates: steps, width: 8, chain },
    changes: run.changes
      .filter((change) => change.step < steps)
      .flatMap(({ step, changes }) => changes.map(({ field, to }) => ({ step, field, to }))),
    cells: mapParts((part) => Uint8Array.from(digests.flatMap((one) => [...hexBytes(one[part])]))),
    timeouts: counted('timeouts'),
    infra: counted('infra'),
    ...curvesOf(run, steps, Math.ceil(steps / mostPoints)),
  };
}

/** The digests of all updates, from the first on. @throws NoReceiptError where some are missing */
function digestsOf({ updates }: RunSoFar): Digests[] {
  return updates.map(({ step, digests }, i) => {
    if (step !== i + 1)
      throw new NoReceiptError(
        `its updates before ${step} were made in another run, which is not open any more`,
      );
    if (!digests)
      throw new NoReceiptError(
        `update ${step} has no digests: an older playground made it, or a page without https`,
      );
    return digests;
  });
}

/**
 * One digest of the first `steps` updates of a run: each link of the chain is the SHA-256 of the one before, the digests of an
 * update, and the changes that were made before it.
 * @returns 32 hexadecimal digits; undefined where there is no cryptography @throws NoReceiptError
 */
export async function chainOf(run: RunSoFar, steps: number): Promise<string | undefined> {
  const digests = digestsOf({ ...run, updates: run.updates.slice(0, steps) });
  let link: string | undefined = '';
  const changed = new Set(run.changes.map((change) => change.step));
  for (const [i, one] of digests.entries()) {
    // What came of them: in which order, and by what detours, says nothing of the run.
    const before = i === 0 ? run.experiment : inForce(run, i - 1);
    const changes = changed.has(i) ? Object.entries(diff(inForce(run, i), before)) : [];
    const text = JSON.stringify([link, changes, digestParts.map((part) => one[part])]);
    link = await sha256(new TextEncoder().encode(text));
    if (link === undefined) return undefined;
  }
  return link.slice(0, 32);
}

/** In force after so many updates of a run, for the next. */
export const inForce = ({ experiment, changes }: RunSoFar, step: number): Experiment =>
  inForceAfter(step, experiment, changes);

/** The same with fewer bytes of each digest. */
export const narrowed = (receipt: Receipt, width: Width): Receipt => ({
  ...receipt,
  width,
  cells: mapParts((part) => {
    const from = receipt.cells[part];
    return Uint8Array.from({ length: receipt.updates * width }, (_, i) => {
      return from[Math.floor(i / width) * receipt.width + (i % width)] ?? 0;
    });
  }),
});

/** As `readReceipt` reads it. */
export const writtenReceipt = (receipt: Receipt): WrittenReceipt => {
  const { build, updates, changes, width, cells, timeouts, infra, chain, evaluations, sampled } = receipt;
  return {
    ...{ format: receiptFormat, build, updates, width, chain },
    changes: changes.map(({ step, field, to }) => [step, field, to]),
    cells: mapParts((part) => base64(cells[part])),
    timeouts: timeouts.map(([at, n]) => [at, n]),
    infra: infra.map(([at, n]) => [at, n]),
    evaluations: {
      steps: evaluations.map((one) => one.step),
      turns: turnsOf(evaluations, curves.evaluations),
    },
    sampled: { every: everyOf(receipt), turns: turnsOf(sampled, curves.sampled) },
  };
};

/**
 * Reads a receipt from outside.
 * @param experiment that of its link: what the run began with
 * @throws Error saying what is wrong
 */
export function readReceipt(data: unknown, experiment: Experiment): Receipt {
  if (!isObject(data)) throw new Error('the result is not an object');
  checkFormat(data['format'], receiptFormat);
  const parsed = v.safeParse(receiptSchema, data);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw new Error(`result.${v.getDotPath(issue) ?? ''}: ${issue.message}`);
  }
  const { build, updates, changes, width, timeouts, infra, chain, ...rest } = parsed.output;
  const wrong = digestParts.find((part) => rest.cells[part]?.length !== updates * width);
  if (wrong)
    throw new Error(`result.cells.${wrong}: must have ${width} bytes for each of ${updates} updates`);
  if (changes.some(([at], i) => at >= updates || at < (changes[i - 1]?.[0] ?? 0)))
    throw new Error(`result.changes: must be made after updates 0 to ${updates - 1}, in this order`);
  const receipt: Receipt = {
    ...{ build, updates, width, timeouts, infra, chain },
    cells: mapParts((part) => rest.cells[part] ?? new Uint8Array()),
    changes: changes.map(([at, field, to]) => ({ step: at, field, to })),
    evaluations: pointsOf(rest.evaluations.steps, rest.evaluations.turns, 'evaluations'),
    sampled: pointsOf(blockEnds(updates, rest.sampled.every), rest.sampled.turns, 'sampled'),
  };
  const steps = receipt.evaluations.map(({ step }) => step);
  if (steps.some((at, i) => at > updates || at <= (steps[i - 1] ?? -1)))
    throw new Error(`result.evaluations: must be made after updates 0 to ${updates}, in this order`);
  let then = experiment;
  for (const [i, { step: at, field, to }] of receipt.changes.entries()) {
    if (fixedInFork.includes(field)) throw new Error(`result.changes: ${field} cannot be changed on the way`);
    then = { ...then, [field]: to };
    if (receipt.changes[i + 1]?.step === at) continue; // they came into force together
    const parsed = parseExperiment(then);
    if (!parsed.ok) throw new Error(`result.changes: after update ${at}: ${describeError(parsed.errors[0])}`);
  }
  return receipt;
}

/** In force once `step` updates were done, changes made there included: the next was made under it. */
export function experimentAfter({ changes }: Receipt, began: Experiment, step: number): Experiment {
  const records = changes.map((change) => ({ step: change.step, changes: [change] }));
  return inForceAfter(step, began, records);
}

const mapParts = <T>(of: (part: DigestPart) => T): Record<DigestPart, T> => ({
  tasks: of('tasks'),
  ids: of('ids'),
  verdicts: of('verdicts'),
  rewards: of('rewards'),
  weights: of('weights'),
});

/** From hexadecimal digits. */
export const hexBytes = (digits: string): Uint8Array =>
  Uint8Array.from({ length: digits.length / 2 }, (_, i) => parseInt(digits.slice(2 * i, 2 * i + 2), 16));

function turnsOf(points: readonly Measured[], { name, steps }: Curve): Turns {
  const all = new Set(points.flatMap(({ metrics }) => Object.keys(metrics)));
  const turns: Turns = [];
  while (all.has(`${name}${turns.length + 1}`)) {
    const metric = `${name}${turns.length + 1}`;
    const values = points.map(({ metrics }) => Math.round((metrics[metric] ?? NaN) * steps) + 0); // no −0
    turns.push(values.map((value) => (Number.isFinite(value) ? value : null)));
  }
  return turns;
}

/**
 * The curves of a run's first updates, rounded.
 * @param every how many updates each point of the sampled one is the mean of
 */
export function curvesOf(run: RunSoFar, updates: number, every: number): Pick<Receipt, keyof typeof curves> {
  const rounded = (points: readonly Measured[], field: keyof typeof curves) =>
    pointsOf(
      points.map(({ step }) => step),
      turnsOf(points, curves[field]),
      field,
    );
  return {
    evaluations: rounded(
      run.evaluations.filter(({ step }) => step <= updates),
      'evaluations',
    ),
    sampled: rounded(blocks(run.updates.slice(0, updates), every), 'sampled'),
  };
}

/** That of a receipt. */
export const everyOf = ({ sampled }: Receipt): number => sampled[0]?.step ?? 1;

/** The last of every so many updates, and the last of all. */
const blockEnds = (updates: number, every: number): number[] =>
  Array.from({ length: Math.ceil(updates / every) }, (_, i) => Math.min(updates, (i + 1) * every));

/** The means of every so many updates, of what was measured there. */
function blocks(updates: readonly Measured[], every: number): Measured[] {
  return blockEnds(updates.length, every).map((step, i) => {
    const block = updates.slice(i * every, step);
    const all = new Set(block.flatMap(({ metrics }) => Object.keys(metrics)));
    const names = [...all].filter((name) => name.startsWith(curves.sampled.name));
    return {
      step,
      metrics: Object.fromEntries(
        names.map((name) => [name, mean(block.map((one) => one.metrics[name] ?? NaN))]),
      ),
    };
  });
}

function mean(values: readonly number[]): number {
  const known = values.filter(Number.isFinite);
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}

function pointsOf(at: readonly number[], turns: Turns, field: keyof typeof curves): Measured[] {
  const { name, steps } = curves[field];
  if (turns.some((values) => values.length !== at.length))
    throw new Error(`result.${field}: must have a value for each of ${at.length} steps`);
  return at.map((step, i) => ({
    step,
    metrics: Object.fromEntries(
      turns.map((values, t) => [`${name}${t + 1}`, (values[i] ?? NaN) / steps] as const),
    ),
  }));
}
