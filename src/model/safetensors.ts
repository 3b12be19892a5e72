/**
 * The safetensors file format: u64 header length, JSON header, raw little-endian data.
 * https://github.com/huggingface/safetensors#format. Everything is checked before a byte is used, because a file may be a
 * stranger's. The format asks for no alignment, so values are copied out, never viewed where they lie.
 */
import * as v from 'valibot';
import { isObject, shown, shownText } from '../config/outside.ts';
import type { ByteSource } from './byteSource.ts';
import { widenHalves } from '../engine/halves.ts';
import type { HostTensor, TensorSource } from './tensors.ts';

/** Bytes of one value in each dtype that is read. */
const dtypes = { F32: 4, F16: 2, BF16: 2 } as const;
type Dtype = keyof typeof dtypes;

const isDtype = (name: string): name is Dtype => Object.hasOwn(dtypes, name);

/** A checked file in memory; its tensors are in the order of their data. F16 and BF16 are widened exactly. */
export interface SafetensorsFile extends TensorSource {
  readonly tensors: ReadonlyMap<string, { readonly dtype: Dtype; readonly shape: readonly number[] }>;
  read(name: string): Float32Array;
}

const maxHeaderBytes = 4 << 20;
const maxTensors = 10_000;

const size = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const entrySchema = v.strictObject({
  dtype: v.string(),
  shape: v.pipe(v.array(size), v.maxLength(8)),
  data_offsets: v.strictTuple([size, size]),
});

interface Entry {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/** What is wrong with a file, and what to do. */
function failing(file: string) {
  const fail = (problem: string, remedy: string): never => {
    throw new Error(`${file}: ${problem}. ${remedy}`);
  };
  return {
    fail,
    damaged: (problem: string): never =>
      fail(problem, 'The file is damaged or of another kind; download it again.'),
    cut: (problem: string): never => fail(problem, 'The file is cut short or damaged; download it again.'),
  };
}

/** Where the data begins. @param start the first 8 bytes of a file of `size` bytes */
function dataStartOf(start: Uint8Array, size: number, file: string): number {
  const { damaged, cut } = failing(file);
  if (size < 8) cut(`it has ${size} bytes, too few for a header`);
  const headerLength = new DataView(start.buffer, start.byteOffset, 8).getBigUint64(0, true);
  if (headerLength > BigInt(maxHeaderBytes)) {
    damaged(`the header would have ${headerLength} bytes, at most ${maxHeaderBytes} are read`);
  }
  const dataStart = 8 + Number(headerLength);
  if (dataStart > size) cut(`the header has ${headerLength} bytes, and only ${size - 8} follow`);
  return dataStart;
}

/** @param there bytes of data in the file @throws unless the ranges tile the data exactly */
function readHeader(bytes: Uint8Array, there: number, file: string): Map<string, Entry> {
  const { fail, damaged, cut } = failing(file);
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    damaged('the header is not JSON');
  }
  if (!isObject(header)) return damaged('the header is not an object');
  const described = Object.entries(header).filter(([name]) => name !== '__metadata__');
  if (described.length > maxTensors) {
    damaged(`it has ${described.length} tensors, at most ${maxTensors} are read`);
  }

  const entries = described.map(([name, value]): [string, Entry] => {
    const tensor = `tensor ${shownText(name)}`;
    const parsed = v.safeParse(entrySchema, value);
    if (!parsed.success) {
      const [issue] = parsed.issues;
      return damaged(`${tensor}: ${v.getDotPath(issue) ?? 'its entry'}: ${issue.message}`);
    }
    const { dtype, shape, data_offsets } = parsed.output;
    if (!isDtype(dtype)) {
      return fail(
        `${tensor} is stored as ${shown(dtype)}; ${Object.keys(dtypes).join(', ')} are read`,
        'Save the model in one of them (transformers: `model.float().save_pretrained(DIR)`).',
      );
    }
    const [begin, end] = data_offsets;
    const needed = shape.reduce((a, b) => a * b, dtypes[dtype]);
    if (end - begin !== needed) {
      damaged(`${tensor}: ${end - begin} bytes for shape [${shape.join(', ')}] in ${dtype}, not ${needed}`);
    }
    return [name, { dtype, shape, begin, end }];
  });
  entries.sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  let at = 0;
  for (const [name, { begin, end }] of entries) {
    if (begin !== at) damaged(`tensor ${shownText(name)} begins at ${begin}, expected ${at}`);
    at = end;
  }
  if (there < at) cut(`it has ${there} bytes of data, its header describes ${at}`);
  if (there > at) damaged(`it has ${there} bytes of data, its header describes ${at}`);
  return new Map(entries);
}

