/** `--model PATH`: a model that others trained, as a folder of theirs, a .gguf file, or what its boost left over it (boostCommand.ts). */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as v from 'valibot';
import { fieldNames, fields, type FieldName } from '../config/fields.ts';
import { FlagError, flagOf, type ExtraOptions } from '../config/flags.ts';
import { boostedText, otherModelSettings, otherModelText } from '../config/modelFields.ts';
import { adapterFileNames, readAdapter, readSettings } from '../model/adapterFiles.ts';
import { tf } from '../engine/index.ts';
import { boostedDigest, pointerFile, pointerSchema, type AdapterBytes } from '../hub/boosted.ts';
import { checkFits } from '../hub/needs.ts';
import { fieldsOfLora } from '../model/lora.ts';
import { adaptedBase } from '../train/adaptedBase.ts';
import type { Base } from '../train/base.ts';
import { formatOf } from '../train/modelFormat.ts';
import { openModel, type ModelFiles } from '../train/openedModel.ts';
import { fetchedModel, foreignModel } from './foreignModel.ts';

/** The files that it is. */
interface Found {
  readonly files: ModelFiles;
  readonly digest: string;
  /** As an experiment names it. */
  readonly text: string;
  /** The adapter that runs over it begin with, as files; null: they begin with the model as it is. */
  readonly boost: AdapterBytes | null;
  /** What the model is called without it. */
  readonly over: string;
}

const found = new Map<string, Promise<Found>>();

const isOfHub = (path: string): boolean => path.startsWith('hub:');

/** Whether a path is a model that others trained: on a hub, a .gguf file, a folder that points to one, or one whose tokenizer is not ours. */
export function isOtherModel(path: string): boolean {
  if (isOfHub(path)) return true;
  if (!existsSync(path)) return false;
  if (statSync(path).isFile()) return true;
  if (existsSync(join(path, pointerFile))) return true;
  const tokenizer = join(path, 'tokenizer.json');
  return (
    existsSync(tokenizer) &&
    !readFileSync(tokenizer, 'utf8')
      .slice(0, 1 << 16)
      .includes('"<fix>"')
  );
}

/**
 * Its digest and its name, once a process.
 * @throws Error when it is not there, or is another than a run's folder says
 */
export function findOther(path: string): Promise<Found> {
  const at = isOfHub(path) ? path : resolve(path);
  const known = found.get(at) ?? find(at);
  found.set(at, known);
  return known;
}

async function find(path: string): Promise<Found> {
  const pointer = join(path, pointerFile);
  if (existsSync(pointer)) {
    const kept = v.parse(pointerSchema, JSON.parse(readFileSync(pointer, 'utf8')));
    if (!isOfHub(kept.path) && !existsSync(kept.path)) {
      throw new Error(
        `The run began with the model ${kept.model}, which is no longer at ${kept.path}. Give its folder or file with --model-dir.`,
      );
    }
    // A run goes on with what it began with, also where there is no network, or the hub has another commit by now.
    const fetched = isOfHub(kept.path) ? await fetchedModel(kept.digest) : null;
    if (fetched) return boosted(path, unboosted(fetched.files, kept.digest, kept.model));
    const there = await findOther(kept.path);
    if (there.digest === kept.digest) return boosted(path, there);
    throw new Error(
      `${kept.path} is no longer the model ${kept.model} that the run began with. Put it back.`,
    );
  }
  const { files, name, digest } = await foreignModel(path, {
    onProgress: () => undefined,
    signal: new AbortController().signal,
  });
  return unboosted(files, digest, otherModelText(name, digest));
}

const unboosted = (files: ModelFiles, digest: string, text: string): Found => ({
  ...{ files, digest, text },
  ...{ boost: null, over: text },
});

/**
 * The same with the adapter that lies beside the pointer to it, if there is one: then that is part of which model it is.
 * @throws Error when half of it is missing
 */
