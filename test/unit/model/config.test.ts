import fc from '../../property.ts';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/model/config.ts';
import { harmless, neutral } from '../../../src/model/configKeys.ts';
import { parameterShapes } from '../../../src/model/parameters.ts';
import { attentionShape } from '../../../src/model/modelConfig.ts';

/** As transformers 4 writes it. */
const four = {
  architectures: ['LlamaForCausalLM'],
  attention_bias: false,
  attention_dropout: 0.0,
  bos_token_id: 1,
  eos_token_id: 5,
  head_dim: 4,
  hidden_act: 'silu',
  hidden_size: 16,
  initializer_range: 0.02,
  intermediate_size: 24,
  max_position_embeddings: 64,
  mlp_bias: false,
  model_type: 'llama',
  num_attention_heads: 4,
  num_hidden_layers: 2,
  num_key_value_heads: 2,
  pretraining_tp: 1,
  rms_norm_eps: 1e-5,
  rope_scaling: null,
  rope_theta: 20000,
  tie_word_embeddings: true,
  torch_dtype: 'float32',
  transformers_version: '4.57.1',
  use_cache: true,
  vocab_size: 40,
};
/** As transformers 5 writes it. */
const { rope_theta, rope_scaling: _scaling, torch_dtype, ...both } = four;
const five = { ...both, dtype: torch_dtype, rope_parameters: { rope_type: 'default', rope_theta } };

const llama3 = {
  ...{ rope_type: 'llama3', factor: 32, low_freq_factor: 1, high_freq_factor: 4 },
  original_max_position_embeddings: 8192,
};

const without = (key: keyof typeof four) =>
  Object.fromEntries(Object.entries(four).filter(([k]) => k !== key));

