/**
 * LoRA adapters (arXiv 2106.09685): y = x·W + (α/rank)·x·A·B with W frozen. They belong to the matrices of Hugging Face's model,
 * though here some of these are one matrix. What an adapter is, and the fields of an experiment that say so.
 */
import { fields, type Experiment } from '../config/fields.ts';
import { familyOf } from './families/index.ts';
import { isTransposed, type HostWeights } from './parameters.ts';
import type { ModelConfig } from './modelConfig.ts';

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

/** A matrix of Hugging Face's model, and which columns of which of ours it is. */
export interface Module {
  /** As `model.layers.0.self_attn.q_proj`. */
  readonly name: string;
  readonly ours: string;
  readonly from: number;
  readonly inputs: number;
  readonly outputs: number;
}

export function modulesOf(config: ModelConfig, { targets }: LoraSettings): Module[] {
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

export const nameA = (module: string) => `${module}.lora_A`;
export const nameB = (module: string) => `${module}.lora_B`;

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

const targets: Readonly<Record<Experiment['loraTargets'], readonly LoraTarget[]>> = {
  all: loraTargets,
  attention: ['q_proj', 'k_proj', 'v_proj', 'o_proj'],
  'query-value': ['q_proj', 'v_proj'],
};

/** The fields that say what an adapter is. */
export type LoraFields = Pick<Experiment, 'loraRank' | 'loraAlpha' | 'loraTargets'>;

/** The adapter that an experiment asks for. */
export const loraOf = (e: LoraFields): LoraSettings => ({
  rank: e.loraRank,
  alpha: e.loraAlpha,
  targets: targets[e.loraTargets],
});

/** The way back. @throws Error when its targets have no name here, or its rank or alpha is not to be had */
export function fieldsOfLora({ rank, alpha, targets: wanted }: LoraSettings): LoraFields {
  const same = (list: readonly LoraTarget[]) =>
    list.length === wanted.length && list.every((target) => wanted.includes(target));
  const named = fields.loraTargets.choices.find(({ value }) => same(targets[value]));
  if (!named) {
    const known = Object.values(targets).map((list) => list.join(', '));
    throw new Error(
      `it changes ${wanted.join(', ')}; an adapter here changes one of these: ${known.join('; ')}.`,
    );
  }
  return { loraRank: rank, loraAlpha: alpha, loraTargets: named.value };
}
