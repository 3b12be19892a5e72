/**
 * A run's folder as version 0.1 wrote it, which had no log: experiment.json, metrics.jsonl, reference/, and checkpoint/ with the
 * optimizer beside the model. Read once, when such a run is resumed; from then on it has a log.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { checkFormat } from '../config/formats.ts';
import { isObject } from '../config/outside.ts';
import { readSafetensors } from '../model/safetensors.ts';
import type { Entry } from '../train/logFormat.ts';
import type { TrainerState } from '../train/trainer.ts';
import { loadOurs } from './common.ts';

/** The only format that checkpoint/state.json ever had. */
const stateFormat = 1;

const stateSchema = v.object({
  step: v.pipe(v.number(), v.integer(), v.minValue(0)),
  optimizerStep: v.pipe(v.number(), v.integer(), v.minValue(0)),
  sha256: v.record(v.string(), v.string()),
});

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** The state in checkpoint/. @throws Error naming the file that is missing or damaged */
export async function oldState(path: string): Promise<TrainerState> {
  const folder = join(path, 'checkpoint');
  const data = await readJsonFile(join(folder, 'state.json'), path);
  try {
    checkFormat(data instanceof Object && 'format' in data ? data.format : undefined, stateFormat);
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
  const { checkpoint } = await loadOurs(folder);
  const name = 'optimizer.safetensors';
  const tensors = readSafetensors(await readFile(join(folder, name)), name);
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

/** What the lines of metrics.jsonl tell of updates and evaluations up to a step; what they do not tell is NaN. */
export function oldEntries(metrics: string, step: number): Entry[] {
  const lines = metrics.split('\n').map(parseLine);
  return lines.filter((line) => line !== null && line.step <= step).flatMap((line) => entriesOf(line!));
}

function entriesOf(line: { step: number; values: ReadonlyMap<string, number> }): Entry[] {
  const { step, values } = line;
  const metrics = (prefix: string) =>
    Object.fromEntries([...values].filter(([name]) => name.startsWith(prefix)));
  const ms = (stage: string) => values.get(`time/${stage}_ms`) ?? NaN;
  const [train, evaluated] = [metrics('train/'), metrics('eval/')];
  const timing = {
    sample: ms('sample'),
    grade: ms('grade'),
    score: ms('score'),
    update: ms('update'),
    total: ms('total'),
  };
  return [
    ...(step > 0 ? [{ kind: 'update', step, metrics: train, timing } as const] : []),
    ...(Object.keys(evaluated).length > 0
      ? [{ kind: 'evaluation', step, metrics: evaluated, ms: NaN } as const]
      : []),
  ];
}

/** The update and the numbers of a line of metrics.jsonl; null for what is no such line, and so is nobody's to read or drop. */
export function parseLine(text: string): { step: number; values: Map<string, number> } | null {
  let line: unknown;
  try {
    line = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(line)) return null;
  const { step, ...rest } = line;
  if (typeof step !== 'number' || !Number.isInteger(step) || step < 0) return null;
  const numbers = Object.entries(rest).filter(([, value]) => value === null || typeof value === 'number');
  return {
    step,
    values: new Map(numbers.map(([name, value]) => [name, value === null ? NaN : Number(value)])),
  };
}

/**
 * @param run the folder of the run, for the error
 * @throws Error naming the file
 */
export async function readJsonFile(file: string, run: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    throw new Error(`${file} cannot be read: ${run} is not the folder of a run with a checkpoint.`);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${file} is not JSON; the run's folder is damaged.`);
  }
}
