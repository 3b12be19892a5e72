/**
 * A GGUF file of any shape with drawn weights, for programs that open files: as fast as a real one, and as large. What it says is
 * nonsense.
 */
import { halfBits } from '../engine/halves.ts';
import { familyOf } from '../model/families/index.ts';
import { ggufName } from '../model/gguf/model.ts';
import { blockTypes, type TypeNumber } from '../model/gguf/types.ts';
import { attentionShape, type ModelConfig } from '../model/modelConfig.ts';
import { RandomStream } from '../rl/random.ts';

/** Of the metadata: whole numbers, texts, lists of texts, of whole numbers with a sign, of floats; a float. */
export type MetadataValue =
  | number
  | string
  | readonly string[]
  | Int32Array
  | Float32Array
  | { readonly float: number };

export type DrawnType = 'Q8_0' | 'Q4_0';

const alignment = 32;
const padding = (length: number): number => -length & (alignment - 1);
const f32: TypeNumber = 0;
const numberOf = { Q4_0: 2, Q8_0: 8 } as const satisfies Record<DrawnType, TypeNumber>;

/** Little-endian, as the format asks. */
class Header {
  readonly #parts: Uint8Array[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }
  bytes(part: Uint8Array): this {
    this.#parts.push(part);
    this.#length += part.length;
    return this;
  }
  u32 = (value: number): this => this.bytes(new Uint8Array(Uint32Array.of(value).buffer));
  u64 = (value: number): this => this.bytes(new Uint8Array(BigUint64Array.of(BigInt(value)).buffer));
  f32 = (value: number): this => this.bytes(new Uint8Array(Float32Array.of(value).buffer));
  text(value: string): this {
    const bytes = new TextEncoder().encode(value);
    return this.u64(bytes.length).bytes(bytes);
  }
  value(value: MetadataValue): this {
    if (typeof value === 'string') return this.u32(8).text(value);
    if (typeof value === 'number') return this.u32(4).u32(value);
    if ('float' in value) return this.u32(6).f32(value.float);
    this.u32(9);
    if (value instanceof Int32Array || value instanceof Float32Array) {
      this.u32(value instanceof Int32Array ? 5 : 6).u64(value.length);
      return this.bytes(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
    }
    this.u32(8).u64(value.length);
    for (const item of value) this.text(item);
    return this;
  }
  whole(): Uint8Array {
    const out = new Uint8Array(this.#length);
    let at = 0;
    for (const part of this.#parts) {
      out.set(part, at);
      at += part.length;
    }
    return out;
  }
}

/** What every reader asks of the shape. */
function shapeOf(config: ModelConfig): Record<string, MetadataValue> {
  const { modelType } = familyOf(config);
  const { heads, kvHeads, headDim } = attentionShape(config);
  const own: Record<string, MetadataValue> = {
    vocab_size: config.vocab_size,
    context_length: config.max_position_embeddings,
    embedding_length: config.hidden_size,
    block_count: config.num_hidden_layers,
    feed_forward_length: config.intermediate_size,
    'attention.head_count': heads,
    'attention.head_count_kv': kvHeads,
    'attention.layer_norm_rms_epsilon': { float: config.rms_norm_eps },
    'rope.dimension_count': headDim,
    'rope.freq_base': { float: config.rope_theta },
  };
  return {
    'general.architecture': modelType,
    ...Object.fromEntries(Object.entries(own).map(([key, value]) => [`${modelType}.${key}`, value])),
  };
}

/**
 * @param type of all matrices; a head in Q4_0 stays Q8_0, as llama-quantize keeps it at these widths
 * @param metadata beside what follows from `config`: the tokenizer
 */
export function* drawnGguf(
  config: ModelConfig,
  type: DrawnType,
  metadata: Readonly<Record<string, MetadataValue>>,
): Generator<Uint8Array> {
  const tensors = familyOf(config)
    .layout(config)
    .flatMap(([, parts]) => parts)
    .map(({ name, shape }) => {
      const isTable = name === 'model.embed_tokens.weight' || name === 'lm_head.weight';
      const number = shape.length === 1 ? f32 : numberOf[isTable ? 'Q8_0' : type];
      const { values, bytes } = blockTypes[number];
      return { name, shape, number, bytes: (shape.reduce((a, b) => a * b, 1) / values) * bytes };
    });
  const entries = Object.entries({ ...shapeOf(config), ...metadata });
  const header = new Header().bytes(new TextEncoder().encode('GGUF')).u32(3);
  header.u64(tensors.length).u64(entries.length);
  for (const [key, value] of entries) header.text(key).value(value);
  let offset = 0;
  for (const { name, shape, number, bytes } of tensors) {
    header.text(ggufName(name)).u32(shape.length);
    for (const size of shape.toReversed()) header.u64(size);
    header.u32(number).u64(offset);
    offset += bytes + padding(bytes);
  }
  yield header.bytes(new Uint8Array(padding(header.length))).whole();
  const random = new RandomStream(3);
  const pool = Uint8Array.from({ length: 1 << 16 }, () => random.integer(256));
  for (const { name, shape, number, bytes } of tensors) {
    const data = new Uint8Array(bytes + padding(bytes));
    if (number === f32) new Float32Array(data.buffer).fill(name.endsWith('bias') ? 0 : 1, 0, shape[0]);
    else drawBlocks(data, number, bytes, scaleOf(name, shape[1]), pool);
    yield data;
  }
}

/** Standard deviation of a matrix' values; 0.05 for a table, as `initialWeights` has it. */
const scaleOf = (name: string, inputs = 1): number =>
  name.startsWith('model.layers.') ? 1 / Math.sqrt(inputs) : 0.05;

/** Random numbers of 8 or 4 bits with one scale. */
function drawBlocks(
  data: Uint8Array,
  number: TypeNumber,
  length: number,
  deviation: number,
  pool: Uint8Array,
): void {
  // An odd distance, so that neighbouring rows are not the same.
  for (let at = 0, from = 0; at < length; from = (from + 40_503) & 0x7fff) {
    const part = pool.subarray(from, from + length - at);
    data.set(part, at);
    at += part.length;
  }
  const { bytes } = blockTypes[number];
  const scale = halfBits(deviation / (number === numberOf.Q8_0 ? 74 : 4.6)); // deviations of −128…127 and −8…7
  const view = new DataView(data.buffer);
  for (let at = 0; at < length; at += bytes) view.setUint16(at, scale, true);
}
