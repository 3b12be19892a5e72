/**
 * The safetensors file format: u64 header length, JSON header, raw little-endian data.
 * https://github.com/huggingface/safetensors#format. Everything is checked before a byte is used, because a file may be a stranger's.
 */
import * as v from 'valibot';

export interface HostTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

const maxHeaderBytes = 4 << 20;
const maxTensors = 10_000;

const size = v.pipe(v.number(), v.integer(), v.minValue(0));
const entrySchema = v.strictObject({
  dtype: v.literal('F32', 'only F32 tensors are read'),
  shape: v.pipe(v.array(size), v.maxLength(8)),
  data_offsets: v.strictTuple([size, size]),
});

/**
 * Parses a .safetensors file.
 * @throws an error that says which part is wrong; the ranges must tile the data exactly
 */
export function readSafetensors(bytes: Uint8Array): Map<string, HostTensor> {
  const fail = (message: string): never => {
    throw new Error(
      `model.safetensors: ${message}. The file is damaged or of another kind; download it again.`,
    );
  };
  if (bytes.byteLength < 8) fail(`${bytes.byteLength} bytes is too short`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = view.getBigUint64(0, true);
  if (headerLength > BigInt(maxHeaderBytes) || headerLength > BigInt(bytes.byteLength - 8)) {
    fail(`header length ${headerLength} does not fit`);
  }
  const dataStart = 8 + Number(headerLength);
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, dataStart)));
  } catch {
    fail('the header is not JSON');
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header))
    fail('the header is not an object');
  const entries = Object.entries(header as object).filter(([name]) => name !== '__metadata__');
  if (entries.length > maxTensors) fail(`${entries.length} tensors`);

  const parsed = entries.map(([name, value]) => {
    const result = v.safeParse(entrySchema, value);
    if (!result.success) return fail(`tensor ${name}: ${result.issues[0].message}`);
    const [begin, end] = result.output.data_offsets;
    const count = result.output.shape.reduce((a, b) => a * b, 1);
    if (end - begin !== count * 4)
      fail(`tensor ${name}: ${end - begin} bytes for shape [${result.output.shape}]`);
    return { name, shape: result.output.shape, begin, end };
  });
  parsed.sort((a, b) => a.begin - b.begin);
  let at = 0;
  for (const { name, begin, end } of parsed) {
    if (begin !== at) fail(`tensor ${name} begins at ${begin}, expected ${at}`);
    at = end;
  }
  if (dataStart + at !== bytes.byteLength)
    fail(`${bytes.byteLength - dataStart} bytes of data, header describes ${at}`);

  return new Map(
    parsed.map(({ name, shape, begin, end }) => {
      const copy = bytes.slice(dataStart + begin, dataStart + end);
      return [name, { shape, data: new Float32Array(copy.buffer, copy.byteOffset, (end - begin) / 4) }];
    }),
  );
}

/** Writes tensors in the order given, with string metadata (Hugging Face's loaders want `format: "pt"`). */
export function writeSafetensors(
  tensors: ReadonlyMap<string, HostTensor>,
  metadata: Record<string, string> = { format: 'pt' },
): Uint8Array<ArrayBuffer> {
  let at = 0;
  const header: Record<string, unknown> = { __metadata__: metadata };
  for (const [name, { shape, data }] of tensors) {
    header[name] = { dtype: 'F32', shape, data_offsets: [at, at + data.byteLength] };
    at += data.byteLength;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
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
