/**
 * A run on disk: experiment.json, metrics.jsonl, reference/ (the model it began with, frozen), and checkpoint/ (an ordinary
 * model folder plus optimizer.safetensors and state.json). A checkpoint is written beside the old one and renamed, so a crash leaves one whole checkpoint.
 */
import { createHash } from 'node:crypto';
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { describeError, parseExperiment } from '../config/experiment.ts';
import type { Experiment } from '../config/fields.ts';
import { checkpointFiles, type Checkpoint } from '../model/checkpoint.ts';
import { readSafetensors, writeSafetensors } from '../model/safetensors.ts';
import type { Tokenizer } from '../tasks/tokenizer.ts';
import type { TrainerState } from '../train/trainer.ts';
import { loadModel, writeFolder } from './common.ts';

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
    await writeFile(this.#file('experiment.json'), JSON.stringify(experiment, null, 2) + '\n');
  }

  /** Folder of the frozen model that the run began with. */
  get reference(): string {
    return this.#file('reference');
  }

  async experiment(): Promise<Experiment> {
    const data = await this.#json('experiment.json');
    const parsed = parseExperiment(data);
    if (!parsed.ok) throw new Error(`${this.#file('experiment.json')}: ${describeError(parsed.errors[0])}`);
    return parsed.experiment;
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
        { step: state.step, optimizerStep: state.optimizer.step, sha256 },
        null,
        2,
      ),
    });
  }

  /** The last checkpoint. @throws Error naming the file that is missing or damaged */
  async loadCheckpoint(): Promise<TrainerState> {
    const folder = this.#file('checkpoint');
    const parsed = v.safeParse(stateSchema, await this.#json('checkpoint/state.json'));
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

  /** Drops metrics of updates after `step`: they will be made again. */
  async rewindMetrics(step: number): Promise<void> {
    if (!existsSync(this.#file('metrics.jsonl'))) return;
    const lines = (await readFile(this.#file('metrics.jsonl'), 'utf8'))
      .split('\n')
      .filter((line) => line !== '');
    const kept = lines.filter((line) => {
      try {
        return (JSON.parse(line) as { step: number }).step <= step;
      } catch {
        return false; // the line a crash cut short
      }
    });
    await writeFile(this.#file('metrics.jsonl'), kept.map((line) => `${line}\n`).join(''));
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
