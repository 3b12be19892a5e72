/**
 * Checkpoints in the Hugging Face layout: config.json, model.safetensors (LlamaForCausalLM names, [out, in] matrices),
 * generation_config.json, and the tokenizer.json beside them. Any Llama loader reads them. generation_config.json is written
 * for others and not read: here the experiment says how answers are sampled.
 */
import { readJson, shownText } from '../config/outside.ts';
import { attentionShape, parameterShapes, type HostWeights } from './llama.ts';
import { parseLlamaConfig, type LlamaConfig } from './config.ts';
import { openSafetensors, writeSafetensors, type HostTensor, type SafetensorsFile } from './safetensors.ts';

export interface Checkpoint {
  readonly config: LlamaConfig;
  readonly weights: HostWeights;
}

const maxConfigBytes = 1 << 20;
/** Float32 values of 8 GB: more than any back end holds. */
const maxParameters = 2e9;

/** A Hugging Face tensor that is a part of one of our parameters. */
export interface Part {
  readonly name: string;
  readonly shape: readonly number[];
}

const embedding = 'model.embed_tokens.weight';
const head = 'lm_head.weight';

/**
 * Each of our parameters, in our order, and the tensors it is made of. A matrix is the column-wise concatenation of their
 * transposes; the embedding and the norms are one tensor as it is.
 */
