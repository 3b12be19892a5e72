/**
 * The model's shape, under the names of Hugging Face's LlamaConfig, so that config.json is an ordinary one.
 *
 * config.json is read as transformers 4 and 5 write it. Every key falls under one rule:
 * 1. a field of `llamaConfigSchema`: honoured, within its bounds; one that is absent or null has LlamaConfig's default;
 * 2. a key of rotary positions, a list of layer types, a sliding window, `head_dim`: understood, and refused unless it asks
 *    for what this model computes;
 * 3. a key of `neutral`: refused unless it has the value that changes nothing;
 * 4. a key of `harmless`: accepted, whatever its value, because it says nothing about the numbers;
 * 5. any other: accepted if null or false, since a feature that is switched off changes nothing; refused by name if not,
 *    since it may change what the model computes.
 */
import * as v from 'valibot';
import { isObject, maxVocabulary, shown, shownText } from '../config/outside.ts';
import { harmless, neutral, remedies } from './configKeys.ts';

const between = (min: number, max: number) => `must be a number from ${min} to ${max}`;
const count = (max: number) => {
  const message = `must be a whole number from 1 to ${max}`;
  return v.pipe(v.number(message), v.integer(message), v.minValue(1, message), v.maxValue(max, message));
};
const real = (min: number, max: number) =>
  v.pipe(v.number(between(min, max)), v.minValue(min, between(min, max)), v.maxValue(max, between(min, max)));
const only = <T extends string | boolean>(value: T) => v.literal(value, `must be ${shown(value)}`);

/** The bounds are those of the largest Llama models, rounded up: nothing is allocated for a config.json that lies. */
export const llamaConfigSchema = v.pipe(
  v.object({
    model_type: only('llama'),
    vocab_size: count(maxVocabulary),
    hidden_size: count(16_384),
    intermediate_size: count(65_536),
    num_hidden_layers: count(256),
    num_attention_heads: count(256),
    num_key_value_heads: count(256),
    max_position_embeddings: count(1 << 24),
    rms_norm_eps: real(1e-12, 0.1),
    rope_theta: real(1, 1e10),
    hidden_act: only('silu'),
    tie_word_embeddings: only(true),
  }),
  v.forward(
    v.check(
      (c) => c.hidden_size % c.num_attention_heads === 0,
      'hidden_size must be a multiple of num_attention_heads',
    ),
    ['hidden_size'],
  ),
  v.forward(
    v.check(
      (c) => (c.hidden_size / c.num_attention_heads) % 2 === 0,
      'hidden_size / num_attention_heads must be even (rotary embedding turns pairs)',
    ),
    ['hidden_size'],
  ),
  v.forward(
    v.check(
      (c) => c.num_attention_heads % c.num_key_value_heads === 0,
      'num_attention_heads must be a multiple of num_key_value_heads',
    ),
    ['num_key_value_heads'],
  ),
);
export type LlamaConfig = v.InferOutput<typeof llamaConfigSchema>;

const general =
  'The playground runs Llama checkpoints with tied embeddings; choose one, or convert this one.';

function refuse(key: string, problem: string, remedy = remedies.get(key) ?? general): never {
  throw new Error(`config.json: ${shownText(key)}: ${problem}. ${remedy}`);
}

/** The keys that have a value; null is how transformers writes "not set". */
const given = (object: object): Map<string, unknown> =>
  new Map(Object.entries(object).filter(([, value]) => value !== null));

/**
 * Reads a parsed config.json.
 * @throws an error that names the key, its value and what to do
 */
