/** The model of a GGUF file: its configuration from the metadata, its tensors under Hugging Face's names. */
import { shown, shownText } from '../../config/outside.ts';
import { parseConfig } from '../config.ts';
import type { Family } from '../families/family.ts';
import { families, familyOf } from '../families/index.ts';
import { attentionShape, type ModelConfig } from '../modelConfig.ts';
import type { TensorSource } from '../tensors.ts';
import type { GgufFile } from './container.ts';

/** Keys below the architecture's name, and what config.json calls them. */
const fields = {
  block_count: 'num_hidden_layers',
  context_length: 'max_position_embeddings',
  embedding_length: 'hidden_size',
  feed_forward_length: 'intermediate_size',
  'attention.head_count': 'num_attention_heads',
  'attention.head_count_kv': 'num_key_value_heads',
  'attention.layer_norm_rms_epsilon': 'rms_norm_eps',
  'rope.freq_base': 'rope_theta',
} as const;

/** Scalings of rotary positions as text and factors. Others below `rope.scaling.` are refused. */
const scalingKeys = ['rope.scaling.type', 'rope.scaling.factor', 'rope.scale_linear'];

/** What is accepted whatever it says: how long a text the scaled model was trained for, after and before. */
const harmless = new Set(['rope.scaling.original_context_length', 'rope.scaling.finetuned', 'vocab_size']);

function refuse({ file }: GgufFile, key: string, problem: string): never {
  throw new Error(`${file}: ${shownText(key)} ${problem}. Choose another file, or convert the model.`);
}

/** @throws an error that names the key, its value and what to do; as `parseConfig` does */
export async function ggufConfig(gguf: GgufFile): Promise<ModelConfig> {
  const { metadata, tensors } = gguf;
  const architecture = metadata.get('general.architecture');
  const family = families.find(({ modelType }) => modelType === architecture);
  if (!family) {
    const known = families.map(({ modelType }) => modelType).join(' and ');
    return refuse(gguf, 'general.architecture', `is ${shown(architecture)}; ${known} are supported`);
  }
  const own = new Map(
    [...metadata]
      .filter(([key]) => key.startsWith(`${family.modelType}.`))
      .map(([key, value]) => [key.slice(family.modelType.length + 1), value]),
  );
  const json: Record<string, unknown> = {
    model_type: family.modelType,
    vocab_size: tensors.get('token_embd.weight')?.shape[0],
    tie_word_embeddings: !tensors.has('output.weight'),
  };
  for (const [key, name] of Object.entries(fields)) {
    const value = own.get(key);
    if (value !== undefined) json[name] = oneForAll(value);
    else if (key !== 'rope.freq_base' && key !== 'attention.head_count_kv') {
      refuse(gguf, `${family.modelType}.${key}`, 'is missing');
    }
  }
  // A float32 in the file: the shortest decimal number that gives it is what the model was made with.
  json['rms_norm_eps'] = shortest(json['rms_norm_eps']);
  json['rope_scaling'] = linearScaling(gguf, family, own);
  const config = parseConfig(json, gguf.file);
  checkOthers(gguf, family, own, config);
  return withFactors(gguf, config);
}

/** Some files say for each layer what is the same in all. */
function oneForAll(value: unknown): unknown {
  return Array.isArray(value) && value.every((item) => item === value[0]) ? value[0] : value;
}

function shortest(value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(7)) : value;
}

type Own = ReadonlyMap<string, unknown>;

function linearScaling(gguf: GgufFile, family: Family, own: Own): unknown {
  const type = own.get('rope.scaling.type') ?? (own.has('rope.scale_linear') ? 'linear' : 'none');
  if (type === 'none') return undefined;
  if (type !== 'linear') {
    return refuse(gguf, `${family.modelType}.rope.scaling.type`, `is ${shown(type)}; linear is supported`);
  }
  return { rope_type: 'linear', factor: own.get('rope.scaling.factor') ?? own.get('rope.scale_linear') };
}

/** @throws unless the keys that are no field ask for what this model computes */
function checkOthers(gguf: GgufFile, family: Family, own: Own, config: ModelConfig): void {
  const { headDim } = attentionShape(config);
  const derived = new Map<string, number>([
    ['rope.dimension_count', headDim],
    ['attention.key_length', headDim],
    ['attention.value_length', headDim],
  ]);
  for (const [key, value] of own) {
    if (Object.hasOwn(fields, key) || scalingKeys.includes(key) || harmless.has(key)) continue;
    const expected = derived.get(key) ?? 0;
    // Any other feature must be off.
    if (value === expected || value === false) continue;
    refuse(gguf, `${family.modelType}.${key}`, `is ${shown(value)}; the playground's model has ${expected}`);
  }
}

const ropeFactors = 'rope_freqs.weight';