describe('config.json', () => {
  it('is read as transformers 4 and 5 write it, θ included', () => {
    const config = parseConfig(four);
    expect(config).toMatchObject({ rope_theta: 20000, hidden_size: 16, num_key_value_heads: 2 });
    expect(parseConfig(five)).toEqual(config);
  });

  it('has the defaults of its family where a key is absent or null', () => {
    for (const [key, value] of [
      ['num_key_value_heads', 4],
      ['rope_theta', 10000],
      ['rms_norm_eps', 1e-6],
      ['max_position_embeddings', 2048],
      ['hidden_act', 'silu'],
    ] as const) {
      expect(parseConfig(without(key))[key]).toBe(value);
      expect(parseConfig({ ...four, [key]: null })[key]).toBe(value);
    }
    expect(parseConfig(without('tie_word_embeddings')).tie_word_embeddings).toBe(false);
    expect(() => parseConfig({ ...four, hidden_act: 'gelu' })).toThrow(/hidden_act: "gelu" must be "silu"/);
    expect(() => parseConfig(without('hidden_size'))).toThrow('config.json: hidden_size: the key is missing');
  });

  it.each([
    { use_sliding_window: false, sliding_window: 8, max_window_layers: 1 },
    { sliding_window: 64 },
    { layer_types: ['full_attention', 'full_attention'] },
    { rope_parameters: { rope_type: 'default', rope_theta: 20000, partial_rotary_factor: 1 } },
    { rope_scaling: { type: 'default', factor: 1 } },
    { rope_scaling: {} },
    { quantization_config: null, attn_logit_softcapping: null, a_feature_of_tomorrow: false },
    { dtype: 'bfloat16', torch_dtype: 'float16' },
    {
      _name_or_path: 'x/y',
      id2label: { 0: 'a' },
      temperature: 0.7,
      is_llama_config: true,
      rope_interleaved: false,
    },
  ])('accepts what changes nothing: %j', (keys) => {
    expect(parseConfig({ ...four, ...keys })).toEqual(parseConfig(four));
  });

  it('honours scaled positions, as both versions of transformers write them', () => {
    const linear = parseConfig({ ...four, rope_scaling: { type: 'linear', factor: 4 } });
    expect(linear.rope_scaling).toEqual({ rope_type: 'linear', factor: 4 });
    const rope_parameters = { ...llama3, rope_theta: 500000 };
    const config = parseConfig({ ...five, rope_parameters });
    expect(config).toMatchObject({ rope_theta: 500000, rope_scaling: llama3 });
    expect(attentionShape(config).frequencies).toHaveLength(2);
    expect(attentionShape(parseConfig(four)).frequencies).toBeUndefined();
  });

  it('knows Qwen2, which has biases and no default for key/value heads', () => {
    const qwen = { ...four, model_type: 'qwen2', architectures: ['Qwen2ForCausalLM'], attention_bias: null };
    const config = parseConfig(qwen);
    expect(config.model_type).toBe('qwen2');
    expect(parameterShapes(config)['layers.0.qkvBias']).toEqual([32]);
    expect(() => parseConfig({ ...qwen, num_key_value_heads: null })).toThrow(
      'config.json: num_key_value_heads: the key is missing',
    );
    expect(() => parseConfig({ ...qwen, rope_scaling: { rope_type: 'linear', factor: 2 } })).toThrow(
      'config.json: rope_scaling.rope_type: "linear" is not supported; it must be "default".',
    );
  });

  it.each([
    ['rope_scaling.rope_type', { rope_scaling: { rope_type: 'yarn', factor: 4 } }],
    ['rope_scaling.rope_type', { rope_scaling: { rope_type: 'divided', by: [1, 1] } }],
    ['rope_scaling.factor', { rope_scaling: { rope_type: 'linear' } }],
    ['rope_scaling.factor', { rope_scaling: { rope_type: 'linear', factor: 0.5 } }],
    ['rope_scaling.beta_fast', { rope_scaling: { rope_type: 'linear', factor: 2, beta_fast: 32 } }],
    ['rope_scaling.low_freq_factor', { rope_scaling: { ...llama3, low_freq_factor: undefined } }],
    ['rope_scaling.high_freq_factor', { rope_scaling: { ...llama3, high_freq_factor: 1 } }],
    ['rope_scaling.type', { rope_scaling: { factor: 2, type: 'dynamic' } }],
    ['rope_scaling.low_freq_factor', { rope_scaling: { low_freq_factor: 1 } }],
    ['rope_scaling.factor', { rope_scaling: { factor: 4 } }],
    ['rope_scaling', { rope_scaling: 4 }],
    ['rope_scaling', { rope_scaling: { type: 'default' }, rope_parameters: { rope_theta: 20000 } }],
    ['rope_parameters.rope_theta', { rope_parameters: { rope_theta: 500000 } }],
    ['rope_parameters.rope_theta', { rope_theta: null, rope_parameters: { rope_theta: 0 } }],
    ['rope_parameters.full_attention', { rope_parameters: { full_attention: { rope_theta: 1e4 } } }],
    ['rope_parameters.partial_rotary_factor', { rope_parameters: { partial_rotary_factor: 0.5 } }],
    ['partial_rotary_factor', { partial_rotary_factor: 0.25 }],
    ['attention_bias', { attention_bias: true }],
    ['mlp_bias', { mlp_bias: true }],
    ['attention_dropout', { attention_dropout: 0.1 }],
    ['use_sliding_window', { use_sliding_window: true, sliding_window: 8 }],
    ['sliding_window', { sliding_window: 8 }],
    ['layer_types', { layer_types: ['full_attention', 'sliding_attention'] }],
    ['layer_types', { layer_types: ['full_attention'] }],
    ['quantization_config', { quantization_config: { quant_method: 'bitsandbytes' } }],
    ['quantization', { quantization: { bits: 4 } }],
    ['final_logit_softcapping', { final_logit_softcapping: 30 }],
    ['hidden_act', { hidden_act: 'gelu' }],
    ['head_dim', { head_dim: 8 }],
    ['num_key_value_heads', { num_key_value_heads: 3 }],
    ['tie_word_embeddings', { tie_word_embeddings: 'yes' }],
    ['is_causal', { is_causal: false }],
    ['do_layer_norm_before', { do_layer_norm_before: false }],
    ['logits_scaling', { logits_scaling: 8 }],
    ['num_experts', { num_experts: 8 }],
    ['dtype', { dtype: 'float8_e4m3fn' }],
    ['torch_dtype', { torch_dtype: 'float64' }],
    ['architectures', { architectures: ['LlamaForSequenceClassification'] }],
    ['model_type', { model_type: 'mistral' }],
    ['architectures', { model_type: 'qwen2' }],
    ['auto_map', { auto_map: { AutoModel: 'x.Y' } }],
    ['num_hidden_layers', { num_hidden_layers: 1e9 }],
    ['num_hidden_layers', { num_hidden_layers: 1e6 }],
    ['vocab_size', { vocab_size: 2 ** 40 }],
    ['hidden_size', { hidden_size: -16 }],
    ['intermediate_size', { intermediate_size: 24.5 }],
    ['num_attention_heads', { num_attention_heads: '4' }],
    ['rms_norm_eps', { rms_norm_eps: 0 }],
  ])('refuses by name: %s in %j', (key, keys) => {
    const escaped = key.replace('.', '\\.');
    expect(() => parseConfig({ ...four, ...keys })).toThrow(
      new RegExp(`^config\\.json: ${escaped}: .+\\. .+\\.$`),
    );
  });

  it('shows the value, shortened, and what to do', () => {
    expect(() => parseConfig({ ...four, num_hidden_layers: 1e9 })).toThrow(
      'config.json: num_hidden_layers: 1000000000 must be a whole number from 1 to 256.',
    );
    expect(() => parseConfig({ ...four, attention_bias: true })).toThrow(
      "attention_bias: true is not supported; it must be false. The playground's Llama layers have no biases;",
    );
    const huge = { ...four, [`\u001b[2J${'k'.repeat(1e6)}`]: 'v'.repeat(1e6) };
    let message = '';
    try {
      parseConfig(huge);
    } catch (error) {
      message = String(error);
    }
    expect(message).toContain('\\u001b[2Jkkk');
    expect(message.length).toBeLessThan(500);
  });

  it('of any other kind is refused', () => {
    for (const json of [null, 3, 'x', [], [four]]) expect(() => parseConfig(json)).toThrow(/^config\.json: /);
  });

  it('no key is both neutral and harmless', () => {
    expect([...neutral.keys()].filter((key) => harmless.has(key))).toEqual([]);
  });

  const odd = [null, false, true, 0, -1, 0.5, 2, 1e9, 1e308, '', 'default', [], [1], {}, { a: 1 }];

  it('with one key changed is the same model, honoured in that key, or refused by a name', () => {
    const base = parseConfig(four);
    const keys = [...Object.keys({ ...four, ...five }), ...neutral.keys(), 'sliding_window', 'layer_types'];
    for (const key of keys) {
      for (const value of odd) {
        let config;
        try {
          config = parseConfig({ ...four, [key]: value });
        } catch (error) {
          expect((error as Error).message).toMatch(/^config\.json: [\w.]+: .+/);
          continue;
        }
        if (value === null || !(key in base)) expect({ ...config, [key]: 0 }).toEqual({ ...base, [key]: 0 });
        else expect(config).toEqual({ ...base, [key]: value });
      }
    }
  });

  it('with a key that nobody knows is refused by that name, unless it is null or false', () => {
    const base = parseConfig(four);
    const names = fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.constantFrom('__proto__', 'constructor', 'toString'),
    );
    const unknown = names.filter(
      (name) => !(Object.hasOwn(four, name) || neutral.has(name) || harmless.has(name)),
    );
    fc.assert(
      fc.property(unknown, fc.jsonValue(), (name, value) => {
        const text = `${JSON.stringify(four).slice(0, -1)},${JSON.stringify(name)}:${JSON.stringify(value)}}`;
        const read = () => parseConfig(JSON.parse(text));
        if (value === null || value === false) expect(read()).toEqual(base);
        else expect(read).toThrow(/^config\.json: .*: .+ is not supported; /s);
      }),
      { numRuns: 500 },
    );
  });
});