/**
 * Checks a .safetensors file that is in memory, without converting its data.
 * @param file its name, for errors
 * @throws an error that says which part is wrong; the ranges must tile the data exactly
 */
export function openSafetensors(bytes: Uint8Array, file = 'model.safetensors'): SafetensorsFile {
  const dataStart = dataStartOf(bytes, bytes.byteLength, file);
  const tensors = readHeader(bytes.subarray(8, dataStart), bytes.byteLength - dataStart, file);
  return {
    ...{ file, configFile: 'config.json', tensors },
    read: (name) => {
      const { begin, end, dtype } = entryOf(tensors, name, file);
      return toFloat32(bytes.subarray(dataStart + begin, dataStart + end), dtype);
    },
  };
}

/** The same for a file elsewhere, of which a tensor's bytes are read when its values are asked for. */
export async function streamSafetensors(source: ByteSource): Promise<TensorSource> {
  const { file, size } = source;
  const dataStart = dataStartOf(await source.read(0, Math.min(8, size)), size, file);
  const tensors = readHeader(await source.read(8, dataStart), size - dataStart, file);
  return {
    ...{ file, configFile: 'config.json', tensors },
    read: async (name) => {
      const { begin, end, dtype } = entryOf(tensors, name, file);
      return toFloat32(await source.read(dataStart + begin, dataStart + end), dtype);
    },
  };
}

function entryOf(tensors: ReadonlyMap<string, Entry>, name: string, file: string): Entry {
  const entry = tensors.get(name);
  if (!entry) throw new Error(`${file}: there is no tensor ${shownText(name)}.`);
  return entry;
}

/** Every tensor of a file, with its values. Throws as `openSafetensors` does. */
export function readSafetensors(bytes: Uint8Array, file?: string): Map<string, HostTensor> {
  const opened = openSafetensors(bytes, file);
  return new Map([...opened.tensors].map(([name, { shape }]) => [name, { shape, data: opened.read(name) }]));
}

/** Little-endian values, at any address, as float32. */
function toFloat32(bytes: Uint8Array, dtype: Dtype): Float32Array {
  const count = bytes.byteLength / dtypes[dtype];
  const out = new Float32Array(count);
  if (dtype === 'F32') {
    new Uint8Array(out.buffer).set(bytes);
    return out;
  }
  const halves = new Uint16Array(count);
  new Uint8Array(halves.buffer).set(bytes);
  widenHalves(halves, dtype, out);
  return out;
}

/** What stands before the data of tensors in float32, in the order given; Hugging Face's loaders want `format: "pt"`. */
export function safetensorsHead(
  shapes: Iterable<readonly [name: string, shape: readonly number[]]>,
  metadata: Record<string, string> = { format: 'pt' },
): Uint8Array<ArrayBuffer> {
  let at = 0;
  const header: [string, unknown][] = [['__metadata__', metadata]];
  for (const [name, shape] of shapes) {
    const end = at + shape.reduce((a, b) => a * b, dtypes.F32);
    header.push([name, { dtype: 'F32', shape, data_offsets: [at, end] }]);
    at = end;
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const padded = Math.ceil(json.length / 8) * 8; // data starts aligned
  const out = new Uint8Array(8 + padded);
  new DataView(out.buffer).setBigUint64(0, BigInt(padded), true);
  out.fill(0x20, 8);
  out.set(json, 8);
  return out;
}

/** A file of tensors, in the order given. @param metadata as `safetensorsHead` */
export function writeSafetensors(
  tensors: ReadonlyMap<string, HostTensor>,
  metadata?: Record<string, string>,
): Uint8Array<ArrayBuffer> {
  const head = safetensorsHead(
    [...tensors].map(([name, { shape }]) => [name, shape] as const),
    metadata,
  );
  const all = [...tensors.values()];
  const out = new Uint8Array(all.reduce((sum, { data }) => sum + data.byteLength, head.length));
  out.set(head);
  let at = head.length;
  for (const { data } of all) {
    out.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return out;
}
