/**
 * A run on disk: experiment.json, metrics.jsonl, reference/ (the model it began with, frozen), and checkpoint/ (an ordinary
 * model folder plus optimizer.safetensors and state.json). A checkpoint is written beside the old one and renamed, so a crash leaves one whole checkpoint.
 * experiment.json has a format of its own (config/formats.ts); state.json states that of the folder, metrics.jsonl included.
 */
import { createHash } from 'node:crypto';
import { appendFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import type { Experiment } from '../config/fields.ts';
import { checkFormat, experimentFile, experimentFormat, readExperimentFile } from '../config/formats.ts';
import { checkpointFiles, type Checkpoint } from '../model/checkpoint.ts';
import { readSafetensors, writeSafetensors } from '../model/safetensors.ts';
import type { Tokenizer } from '../tasks/tokenizer.ts';
import type { TrainerState } from '../train/trainer.ts';
import { loadModel, writeFolder } from './common.ts';

/** The format of a run's folder but for experiment.json. A line of metrics.jsonl may lack what was not measured in its time. */
const runFormat = 1;

const stateSchema = v.object({
  step: v.pipe(v.number(), v.integer(), v.minValue(0)),
  optimizerStep: v.pipe(v.number(), v.integer(), v.minValue(0)),
  sha256: v.record(v.string(), v.string()),
});

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

export class RunFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** @throws Error when the folder already holds a run: nothing is overwritten */
  checkFree(): void {
    if (existsSync(this.#file('experiment.json'))) {
      throw new Error(
        `${this.path} already holds a run. Go on with --resume ${this.path}, or choose another --out.`,
      );
    }
  }

  /** @throws Error when the folder already holds a run */
  async create(experiment: Experiment): Promise<void> {
    this.checkFree();
    await mkdir(this.path, { recursive: true });
    await this.saveExperiment(experiment);
  }

  /** Writes experiment.json, in today's format; whole or not at all. */
  async saveExperiment(experiment: Experiment): Promise<void> {
    const fresh = this.#file('experiment.json.writing');
    await writeFile(fresh, JSON.stringify(experimentFile(experiment), null, 2) + '\n', { flush: true });
    await rename(fresh, this.#file('experiment.json'));
  }

  /** Folder of the frozen model that the run began with. */
  get reference(): string {
    return this.#file('reference');
  }

  /**
   * The run's experiment, in any format up to today's.
   * @returns the experiment, and what to tell the user of its migration, a sentence or ''
   * @throws Error naming the file, the field and what to do
   */
  async experiment(): Promise<{ experiment: Experiment; migration: string }> {
    const file = this.#file('experiment.json');
    const data = await this.#json('experiment.json');
    try {
      const { experiment, format, notes } = readExperimentFile(data);
      const from = format < experimentFormat ? `is from format ${format}` : 'is not whole';
      return { experiment, migration: notes.length > 0 ? `${file} ${from}: ${notes.join('; ')}.` : '' };
    } catch (error) {
      throw new Error(`${file}: ${error instanceof Error ? error.message : error}`, { cause: error });
    }
  }

  async appendMetrics(line: Record<string, number>): Promise<void> {
    // JSON has no NaN: what could not be measured is null.
    await appendFile(this.#file('metrics.jsonl'), JSON.stringify(line) + '\n');
  }

  async saveCheckpoint(
    config: Checkpoint['config'],
    state: TrainerState,
    tokenizer: Tokenizer,
    tokenizerJson: Uint8Array,
  ): Promise<void> {
    const moments = new Map(
      (['m', 'v'] as const).flatMap((part) =>
        Object.entries(state.optimizer[part]).map(
          ([name, data]) => [`${part}.${name}`, { shape: [data.length], data }] as const,
        ),
      ),
    );
    const files = {
      ...checkpointFiles({ config, weights: state.weights }, tokenizer.specials),
      'tokenizer.json': tokenizerJson,
      'optimizer.safetensors': writeSafetensors(moments),
    };
    const sha256 = Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, digest(bytes)]));
    await writeFolder(this.#file('checkpoint'), {
      ...files,
      'state.json': JSON.stringify(
        { format: runFormat, step: state.step, optimizerStep: state.optimizer.step, sha256 },
        null,
        2,
      ),
    });
  }

  /** The last checkpoint. @throws Error naming the file that is missing or damaged */
  async loadCheckpoint(): Promise<TrainerState> {
    const folder = this.#file('checkpoint');
    const data = await this.#json('checkpoint/state.json');
    try {
      checkFormat(data instanceof Object && 'format' in data ? data.format : undefined, runFormat);
    } catch (error) {
      throw new Error(`${folder}/state.json: ${error instanceof Error ? error.message : error}`, {
        cause: error,
      });
    }
    const parsed = v.safeParse(stateSchema, data);
    if (!parsed.success) {
      throw new Error(
        `${folder}/state.json: ${v.getDotPath(parsed.issues[0]) ?? ''} ${parsed.issues[0].message}`,
      );
    }
    const { step, optimizerStep, sha256 } = parsed.output;
    for (const [name, expected] of Object.entries(sha256)) {
      const bytes = await readFile(join(folder, name)).catch(() => null);
      if (bytes === null || digest(bytes) !== expected) {
        throw new Error(
          `${join(folder, name)} is ${bytes === null ? 'missing' : 'damaged (its SHA-256 does not match)'}. ` +
            'The run cannot be resumed from it; metrics.jsonl is untouched. Begin again with another --out.',
        );
      }
    }
    const { checkpoint } = await loadModel(folder);
    const tensors = readSafetensors(
      await readFile(join(folder, 'optimizer.safetensors')),
      'optimizer.safetensors',
    );
    const part = (prefix: string) =>
      Object.fromEntries(
        [...tensors]
          .filter(([name]) => name.startsWith(`${prefix}.`))
          .map(([name, { data }]) => [name.slice(prefix.length + 1), data]),
      );
    return {
      step,
      weights: checkpoint.weights,
      optimizer: { step: optimizerStep, m: part('m'), v: part('v') },
    };
  }

  /** Drops metrics of updates after `step`, which will be made again, and a last line that a crash cut short; nothing else. */
  async rewindMetrics(step: number): Promise<void> {
    if (!existsSync(this.#file('metrics.jsonl'))) return;
    const lines = (await readFile(this.#file('metrics.jsonl'), 'utf8')).split('\n');
    const last = lines.pop();
    if (last !== undefined && stepOf(last) !== -Infinity) lines.push(last);
    const kept = lines.filter((line) => line !== '' && stepOf(line) <= step);
    const fresh = this.#file('metrics.jsonl.writing');
    await writeFile(fresh, kept.map((line) => `${line}\n`).join(''), { flush: true });
    await rename(fresh, this.#file('metrics.jsonl'));
  }

  #file(name: string): string {
    return join(this.path, name);
  }

  async #json(name: string): Promise<unknown> {
    let text: string;
    try {
      text = await readFile(this.#file(name), 'utf8');
    } catch {
      throw new Error(
        `${this.#file(name)} cannot be read: ${this.path} is not the folder of a run with a checkpoint.`,
      );
    }
    try {
      return JSON.parse(text);
    } catch {
      throw new Error(`${this.#file(name)} is not JSON; the run's folder is damaged.`);
    }
  }
}

/** The update of a line of metrics.jsonl; −∞ of what is no such line, and so is nobody's to drop. */
function stepOf(line: string): number {
  try {
    const record: unknown = JSON.parse(line);
    if (record instanceof Object && 'step' in record && typeof record.step === 'number') return record.step;
  } catch {
    // no JSON
  }
  return -Infinity;
}
