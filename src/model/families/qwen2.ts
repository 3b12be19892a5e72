/** Qwen 2 and 2.5: Llama's layers, with biases of query, key and value. */
import type { Family, Parameter } from './family.ts';
import { llama } from './llama.ts';

export const qwen2: Family = {
  modelType: 'qwen2',
  architecture: 'Qwen2ForCausalLM',
  configClass: 'Qwen2Config',
  // Its default of 32 key/value heads belongs to one size only, so that key has to be there.
  defaults: () => ({
    max_position_embeddings: 32_768,
    rms_norm_eps: 1e-6,
    hidden_act: 'silu',
    tie_word_embeddings: false,
  }),
  neutral: new Map(),
  ropeTypes: [],
  qkvBias: true,
  ggufPermutes: false,
  layout: (config) => llama.layout(config).flatMap(withBias),
};

function withBias(parameter: Parameter): Parameter[] {
  const [ours, parts] = parameter;
  if (!ours.endsWith('.qkv')) return [parameter];
  const biases = parts.map(({ name, shape: [width = 0] }) => ({
    name: name.replace(/weight$/, 'bias'),
    shape: [width],
  }));
  return [parameter, [`${ours}Bias`, biases]];
}