function boosted(folder: string, model: Found): Found {
  const there = adapterFileNames.filter((name) => existsSync(join(folder, name)));
  if (there.length === 0) return model;
  const missing = adapterFileNames.find((name) => !there.includes(name));
  if (missing !== undefined) {
    throw new Error(
      `${join(folder, missing)} is missing: runs over ${folder} begin with the adapter of which it is a part. Put it back, or run npm run boost again.`,
    );
  }
  const boost = Object.fromEntries(
    there.map((name) => [name, new Uint8Array(readFileSync(join(folder, name)))]),
  );
  const digest = boostedDigest(model.digest, boost);
  return { ...model, boost, digest, text: boostedText(model.text, digest) };
}

/** @throws Error naming the file, and what is wrong with it or not supported */
export async function loadOther(path: string): Promise<Base> {
  const { files, over, boost } = await findOther(path);
  const opened = await openModel(files);
  const pointer = await pointerTo(path);
  return adaptedBase(over, opened, formatOf(opened), {
    kept: () => ({ [pointerFile]: pointer, ...boost }),
    boost: boost && readAdapter(opened.config, boost),
    checkHeld: (held) => checkFits(tf.getBackend(), opened.facts, held),
  });
}

/** Which model it is and where it lies, for the folder of a run. */
export async function pointerTo(path: string): Promise<Uint8Array> {
  const kept = join(path, pointerFile);
  if (existsSync(kept)) return readFileSync(kept);
  const { text, digest } = await findOther(path);
  return new TextEncoder().encode(
    `${JSON.stringify({ model: text, digest, path: isOfHub(path) ? path : resolve(path) }, null, 2)}\n`,
  );
}

/** `--model` of a command, whose value may be a path beside the names of shipped models. */
export const modelOption: ExtraOptions = {
  model: {
    value: 'NAME|PATH',
    help:
      `${fields.model.help} Either one of ${shippedNames().join(', ')}; or the folder or .gguf file of a model that others trained ` +
      '(Llama or Qwen2, with a chat template), over which an adapter is trained, with settings that suit it unless others are given.',
  },
};

function shippedNames(): string[] {
  return fields.model.choices.map(({ value }) => value).filter((value) => value !== 'other');
}

/**
 * A command line as the field table understands it: `--model PATH` becomes the model's fields, settings that suit such a model, and
 * `--model-dir PATH`.
 * @param accepted those that the command takes
 * @throws FlagError when there is nothing at that path
 */
export async function withOtherModel(
  argv: readonly string[],
  accepted: readonly FieldName[] = fieldNames,
): Promise<string[]> {
  const at = argv.findIndex((word) => word === '--model' || word.startsWith('--model='));
  const word = argv[at] ?? '';
  const inOne = word.startsWith('--model=');
  const path = inOne ? word.slice('--model='.length) : argv[at + 1];
  if (at < 0 || path === undefined || shippedNames().includes(path)) return [...argv];
  if (!isOfHub(path) && !existsSync(path)) {
    throw new FlagError(
      `--model must be one of ${shippedNames().join(', ')}, or the folder or .gguf file of a model; there is no ${path}.`,
    );
  }
  const rest = argv.filter((_, i) => i !== at && (inOne || i !== at + 1));
  if (!isOtherModel(path)) return [...rest, '--model-dir', path];
  const { text, boost } = await findOther(path);
  const given = (flag: string) => rest.some((one) => one === flag || one.startsWith(`${flag}=`));
  const isWhole = ['--experiment', '--link', '--resume'].some(given);
  const begins = boost && !isWhole ? fieldsOfLora(readSettings(boost)) : {}; // no preset says anything about adapters
  const settings = isWhole || given('--preset') ? begins : { ...otherModelSettings, ...begins };
  const suits = Object.entries(settings)
    .filter(([name]) => accepted.some((one) => one === name))
    .map(([name, value]) => [flagOf(name), String(value)])
    .filter(([flag = '']) => !given(flag));
  return [...rest, ...suits.flat(), '--model', 'other', '--other-model', text, '--model-dir', path];
}
