/** A model that others might have trained, small and random: as a folder of Hugging Face's, and as a GGUF file. */
import { adapterFiles } from '../src/model/adapterFiles.ts';
import { checkpointFiles } from '../src/model/checkpoint.ts';
import { parseConfig } from '../src/model/config.ts';
import { initialAdapter, loraTargets } from '../src/model/lora.ts';
import { initialWeights } from '../src/model/parameters.ts';
import { tensorsOf, type HostTensor } from '../src/model/tensors.ts';
import { characterOfByte, trainMerges } from '../src/tasks/bpe.ts';

const merges = trainMerges(['def add(a, b):\n    return a + b\n Write a function that '.repeat(4)], 22);
const ordinary = [...characterOfByte, ...merges.map(([left, right]) => left + right)];
const added = ['<|endoftext|>', '<|im_start|>', '<|im_end|>'];
const ends = ordinary.length + 2;

/** ChatML. */
export const template =
  "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\\n' + m['content'] + '<|im_end|>\\n' }}{% endfor %}" +
  "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

export const tinyConfig = {
  architectures: ['Qwen2ForCausalLM'],
  model_type: 'qwen2',
  vocab_size: ordinary.length + added.length + 3, // padded
  hidden_size: 32,
  intermediate_size: 64,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  max_position_embeddings: 4096,
  rms_norm_eps: 1e-6,
  rope_theta: 10_000,
  hidden_act: 'silu',
  tie_word_embeddings: true,
  eos_token_id: ends,
};

/** A sine of large numbers is random enough, and the same everywhere. */
const config = parseConfig(tinyConfig);
const weights = initialWeights(
  config,
  (parameter, index) => 2 * Math.sin(index * 12.9898 + parameter * 78.233 + 1),
);
const tensors: ReadonlyMap<string, HostTensor> = tensorsOf(config, weights);

const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

const tokenizer = {
  version: '1.0',
  added_tokens: added.map((content, i) => ({ id: ordinary.length + i, content, special: true })),
  normalizer: { type: 'NFC' },
  pre_tokenizer: {
    type: 'Sequence',
    pretokenizers: [
      { type: 'Digits', individual_digits: true },
      { type: 'ByteLevel', add_prefix_space: false, use_regex: true },
    ],
  },
  decoder: { type: 'ByteLevel' },
  model: { type: 'BPE', vocab: Object.fromEntries(ordinary.map((token, id) => [token, id])), merges },
};

/** File name → bytes. */
export function tinyFolder(): Record<string, Uint8Array> {
  const files = checkpointFiles(
    { config, weights },
    { bos: ordinary.length, eot: ends, pad: ordinary.length },
  );
  return {
    'config.json': json(tinyConfig),
    'model.safetensors': files['model.safetensors'] ?? new Uint8Array(),
    'tokenizer.json': json(tokenizer),
    'tokenizer_config.json': json({ eos_token: '<|im_end|>', chat_template: template }),
    'generation_config.json': json({ eos_token_id: [ends, ordinary.length] }),
  };
}

/** An adapter over it, file name → bytes. @param over what it calls the model; PEFT names none by its digest */
export function tinyAdapter(over: string | null = null): Record<string, Uint8Array> {
  const settings = { rank: 4, alpha: 8, targets: loraTargets };
  const values = initialAdapter(config, settings, (parameter, index) => ((index + parameter) % 7) / 7);
  for (const [name, { length }] of Object.entries(values))
    if (name.endsWith('lora_B')) values[name] = Float32Array.from({ length }, (_, i) => Math.sin(i) / 20);
  return adapterFiles(config, settings, values, over);
}

/** Pieces of a GGUF file, little-endian. */
class Pieces {
  readonly #parts: Uint8Array[] = [];
  get length(): number {
    return this.#parts.reduce((sum, part) => sum + part.length, 0);
  }
  bytes(part: Uint8Array): this {
    this.#parts.push(part);
    return this;
  }
  u32(value: number): this {
    return this.bytes(new Uint8Array(Uint32Array.of(value).buffer));
  }
  u64(value: number): this {
    return this.bytes(new Uint8Array(BigUint64Array.of(BigInt(value)).buffer));
  }
  text(value: string): this {
    const bytes = new TextEncoder().encode(value);
    return this.u64(bytes.length).bytes(bytes);
  }
  whole(): Uint8Array {
    const out = new Uint8Array(this.length);
    let at = 0;
    for (const part of this.#parts) {
      out.set(part, at);
      at += part.length;
    }
    return out;
  }
}

