/** The files of an adapter (lora.ts), written and read as PEFT does. */
import * as v from 'valibot';
import { isObject, readJson, shown, shownText } from '../config/outside.ts';
import { adapterShapes, loraTargets, type LoraSettings } from './lora.ts';
import type { ModelConfig } from './modelConfig.ts';
import type { HostWeights } from './parameters.ts';
import { openSafetensors, writeSafetensors } from './safetensors.ts';
import type { HostTensor } from './tensors.ts';

const maxRank = 1024;
const configFile = 'adapter_config.json';
const weightsFile = 'adapter_model.safetensors';
/** An adapter's files. */
export const adapterFileNames = [configFile, weightsFile] as const;
const prefix = 'base_model.model.';

/** File name → bytes, as PEFT reads them. @param base what the model is called there, if it has a name */
export function adapterFiles(
  config: ModelConfig,
  { rank, alpha, targets }: LoraSettings,
  values: HostWeights,
  base: string | null = null,
): Record<string, Uint8Array> {
  const json = {
    ...{ peft_type: 'LORA', task_type: 'CAUSAL_LM', base_model_name_or_path: base, inference_mode: true },
    ...{ r: rank, lora_alpha: alpha, target_modules: targets, lora_dropout: 0, bias: 'none' },
    ...{ fan_in_fan_out: false, use_dora: false, use_rslora: false, modules_to_save: null },
  };
  const tensors = Object.entries(adapterShapes(config, { rank, alpha, targets })).map(
    ([name, shape]): [string, HostTensor] => [
      `${prefix}${name}.weight`,
      { shape: [shape[1], shape[0]], data: transposed(values[name], shape) },
    ],
  );
  return {
    [configFile]: new TextEncoder().encode(JSON.stringify(json, null, 2) + '\n'),
    [weightsFile]: writeSafetensors(new Map(tensors)),
  };
}

function transposed(values: Float32Array, [rows, columns]: readonly [number, number]): Float32Array {
  const out = new Float32Array(values.length);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) out[c * rows + r] = values[r * columns + c];
  }
  return out;
}

const refuse = (key: string, problem: string): never => {
  throw new Error(`${configFile}: ${shownText(key)}: ${problem}. Choose an adapter that is plain LoRA.`);
};

const settingsSchema = v.object({
  peft_type: v.literal('LORA', 'must be "LORA"'),
  r: v.pipe(
    v.number('must be a number'),
    v.check(
      (r) => Number.isInteger(r) && r >= 1 && r <= maxRank,
      `must be a whole number from 1 to ${maxRank}`,
    ),
  ),
  lora_alpha: v.pipe(
    v.number('must be a number'),
    v.check((alpha) => alpha > 0, 'must be above 0'),
  ),
  target_modules: v.pipe(
    v.array(v.picklist(loraTargets, `must be one of ${loraTargets.join(', ')}`), 'must be a list'),
    v.minLength(1, 'must name a matrix'),
  ),
});

/** Keys that say nothing about the numbers. */
const harmless = new Set([
  'auto_mapping',
  'base_model_name_or_path',
  'inference_mode',
  'init_lora_weights',
  'megatron_core',
  'peft_version',
  'qalora_group_size',
  'revision',
  'task_type',
]);

/** Values beside null and false that leave a feature off. */
const isOff = (key: string, value: unknown): boolean =>
  value === null ||
  value === false ||
  value === (key === 'bias' ? 'none' : 0) ||
  (isObject(value) && Object.keys(value).length === 0);

/** What an adapter says of itself, whatever it is over. @throws an error naming the file and the key that is wrong */
export function readSettings(files: Readonly<Record<string, Uint8Array>>): LoraSettings {
  const json = readJson(files[configFile] ?? new Uint8Array(), configFile, 1 << 20);
  const parsed = v.safeParse(settingsSchema, json);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    return refuse(v.getDotPath(issue) ?? 'the file', `${shown(issue.input)} ${issue.message}`);
  }
  const { r: rank, lora_alpha: alpha, target_modules } = parsed.output;
  for (const [key, value] of Object.entries(isObject(json) ? json : {})) {
    if (Object.hasOwn(parsed.output, key) || harmless.has(key) || isOff(key, value)) continue;
    refuse(key, `${shown(value)} is not supported`);
  }
  return { rank, alpha, targets: loraTargets.filter((target) => target_modules.includes(target)) };
}

const overSchema = v.object({ base_model_name_or_path: v.nullish(v.string()) });

/** What an adapter calls the model that it is over; null: it does not say. */
export function overOf(files: Readonly<Record<string, Uint8Array>>): string | null {
  const json = readJson(files[configFile] ?? new Uint8Array(), configFile, 1 << 20);
  const parsed = v.safeParse(overSchema, json);
  return parsed.success ? (parsed.output.base_model_name_or_path ?? null) : null;
}

/** A trained adapter. */
export interface AdapterValues {
  readonly settings: LoraSettings;
  readonly values: HostWeights;
}

/**
 * Reads what PEFT saved.
 * @throws an error naming the file, the key or the tensor that is wrong, or does not belong to the model
 */
export function readAdapter(config: ModelConfig, files: Readonly<Record<string, Uint8Array>>): AdapterValues {
  const settings = readSettings(files);
  const file = openSafetensors(files[weightsFile] ?? new Uint8Array(), weightsFile);
  const left = new Set(file.tensors.keys());
  const values: HostWeights = {};
  for (const [name, [rows, columns]] of Object.entries(adapterShapes(config, settings))) {
    const theirs = `${prefix}${name}.weight`;
    const shape = file.tensors.get(theirs)?.shape ?? [];
    if (shape.join() !== [columns, rows].join()) {
      throw new Error(
        `${weightsFile}: tensor ${theirs} has shape [${shape.join(', ')}]; the model needs [${columns}, ${rows}]. ` +
          'Is the adapter another model’s?',
      );
    }
    left.delete(theirs);
    values[name] = transposed(file.read(theirs), [columns, rows]);
    if (values[name].some((value) => !Number.isFinite(value))) {
      throw new Error(
        `${weightsFile}: tensor ${theirs} has values that are not finite. Its training failed.`,
      );
    }
  }
  const [surplus] = left;
  if (surplus !== undefined) {
    throw new Error(
      `${weightsFile}: tensor ${shownText(surplus)} belongs to no target. Is the adapter another model’s?`,
    );
  }
  return { settings, values };
}
