/** Runs that somebody wants to read or go on with: a folder of ours, or a file that the page or another machine saved. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, extname, join, relative, resolve } from 'node:path';
import { runFileOf, readRunFile, type NamedRun } from '../exports/runFile.ts';
import { RunLog } from '../train/log.ts';
import type { Manifest } from '../train/logFormat.ts';
import { shippedModel } from './common.ts';
import { FolderStore } from './folderStore.ts';
import { isOtherModel } from './otherModel.ts';
import { digestOf } from './runFolder.ts';

/** A run that is only read. */
export interface OpenedRun {
  readonly name: string;
  readonly log: RunLog;
  /** Everything of it, to be packed. */
  readonly files: () => Promise<NamedRun>;
  /** Its folder; null of a file. */
  readonly folder: string | null;
}

/** Whether a path is a file that holds a run, as opposed to a folder. */
export const isRunFile = (path: string): boolean => existsSync(path) && statSync(path).isFile();

/** @throws Error naming the file, and the line or field that is wrong */
export async function openRunAt(path: string, name = nameOf(path)): Promise<OpenedRun> {
  if (isRunFile(path)) {
    const run = await readRunFile(await readFile(path), path);
    return { name: run.name || name, log: run.opened, files: () => Promise.resolve(run), folder: null };
  }
  const store = new FolderStore(path);
  if (!existsSync(store.log)) throw new Error(`${path} holds no run: there is no log.jsonl in it.`);
  try {
    return { name, log: await RunLog.open(store), files: () => runFileOf(store, name), folder: path };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`${store.log}: ${message}`, { cause: error });
  }
}

/** The folders below one that hold runs, as those of a sweep do; the folder itself where it is one. */
export function runsBelow(folder: string, depth = 3): string[] {
  if (existsSync(join(folder, 'log.jsonl'))) return [folder];
  if (depth === 0) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => runsBelow(join(folder, name), depth - 1))
    .sort();
}

/** "gamma-0.5 seed-1": where a run lies below a folder. */
export const nameBelow = (folder: string, run: string): string =>
  relative(folder, run).split(/[\\/]/).filter(Boolean).join(' ') || nameOf(run);

const nameOf = (path: string): string => basename(resolve(path), extname(path));

/**
 * The folder of the model that a run began with: the run's own copy, the one given, or the shipped one of that name.
 * @throws Error naming the model when it is none of them
 */
export async function modelOf(
  { model, experiment }: Manifest,
  folder: string | null,
  modelDir: string | undefined,
): Promise<string> {
  const reference = folder === null ? null : join(folder, 'reference');
  const given = modelDir ?? (reference && existsSync(reference) ? reference : shippedModel(experiment.model));
  const there = isOtherModel(given) || existsSync(join(given, 'model.safetensors'));
  const digest = there ? await digestOf(given) : 'none';
  if (model.digest === undefined || digest === model.digest) return given;
  throw new Error(
    `The run began with the model ${model.name} (digest ${model.digest.slice(0, 12)}…), and ${given} is not that model. ` +
      'Give its folder or file with --model-dir.',
  );
}
