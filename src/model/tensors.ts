/**
 * Between the tensors of a file, under Hugging Face's names and [out, in], and our parameters. Read one at a time: beside the
 * parameter that is being made, no other is held.
 */
import { shownText } from '../config/outside.ts';
import { blockLayouts, quantised, type BlockType, type HostBlocks } from '../engine/blocks.ts';
import type { Parameter, Part } from './families/family.ts';
import { familyOf } from './families/index.ts';
import { isTransposed, type HostWeights, type ParameterValues } from './parameters.ts';
import { attentionShape, type ModelConfig } from './modelConfig.ts';
import { frequencies } from './rotary.ts';

export interface HostTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** The tensors of a checkpoint, checked but not read. */
export interface TensorSource {
  /** Whose tensors they are and who says which there must be, for errors. */
  readonly file: string;
  readonly configFile: string;
  readonly tensors: ReadonlyMap<string, { readonly dtype: string; readonly shape: readonly number[] }>;
  /** Values as float32, a copy. @throws for a name that is not in `tensors` */
  read(name: string): Float32Array | Promise<Float32Array>;
  /** A matrix as it is stored, where it is in blocks that are computed with; null: it is not. */
  readBlocks?(name: string): Promise<HostBlocks | null>;
}

/** The same tensors, telling with each that is read how many numbers of all have been. Read anew, they are counted anew. */
export function countedTensors(
  source: TensorSource,
  onRead: (done: number, total: number) => void,
): TensorSource {
  const sizeOf = (name: string) => source.tensors.get(name)?.shape.reduce((a, b) => a * b, 1) ?? 0;
  const total = [...source.tensors.keys()].reduce((sum, name) => sum + sizeOf(name), 0);
  const seen = new Set<string>();
  let done = 0;
  const tell = (name: string) => {
    if (!seen.has(name)) done += sizeOf(name);
    seen.add(name);
    onRead(done, total);
  };
  return {
    ...source,
    async read(name) {
      const values = await source.read(name);
      tell(name);
      return values;
    },
    async readBlocks(name) {
      const blocks = await source.readBlocks?.(name);
      if (!blocks) return null;
      tell(name);
      return blocks;
    },
  };
}

const embedding = 'model.embed_tokens.weight';
const head = 'lm_head.weight';

/** Our weights → Hugging Face tensors. */
export function tensorsOf(config: ModelConfig, weights: HostWeights): Map<string, HostTensor> {
  const tensors = new Map<string, HostTensor>();
  for (const [ours, parts] of familyOf(config).layout(config)) {
    const columns = parts.reduce((sum, { shape }) => sum + shape[0], 0);
    let offset = 0;
    for (const { name, shape } of parts) {
      const [width, rows = 0] = shape;
      if (shape.length === 1) {
        tensors.set(name, { shape, data: weights[ours].subarray(offset, offset + width) });
      } else if (!isTransposed(ours)) {
        tensors.set(name, { shape, data: weights[ours] });
      } else {
        const data = new Float32Array(width * rows);
        for (let r = 0; r < rows; r++) {
          for (let c = 0; c < width; c++) data[c * rows + r] = weights[ours][r * columns + offset + c];
        }
        tensors.set(name, { shape, data });
      }
      offset += width;
    }
  }
  return tensors;
}

/**
 * A file's tensors → our parameters, in our order.
 * @throws an error naming a missing, surplus or misshapen tensor, before any is read; or one whose values are not finite
 */
export async function* parametersFrom(
  config: ModelConfig,
  source: TensorSource,
): AsyncGenerator<[name: string, values: Float32Array]> {
  await checkTensors(config, source);
  for (const parameter of familyOf(config).layout(config)) {
    yield [parameter[0], await readPlain(source, parameter)];
  }
}

async function readPlain(source: TensorSource, [ours, parts]: Parameter): Promise<Float32Array> {
  const [first] = parts;
  const columns = parts.reduce((sum, { shape }) => sum + shape[0], 0);
  if (parts.length === 1 && !(isTransposed(ours) && first.shape.length === 2)) {
    return readFinite(source, first.name);
  }
  const rows = first.shape[1] ?? 1;
  const data = new Float32Array(rows * columns);
  let offset = 0;
  for (const { name, shape } of parts) {
    const theirs = await readFinite(source, name);
    const [width] = shape;
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < width; c++) data[r * columns + offset + c] = theirs[c * rows + r];
    }
    offset += width;
  }
  return data;
}

/** How the matrices of a model that is not trained are held: blocks as a file has them, or all in one type of blocks. */
export type BaseForm = 'stored' | BlockType;

/**
 * The same parameters for a model that is not trained: its matrices in blocks where the file has such, or where they are asked for.
 * @throws as `parametersFrom`
 */
export async function* frozenParametersFrom(
  config: ModelConfig,
  source: TensorSource,
  form: BaseForm,
): AsyncGenerator<[name: string, values: ParameterValues]> {
  await checkTensors(config, source);
  for (const parameter of familyOf(config).layout(config)) {
    const [ours, parts] = parameter;
    const isMatrix = parts.every(({ shape }) => shape.length === 2);
    const blocks = isMatrix ? await readInBlocks(source, parts, form) : null;
    yield [ours, blocks ?? (await readPlain(source, parameter))];
  }
}

