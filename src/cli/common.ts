/** What the commands share: a main that reports errors in one line, files of a model, progress on one terminal line. */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Experiment } from '../config/fields.ts';
import { digestIn } from '../config/modelFields.ts';
import { FlagError, type ExtraOptions, type ParsedFlags } from '../config/flags.ts';
import {
  openBackend,
  reopenBackend,
  usefulThreads,
  type BackendOptions,
  type BackendRequest,
  type OpenedBackend,
} from '../engine/index.ts';
import { readCheckpoint } from '../model/checkpoint.ts';
import type { HostWeights } from '../model/parameters.ts';
import { oursFormat } from '../tasks/formats/ours.ts';
import { Tokenizer } from '../tasks/tokenizer.ts';
import { UnrecoverableError } from '../train/failure.ts';
import { wholeBase, type Base, type WholeBase } from '../train/base.ts';
import { checkFit } from '../train/session.ts';
import { adapterIsNoModel, isAdapterFolder } from './adapterFolder.ts';
import { findOther, isOtherModel, loadOther } from './otherModel.ts';
import { projectRoot, shippedModel, version } from './places.ts';

export { projectRoot, shippedModel, version };

/**
 * The folder of the model that a run begins with: a shipped one, or `--model-dir`.
 * @throws FlagError when the experiment starts at a checkpoint of another, or names another than that of the folder
 */
export async function modelFolderOf(
  modelDir: string | undefined,
  { model, otherModel, initialPolicy }: Experiment,
): Promise<string> {
  if (modelDir !== undefined && initialPolicy !== 'model') {
    throw new FlagError(
      `--initial-policy ${initialPolicy} is a checkpoint of a run that began with ${model}, not with ${modelDir}. ` +
        'Leave out one of the two.',
    );
  }
  if (model === 'other' && modelDir === undefined) {
    throw new FlagError(
      `The experiment begins with ${otherModel}, which is not one of the playground's: give its folder or .gguf file with --model-dir.`,
    );
  }
  if (modelDir === undefined) return shippedModel(model);
  const isOther = isOtherModel(modelDir);
  if (isOther && model !== 'other') {
    throw new FlagError(`--model-dir: ${modelDir} is a model that others trained: give it with --model.`);
  }
  const text = isOther ? (await findOther(modelDir)).text : 'one like the playground’s';
  if (model === 'other' && digestIn(text) !== digestIn(otherModel)) {
    throw new FlagError(
      `--model-dir: the experiment begins with ${otherModel}, and ${modelDir} is ${text}. Give the folder or file of that model, or ` +
        'leave out --model-dir and choose this one with --model.',
    );
  }
  return modelDir;
}

/** A command, given its flags. */
export type Command = (argv: readonly string[]) => Promise<void>;

/** Runs a command as this process: see `exitCodeOf`. */
export async function runCommand(command: Command): Promise<void> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(1); // the reader left, as `| head` does
    throw error;
  });
  process.exit(await exitCodeOf(command, process.argv.slice(2))); // the sandbox's threads would keep it alive
}

/**
 * Runs a command: one line per error, exit code 2 for a wrong flag, 1 for anything else; without an error
 * `process.exitCode`, or 0.
 */
