/**
 * LoRA adapters (arXiv 2106.09685): y = x·W + (α/rank)·x·A·B with W frozen. They belong to the matrices of Hugging Face's model,
 * though here some of these are one matrix, and are read and written as PEFT does.
 */
import * as v from 'valibot';
import { isObject, readJson, shown, shownText } from '../config/outside.ts';
import { tf, type LowRank, type Tensor, type Tensor2D, type Variable } from '../engine/index.ts';
import { familyOf } from './families/index.ts';
import { isTransposed, type HostWeights } from './parameters.ts';
import type { ModelConfig } from './modelConfig.ts';
import { openSafetensors, writeSafetensors } from './safetensors.ts';
import type { HostTensor } from './tensors.ts';

/** The matrices of a layer that can have an adapter. */
export const loraTargets = [
  'q_proj',
  'k_proj',
  'v_proj',
  'o_proj',
  'gate_proj',
  'up_proj',
  'down_proj',
] as const;
export type LoraTarget = (typeof loraTargets)[number];

export interface LoraSettings {
  readonly rank: number;
  readonly alpha: number;
  readonly targets: readonly LoraTarget[];
}

const maxRank = 1024;

/** A matrix of Hugging Face's model, and which columns of which of ours it is. */
interface Module {
  /** As `model.layers.0.self_attn.q_proj`. */
  readonly name: string;
  readonly ours: string;
  readonly from: number;
  readonly inputs: number;
  readonly outputs: number;
}

function modulesOf(config: ModelConfig, { targets }: LoraSettings): Module[] {
  return familyOf(config)
    .layout(config)
    .flatMap(([ours, parts]) => {
      let from = 0;
      return parts.flatMap(({ name, shape: [outputs, inputs] }): Module[] => {
        const at = from;
        from += outputs;
        const [, module, last] = /^(.*\.(\w+))\.weight$/.exec(name) ?? [];
        const wanted = inputs !== undefined && isTransposed(ours) && targets.some((one) => one === last);
        return wanted ? [{ name: module, ours, from: at, inputs, outputs }] : [];
      });
    });
}

const nameA = (module: string) => `${module}.lora_A`;
const nameB = (module: string) => `${module}.lora_B`;

/** Name → shape of an adapter's parameters: A [in, rank] and B [rank, out] of each module. */
export function adapterShapes(config: ModelConfig, settings: LoraSettings): Record<string, [number, number]> {
  return Object.fromEntries(
    modulesOf(config, settings).flatMap(({ name, inputs, outputs }): [string, [number, number]][] => [
      [nameA(name), [inputs, settings.rank]],
      [nameB(name), [settings.rank, outputs]],
    ]),
  );
}

/**
 * An adapter that changes nothing yet, as PEFT begins: A uniform in ±1/√in, B zero.
 * @param uniform a number in [0, 1) for the parameter with this number and the place in it: whoever gives it has the seed
 */
export function initialAdapter(
  config: ModelConfig,
  settings: LoraSettings,
  uniform: (parameter: number, index: number) => number,
): HostWeights {
  return Object.fromEntries(
    Object.entries(adapterShapes(config, settings)).map(([name, [rows, columns]], parameter) => {
      const bound = name.endsWith('lora_A') ? 1 / Math.sqrt(rows) : 0;
      const draw = (_: unknown, i: number) => (bound === 0 ? 0 : bound * (2 * uniform(parameter, i) - 1));
      return [name, Float32Array.from({ length: rows * columns }, draw)];
    }),
  );
}

/** An adapter on the current back end. */
export class Adapter {
  readonly settings: LoraSettings;
  readonly weights: Readonly<Record<string, Variable>>;
  readonly #ofMatrix: ReadonlyMap<string, readonly LowRank[]>;

  /** Copies `values`. @throws if one is missing or has the wrong size, or there is nothing to adapt */
  constructor(config: ModelConfig, settings: LoraSettings, values: HostWeights) {
    this.settings = settings;
    const shapes = Object.entries(adapterShapes(config, settings));
    if (shapes.length === 0) throw new Error('The adapter has no target.');
    for (const [name, shape] of shapes) {
      if (values[name]?.length === shape[0] * shape[1]) continue;
      throw new Error(
        `Parameter ${name} has ${values[name]?.length ?? 'no'} values; the adapter's is [${shape.join(', ')}].`,
      );
    }
    this.weights = Object.fromEntries(
      shapes.map(([name, shape]) => [name, tf.tidy(() => tf.variable(tf.tensor(values[name], shape)))]),
    );
    const ofMatrix = new Map<string, LowRank[]>();
    const matrix = (name: string) => this.weights[name] as Tensor as Tensor2D;
    for (const { name, ours, from } of modulesOf(config, settings)) {
      const part = {
        a: matrix(nameA(name)),
        b: matrix(nameB(name)),
        from,
        scale: settings.alpha / settings.rank,
      };
      ofMatrix.set(ours, [...(ofMatrix.get(ours) ?? []), part]);
    }
    this.#ofMatrix = ofMatrix;
  }

  /** What is added to one of our matrices. */
  of(ours: string): readonly LowRank[] {
    return this.#ofMatrix.get(ours) ?? [];
  }

  dispose(): void {
    tf.dispose(Object.values(this.weights));
  }
}

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
