/**
 * A run on disk. What the run is: log.jsonl and blobs/ (train/log.ts), and reference/, the model it began with. What people and
 * tools read, made from these: experiment.json, metrics.jsonl (a line an update), checkpoint/ (the last model, an ordinary
 * model folder). A folder of version 0.1 has no log yet (oldRun.ts).
 */
import { existsSync } from 'node:fs';
import { appendFile, readFile, rename, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { changesBetween, diff, modelNameOf } from '../config/experiment.ts';
import { field, type Experiment, type FieldName } from '../config/fields.ts';
import { experimentFile, experimentFormat, readExperimentFile } from '../config/formats.ts';
import { jsonLine, rowsOf } from '../exports/metrics.ts';
import type { RunFile } from '../keep/keptRuns.ts';
import { modelDigest, sha256 } from '../model/digest.ts';
import { evaluationDue } from '../train/evaluating.ts';
import { RunLog } from '../train/log.ts';
import type { Manifest } from '../train/logFormat.ts';
import { MemoryStore, unfinished } from '../train/store.ts';
import type { KeptLog } from '../train/trainable.ts';
import type { TrainerState } from '../train/trainer.ts';
import type { Base } from '../train/base.ts';
import { writeFolder } from './common.ts';
import { FolderStore } from './folderStore.ts';
import { findOther, isOtherModel, loadOther } from './otherModel.ts';
import { oldEntries, oldState, parseLine, readJsonFile } from './oldRun.ts';
import { leaveFolder, takeFolder } from './writer.ts';

/** A run that was found in its folder. */
export interface FoundRun {
  /** In force where the run goes on. */
  readonly experiment: Experiment;
  /** Where the run goes on; null when nothing was saved yet. */
  readonly state: TrainerState | null;
  /** What to tell the user: one sentence each. */
  readonly notes: readonly string[];
  /** null in a folder of version 0.1. */
  readonly log: RunLog | null;
}

/** What a manifest says beside what the folder knows. */
export interface Circumstances extends Pick<Manifest, 'build' | 'backend' | 'device' | 'experiment'> {
  /** What the model is called. */
  readonly model: string;
}

export class RunFolder {
  readonly path: string;
  readonly #store: FolderStore;

  constructor(path: string) {
    this.path = path;
    this.#store = new FolderStore(path);
  }

  /** Folder of the frozen model that the run began with. */
  get reference(): string {
    return this.#file('reference');
  }

  /** @throws Error when the folder already holds a run: nothing is overwritten */
  checkFree(): void {
    if (existsSync(this.#store.log) || existsSync(this.#file('experiment.json'))) {
      throw new Error(
        `${this.path} already holds a run. Go on with --resume ${this.path}, or choose another --out.`,
      );
    }
  }

  /** Another process may write it from now on. */
  leave(): void {
    leaveFolder(this.path);
  }

  /** Begins a run: its model, its log, its problems where they are the user's own. @throws Error when the folder already holds one, or will */
  async begin(circumstances: Circumstances, model: Base, problems?: string): Promise<RunLog> {
    this.checkFree();
    takeFolder(this.path);
    await writeFolder(this.reference, model.kept());
    const manifest = await manifestOf(circumstances, this.reference);
    const log = await RunLog.create(this.#store, manifest, { problems });
    await this.saveExperiment(circumstances.experiment);
    return log;
  }

  /**
   * Takes in a run from elsewhere, to go on with. Whole or not at all.
   * @param modelFolder of the model it began with
   * @throws Error when the folder already holds a run: nothing is overwritten
   */
  async take({ log, blobs }: RunFile, modelFolder: string): Promise<void> {
    this.checkFree();
    await writeFolder(this.reference, await keptOf(modelFolder));
    for (const [name, bytes] of blobs) await this.#store.put(name, bytes);
    await this.#write('log.jsonl', log); // last: without it there is no run
  }

  /**
   * The run in this folder, in any format up to today's.
   * @throws Error naming the file, the line or field, and what to do
   */
  async find(): Promise<FoundRun> {
    if (!existsSync(this.#store.log)) {
      const { experiment, notes } = await this.#experiment();
      return { experiment, notes, state: await oldState(this.path), log: null };
    }
    const log = await this.#named('log.jsonl: ', () => RunLog.open(this.#store));
    const stated = existsSync(this.#file('experiment.json')) ? await this.#experiment() : null;
    const state = await this.#named('blobs/', () => log.stateAt(Infinity), adviceOnDamage);
    const step = state?.step ?? 0;
    const experiment = this.#reconciled(log.experimentAt(step), stated?.experiment);
    const notes = [...log.notes.map((note) => `${this.#store.log}: ${note}.`), ...(stated?.notes ?? [])];
    if (log.torn !== '') {
      notes.push(
        `${this.#store.log} ends in the middle of a line, which a crash cut short; it counts for nothing.`,
      );
    }
    if (step < log.step) {
      notes.push(
        `The last checkpoint is that of update ${step}; what came after it, up to update ${log.step}, is done again.`,
      );
    }
    return { experiment, state, notes, log };
  }

  /**
   * Goes on with a run that was found.
   * @param circumstances with the experiment that is wanted from here on
   * @throws Error when another process is writing it
   */
  async resume(found: FoundRun, circumstances: Circumstances): Promise<RunLog> {
    takeFolder(this.path);
    const { experiment } = circumstances;
    const log =
      found.log ?? (await this.#importOld(found, { ...circumstances, experiment: found.experiment }));
    const step = found.state?.step ?? 0;
    await this.saveExperiment(experiment); // before the change: whoever reads it again then enters that
    const before = log.experimentAt(step);
    const changes = changesBetween(before, experiment);
    if (changes.length > 0) await log.change({ step, changes });
    return log;
  }

  /** Writes experiment.json, in today's format; whole or not at all. */
  async saveExperiment(experiment: Experiment): Promise<void> {
    await this.#write('experiment.json', JSON.stringify(experimentFile(experiment), null, 2) + '\n');
  }

  /**
   * Brings metrics.jsonl to a step: without the lines of later updates, which are done again, and of a line that a crash cut
   * short; with those that the log knows and it does not. Any other line stays.
   */
  async completeMetrics(log: RunLog, step: number): Promise<void> {
    const lines = (await this.#metrics()).split('\n');
    const last = lines.pop();
    if (last !== undefined && parseLine(last) !== null) lines.push(last);
    const kept = lines.filter((line) => line !== '' && (parseLine(line)?.step ?? 0) <= step);
    const there = new Set(kept.map((line) => parseLine(line)?.step));
    const logged = log.entries.filter(({ kind }) => kind === 'update' || kind === 'evaluation');
    const missing = [...new Set(logged.map((entry) => entry.step))].filter((s) => s <= step && !there.has(s));
    const text = [...kept.map((line) => `${line}\n`), ...missing.map((s) => metricsLine(log, s))].join('');
    await this.#write('metrics.jsonl', text);
  }

  /** Adds the line of an update, and of the evaluation after it, to metrics.jsonl. */
  async appendMetrics(log: RunLog, step: number): Promise<void> {
    await appendFile(this.#file('metrics.jsonl'), metricsLine(log, step));
  }

  /** Keeps the state in the log, and its model in checkpoint/. */
  async saveCheckpoint(log: RunLog, state: TrainerState, model: Base): Promise<void> {
    await log.checkpoint(state);
    const e = log.experimentAt(state.step);
    await writeFolder(this.#file('checkpoint'), model.files(e, state.weights));
  }

  /**
   * The log as a driver writes it, and beside it what people and tools read.
   * @param hear is given each line of metrics.jsonl, with its end
   */
  keeping(log: RunLog, model: Base, hear?: (line: string) => void): KeptLog {
    let updated = -1;
    const append = async () => {
      await this.appendMetrics(log, updated);
      hear?.(metricsLine(log, updated));
    };
    return {
      change: (record) => log.change(record),
      update: async (record) => {
        await log.update(record);
        updated = record.step;
        if (!evaluationDue(record.experiment, updated)) await append();
      },
      evaluation: async (record) => {
        await log.evaluation(record);
        if (record.step === updated) await append(); // one line for both
        else {
          await this.completeMetrics(log, record.step); // before the first update
          hear?.(metricsLine(log, record.step));
        }
      },
      notice: (...notice) => log.notice(...notice),
      checkpoint: (state) => this.saveCheckpoint(log, state, model),
      holds: (kind, step) => log.holds(kind, step),
      stateAt: (step) => log.stateAt(step),
      updateRecord: (step) => log.updateRecord(step),
      experimentAt: (step) => log.experimentAt(step),
    };
  }

  /** @throws Error when reference/ is not the model that the log says the run began with */
  async checkReference(log: RunLog | null): Promise<void> {
    const expected = log?.manifest.model.digest;
    if (expected === undefined || expected === (await digestOf(this.reference))) return;
    throw new Error(
      `${this.reference} is not the model that the run began with (its digest does not match). ` +
        'Put that model back, or begin again with another --out.',
    );
  }

  /** A run of version 0.1 gets its log: what its metrics tell, and its state. Whole or not at all. */
  async #importOld({ state }: FoundRun, circumstances: Circumstances): Promise<RunLog> {
    const memory = new MemoryStore();
    const log = await RunLog.create(memory, await manifestOf(circumstances, this.reference));
    if (state) {
      for (const entry of oldEntries(await this.#metrics(), state.step)) await log.entry(entry);
      await log.checkpoint(state);
    }
    for (const { name } of await memory.list()) {
      const bytes = await memory.get(name);
      if (bytes) await this.#store.put(name, bytes);
    }
    await this.#write('log.jsonl', await memory.readLog());
    return RunLog.open(this.#store);
  }

  /**
   * Somebody may have written into experiment.json: what can change during a run is honoured.
   * @throws Error naming a field that cannot
   */
  #reconciled(logged: Experiment, stated: Experiment = logged): Experiment {
    const [fixed] = namesIn(diff(stated, logged)).filter((name) => field(name).when !== 'live');
    if (fixed === undefined) return stated;
    throw new Error(
      `${this.#file('experiment.json')}: ${fixed}: is ${stated[fixed]}, but the run's log says ${logged[fixed]}, and a run ` +
        `keeps what it began with. Put ${logged[fixed]} back, or begin another run.`,
    );
  }

  /** What experiment.json says, and what to tell the user of its migration. @throws Error naming the file and the field */
  async #experiment(): Promise<{ experiment: Experiment; notes: string[] }> {
    const file = this.#file('experiment.json');
    const data = await readJsonFile(file, this.path);
    return this.#named('experiment.json: ', async () => {
      const { experiment, format, notes } = readExperimentFile(data);
      const from = format < experimentFormat ? `is from format ${format}` : 'is not whole';
      const note = `${file} ${from}: ${notes.join('; ')}. Written in today's format.`;
      return { experiment, notes: notes.length > 0 ? [note] : [] };
    });
  }

  async #metrics(): Promise<string> {
    const file = this.#file('metrics.jsonl');
    return existsSync(file) ? readFile(file, 'utf8') : '';
  }

  async #write(name: string, text: string): Promise<void> {
    const file = this.#file(name);
    await writeFile(unfinished(file), text, { flush: true });
    await rename(unfinished(file), file);
  }

  /** Puts the file before what is wrong with it, and what to do behind. */
  async #named<T>(file: string, work: () => Promise<T>, advice = ''): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw new Error(`${this.#file(file)}${message}${advice}`, { cause: error });
    }
  }

  #file(name: string): string {
    return join(this.path, name);
  }
}

/** What the log of a run that begins with the model in a folder says first. */
export async function manifestOf(circumstances: Circumstances, modelFolder: string): Promise<Manifest> {
  const [model, tokenizer] = await Promise.all([
    digestOf(modelFolder),
    isOtherModel(modelFolder) ? undefined : readBytes(join(modelFolder, 'tokenizer.json')).then(sha256),
  ]);
  return {
    ...circumstances,
    model: { name: circumstances.model, ...(model === undefined ? {} : { digest: model }) },
    tokenizer: tokenizer === undefined ? {} : { digest: tokenizer },
  };
}

/** What the model of a run is called: that of the experiment, unless --model-dir names a folder. */
export const nameOfModel = (modelDir: string | undefined, e: Experiment): string =>
  modelDir === undefined || e.model === 'other' ? modelNameOf(e) : basename(resolve(modelDir));

export const digestOf = async (model: string): Promise<string | undefined> =>
  isOtherModel(model) ? (await findOther(model)).digest : modelDigest((file) => readBytes(join(model, file)));

/** What reference/ has of a model: the files of one of ours, or which of others it is. */
async function keptOf(model: string): Promise<Readonly<Record<string, Uint8Array>>> {
  if (isOtherModel(model)) return (await loadOther(model)).kept();
  const files = ['config.json', 'generation_config.json', 'model.safetensors', 'tokenizer.json'];
  const there = files.filter((file) => existsSync(join(model, file)));
  const read = there.map(async (file) => [file, await readBytes(join(model, file))] as const);
  return Object.fromEntries(await Promise.all(read));
}

const readBytes = async (file: string) => new Uint8Array(await readFile(file));

const adviceOnDamage =
  ' Delete that file, and the run goes on from the checkpoint before it, or from its start.';

const namesIn = (changes: Partial<Experiment>) => Object.keys(changes) as FieldName[];

/** The line of metrics.jsonl of an update: what it measured, its times, the evaluation after it; with its end. */
function metricsLine(log: RunLog, step: number): string {
  const at = (entry: { readonly step: number }) => entry.step === step;
  const rows = rowsOf({
    updates: log.entriesOf('update').filter(at),
    evaluations: log.entriesOf('evaluation').filter(at),
  });
  return jsonLine(rows[0] ?? { step });
}