type Value = number | string | readonly number[] | readonly string[] | { readonly float: number };

function putValue(to: Pieces, value: Value): void {
  if (typeof value === 'string') to.u32(8).text(value);
  else if (typeof value === 'number') to.u32(4).u32(value);
  else if ('float' in value) to.u32(6).bytes(new Uint8Array(Float32Array.of(value.float).buffer));
  else {
    const texts = value.filter((item) => typeof item === 'string');
    to.u32(9)
      .u32(texts.length > 0 ? 8 : 4)
      .u64(value.length);
    for (const item of value) {
      if (typeof item === 'string') to.text(item);
      else to.u32(item);
    }
  }
}

const layerNames: Readonly<Record<string, string>> = {
  input_layernorm: 'attn_norm',
  'self_attn.q_proj': 'attn_q',
  'self_attn.k_proj': 'attn_k',
  'self_attn.v_proj': 'attn_v',
  'self_attn.o_proj': 'attn_output',
  post_attention_layernorm: 'ffn_norm',
  'mlp.gate_proj': 'ffn_gate',
  'mlp.up_proj': 'ffn_up',
  'mlp.down_proj': 'ffn_down',
};

function ggufName(name: string): string {
  const [, layer, what = '', kind] = /^model\.layers\.(\d+)\.(.+)\.(weight|bias)$/.exec(name) ?? [];
  if (layer !== undefined) return `blk.${layer}.${layerNames[what]}.${kind}`;
  return name === 'model.norm.weight' ? 'output_norm.weight' : 'token_embd.weight';
}

/** The same model as one file. @param changed metadata that is another, or (null) missing */
export function tinyGguf(changed: Readonly<Record<string, Value | null>> = {}): Uint8Array {
  const metadata: Record<string, Value | null> = {
    'general.architecture': 'qwen2',
    'general.license': 'apache-2.0',
    'qwen2.block_count': config.num_hidden_layers,
    'qwen2.context_length': config.max_position_embeddings,
    'qwen2.embedding_length': config.hidden_size,
    'qwen2.feed_forward_length': config.intermediate_size,
    'qwen2.attention.head_count': config.num_attention_heads,
    'qwen2.attention.head_count_kv': config.num_key_value_heads,
    'qwen2.attention.layer_norm_rms_epsilon': { float: config.rms_norm_eps },
    'qwen2.rope.freq_base': { float: config.rope_theta },
    'tokenizer.ggml.model': 'gpt2',
    'tokenizer.ggml.pre': 'smollm',
    'tokenizer.ggml.tokens': [...ordinary, ...added],
    'tokenizer.ggml.token_type': [...ordinary.map(() => 1), ...added.map(() => 3)],
    'tokenizer.ggml.merges': merges.map((pair) => pair.join(' ')),
    'tokenizer.ggml.eos_token_id': ends,
    'tokenizer.chat_template': template,
    ...changed,
  };
  const entries = Object.entries(metadata).flatMap(([key, value]) =>
    value === null ? [] : [[key, value] as const],
  );
  const head = new Pieces()
    .bytes(new TextEncoder().encode('GGUF'))
    .u32(3)
    .u64(tensors.size)
    .u64(entries.length);
  for (const [key, value] of entries) putValue(head.text(key), value);
  const data = new Pieces();
  for (const [name, { shape, data: values }] of tensors) {
    head.text(ggufName(name)).u32(shape.length);
    for (const size of shape.toReversed()) head.u64(size);
    head.u32(0).u64(data.length);
    data.bytes(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    data.bytes(new Uint8Array(-data.length & 31));
  }
  return head
    .bytes(new Uint8Array(-head.length & 31))
    .bytes(data.whole())
    .whole();
}
