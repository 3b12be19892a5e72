/**
 * Runs over a model that others trained: its weights stay as they are, a run trains an adapter. The reference is the model with no
 * adapter, or with the one that its boost left, and only the adapter is copied, saved and put back.
 */
import type { Experiment } from '../config/fields.ts';
import { Adapter } from '../model/adapter.ts';
import { adapterFiles, type AdapterValues } from '../model/adapterFiles.ts';
import { checkpointTexts, weightsFile } from '../model/checkpoint.ts';
import { Llama } from '../model/llama.ts';
import { sharing } from '../model/rowTree.ts';
import { adapterShapes, fieldsOfLora, initialAdapter, loraOf, type LoraFields } from '../model/lora.ts';
import { mergedSafetensors } from '../model/merged.ts';
import type { ModelConfig } from '../model/modelConfig.ts';
import type { HostWeights } from '../model/parameters.ts';
import { frozenParametersFrom, parametersFrom, type TensorSource } from '../model/tensors.ts';
import { uniform } from '../rl/random.ts';
import { specialIds, type EpisodeFormat } from '../tasks/formats/format.ts';
import type { Base } from './base.ts';

/** What an adapter's random numbers are counted by, beside those of trainer.ts. */
const adapterStream = 3;

/** What is needed of a model that others trained (`openModel`). */
export interface OtherModel {
  readonly config: ModelConfig;
  readonly tensors: TensorSource;
  readonly tokenizerJson: Uint8Array | null;
}

interface AdaptedOptions {
  /** See `Base`. */
  readonly kept?: Base['kept'];
  /** What its boost left: runs begin with it, and it is their reference. */
  readonly boost?: AdapterValues | null;
  /** Asked before weights are held so. @throws Error where there is no room for that on the running back end */
  readonly checkHeld?: (held: Experiment['baseWeights']) => void;
}

/** A model that is not trained itself. @param name as an adapter's files call it */
export function adaptedBase(
  name: string,
  { config, tensors, tokenizerJson }: OtherModel,
  format: EpisodeFormat,
  { kept = () => ({}), boost = null, checkHeld = () => undefined }: AdaptedOptions = {},
): Base {
  const begins = boost ? fieldsOfLora(boost.settings) : {};
  const begun = (e: Experiment): HostWeights => {
    if (!boost) return drawnAdapter(config, e);
    checkBegins(begins, e);
    return boost.values;
  };
  const base: Base = {
    ...{ config, format, kept, begins, over: name },
    adapter: loraOf,
    files: (e, values) => adapterFiles(config, loraOf(e), values, name),
    async open({ baseWeights }) {
      checkHeld(baseWeights);
      const parameters =
        baseWeights === 'float32'
          ? parametersFrom(config, tensors)
          : frozenParametersFrom(config, tensors, baseWeights);
      const shared = await Llama.load(config, parameters, sharing);
      return {
        ...{ config, format },
        trained: (e) =>
          Object.values(adapterShapes(config, loraOf(e))).reduce(
            (sum, [rows, columns]) => sum + rows * columns,
            0,
          ),
        policy: (e, values) => shared.adapted(new Adapter(config, loraOf(e), values ?? begun(e))),
        reference: () =>
          boost ? shared.adapted(new Adapter(config, boost.settings, boost.values)) : shared.lent(),
        dispose: () => shared.dispose(),
      };
    },
    merged: (e, values) => ({
      ...checkpointTexts(config, specialIds(format)),
      [weightsFile]: mergedSafetensors(config, tensors, e.baseWeights, { settings: loraOf(e), values }),
      ...(tokenizerJson ? { 'tokenizer.json': tokenizerJson } : {}),
    }),
  };
  return base;
}

/** @throws Error naming the field in which an experiment asks for another adapter than the one that runs begin with */
function checkBegins(begins: Partial<LoraFields>, e: LoraFields): void {
  for (const name of ['loraRank', 'loraAlpha', 'loraTargets'] as const) {
    if (begins[name] === undefined || begins[name] === e[name]) continue;
    throw new Error(
      `${name}: is ${e[name]}, and the adapter that this model begins with has ${begins[name]}. A run goes on with that adapter: ` +
        `set ${name} to ${begins[name]}, or begin with the model without it.`,
    );
  }
}

/** An adapter as a run begins with it: a function of the seed. */
const drawnAdapter = (config: ModelConfig, e: Experiment): HostWeights =>
  initialAdapter(config, loraOf(e), (parameter, index) => uniform(e.seed, adapterStream, parameter, index));
