/**
 * A run's log: what it began with, then everything that happened, in order, a line each (logFormat.ts), in a store. The
 * answers of an update and the state after it are blobs of the store, of which only some are kept: a dropped update is made
 * again by replaying the run from the checkpoint before it. Of the entries those hold that no later one took the place of (entries.ts).
 */
import * as v from 'valibot';
import { describeError, diff, parseExperiment } from '../config/experiment.ts';
import type { Experiment } from '../config/fields.ts';
import {
  evalRecordSchema,
  updateRecordSchema,
  type ChangeRecord,
  type EvalRecord,
  type UpdateRecord,
} from '../rl/records.ts';
import { packState, unpackState } from './blobs.ts';
import {
  cutLine,
  damaged,
  entryLine,
  entrySchema,
  manifestLine,
  readLog,
  type Entry,
  type EntryOf,
  type Manifest,
  type ReadLog,
} from './logFormat.ts';
import { Entries, valuesOf } from './entries.ts';
import { packJson, unpackJson } from './packedJson.ts';
import type { Bytes, Store } from './store.ts';
import type { TrainerState } from './trainer.ts';

export interface LogOptions {
  /** Bytes of answers that are kept, 64 MB unless given; 0 = none. */
  readonly rolloutBytes?: number;
  /** States that are kept, 4 unless given, at least 2: the first, the last, and others evenly between. 0 = none. */
  readonly checkpoints?: number;
  /** The state after each update is kept too, in the place of the one before the last, so that none has to be done again. */
  readonly lastStates?: boolean;
  /** The problems that the experiment names, as they are kept; they are put beside a log that begins. */
  readonly problems?: string | undefined;
  /** Given, answers are put while the run goes on, and this hears when one update's could not be: it has to be made again. */
  readonly onAnswersLost?: (error: unknown) => void;
  /** Packs answers as `packJson` does, perhaps elsewhere. */
  readonly packAnswers?: (answers: unknown) => Promise<Bytes>;
}

/** What a log's blobs are called: what they hold, the line of their entry, its step. */
const blobName = (kind: 'rollouts' | 'checkpoint', line: number, step: number) =>
  `${kind}-${String(line).padStart(7, '0')}-${step}.${kind === 'rollouts' ? 'json.gz' : 'safetensors'}`;

/** Problems of the user's own, as they are kept (tasks/problemSet.ts), in a JSON string. */
export const problemsBlob = 'problems.json.gz';

/** @throws Error when it is damaged */
export async function readProblemsBlob(bytes: Bytes): Promise<string> {
  const text = await unpackJson(bytes, problemsBlob);
  if (typeof text !== 'string') throw new Error(`${problemsBlob} is damaged: it holds no text`);
  return text;
}

/** Two, so that one is whole whenever a crash comes. */
const lastBlob = (step: number) => `last-${step % 2}.safetensors`;

export class RunLog {
  readonly manifest: Manifest;
  /** What had to be filled in or left out of the manifest's experiment, made by an older version; a clause each. */
  readonly notes: readonly string[];
  /** The last line, where a crash cut it short: it counts for nothing. '' when it is whole. */
  readonly torn: string;
  readonly #store: Store;
  readonly #rolloutBytes: number;
  readonly #checkpoints: number;
  readonly #lastStates: boolean;
  readonly #onAnswersLost: LogOptions['onAnswersLost'];
  readonly #packAnswers: (answers: unknown) => Promise<Bytes>;
  readonly #entries: Entries;
  /** Lines there are. */
  #lines: number;
  /** What has to stand before the next line. */
  #mend: string;
  /** Blobs of answers, oldest first. */
  readonly #rollouts: { readonly name: string; readonly size: number }[];
  /** The write under way, after which the next may begin. */
  #last: Promise<unknown> = Promise.resolve();
  /** Answers that are still being put. */
  #answering: Promise<void> = Promise.resolve();
  /** Why the log's end is not known any more. */
  #broken: Error | null = null;