export function parseLlamaConfig(json: unknown): LlamaConfig {
  if (!isObject(json)) throw new Error(`config.json: the file is ${shown(json)}, not an object. ${general}`);
  const keys = given(json);
  const theta = ropeTheta(keys);
  // What LlamaConfig of transformers says of a key that is absent; the sizes have to be there.
  const defaults = new Map<string, unknown>([
    ['num_key_value_heads', keys.get('num_attention_heads')],
    ['max_position_embeddings', 2048],
    ['rms_norm_eps', 1e-6],
    ['hidden_act', 'silu'],
    ['tie_word_embeddings', false],
  ]);
  const fields = Object.fromEntries([...defaults, ...keys, ['rope_theta', theta.value]]);
  const result = v.safeParse(llamaConfigSchema, fields);
  if (!result.success) {
    const [issue] = result.issues;
    const field = v.getDotPath(issue) ?? '';
    const key = field === 'rope_theta' ? theta.key : field;
    if (issue.input === undefined) refuse(key, 'the key is missing');
    if (issue.type === 'check') refuse(key, `${shown(fields[key])} does not fit: ${issue.message}`);
    const origin =
      !keys.has(field) && defaults.has(field) ? ", LlamaConfig's default for an absent key," : '';
    refuse(key, `${shown(issue.input)}${origin} ${issue.message}`);
  }
  const config = result.output;
  for (const [key, value] of keys) {
    if (Object.hasOwn(config, key) || ropeKeys.has(key) || harmless.has(key)) continue;
    checkKey(key, value, config, keys);
  }
  return config;
}

/** @throws unless a key outside the schema leaves the numbers as this model computes them */
function checkKey(key: string, value: unknown, config: LlamaConfig, keys: Map<string, unknown>): void {
  const refuseUnless = (right: boolean, expected: string) => {
    if (!right) refuse(key, `${shown(value)} is not supported; ${expected}`);
  };
  switch (key) {
    case 'architectures':
      return refuseUnless(
        Array.isArray(value) && value.length === 1 && value[0] === 'LlamaForCausalLM',
        'it must be ["LlamaForCausalLM"]',
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
  if (neutral.has(key)) {
    const expected = neutral.get(key);
    return refuseUnless(value === expected, `it must be ${shown(expected)}`);
  }
  if (value === false) return;
  refuse(
    key,
    `${shown(value)} is not supported; the key may change what the model computes`,
    remedies.get(key) ?? 'Remove it if it changes nothing; else choose a plain Llama checkpoint.',
  );
}

const ropeKeys = new Set(['rope_theta', 'rope_parameters', 'rope_scaling']);

/**
 * θ of the rotary positions: `rope_theta` at the top (transformers 4), or in `rope_parameters` (transformers 5), which
 * reads `rope_scaling` as another name of that. Where two of them disagree the versions of transformers do too.
 * @throws for any scaling of the positions, and for two values of θ
 */
function ropeTheta(keys: Map<string, unknown>): { key: string; value: unknown } {
  const found: { key: string; value: unknown }[] = [];
  if (keys.has('rope_theta')) found.push({ key: 'rope_theta', value: keys.get('rope_theta') });
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
    // The type comes first: it says more than the numbers that belong to it.
    for (const name of new Set([...ropeNeutral.keys(), ...parameters.keys()])) {
      if (!parameters.has(name)) continue;
      const inner = parameters.get(name);
      const key = `${place}.${name}`;
      const expected = ropeNeutral.get(name);
      if (name === 'rope_theta') found.push({ key, value: inner });
      else if (inner !== (expected ?? false)) {
        refuse(
          key,
          `${shown(inner)} is not supported${expected === undefined ? '' : `; it must be ${shown(expected)}`}`,
          'The playground does not scale rotary positions; choose a checkpoint without rope scaling.',
        );
      }
    }
  }
  const [first, second] = found;
  if (first && second && first.value !== second.value) {
    refuse(
      second.key,
      `${shown(second.value)} contradicts ${first.key}, which is ${shown(first.value)}`,
      'Keep the one that the model was trained with.',
    );
  }
  return first ?? { key: 'rope_theta', value: 10_000 };
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
export function tinyLlama(vocabSize: number, overrides: Partial<LlamaConfig> = {}): LlamaConfig {
  return parseLlamaConfig({
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
