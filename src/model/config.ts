/**
 * Reads config.json as transformers 4 and 5 write it. Every key falls under one rule:
 * 1. a field of `configSchema`: honoured, within its bounds; one that is absent or null has the default of its family;
 * 2. a key of rotary positions, a list of layer types, a sliding window, `head_dim`: understood, and refused unless it asks
 *    for what this model computes;
 * 3. a key of `neutral`, here or in the family: refused unless it has the value that changes nothing;
 * 4. a key of `harmless`: accepted, whatever its value, because it says nothing about the numbers;
 * 5. any other: accepted if null or false, since a feature that is switched off changes nothing; refused by name if not,
 *    since it may change what the model computes.
 */
import * as v from 'valibot';
import { isObject, shown, shownText } from '../config/outside.ts';
import { harmless, neutral, remedies } from './configKeys.ts';
import type { Family } from './families/family.ts';
import { families } from './families/index.ts';
import { configSchema, type ModelConfig } from './modelConfig.ts';
import type { RopeScaling } from './rotary.ts';

export type { ModelConfig };

const general = 'The playground runs Llama and Qwen2 checkpoints; choose one, or convert this one.';

class Refusal extends Error {}

function refuse(key: string, problem: string, remedy = remedies.get(key) ?? general): never {
  throw new Refusal(`${shownText(key)}: ${problem}. ${remedy}`);
}

/** The keys that have a value; null is how transformers writes "not set". */
const given = (object: object): Map<string, unknown> =>
  new Map(Object.entries(object).filter(([, value]) => value !== null && value !== undefined));

/**
 * Reads a parsed config.json.
 * @param file whose keys these are, for errors
 * @throws an error that names the key, its value and what to do
 */
export function parseConfig(json: unknown, file = 'config.json'): ModelConfig {
  try {
    return parse(json);
  } catch (error) {
    throw error instanceof Refusal ? new Error(`${file}: ${error.message}`) : error;
  }
}

function parse(json: unknown): ModelConfig {
  if (!isObject(json)) throw new Refusal(`the file is ${shown(json)}, not an object. ${general}`);
  const keys = given(json);
  const modelType = keys.get('model_type');
  const family = families.find((one) => one.modelType === modelType);
  if (!family) {
    const known = families.map((one) => one.modelType).join(' and ');
    refuse('model_type', `${shown(modelType)} is not supported; ${known} are`);
  }
  const rope = readRope(keys, family);
  const defaults = new Map(Object.entries(family.defaults(keys)));
  const fields = Object.fromEntries([...defaults, ...keys, ['rope_theta', rope.theta]]);
  const result = v.safeParse(configSchema, fields);
  if (!result.success) {
    const [issue] = result.issues;
    const field = v.getDotPath(issue) ?? '';
    const key = field === 'rope_theta' ? rope.key : field;
    if (issue.input === undefined) refuse(key, 'the key is missing');
    if (issue.type === 'check') refuse(key, `${shown(fields[key])} does not fit: ${issue.message}`);
    const origin =
      !keys.has(field) && defaults.has(field) ? `, ${family.configClass}'s default for an absent key,` : '';
    refuse(key, `${shown(issue.input)}${origin} ${issue.message}`);
  }
  const config = result.output;
  for (const [key, value] of keys) {
    if (Object.hasOwn(config, key) || ropeKeys.has(key) || harmless.has(key)) continue;
    checkKey(key, value, { config, keys, family });
  }
  return rope.scaling ? { ...config, rope_scaling: rope.scaling } : config;
}

interface Around {
  readonly config: ModelConfig;
  readonly keys: Map<string, unknown>;
  readonly family: Family;
}

/** @throws unless a key outside the schema leaves the numbers as this model computes them */
function checkKey(key: string, value: unknown, { config, keys, family }: Around): void {
  const refuseUnless = (right: boolean, expected: string) => {
    if (!right) refuse(key, `${shown(value)} is not supported; ${expected}`);
  };
  switch (key) {
    case 'architectures':
      return refuseUnless(
        Array.isArray(value) && value.length === 1 && value[0] === family.architecture,
        `it must be ["${family.architecture}"]`,
      );
    case 'torch_dtype':
    case 'dtype':
      return refuseUnless(
        ['float32', 'float16', 'bfloat16'].some((known) => known === value),
        'float32, float16 and bfloat16 are read',
      );
    case 'head_dim': {
      const derived = config.hidden_size / config.num_attention_heads;
      return refuseUnless(value === derived, `hidden_size / num_attention_heads is ${derived}`);
    }
    case 'layer_types':
      return refuseUnless(
        Array.isArray(value) &&
          value.length === config.num_hidden_layers &&
          value.every((type) => type === 'full_attention'),
        `each of the ${config.num_hidden_layers} layers must be "full_attention"`,
      );
    case 'sliding_window':
      return refuseUnless(
        value === false ||
          keys.get('use_sliding_window') === false ||
          (typeof value === 'number' && value >= config.max_position_embeddings),
        'here a token attends to all before it (add "use_sliding_window": false if the model was trained so)',
      );
  }
  const expected = family.neutral.get(key) ?? neutral.get(key);
  if (expected !== undefined) {
    return refuseUnless(value === expected, `it must be ${shown(expected)}`);
  }
  if (value === false) return;
  refuse(
    key,
    `${shown(value)} is not supported; the key may change what the model computes`,
    remedies.get(key) ?? 'Remove it if it changes nothing; else choose a plain checkpoint.',
  );
}