  private constructor(
    store: Store,
    read: Pick<ReadLog, 'manifest' | 'notes' | 'entries' | 'torn' | 'lines' | 'ended'>,
    rollouts: readonly { readonly name: string; readonly size: number }[],
    options: LogOptions,
  ) {
    const { rolloutBytes = 64 << 20, checkpoints = 4, lastStates = false } = options;
    this.#store = store;
    this.#rolloutBytes = rolloutBytes;
    this.#checkpoints = checkpoints;
    this.#lastStates = lastStates;
    this.#onAnswersLost = options.onAnswersLost;
    this.#packAnswers = options.packAnswers ?? packJson;
    this.manifest = read.manifest;
    this.#entries = new Entries(read.manifest);
    this.notes = read.notes;
    this.torn = read.torn;
    for (const { line, entry } of read.entries) {
      const problem = this.#problemOf(entry);
      if (problem !== null) throw damaged(line, problem);
      this.#entries.add(entry);
    }
    this.#lines = read.lines;
    this.#mend = read.ended ? '' : '\n';
    if (read.torn !== '') {
      this.#mend += cutLine(read.lines);
      this.#lines++;
    }
    this.#rollouts = [...rollouts];
  }

  /**
   * Begins a log.
   * @throws Error when the store already holds one: nothing is overwritten
   */
  static async create(store: Store, manifest: Manifest, options: LogOptions = {}): Promise<RunLog> {
    if ((await store.readLog()) !== '') throw new Error('There already is a log of a run here.');
    if (options.problems !== undefined) await store.put(problemsBlob, await packJson(options.problems));
    await store.appendLog(manifestLine(manifest));
    const begun = { manifest, notes: [], entries: [], torn: '', lines: 1, ended: true };
    return new RunLog(store, begun, [], options);
  }

  /**
   * Opens a log and checks every line of it. A last line that a crash cut short is left out, and `torn` says so.
   * @throws LogError naming the line, the field and what to do; `readLog` still gives what stands before it
   */
  static async open(store: Store, options: LogOptions = {}): Promise<RunLog> {
    const read = readLog(await store.readLog());
    if (read.damage) throw read.damage;
    const rollouts = (await store.list())
      .filter(({ name }) => name.startsWith('rollouts-'))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    return new RunLog(store, read, rollouts, options);
  }

  /**
   * The problems of its own that the run is trained on, as they are kept; undefined where there are none.
   * @throws Error when they are damaged
   */
  async problems(): Promise<string | undefined> {
    const bytes = await this.#store.get(problemsBlob);
    return bytes ? readProblemsBlob(bytes) : undefined;
  }

  /** What holds of it. */
  get held(): Entries {
    return this.#entries;
  }

  /** Those that hold, in the order in which they were written. */
  get entries(): readonly Entry[] {
    return this.#entries.all;
  }

  entriesOf<K extends Entry['kind']>(kind: K): EntryOf<K>[] {
    return this.#entries.of(kind);
  }

  /** Whether there is an entry of a kind at a step. */
  holds(kind: Entry['kind'], step: number): boolean {
    return this.#entries.holds(kind, step);
  }

  /** Updates done. */
  get step(): number {
    return this.#entries.step;
  }

  /** The experiment in force once `step` updates were done, changes made there included: update step + 1 was made under it. */
  experimentAt(step: number): Experiment {
    return this.#entries.experimentAt(step);
  }

