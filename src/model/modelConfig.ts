/** A model's shape, under the names of Hugging Face's config.json: what it may be, and what follows from it. */
import * as v from 'valibot';
import { maxVocabulary, shown } from '../config/outside.ts';
import type { RopeShape } from '../engine/index.ts';
import { frequencies, type RopeScaling } from './rotary.ts';

const between = (min: number, max: number) => `must be a number from ${min} to ${max}`;
const count = (max: number) => {
  const message = `must be a whole number from 1 to ${max}`;
  return v.pipe(v.number(message), v.integer(message), v.minValue(1, message), v.maxValue(max, message));
};
const real = (min: number, max: number) =>
  v.pipe(v.number(between(min, max)), v.minValue(min, between(min, max)), v.maxValue(max, between(min, max)));
const only = <T extends string | boolean>(value: T) => v.literal(value, `must be ${shown(value)}`);

/** The bounds are those of the largest Llama models, rounded up: nothing is allocated for a config.json that lies. */
export const configSchema = v.pipe(
  v.object({
    model_type: v.picklist(['llama', 'qwen2'], 'is not one of llama and qwen2'),
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
    tie_word_embeddings: v.boolean('must be true or false'),
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

/** As a valid config.json has it, without what changes nothing. */
export type ModelConfig = v.InferOutput<typeof configSchema> & { readonly rope_scaling?: RopeScaling };

/** The heads of its attention. */
export function attentionShape(config: ModelConfig): RopeShape {
  const heads = config.num_attention_heads;
  const headDim = config.hidden_size / heads;
  const theta = config.rope_theta;
  const shape = { heads, kvHeads: config.num_key_value_heads, headDim, theta };
  return config.rope_scaling
    ? { ...shape, frequencies: frequencies(headDim, theta, config.rope_scaling) }
    : shape;
}
