/**
 * The safetensors file format: u64 header length, JSON header, raw little-endian data.
 * https://github.com/huggingface/safetensors#format. Everything is checked before a byte is used, because a file may be a
 * stranger's. The format asks for no alignment, so values are copied out, never viewed where they lie.
 */
import * as v from 'valibot';
import { isObject, shown, shownText } from '../config/outside.ts';

export interface HostTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Bytes of one value in each dtype that is read. */
const dtypes = { F32: 4, F16: 2, BF16: 2 } as const;
type Dtype = keyof typeof dtypes;

const isDtype = (name: string): name is Dtype => Object.hasOwn(dtypes, name);

/** A checked file: what its header says, and its values, converted when they are asked for. */
export interface SafetensorsFile {
  /** In the order of their data. */
  readonly tensors: ReadonlyMap<string, { readonly dtype: Dtype; readonly shape: readonly number[] }>;
  /** Values of a tensor as float32, a copy; F16 and BF16 are widened exactly. Throws for a name that is not in `tensors`. */
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

/**
 * Checks a .safetensors file without converting its data.
 * @param file its name, for errors
 * @throws an error that says which part is wrong; the ranges must tile the data exactly
 */
export function openSafetensors(bytes: Uint8Array, file = 'model.safetensors'): SafetensorsFile {
  const fail = (problem: string, remedy: string): never => {
    throw new Error(`${file}: ${problem}. ${remedy}`);
  };
  const damaged = (problem: string): never =>
    fail(problem, 'The file is damaged or of another kind; download it again.');
  const cut = (problem: string): never =>
    fail(problem, 'The file is cut short or damaged; download it again.');

  if (bytes.byteLength < 8) cut(`it has ${bytes.byteLength} bytes, too few for a header`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = view.getBigUint64(0, true);
  if (headerLength > BigInt(maxHeaderBytes)) {
    damaged(`the header would have ${headerLength} bytes, at most ${maxHeaderBytes} are read`);
  }
  const dataStart = 8 + Number(headerLength);
  if (dataStart > bytes.byteLength) {
    cut(`the header has ${headerLength} bytes, and only ${bytes.byteLength - 8} follow`);
  }
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, dataStart)));
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
  const there = bytes.byteLength - dataStart;
  if (there < at) cut(`it has ${there} bytes of data, its header describes ${at}`);
  if (there > at) damaged(`it has ${there} bytes of data, its header describes ${at}`);

  const tensors = new Map(entries);
  return {
    tensors,
    read: (name) => {
      const entry = tensors.get(name);
      if (!entry) throw new Error(`${file}: there is no tensor ${shownText(name)}.`);
      return toFloat32(bytes.subarray(dataStart + entry.begin, dataStart + entry.end), entry.dtype);
    },
  };
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
  const bits = new Uint32Array(out.buffer);
  const widen = dtype === 'BF16' ? (h: number) => h << 16 : halfToFloatBits;
  for (let i = 0; i < count; i++) bits[i] = widen(halves[i]);
  return out;
}

/** The bits of an IEEE 754 half as those of the equal float32; infinities and NaN stay what they are. */
function halfToFloatBits(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >> 10) & 0x1f;
  let fraction = half & 0x3ff;
  if (exponent === 0x1f) return sign | 0x7f800000 | (fraction << 13);
  if (exponent !== 0) return sign | ((exponent + 112) << 23) | (fraction << 13);
  if (fraction === 0) return sign;
  // Subnormal: fraction · 2⁻²⁴. Moved up until its leading bit is the implied one.
  let shift = 0;
  while ((fraction & 0x400) === 0) {
    fraction <<= 1;
    shift++;
  }
  return sign | ((113 - shift) << 23) | ((fraction & 0x3ff) << 13);
}

/** Writes tensors in the order given, with string metadata (Hugging Face's loaders want `format: "pt"`). */
export function writeSafetensors(
  tensors: ReadonlyMap<string, HostTensor>,
  metadata: Record<string, string> = { format: 'pt' },
): Uint8Array<ArrayBuffer> {
  let at = 0;
  const header: [string, unknown][] = [['__metadata__', metadata]];
  for (const [name, { shape, data }] of tensors) {
    header.push([name, { dtype: 'F32', shape, data_offsets: [at, at + data.byteLength] }]);
    at += data.byteLength;
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const padded = Math.ceil(json.length / 8) * 8; // data starts aligned
  const out = new Uint8Array(8 + padded + at);
  new DataView(out.buffer).setBigUint64(0, BigInt(padded), true);
  out.fill(0x20, 8, 8 + padded);
  out.set(json, 8);
  at = 8 + padded;
  for (const { data } of tensors.values()) {
    out.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return out;
}
