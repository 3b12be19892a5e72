/**
 * Checkpoints in the Hugging Face layout: config.json, model.safetensors (LlamaForCausalLM names, [out, in] matrices),
 * generation_config.json, and the tokenizer.json beside them. Any Llama loader reads them.
 */
import { attentionShape, parameterShapes, type HostWeights } from './llama.ts';
import { parseLlamaConfig, type LlamaConfig } from './config.ts';
import { readSafetensors, writeSafetensors, type HostTensor } from './safetensors.ts';

export interface Checkpoint {
  readonly config: LlamaConfig;
  readonly weights: HostWeights;
}

/** One of our parameters as a column-wise concatenation of Hugging Face tensors. */
interface Part {
  readonly name: string;
  /** Output features (columns of ours, rows of theirs). */
  readonly width: number;
}

function layout(config: LlamaConfig): Record<string, Part[]> {
  const { heads, kvHeads, headDim } = attentionShape(config);
  const d = config.hidden_size;
  const f = config.intermediate_size;
  const out: Record<string, Part[]> = {};
  for (let i = 0; i < config.num_hidden_layers; i++) {
    const hf = `model.layers.${i}`;
    out[`layers.${i}.attnNorm`] = [{ name: `${hf}.input_layernorm.weight`, width: d }];
    out[`layers.${i}.qkv`] = [
      { name: `${hf}.self_attn.q_proj.weight`, width: heads * headDim },
      { name: `${hf}.self_attn.k_proj.weight`, width: kvHeads * headDim },
      { name: `${hf}.self_attn.v_proj.weight`, width: kvHeads * headDim },
    ];
    out[`layers.${i}.out`] = [{ name: `${hf}.self_attn.o_proj.weight`, width: d }];
    out[`layers.${i}.mlpNorm`] = [{ name: `${hf}.post_attention_layernorm.weight`, width: d }];
    out[`layers.${i}.gateUp`] = [
      { name: `${hf}.mlp.gate_proj.weight`, width: f },
      { name: `${hf}.mlp.up_proj.weight`, width: f },
    ];
    out[`layers.${i}.down`] = [{ name: `${hf}.mlp.down_proj.weight`, width: d }];
  }
  return out;
}

/** Our weights → Hugging Face tensors. */
function toHuggingFace(config: LlamaConfig, weights: HostWeights): Map<string, HostTensor> {
  const shapes = parameterShapes(config);
  const tensors = new Map<string, HostTensor>();
  tensors.set('model.embed_tokens.weight', { shape: shapes['embed'], data: weights['embed'] });
  for (const [ours, parts] of Object.entries(layout(config))) {
    const shape = shapes[ours];
    if (shape.length === 1) {
      tensors.set(parts[0].name, { shape, data: weights[ours] });
      continue;
    }
    const [rows, columns] = shape;
    let offset = 0;
    for (const { name, width } of parts) {
      const data = new Float32Array(width * rows);
      for (let r = 0; r < rows; r++) {
        for (let c = 0; c < width; c++) data[c * rows + r] = weights[ours][r * columns + offset + c];
      }
      tensors.set(name, { shape: [width, rows], data });
      offset += width;
    }
  }
  tensors.set('model.norm.weight', { shape: shapes['norm'], data: weights['norm'] });
  return tensors;
}

/** Hugging Face tensors → our weights. Throws naming a missing, surplus or misshapen tensor. */
function fromHuggingFace(config: LlamaConfig, tensors: Map<string, HostTensor>): HostWeights {
  const shapes = parameterShapes(config);
  const left = new Set(tensors.keys());
  left.delete('lm_head.weight'); // tied: some writers store it again
  const take = (name: string, shape: number[]): Float32Array => {
    const tensor = tensors.get(name);
    if (!tensor) throw new Error(`model.safetensors: tensor ${name} is missing; config.json asks for it.`);
    if (tensor.shape.join() !== shape.join()) {
      throw new Error(
        `model.safetensors: tensor ${name} has shape [${tensor.shape.join(', ')}]; config.json says [${shape.join(', ')}].`,
      );
    }
    left.delete(name);
    return tensor.data;
  };
  const weights: HostWeights = { embed: take('model.embed_tokens.weight', shapes['embed']) };
  for (const [ours, parts] of Object.entries(layout(config))) {
    const shape = shapes[ours];
    if (shape.length === 1) {
      weights[ours] = take(parts[0].name, shape);
      continue;
    }
    const [rows, columns] = shape;
    const data = new Float32Array(rows * columns);
    let offset = 0;
    for (const { name, width } of parts) {
      const theirs = take(name, [width, rows]);
      for (let r = 0; r < rows; r++) {
        for (let c = 0; c < width; c++) data[r * columns + offset + c] = theirs[c * rows + r];
      }
      offset += width;
    }
    weights[ours] = data;
  }
  weights['norm'] = take('model.norm.weight', shapes['norm']);
  if (left.size > 0) {
    throw new Error(`model.safetensors: tensor ${[...left][0]} does not belong to the model of config.json.`);
  }
  return weights;
}

/** File name → bytes of a checkpoint (the tokenizer is not among them). */
export function checkpointFiles(
  { config, weights }: Checkpoint,
  tokens: { bos: number; eot: number; pad: number },
): Record<string, Uint8Array> {
  const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value, null, 2) + '\n');
  const ids = { bos_token_id: tokens.bos, eos_token_id: tokens.eot, pad_token_id: tokens.pad };
  return {
    'config.json': json({ ...config, architectures: ['LlamaForCausalLM'], torch_dtype: 'float32', ...ids }),
    'generation_config.json': json({ ...ids, do_sample: true, temperature: 1, max_new_tokens: 48 }),
    'model.safetensors': writeSafetensors(toHuggingFace(config, weights)),
  };
}

/**
 * Reads a checkpoint through `read` (a fetch or a file read, by file name).
 * @throws an error naming the file, the tensor or field, and what is wrong
 */
export async function readCheckpoint(read: (file: string) => Promise<Uint8Array>): Promise<Checkpoint> {
  const configBytes = await read('config.json');
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(configBytes));
  } catch {
    throw new Error('config.json is not JSON. The checkpoint is damaged; download it again.');
  }
  const config = parseLlamaConfig(json);
  return { config, weights: fromHuggingFace(config, readSafetensors(await read('model.safetensors'))) };
}
