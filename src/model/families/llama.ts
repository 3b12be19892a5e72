/** Llama and what has its layers: SmolLM2, Llama 3, DeepSeek-Coder, the playground's own models. */
import { attentionShape, type ModelConfig } from '../modelConfig.ts';
import type { Family, Parameter, Part } from './family.ts';

export const llama: Family = {
  modelType: 'llama',
  architecture: 'LlamaForCausalLM',
  configClass: 'LlamaConfig',
  defaults: (keys) => ({
    num_key_value_heads: keys.get('num_attention_heads'),
    max_position_embeddings: 2048,
    rms_norm_eps: 1e-6,
    hidden_act: 'silu',
    tie_word_embeddings: false,
  }),
  neutral: new Map([['attention_bias', false]]),
  ropeTypes: ['linear', 'llama3', 'divided'],
  qkvBias: false,
  ggufPermutes: true,
  layout,
};

function layout(config: ModelConfig): Parameter[] {
  const { heads, kvHeads, headDim } = attentionShape(config);
  const d = config.hidden_size;
  const f = config.intermediate_size;
  const layers = Array.from({ length: config.num_hidden_layers }, (_, i): Parameter[] => {
    const part = (name: string, ...shape: number[]): Part => ({
      name: `model.layers.${i}.${name}.weight`,
      shape,
    });
    return [
      [`layers.${i}.attnNorm`, [part('input_layernorm', d)]],
      [
        `layers.${i}.qkv`,
        [
          part('self_attn.q_proj', heads * headDim, d),
          part('self_attn.k_proj', kvHeads * headDim, d),
          part('self_attn.v_proj', kvHeads * headDim, d),
        ],
      ],
      [`layers.${i}.out`, [part('self_attn.o_proj', d, heads * headDim)]],
      [`layers.${i}.mlpNorm`, [part('post_attention_layernorm', d)]],
      [`layers.${i}.gateUp`, [part('mlp.gate_proj', f, d), part('mlp.up_proj', f, d)]],
      [`layers.${i}.down`, [part('mlp.down_proj', d, f)]],
    ];
  });
  const head: Parameter = ['head', [{ name: 'lm_head.weight', shape: [config.vocab_size, d] }]];
  return [
    ['embed', [{ name: 'model.embed_tokens.weight', shape: [config.vocab_size, d] }]],
    ...layers.flat(),
    ['norm', [{ name: 'model.norm.weight', shape: [d] }]],
    ...(config.tie_word_embeddings ? [] : [head]),
  ];
}
