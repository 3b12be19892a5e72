/**
 * The GGUF file format, versions 2 and 3: magic, counts, metadata, descriptions of tensors, padding, data.
 * https://github.com/ggml-org/ggml/blob/master/docs/gguf.md. Everything is checked before a byte is used, because a file may be a
 * stranger's: lengths against limits and against the file before anything of that length is made.
 */
import { shown, shownText } from '../../config/outside.ts';
import type { ByteSource } from '../byteSource.ts';
import type { HostBlocks } from '../../engine/blocks.ts';
import { dequantise } from './blocks.ts';
import { isKept, keptBlocks } from './keptBlocks.ts';
import { blockTypes, isKnownType, nameOfType, type TypeName, type TypeNumber } from './types.ts';

/** A value of the metadata; 64-bit integers that are no safe ones are refused. */
export type MetadataValue = number | boolean | string | readonly (number | boolean | string)[];

export interface GgufFile {
  readonly file: string;
  readonly metadata: ReadonlyMap<string, MetadataValue>;
  /** Shapes as others write them: [rows, columns], values of a row next to each other. In the order of their data. */
  readonly tensors: ReadonlyMap<string, { readonly dtype: TypeName; readonly shape: readonly number[] }>;
  /** Values of a tensor as float32. @throws for a name that is not in `tensors` */
  read(name: string): Promise<Float32Array>;
  /** A matrix as it is stored, where its type is one of the engine's blocks; null: it is another. @throws as `read` */
  readBlocks(name: string): Promise<HostBlocks | null>;
}

const maxHeaderBytes = 128 << 20;
const maxEntries = 10_000;
const maxNameBytes = 1 << 16;
/** Chat templates and lists of merges are long; a token is not. */
const maxStringBytes = 1 << 20;
const maxListLength = 1 << 21;
const firstGuess = 1 << 20;

/** Thrown where the header goes on after the bytes that were read. */
class NeedMore extends Error {}

interface Entry {
  readonly type: TypeNumber;
  readonly dtype: TypeName;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

interface Header {
  readonly metadata: Map<string, MetadataValue>;
  readonly described: readonly (readonly [name: string, entry: Entry])[];
  readonly alignment: number;
  /** Bytes from the file's beginning to the end of the descriptions. */
  readonly length: number;
}

/**
 * Checks a .gguf file's header; its data is read tensor by tensor when asked for.
 * @throws an error that says which part is wrong
 */
export async function openGguf(source: ByteSource): Promise<GgufFile> {
  const { file, size } = source;
  const { metadata, described, alignment, length } = await readHeader(source);
  const entries = [...described].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  const dataStart = Math.ceil(length / alignment) * alignment;
  let at = 0;
  for (const [name, { begin, end }] of entries) {
    if (begin !== at) damaged(file, `tensor ${shownText(name)} begins at ${begin}, expected ${at}`);
    at = Math.ceil(end / alignment) * alignment;
  }
  const last = entries.at(-1)?.[1].end ?? 0;
  const there = Math.max(0, size - dataStart);
  if (there < last) cut(file, `it has ${there} bytes of data, its header describes ${last}`);
  if (there > at) damaged(file, `it has ${there} bytes of data, its header describes ${last}`);
  const tensors = new Map(entries);
  const entryOf = (name: string): Entry => {
    const entry = tensors.get(name);
    if (!entry) throw new Error(`${file}: there is no tensor ${shownText(name)}.`);
    return entry;
  };
  const bytesOf = ({ begin, end }: Entry) => source.read(dataStart + begin, dataStart + end);
  return {
    ...{ file, metadata, tensors },
    read: async (name) => {
      const entry = entryOf(name);
      return dequantise(entry.type, await bytesOf(entry));
    },
    readBlocks: async (name) => {
      const entry = entryOf(name);
      const [outputs, inputs, ...more] = entry.shape;
      if (inputs === undefined || more.length > 0 || !isKept(entry.type)) return null;
      return keptBlocks(entry.type, await bytesOf(entry), outputs, inputs);
    },
  };
}

const damaged = (file: string, problem: string): never => {
  throw new Error(`${file}: ${problem}. The file is damaged or of another kind; download it again.`);
};
const cut = (file: string, problem: string): never => {
  throw new Error(`${file}: ${problem}. The file is cut short or damaged; download it again.`);
};

/** Its length is written nowhere, so more and more is read until it is whole. */
async function readHeader(source: ByteSource): Promise<Header> {
  const { file, size } = source;
  for (let bytes = firstGuess; ; bytes *= 4) {
    const length = Math.min(bytes, size, maxHeaderBytes);
    try {
      return parseHeader(new Reader(await source.read(0, length), file));
    } catch (error) {
      if (!(error instanceof NeedMore)) throw error;
      if (length === size) return cut(file, 'it ends within its header');
      if (length === maxHeaderBytes) {
        return damaged(file, `the header has more than ${maxHeaderBytes} bytes, which are read at most`);
      }
    }
  }
}

function parseHeader(reader: Reader): Header {
  const { file } = reader;
  if (!reader.begins('GGUF')) {
    throw new Error(
      `${file}: this is not a GGUF file (its first four bytes are not GGUF). Choose a .gguf file.`,
    );
  }
  const version = reader.u32();
  if (version !== 2 && version !== 3) {
    throw new Error(
      `${file}: GGUF version ${version} is not supported; 2 and 3 are read. Convert the model with a current llama.cpp.`,
    );
  }
  const tensorCount = reader.count('tensors', maxEntries);
  const metadataCount = reader.count('metadata entries', maxEntries);
  const metadata = new Map<string, MetadataValue>();
  for (let i = 0; i < metadataCount; i++) {
    const key = reader.string('the name of a metadata entry', maxNameBytes);
    if (metadata.has(key)) damaged(file, `metadata ${shownText(key)} is there twice`);
    metadata.set(key, reader.value(key, reader.u32(), true));
  }
  const alignment = metadata.get('general.alignment') ?? 32;
  if (typeof alignment !== 'number' || !(alignment >= 8 && alignment <= 1 << 16) || alignment % 8 !== 0) {
    return damaged(file, `general.alignment is ${shown(alignment)}, not a multiple of 8 up to 65536`);
  }
  const described = Array.from({ length: tensorCount }, () => describedTensor(reader));
  const names = new Set(described.map(([name]) => name));
  if (names.size < described.length) damaged(file, 'two tensors have one name');
  return { metadata, described, alignment, length: reader.at };
}

function describedTensor(reader: Reader): readonly [string, Entry] {
  const { file } = reader;
  const name = reader.string('the name of a tensor', maxNameBytes);
  const tensor = `tensor ${shownText(name)}`;
  const rank = reader.u32();
  if (rank < 1 || rank > 4) return damaged(file, `${tensor} has ${rank} dimensions`);
  const shape = Array.from({ length: rank }, () => reader.safe(reader.u64(), tensor)).reverse();
  const type = reader.u32();
  const begin = reader.safe(reader.u64(), tensor);
  if (!isKnownType(type)) {
    const known = Object.values(blockTypes).map((one) => one.name);
    throw new Error(
      `${file}: ${tensor} is stored as ${nameOfType(type)}; ${known.join(', ')} are read. Choose a file in one of them.`,
    );
  }
  const { name: dtype, values, bytes } = blockTypes[type];
  const columns = shape.at(-1) ?? 0;
  if (columns % values !== 0) {
    return damaged(file, `${tensor}: rows of ${columns} values are no whole blocks of ${values} (${dtype})`);
  }
  const size = shape.reduce((a, b) => a * b, 1);
  const end = begin + (size / values) * bytes;
  if (size === 0 || !Number.isSafeInteger(end)) {
    return damaged(file, `${tensor} has shape [${shape.join(', ')}]`);
  }
  return [name, { type, dtype, shape, begin, end }];
}

/** Bytes of a list's items, at least. */
const leastBytes: readonly number[] = [1, 1, 2, 2, 4, 4, 4, 1, 8, 12, 8, 8, 8];

/** Walks through the header. @throws NeedMore where it goes on after what was read */
class Reader {
  at = 0;
  readonly file: string;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

