/** An adapter as PEFT saves it, and as checkpoint/ of a run over a model of others has it: a folder that is no model by itself. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Experiment } from '../config/fields.ts';
import { FlagError, type ExtraOptions } from '../config/flags.ts';
import { digestIn, isOtherModel } from '../config/modelFields.ts';
import { adapterFileNames, overOf, readAdapter } from '../model/adapterFiles.ts';
import { fieldsOfLora } from '../model/lora.ts';
import type { HostWeights } from '../model/parameters.ts';
import type { Base } from '../train/base.ts';

export const adapterOption: ExtraOptions = {
  adapter: {
    value: 'DIR',
    help: 'An adapter over the --model of others: checkpoint/ of a run, or a folder of PEFT’s. Its rank, alpha and targets are its own.',
  },
};

export interface GivenAdapter {
  /** The experiment's fields that say what it is. */
  readonly fields: Pick<Experiment, 'loraRank' | 'loraAlpha' | 'loraTargets'>;
  readonly values: HostWeights;
}

export const isAdapterFolder = (folder: string): boolean =>
  existsSync(join(folder, adapterFileNames[0])) && !existsSync(join(folder, 'config.json'));

/** Why an adapter is no model to begin with, and what takes it. */
export const adapterIsNoModel = (folder: string): string =>
  `${folder} is an adapter, not a model (${adapterFileNames[0]} lies there and no config.json). To measure it: npm run evaluate -- ` +
  `--model PATH --adapter ${folder}, with the path of the model it was trained over: reference/ of the run beside checkpoint/, or its ` +
  'folder. To go on with its run: npm run train -- --resume RUN.';

/** @throws FlagError when there is none, or it was trained over another model; Error naming the file and what is wrong with it */
export function adapterOf(folder: string, model: Base, { otherModel }: Experiment): GivenAdapter {
  if (!isAdapterFolder(folder))
    throw new FlagError(`--adapter: there is no adapter in ${folder}: ${adapterFileNames.join(' and ')}.`);
  if (otherModel === 'none')
    throw new FlagError('--adapter goes with --model PATH, the model of others that it was trained over.');
  const files = Object.fromEntries(
    adapterFileNames
      .filter((name) => existsSync(join(folder, name)))
      .map((name) => [name, new Uint8Array(readFileSync(join(folder, name)))]),
  );
  try {
    const { settings, values } = readAdapter(model.config, files);
    const over = overOf(files);
    if (over !== null && isOtherModel(over) && digestIn(over) !== digestIn(model.over ?? otherModel))
      throw new Error(`it was trained over ${over}, and --model is ${otherModel}.`);
    return { fields: fieldsOfLora(settings), values };
  } catch (error) {
    throw new FlagError(`Adapter in ${folder}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}