const ropeKeys = new Set(['rope_theta', 'rope_parameters', 'rope_scaling']);

interface Rope {
  /** Where θ stands. */
  readonly key: string;
  readonly theta: unknown;
  readonly scaling?: RopeScaling;
}

/**
 * Rotary positions: `rope_theta` at the top (transformers 4), or in `rope_parameters` (transformers 5), which reads
 * `rope_scaling` as another name of that. Where two of them disagree the versions of transformers do too.
 * @throws for a scaling that is not the family's, and for two values of θ
 */
function readRope(keys: Map<string, unknown>, family: Family): Rope {
  const found: { key: string; theta: unknown }[] = [];
  let scaling: RopeScaling | undefined;
  if (keys.has('rope_theta')) found.push({ key: 'rope_theta', theta: keys.get('rope_theta') });
  const places = ['rope_parameters', 'rope_scaling'].filter(
    (place) => keys.has(place) && keys.get(place) !== false,
  );
  if (places.length === 2) {
    refuse('rope_scaling', 'rope_parameters is given as well', 'Keep one of them.');
  }
  for (const place of places) {
    const value = keys.get(place);
    if (!isObject(value)) return refuse(place, `${shown(value)} is not an object`);
    const parameters = given(value);
    const theta = parameters.get('rope_theta');
    if (theta !== undefined) found.push({ key: `${place}.rope_theta`, theta });
    parameters.delete('rope_theta');
    scaling = readScaling(place, parameters, family);
  }
  const [first, second] = found;
  if (first && second && first.theta !== second.theta) {
    refuse(
      second.key,
      `${shown(second.theta)} contradicts ${first.key}, which is ${shown(first.theta)}`,
      'Keep the one that the model was trained with.',
    );
  }
  return { ...(first ?? { key: 'rope_theta', theta: 10_000 }), ...(scaling ? { scaling } : {}) };
}

/** A factor by which a text may become longer, or a bound of the ramp. */
const factor = v.pipe(
  v.number('must be a number'),
  v.check((x) => x >= 1 && x <= 1024, 'must be from 1 to 1024'),
);
const scalings = {
  linear: v.object({ rope_type: v.literal('linear'), factor }),
  llama3: v.object({
    rope_type: v.literal('llama3'),
    ...{ factor, low_freq_factor: factor, high_freq_factor: factor },
    original_max_position_embeddings: v.pipe(
      v.number('must be a whole number'),
      v.check((x) => Number.isInteger(x) && x >= 1 && x <= 1 << 24, 'must be a whole number from 1'),
    ),
  }),
} as const;

/** @param parameters of `place`, without θ */
function readScaling(
  place: string,
  parameters: Map<string, unknown>,
  family: Family,
): RopeScaling | undefined {
  const typeKey = parameters.has('rope_type') ? 'rope_type' : 'type';
  const type = parameters.get(typeKey);
  const schema = (['linear', 'llama3'] as const).find(
    (one) => one === type && family.ropeTypes.includes(one),
  );
  const known = new Set(schema ? ['type', ...Object.keys(scalings[schema].entries)] : []);
  // The type comes first: it says more than the numbers that belong to it.
  for (const name of new Set([...ropeNeutral.keys(), ...parameters.keys()])) {
    if (!parameters.has(name) || known.has(name)) continue;
    const value = parameters.get(name);
    const expected = ropeNeutral.get(name);
    if (value === (expected ?? false)) continue;
    const choice = [shown(expected), ...family.ropeTypes.filter((one) => one !== 'divided')].join(', ');
    refuse(
      `${place}.${name}`,
      `${shown(value)} is not supported${expected === undefined ? '' : `; it must be ${name.endsWith('type') ? choice : shown(expected)}`}`,
      'Choose a checkpoint whose rotary positions are not scaled so.',
    );
  }
  if (!schema) return undefined;
  const read = v.safeParse(scalings[schema], { ...Object.fromEntries(parameters), rope_type: type });
  if (!read.success) {
    const [issue] = read.issues;
    const key = `${place}.${v.getDotPath(issue) ?? ''}`;
    return refuse(
      key,
      issue.input === undefined ? 'the key is missing' : `${shown(issue.input)} ${issue.message}`,
    );
  }
  const scaling: RopeScaling = read.output;
  if (scaling.rope_type === 'llama3' && !(scaling.high_freq_factor > scaling.low_freq_factor)) {
    refuse(`${place}.high_freq_factor`, `${scaling.high_freq_factor} is not above low_freq_factor`);
  }
  return scaling;
}

/** Within rope_parameters: the values that scale nothing. Any other key must be off. */
const ropeNeutral = new Map<string, unknown>([
  ['rope_type', 'default'],
  ['type', 'default'],
  ['factor', 1],
  ['partial_rotary_factor', 1],
  ['attention_factor', 1],
]);

/** The playground's default shape: 180 k parameters, minutes to boost on one core, seconds to see it learn. */
export function tinyLlama(vocabSize: number, overrides: Partial<ModelConfig> = {}): ModelConfig {
  return parseConfig({
    model_type: 'llama',
    vocab_size: vocabSize,
    hidden_size: 64,
    intermediate_size: 168,
    num_hidden_layers: 3,
    num_attention_heads: 4,
    num_key_value_heads: 4,
    max_position_embeddings: 512,
    rms_norm_eps: 1e-5,
    rope_theta: 10000,
    hidden_act: 'silu',
    tie_word_embeddings: true,
    ...overrides,
  });
}
