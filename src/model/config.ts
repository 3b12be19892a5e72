/** The model's shape, under the names of Hugging Face's LlamaConfig, so that config.json is an ordinary one. */
import * as v from 'valibot';

const count = v.pipe(v.number(), v.integer(), v.minValue(1));

export const llamaConfigSchema = v.pipe(
  v.looseObject({
    architectures: v.optional(v.tuple([v.literal('LlamaForCausalLM')]), ['LlamaForCausalLM']),
    model_type: v.literal('llama'),
    vocab_size: count,
    hidden_size: count,
    intermediate_size: count,
    num_hidden_layers: count,
    num_attention_heads: count,
    num_key_value_heads: count,
    max_position_embeddings: count,
    rms_norm_eps: v.pipe(v.number(), v.gtValue(0)),
    rope_theta: v.pipe(v.number(), v.gtValue(0)),
    hidden_act: v.literal('silu'),
    tie_word_embeddings: v.literal(true),
  }),
  v.check(
    (c) => c.hidden_size % c.num_attention_heads === 0,
    'hidden_size must be a multiple of num_attention_heads',
  ),
  v.check(
    (c) => (c.hidden_size / c.num_attention_heads) % 2 === 0,
    'hidden_size / num_attention_heads must be even (rotary embedding turns pairs)',
  ),
  v.check(
    (c) => c.num_attention_heads % c.num_key_value_heads === 0,
    'num_attention_heads must be a multiple of num_key_value_heads',
  ),
);
export type LlamaConfig = v.InferOutput<typeof llamaConfigSchema>;

/** Reads a parsed config.json; throws an error that names the field. */
export function parseLlamaConfig(json: unknown): LlamaConfig {
  const result = v.safeParse(llamaConfigSchema, json);
  if (result.success) return result.output;
  const issue = result.issues[0];
  const field = v.getDotPath(issue);
  throw new Error(
    `config.json${field ? `: ${field}` : ''}: ${issue.message}. The playground runs Llama checkpoints with tied embeddings.`,
  );
}

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