export function layout(config: LlamaConfig): [ours: string, parts: Part[]][] {
  const { heads, kvHeads, headDim } = attentionShape(config);
  const d = config.hidden_size;
  const f = config.intermediate_size;
  const layers = Array.from({ length: config.num_hidden_layers }, (_, i): [string, Part[]][] => {
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
  return [
    ['embed', [{ name: embedding, shape: [config.vocab_size, d] }]],
    ...layers.flat(),
    ['norm', [{ name: 'model.norm.weight', shape: [d] }]],
  ];
}

const isTransposed = (ours: string, { shape }: Part): boolean => ours !== 'embed' && shape.length === 2;

/** Our weights → Hugging Face tensors. */
function toHuggingFace(config: LlamaConfig, weights: HostWeights): Map<string, HostTensor> {
  const tensors = new Map<string, HostTensor>();
  for (const [ours, parts] of layout(config)) {
    const columns = parts.reduce((sum, { shape }) => sum + shape[0], 0);
    let offset = 0;
    for (const part of parts) {
      const { name, shape } = part;
      if (!isTransposed(ours, part)) {
        tensors.set(name, { shape, data: weights[ours] });
        continue;
      }
      const [width, rows] = shape;
      const data = new Float32Array(width * rows);
      for (let r = 0; r < rows; r++) {
        for (let c = 0; c < width; c++) data[c * rows + r] = weights[ours][r * columns + offset + c];
      }
      tensors.set(name, { shape, data });
      offset += width;
    }
  }
  return tensors;
}

/** Hugging Face tensors → our weights. Throws naming a missing, surplus or misshapen tensor, before any is read. */
function fromHuggingFace(config: LlamaConfig, file: SafetensorsFile): HostWeights {
  const wanted = layout(config);
  checkTensors(config, file, wanted);
  const weights: HostWeights = {};
  for (const [ours, parts] of wanted) {
    if (!isTransposed(ours, parts[0])) {
      weights[ours] = file.read(parts[0].name);
      continue;
    }
    const rows = parts[0].shape[1];
    const columns = parts.reduce((sum, { shape }) => sum + shape[0], 0);
    const data = new Float32Array(rows * columns);
    let offset = 0;
    for (const { name, shape } of parts) {
      const theirs = file.read(name);
      const [width] = shape;
      for (let r = 0; r < rows; r++) {
        for (let c = 0; c < width; c++) data[r * columns + offset + c] = theirs[c * rows + r];
      }
      offset += width;
    }
    weights[ours] = data;
  }
  return weights;
}

function refuse(tensor: string, problem: string): never {
  throw new Error(`model.safetensors: tensor ${shownText(tensor)} ${problem}`);
}

/** Names and shapes against config.json; what is left over must be derivable from the rest. */
function checkTensors(config: LlamaConfig, file: SafetensorsFile, wanted: ReturnType<typeof layout>): void {
  const left = new Set(file.tensors.keys());
  const take = (name: string, shape: readonly number[]) => {
    const found = file.tensors.get(name)?.shape;
    if (!found)
      refuse(name, 'is missing; config.json asks for it. Use the config.json that was saved with it.');
    if (found.join() !== shape.join()) {
      refuse(
        name,
        `has shape [${found.join(', ')}]; config.json says [${shape.join(', ')}]. Use the config.json that was saved with it.`,
      );
    }
    left.delete(name);
  };
  for (const [, parts] of wanted) for (const { name, shape } of parts) take(name, shape);

  if (left.has(head)) {
    take(head, [config.vocab_size, config.hidden_size]);
    if (!sameBits(file.read(head), file.read(embedding))) {
      refuse(
        head,
        `differs from ${embedding}, and config.json says that they are tied. The playground runs tied models; choose one.`,
      );
    }
  }
  for (const name of left) {
    const layer = /^model\.(?:layers\.(\d+)\.self_attn\.)?rotary_emb\.inv_freq$/.exec(name);
    if (!layer || Number(layer[1] ?? 0) >= config.num_hidden_layers) {
      refuse(
        name,
        'does not belong to the model of config.json. Use the config.json that was saved with it.',
      );
    }
    take(name, [attentionShape(config).headDim / 2]);
    if (!isInverseFrequency(config, file, name)) {
      refuse(
        name,
        'is not what config.json says with rope_theta. Use the config.json that was saved with it.',
      );
    }
  }
}

/** So that -0 is not 0 and one NaN is not another. */
function sameBits(a: Float32Array, b: Float32Array): boolean {
  const [x, y] = [a, b].map((values) => new Uint32Array(values.buffer, values.byteOffset, values.length));
  return x.length === y.length && x.every((bits, i) => bits === y[i]);
}

/** How far a rounded frequency may lie from the exact one: in relation to it, and absolutely (where halves end). */
const rounding = { F32: [1e-5, 0], F16: [2e-3, 6e-8], BF16: [8e-3, 0] };

/** Whether a stored buffer holds θ^(−2i/headDim), as old versions of transformers saved it. */
function isInverseFrequency(config: LlamaConfig, file: SafetensorsFile, name: string): boolean {
  const { headDim, theta } = attentionShape(config);
  const [relative, absolute] = rounding[file.tensors.get(name)?.dtype ?? 'F32'];
  return file.read(name).every((value, i) => {
    const expected = theta ** ((-2 * i) / headDim);
    return Math.abs(value - expected) <= relative * expected + absolute;
  });
}

/** File name → bytes of a checkpoint (the tokenizer is not among them). Weights are saved as F32, whatever was read. */
export function checkpointFiles(
  { config, weights }: Checkpoint,
  tokens: { bos: number; eot: number; pad: number },
): Record<string, Uint8Array> {
  const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value, null, 2) + '\n');
  const ids = { bos_token_id: tokens.bos, eos_token_id: tokens.eot, pad_token_id: tokens.pad };
  return {
    'config.json': json({ architectures: ['LlamaForCausalLM'], ...config, torch_dtype: 'float32', ...ids }),
    'generation_config.json': json({ ...ids, do_sample: true, temperature: 1, max_new_tokens: 48 }),
    'model.safetensors': writeSafetensors(toHuggingFace(config, weights)),
  };
}

/**
 * Reads a checkpoint through `read` (a fetch or a file read, by file name).
 * @throws an error naming the file, the tensor or key, and what is wrong; config.json is checked before the weights are
 *   asked for, and their names and shapes before a value is read
 */
export async function readCheckpoint(read: (file: string) => Promise<Uint8Array>): Promise<Checkpoint> {
  const config = parseLlamaConfig(readJson(await read('config.json'), 'config.json', maxConfigBytes));
  const parameters = Object.values(parameterShapes(config)).reduce(
    (sum, shape) => sum + shape.reduce((a, b) => a * b, 1),
    0,
  );
  if (parameters > maxParameters) {
    throw new Error(
      `config.json: the model would have ${parameters.toLocaleString('en')} parameters; at most ` +
        `${maxParameters.toLocaleString('en')} fit. Choose a smaller model.`,
    );
  }
  return { config, weights: fromHuggingFace(config, openSafetensors(await read('model.safetensors'))) };
}