  constructor(bytes: Uint8Array, file: string) {
    this.file = file;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  #take(bytes: number): number {
    const at = this.at;
    if (at + bytes > this.#bytes.byteLength) throw new NeedMore();
    this.at = at + bytes;
    return at;
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  u64(): bigint {
    return this.#view.getBigUint64(this.#take(8), true);
  }

  safe(value: bigint, what: string): number {
    const number = Number(value);
    if (!Number.isSafeInteger(number)) return damaged(this.file, `${what} has the number ${value}`);
    return number;
  }

  count(what: string, most: number): number {
    const count = this.u64();
    if (count > BigInt(most)) return damaged(this.file, `it has ${count} ${what}, at most ${most} are read`);
    return Number(count);
  }

  /** The next bytes are these letters. */
  begins(letters: string): boolean {
    const at = this.#take(letters.length);
    return [...letters].every((letter, i) => this.#bytes[at + i] === letter.charCodeAt(0));
  }

  text(bytes: number): string {
    const at = this.#take(bytes);
    try {
      return this.#decoder.decode(this.#bytes.subarray(at, at + bytes));
    } catch {
      return damaged(this.file, `there is no UTF-8 text at byte ${at}`);
    }
  }

  string(what: string, most: number): string {
    const length = this.u64();
    if (length > BigInt(most)) {
      return damaged(this.file, `${what} has ${length} bytes, at most ${most} are read`);
    }
    return this.text(Number(length));
  }

  value(key: string, type: number, listsAllowed: false): number | boolean | string;
  value(key: string, type: number, listsAllowed: boolean): MetadataValue;
  value(key: string, type: number, listsAllowed: boolean): MetadataValue {
    const view = this.#view;
    const what = `metadata ${shownText(key)}`;
    switch (type) {
      case 0:
        return view.getUint8(this.#take(1));
      case 1:
        return view.getInt8(this.#take(1));
      case 2:
        return view.getUint16(this.#take(2), true);
      case 3:
        return view.getInt16(this.#take(2), true);
      case 4:
        return this.u32();
      case 5:
        return view.getInt32(this.#take(4), true);
      case 6:
        return view.getFloat32(this.#take(4), true);
      case 7:
        return view.getUint8(this.#take(1)) !== 0;
      case 8:
        return this.string(what, maxStringBytes);
      case 9:
        return listsAllowed ? this.#list(key, what) : damaged(this.file, `${what} is a list of lists`);
      case 10:
        return this.safe(this.u64(), what);
      case 11:
        return this.safe(view.getBigInt64(this.#take(8), true), what);
      case 12:
        return view.getFloat64(this.#take(8), true);
      default:
        return damaged(this.file, `${what} has the unknown type ${type}`);
    }
  }

  #list(key: string, what: string): (number | boolean | string)[] {
    const type = this.u32();
    const length = this.count(`items in ${what}`, maxListLength);
    // Before a list of that length is made.
    if (this.at + length * (leastBytes[type] ?? 1) > this.#bytes.byteLength && type !== 8)
      throw new NeedMore();
    const items: (number | boolean | string)[] = [];
    for (let i = 0; i < length; i++) items.push(this.value(key, type, false));
    return items;
  }
}