export async function exitCodeOf(command: Command, argv: readonly string[]): Promise<number> {
  try {
    await command(argv);
    return Number(process.exitCode ?? 0);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const remedy = error instanceof UnrecoverableError ? ` ${error.remedy}` : '';
    process.stderr.write(`\nerror: ${message}${remedy}\n`);
    if (process.env['DEBUG'] && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    return error instanceof FlagError ? 2 : 1;
  }
}

/** Flags that say what computes. */
export const backendOptions: ExtraOptions = {
  backend: {
    value: 'NAME',
    help:
      'Back end; wasm unless given. auto = on a real GPU whichever of WebGPU and WASM is faster in a short trial ' +
      '(where a run is trained; else WebGPU), else WASM, else CPU.',
    choices: ['auto', 'wasm', 'webgpu', 'cpu'],
  },
  threads: {
    value: 'N',
    help: 'Threads on WASM; unless given, one per core and at most 4. Results do not depend on it.',
  },
};

/** The flag that gives a model of the user's own. */
export const modelDirOption: ExtraOptions = {
  'model-dir': {
    value: 'DIR',
    help:
      'Folder of a model of the playground’s kind, instead of a shipped one; with --experiment or --link over a model that others ' +
      'trained, where that lies. Otherwise such a model is given by --model.',
    insteadOf: 'model',
  },
};

/** Opens what `--backend` and `--threads` ask for, and says so. With a workload, `auto` takes what does that faster. */
export const openNodeBackend = (
  options: ParsedFlags['options'],
  workload?: BackendOptions['workload'],
): Promise<OpenedBackend> => announced(openBackend, options, workload);

/** The same after the running one was lost. */
export const reopenNodeBackend = (options: ParsedFlags['options']): Promise<OpenedBackend> =>
  announced(reopenBackend, options);

async function announced(
  open: typeof openBackend,
  options: ParsedFlags['options'],
  workload?: BackendOptions['workload'],
): Promise<OpenedBackend> {
  const name = (options['backend'] ?? 'wasm') as BackendRequest;
  const opened = await open(name, {
    ...{ environment: 'node' as const, threads: threadCount(options['threads']) },
    ...(workload ? { workload } : {}),
  });
  process.stderr.write(`back end: ${opened.name} (${opened.device}); ${opened.why}\n`);
  return opened;
}

/** The number that `--threads` asks for. @throws FlagError */
export function threadCount(given: string | true | undefined): number {
  const count = given === undefined ? usefulThreads(availableParallelism()) : Number(given);
  if (!Number.isInteger(count) || count < 1 || count > 64) {
    throw new FlagError(`--threads must be a whole number from 1 to 64, not "${String(given)}".`);
  }
  return count;
}

async function readModelFile(folder: string, file: string): Promise<Uint8Array> {
  try {
    return await readFile(join(folder, file));
  } catch (error) {
    throw new Error(
      `${join(folder, file)} cannot be read (${error instanceof Error ? error.message : String(error)}). ` +
        'A model is a folder with config.json, model.safetensors and tokenizer.json; `npm run boost` makes one.',
      { cause: error },
    );
  }
}

/** Puts the folder before what is wrong with a file in it. */
async function inFolder<T>(folder: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    throw new Error(`Model in ${folder}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

/** @throws Error naming the folder, and the field of tokenizer.json that is wrong */
export const loadTokenizer = (folder: string): Promise<Tokenizer> =>
  inFolder(folder, async () => Tokenizer.fromBytes(await readModelFile(folder, 'tokenizer.json')));

/** The model of a folder or file: one of ours, or one that others trained. @throws as `loadOurs`, and `loadOther` */
export const loadModel = async (path: string): Promise<Base> => {
  if (isAdapterFolder(path) && !isOtherModel(path)) throw new FlagError(adapterIsNoModel(path));
  return isOtherModel(path) ? inFolder(path, () => loadOther(path)) : loadOurs(path);
};

/** @throws Error naming the folder, the file and what is wrong with it */
export const loadOurs = (folder: string): Promise<WholeBase> =>
  inFolder(folder, async () => {
    const tokenizerJson = await readModelFile(folder, 'tokenizer.json');
    const format = oursFormat(Tokenizer.fromBytes(tokenizerJson));
    const checkpoint = await readCheckpoint((file) => readModelFile(folder, file));
    checkFit(checkpoint.config, format.tokens);
    return wholeBase(checkpoint, format, tokenizerJson);
  });

/** The weights of a shipped model. @throws as `loadModel` */
export const shippedWeights = async (name: string): Promise<HostWeights> =>
  (await loadOurs(shippedModel(name))).checkpoint.weights;

/** Writes a folder whole or not at all: beside it first, then renamed. */
export async function writeFolder(folder: string, files: Record<string, Uint8Array | string>): Promise<void> {
  const fresh = `${folder}.writing`;
  const old = `${folder}.old`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true });
  for (const [name, content] of Object.entries(files))
    await writeFile(join(fresh, name), content, { flush: true });
  await rm(old, { recursive: true, force: true });
  await rename(folder, old).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  await rename(fresh, folder);
  await rm(old, { recursive: true, force: true });
}

/** A line that overwrites itself on a terminal, and is printed now and then elsewhere. */
export function progressLine(): { show(text: string): void; end(): void } {
  const live = process.stderr.isTTY;
  let last = 0;
  let pending = '';
  return {
    show(text) {
      pending = text;
      if (live) process.stderr.write(`\r\x1b[K${text}`);
      else if (performance.now() - last > 10_000) {
        last = performance.now();
        process.stderr.write(`${text}\n`);
        pending = '';
      }
    },
    end() {
      if (live) process.stderr.write('\n');
      else if (pending) process.stderr.write(`${pending}\n`);
      pending = '';
    },
  };
}

export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  const s = Math.round(seconds);
  return s < 60 ? `${s} s` : `${Math.floor(s / 60)} min ${String(s % 60).padStart(2, '0')} s`;
}

export const percent = (share: number | undefined): string =>
  share === undefined || Number.isNaN(share) ? '–' : `${(100 * share).toFixed(1)} %`;

/** One number a turn: "t1 0.25, t2 0.29". */
export const perTurn = (values: readonly string[]): string =>
  values.map((value, t) => `t${t + 1} ${value}`).join(', ');
