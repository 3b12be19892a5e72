/**
 * What runs are begun over. A model of our own is small: every run has a copy of all its weights, which it trains. One that others
 * trained is large (adaptedBase.ts): its weights are on the back end once, for all runs, and a run trains an adapter.
 */
import type { Experiment } from '../config/fields.ts';
import { checkpointFiles, type Checkpoint } from '../model/checkpoint.ts';
import { Llama } from '../model/llama.ts';
import type { LoraFields, LoraSettings } from '../model/lora.ts';
import type { FileParts } from '../model/merged.ts';
import type { ModelConfig } from '../model/modelConfig.ts';
import type { HostWeights } from '../model/parameters.ts';
import { specialIds, type EpisodeFormat } from '../tasks/formats/format.ts';

/** A model on the running back end. What it gives is the caller's to dispose of. */
export interface OpenBase {
  readonly config: ModelConfig;
  readonly format: EpisodeFormat;
  /** Numbers that a run trains. */
  trained(e: Experiment): number;
  /** @param values of all that is trained; as a run begins unless given */
  policy(e: Experiment, values?: HostWeights): Llama;
  /** π_ref: the model that runs begin with, frozen. */
  reference(): Llama;
  /** Frees what the models have in common. */
  dispose(): void;
}

export interface Base {
  readonly config: ModelConfig;
  readonly format: EpisodeFormat;
  /** What a run trains: null: every weight; else an adapter of this kind. */
  adapter(e: Experiment): LoraSettings | null;
  /** What an experiment must say of it, because runs begin with an adapter that there is already. */
  readonly begins: Partial<LoraFields>;
  /** What an adapter's files call the model they are over; null: its runs leave no adapter. */
  readonly over: string | null;
  /** Puts it on the running back end; again where that was opened again. @throws as its files are read */
  open(e: Pick<Experiment, 'baseWeights'>): Promise<OpenBase>;
  /** What the folder of a run keeps of the model that it begins with, by name. */
  readonly kept: () => Readonly<Record<string, Uint8Array>>;
  /** What was trained as the files of a folder, by name: a model of ours whole, of others the adapter. */
  files(e: Experiment, values: HostWeights): Record<string, Uint8Array>;
  /** The same as a model of its own, with what was trained added to its weights; those of a large one come in parts, as they are read. */
  merged(e: Experiment, values: HostWeights): Record<string, Uint8Array | FileParts>;
}

export interface WholeBase extends Base, OpenBase {
  readonly checkpoint: Checkpoint;
}

/** @param tokenizerJson bytes of tokenizer.json, for `files` */
export function wholeBase(
  checkpoint: Checkpoint,
  format: EpisodeFormat,
  tokenizerJson?: Uint8Array,
): WholeBase {
  const { config, weights } = checkpoint;
  const filesWith = (values: HostWeights) => ({
    ...checkpointFiles({ config, weights: values }, specialIds(format)),
    ...(tokenizerJson ? { 'tokenizer.json': tokenizerJson } : {}),
  });
  const base: WholeBase = {
    ...{ config, format, checkpoint },
    adapter: () => null,
    begins: {},
    over: null,
    trained: () => Object.values(weights).reduce((sum, { length }) => sum + length, 0),
    policy: (_, values = weights) => new Llama(config, values),
    reference: () => new Llama(config, weights, false),
    open: () => Promise.resolve(base),
    kept: () => filesWith(weights),
    files: (_, values) => filesWith(values),
    merged: (_, values) => filesWith(values),
    dispose: () => undefined,
  };
  return base;
}