/** Llama 3 scales its frequencies; the file holds what each is divided by. */
async function withFactors(gguf: GgufFile, config: ModelConfig): Promise<ModelConfig> {
  const tensor = gguf.tensors.get(ropeFactors);
  if (!tensor) return config;
  const { headDim } = attentionShape(config);
  if (tensor.shape.join() !== String(headDim / 2) || !familyOf(config).ropeTypes.includes('divided')) {
    return refuse(
      gguf,
      ropeFactors,
      `has shape [${tensor.shape.join(', ')}]; a model of this family has none such`,
    );
  }
  if (config.rope_scaling) return refuse(gguf, ropeFactors, 'is given beside another scaling of positions');
  const by = Array.from(await gguf.read(ropeFactors));
  const bad = by.find((value) => !(value >= 1 && value <= 1024));
  if (bad !== undefined) refuse(gguf, ropeFactors, `has the value ${bad}; factors are from 1 to 1024`);
  return { ...config, rope_scaling: { rope_type: 'divided', by } };
}

/** Names within a layer. */
const inLayer: readonly (readonly [theirs: string, huggingFace: string])[] = [
  ['attn_norm', 'input_layernorm'],
  ['attn_q', 'self_attn.q_proj'],
  ['attn_k', 'self_attn.k_proj'],
  ['attn_v', 'self_attn.v_proj'],
  ['attn_output', 'self_attn.o_proj'],
  ['ffn_norm', 'post_attention_layernorm'],
  ['ffn_gate', 'mlp.gate_proj'],
  ['ffn_up', 'mlp.up_proj'],
  ['ffn_down', 'mlp.down_proj'],
];
const outside: Readonly<Record<string, string>> = {
  'token_embd.weight': 'model.embed_tokens.weight',
  'output_norm.weight': 'model.norm.weight',
  'output.weight': 'lm_head.weight',
};

/** Hugging Face's name of a tensor; its own where it has none there. */
function huggingFaceName(name: string): string {
  const [, layer, what, kind] = /^blk\.(\d+)\.(\w+)\.(weight|bias)$/.exec(name) ?? [];
  const known = inLayer.find(([theirs]) => theirs === what);
  return known ? `model.layers.${layer}.${known[1]}.${kind}` : (outside[name] ?? name);
}

/** The way back: what a GGUF file calls a tensor of Hugging Face's. */
export function ggufName(name: string): string {
  const [, layer, what, kind] = /^model\.layers\.(\d+)\.(.+)\.(weight|bias)$/.exec(name) ?? [];
  const known = inLayer.find(([, theirs]) => theirs === what);
  if (known) return `blk.${layer}.${known[0]}.${kind}`;
  return Object.entries(outside).find(([, theirs]) => theirs === name)?.[0] ?? name;
}

/** The tensors as a checkpoint of Hugging Face has them. */
export function ggufTensors(gguf: GgufFile, config: ModelConfig): TensorSource {
  const { file } = gguf;
  const { heads, kvHeads } = attentionShape(config);
  const own = new Map<string, string>();
  const tensors = new Map<string, { dtype: string; shape: readonly number[] }>();
  for (const [name, tensor] of gguf.tensors) {
    if (name === ropeFactors) continue;
    const theirs = huggingFaceName(name);
    own.set(theirs, name);
    tensors.set(theirs, tensor);
  }
  /** The rows in their order elsewhere. */
  const inOrder = <A extends Row<A>>(name: string, values: A): A => {
    const [, which] = /\.self_attn\.([qk])_proj\./.exec(name) ?? [];
    if (which === undefined || !familyOf(config).ggufPermutes) return values;
    return unpermuted(values, tensors.get(name)?.shape[0] ?? 0, which === 'q' ? heads : kvHeads);
  };
  return {
    ...{ file, configFile: file, tensors },
    read: async (name) => inOrder(name, await gguf.read(own.get(name) ?? name)),
    readBlocks: async (name) => {
      const blocks = await gguf.readBlocks(own.get(name) ?? name);
      return blocks && { ...blocks, bytes: inOrder(name, blocks.bytes) };
    },
  };
}

/** A typed array of any kind. */
interface Row<A> {
  readonly length: number;
  slice(): A;
  subarray(from: number, to: number): A;
  set(values: A, at: number): void;
}

/** Row 2i + j of a head stands where row j·half + i was. Whole rows move. */
function unpermuted<A extends Row<A>>(values: A, rows: number, heads: number): A {
  const out = values.slice();
  const width = values.length / rows;
  const headRows = rows / heads;
  const half = headRows / 2;
  for (let row = 0; row < rows; row++) {
    const within = row % headRows;
    const to = row - within + (within % 2) * half + (within >> 1);
    out.set(values.subarray(row * width, (row + 1) * width), to * width);
  }
  return out;
}