/** The outputs of all parts; null where they are stored in different ways. */
export async function readInBlocks(
  source: TensorSource,
  parts: readonly Part[],
  form: BaseForm,
): Promise<HostBlocks | null> {
  const read: HostBlocks[] = [];
  for (const { name, shape } of parts) {
    const stored = await source.readBlocks?.(name);
    if (stored) checkScales(source, name, stored);
    const [outputs, inputs = 0] = shape;
    if (stored && (form === 'stored' || form === stored.type)) read.push(stored);
    else if (form === 'stored') return null;
    else read.push(quantised(form, await readFinite(source, name), outputs, inputs));
  }
  const [{ type, inputs }] = read;
  if (read.some((one) => one.type !== type)) return null;
  const bytes = new Uint8Array(read.reduce((sum, one) => sum + one.bytes.length, 0));
  let at = 0;
  for (const one of read) {
    bytes.set(one.bytes, at);
    at += one.bytes.length;
  }
  return { type, inputs, outputs: read.reduce((sum, one) => sum + one.outputs, 0), bytes };
}

/** Whether every scale and minimum is a number. */
function checkScales(source: TensorSource, name: string, { type, bytes }: HostBlocks): void {
  const size = blockLayouts[type].bytes;
  for (let at = 0; at < bytes.length; at += size) {
    const scale = (bytes[at + 1] & 0x7c) !== 0x7c;
    const minimum = type === 'int8' || (bytes[at + 3] & 0x7c) !== 0x7c;
    if (scale && minimum) continue;
    refuse(source, name, notFinite(at / size, 'block'));
  }
}

const notFinite = (place: number, what: string, value?: number): string =>
  `has ${value === undefined ? 'a scale that is no number' : `the value ${value}`} at ${what} ${place}. ` +
  'The file is damaged, or its training failed; choose another.';

/** Values of a tensor. @throws naming the first that is no number */
export async function readFinite(source: TensorSource, name: string): Promise<Float32Array> {
  const values = await source.read(name);
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) refuse(source, name, notFinite(bad, 'place', values[bad]));
  return values;
}

function refuse({ file }: TensorSource, tensor: string, problem: string): never {
  throw new Error(`${file}: tensor ${shownText(tensor)} ${problem}`);
}

const adviceOf = ({ configFile, file }: TensorSource): string =>
  configFile === file
    ? 'The file is damaged; download it again.'
    : `Use the ${configFile} that was saved with it.`;

/** Takes a tensor from those that are left. @throws when it is missing or of another shape */
function taker(source: TensorSource, left: Set<string>) {
  const { configFile } = source;
  return (name: string, shape: readonly number[]): void => {
    const found = source.tensors.get(name)?.shape;
    if (!found) refuse(source, name, `is missing; ${configFile} asks for it. ${adviceOf(source)}`);
    if (found.join() !== shape.join()) {
      refuse(
        source,
        name,
        `has shape [${found.join(', ')}]; ${configFile} says [${shape.join(', ')}]. ${adviceOf(source)}`,
      );
    }
    left.delete(name);
  };
}

/**
 * Names and shapes against the configuration, of which no value is read.
 * @returns the names of what the model does not ask for
 * @throws an error naming a missing or misshapen tensor
 */
export function checkShapes(config: ModelConfig, source: TensorSource): Set<string> {
  const left = new Set(source.tensors.keys());
  const take = taker(source, left);
  for (const [, parts] of familyOf(config).layout(config)) {
    for (const { name, shape } of parts) take(name, shape);
  }
  return left;
}

/** Names and shapes against the configuration; what is left over must be derivable from the rest. */
export async function checkTensors(config: ModelConfig, source: TensorSource): Promise<void> {
  const { configFile } = source;
  const advice = adviceOf(source);
  const left = checkShapes(config, source);
  const take = taker(source, left);
  if (left.has(head)) {
    take(head, [config.vocab_size, config.hidden_size]);
    if (!sameBits(await source.read(head), await source.read(embedding))) {
      refuse(
        source,
        head,
        `differs from ${embedding}, and ${configFile} says that they are tied (tie_word_embeddings). ${advice}`,
      );
    }
  }
  for (const name of left) {
    const layer = /^model\.(?:layers\.(\d+)\.self_attn\.)?rotary_emb\.inv_freq$/.exec(name);
    if (!layer || Number(layer[1] ?? 0) >= config.num_hidden_layers) {
      refuse(source, name, `does not belong to the model of ${configFile}. ${advice}`);
    }
    take(name, [attentionShape(config).headDim / 2]);
    if (!(await isInverseFrequency(config, source, name))) {
      refuse(source, name, `is not what ${configFile} says with rope_theta. ${advice}`);
    }
  }
}

/** So that -0 is not 0 and one NaN is not another. */
function sameBits(a: Float32Array, b: Float32Array): boolean {
  const [x, y] = [a, b].map((values) => new Uint32Array(values.buffer, values.byteOffset, values.length));
  return x.length === y.length && x.every((bits, i) => bits === y[i]);
}

/** How far a rounded frequency may lie from the exact one: in relation to it, and absolutely (where halves end). */
const rounding: ReadonlyMap<string, readonly [number, number]> = new Map([
  ['F32', [1e-5, 0]],
  ['F16', [2e-3, 6e-8]],
  ['BF16', [8e-3, 0]],
]);

/** Whether a stored buffer holds the frequencies, scaled or not, as old versions of transformers saved it. */
async function isInverseFrequency(config: ModelConfig, source: TensorSource, name: string): Promise<boolean> {
  const { headDim, theta } = attentionShape(config);
  const [relative, absolute] = rounding.get(source.tensors.get(name)?.dtype ?? '') ?? [0, 0];
  const values = await source.read(name);
  return [undefined, config.rope_scaling].some((scaling) => {
    const expected = frequencies(headDim, theta, scaling);
    return values.every((value, i) => Math.abs(value - expected[i]) <= relative * expected[i] + absolute);
  });
}