  /**
   * @param state after it
   * @throws Error when the record was made under another experiment than the log says: a change was not entered
   */
  update(record: UpdateRecord, state?: TrainerState): Promise<void> {
    return this.#inTurn(async () => {
      const { step, metrics, timing, groups, digests } = record;
      checkExperiment(record, this.experimentAt(step - 1));
      const last = this.#lastStates && state ? [await this.#putLast(state)] : [];
      const facts = { step, metrics, timing, ...this.#backend(record), ...(digests ? { digests } : {}) };
      await this.#withAnswers(step, groups, (kept) =>
        this.#append({ kind: 'update', ...facts, ...kept }, ...last),
      );
    });
  }

  /** @throws as `update` */
  evaluation(record: EvalRecord): Promise<void> {
    return this.#inTurn(async () => {
      const { step, metrics, outcomes, ms, examples } = record;
      checkExperiment(record, this.experimentAt(step));
      const facts = { step, metrics, ...(outcomes ? { outcomes } : {}), ms, ...this.#backend(record) };
      await this.#withAnswers(step, examples, (kept) =>
        this.#append({ kind: 'evaluation', ...facts, ...kept }),
      );
    });
  }

  /** @throws Error when a field did not have the value that the change says it had */
  change({ step, changes }: ChangeRecord): Promise<void> {
    return this.#inTurn(() => this.#append({ kind: 'change', step, changes }));
  }

  notice(level: EntryOf<'notice'>['level'], message: string, step: number): Promise<void> {
    return this.#inTurn(() => this.#append({ kind: 'notice', step, level, message }));
  }

  /** An entry as it is, without a blob: what another log knew. */
  entry(entry: Entry): Promise<void> {
    return this.#inTurn(() => this.#append(entry));
  }

  /** Keeps the whole state, and drops another where there are too many. */
  checkpoint(state: TrainerState): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#checkpoints === 0) return;
      const [bytes, facts] = await packState(state);
      const blob = blobName('checkpoint', this.#lines + 1, state.step);
      await this.#store.put(blob, bytes);
      await this.#append({ kind: 'checkpoint', ...facts, blob });
      await this.#dropCheckpoints();
    });
  }

  /**
   * The last kept state of a run at or before a step: what to resume or replay from.
   * @param onDamaged hears of a blob that is damaged, in whose place the one before is read
   * @returns null when there is none
   * @throws Error naming the blob that is damaged, unless somebody hears of it
   */
  async stateAt(step: number, onDamaged?: (error: unknown) => void): Promise<TrainerState | null> {
    await this.#last;
    for (const entry of this.entriesOf('checkpoint').toSorted(byStep).toReversed()) {
      const bytes = entry.step <= step ? await this.#store.get(entry.blob) : null;
      try {
        if (bytes) return await unpackState(bytes, entry);
      } catch (error) {
        const over = entry.blob === lastBlob(entry.step); // a crash came while it was written over
        if (!onDamaged && !over) throw error;
        if (!over) onDamaged?.(error);
      }
    }
    return null;
  }

  /**
   * An update's record, equal to the one that was put in.
   * @returns null when there is no such update, or its answers were dropped: then replay it from `stateAt(step - 1)`,
   *   each update n + 1 under `experimentAt(n)`
   * @throws Error naming the blob that is damaged
   */
  async updateRecord(step: number): Promise<UpdateRecord | null> {
    const entry = this.entriesOf('update').find((one) => one.step === step);
    const groups = await this.#answers(entry?.rollouts);
    if (!entry || groups === undefined) return null;
    const { metrics, timing, digests, backend = this.manifest.backend } = entry;
    const experiment = this.experimentAt(step - 1);
    return checked(
      updateRecordSchema,
      { experiment, backend, step, metrics, groups, timing, ...(digests ? { digests } : {}) },
      entry.rollouts,
    );
  }

  /** An evaluation's record, likewise. */
  async evalRecord(step: number): Promise<EvalRecord | null> {
    const entry = this.entriesOf('evaluation').find((one) => one.step === step);
    if (!entry) return null;
    const examples = await this.#answers(entry.rollouts);
    if (examples === undefined) return null;
    const { metrics, outcomes, ms, backend = this.manifest.backend } = entry;
    const experiment = this.#entries.experimentAt(step, entry);
    return checked(
      evalRecordSchema,
      { experiment, backend, step, metrics, ...(outcomes ? { outcomes } : {}), examples, ms },
      entry.rollouts,
    );
  }

  /** Waits for what is being written. */
  async written(): Promise<void> {
    await this.#last;
    await this.#answering;
  }

  /** Waits for what is being written, and lets go of the store. */
  async close(): Promise<void> {
    await this.written();
    await this.#store.close();
  }

  /** One after the other, in the order of the calls. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined); // whoever called is told
    return done;
  }

  /** Entries at once: a crash leaves none of them without the ones before. */
  async #append(...entries: readonly Entry[]): Promise<void> {
    if (this.#broken) throw this.#broken;
    for (const entry of entries) {
      v.parse(entrySchema, entry); // a line that could not be read again would be the end of the log
      const problem = this.#problemOf(entry);
      if (problem !== null) throw new Error(problem);
    }
    try {
      await this.#store.appendLog(this.#mend + entries.map(entryLine).join(''));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#broken = new Error(`The run's log could not be written: ${why}`, { cause: error });
      throw this.#broken;
    }
    this.#mend = '';
    this.#lines += entries.length;
    for (const entry of entries) this.#entries.add(entry);
  }

  /** What is wrong with a change after what was before it. */
  #problemOf(entry: Entry): string | null {
    if (entry.kind !== 'change') return null;
    const before = this.experimentAt(entry.step);
    const other = entry.changes.find(({ field, from }) => from !== before[field]);
    if (other) return `change.${other.field}: from ${other.from}, but it was ${before[other.field]} before`;
    const after = parseExperiment({ ...before, ...valuesOf(entry) });
    return after.ok ? null : `change.${describeError(after.errors[0])}`;
  }

  #backend({ backend }: UpdateRecord | EvalRecord): { backend?: UpdateRecord['backend'] } {
    return backend === this.manifest.backend ? {} : { backend };
  }

  async #putLast(state: TrainerState): Promise<Entry> {
    const [bytes, facts] = await packState(state);
    const blob = lastBlob(state.step);
    await this.#store.putOver(blob, bytes);
    return { kind: 'checkpoint', ...facts, blob };
  }

  /** @param append enters that these are the answers */
  async #withAnswers(
    step: number,
    answers: unknown,
    append: (kept: { rollouts?: string }) => Promise<void>,
  ): Promise<void> {
    if (this.#rolloutBytes === 0) return append({});
    const name = blobName('rollouts', this.#lines + 1, step);
    const put = async () => {
      const bytes = await this.#packAnswers(answers);
      await this.#store.put(name, bytes);
      this.#rollouts.push({ name, size: bytes.byteLength });
      await this.#dropAnswers();
    };
    if (this.#onAnswersLost) {
      await this.#answering; // one at a time: they are large
      await append({ rollouts: name });
      this.#answering = put().catch(this.#onAnswersLost);
    } else {
      await put();
      await append({ rollouts: name });
    }
  }

  async #dropAnswers(): Promise<void> {
    let sum = this.#rollouts.reduce((total, { size }) => total + size, 0);
    while (sum > this.#rolloutBytes) {
      const oldest = this.#rollouts.shift();
      if (!oldest) return;
      await this.#store.delete(oldest.name);
      sum -= oldest.size;
    }
  }

  async #dropCheckpoints(): Promise<void> {
    const there = new Set(
      (await this.#store.list()).map(({ name }) => name).filter((name) => name.startsWith('checkpoint-')),
    );
    const found = this.entriesOf('checkpoint').filter(({ blob }) => there.has(blob));
    for (const { blob } of thinned(found.toSorted(byStep), Math.max(2, this.#checkpoints)))
      there.delete(blob);
    for (const name of there) await this.#store.delete(name); // those of updates that were done again, too
  }

  /** undefined when there are none any more. */
  async #answers(name: string | undefined): Promise<unknown> {
    if (name === undefined) return undefined;
    await this.#last;
    await this.#answering;
    const bytes: Bytes | null = await this.#store.get(name);
    return bytes ? unpackJson(bytes, name) : undefined;
  }
}

/**
 * At most so many of a run's checkpoints, in the order of their steps: the first, the last, and between them those that leave
 * the smallest gaps, so that no step is far from one.
 */
function thinned<C extends { readonly step: number }>(checkpoints: readonly C[], most: number): C[] {
  const kept = [...checkpoints];
  while (kept.length > most) {
    const gaps = kept.slice(2).map((after, i) => after.step - kept[i].step);
    kept.splice(gaps.indexOf(Math.min(...gaps)) + 1, 1);
  }
  return kept;
}

const byStep = (a: EntryOf<'checkpoint'>, b: EntryOf<'checkpoint'>) => a.step - b.step;

function checkExperiment(record: UpdateRecord | EvalRecord, logged: Experiment): void {
  const [field] = Object.keys(diff(record.experiment, logged));
  if (field === undefined) return;
  throw new Error(`${field}: the record of update ${record.step} has another value than the run's log.`);
}

function checked<S extends v.GenericSchema>(schema: S, data: unknown, blob = ''): v.InferOutput<S> {
  const parsed = v.safeParse(schema, data);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new Error(`${blob} is damaged: ${v.getDotPath(issue) ?? ''}: ${issue.message}`);
}
