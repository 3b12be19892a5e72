/** Zip archives, written and read. What is read may be a stranger's: names, sizes and number are checked before anything is kept. */
import {
  Unzip,
  UnzipInflate,
  UnzipPassThrough,
  Zip,
  ZipDeflate,
  ZipPassThrough,
  zipSync,
  type UnzipFile,
  type Zippable,
} from 'fflate';
import { shownText } from '../config/outside.ts';
import type { Bytes } from '../train/store.ts';

/** Fixed, so that the same files give the same archive. */
const written = new Date(1980, 0, 1);
/** What compressing gains nothing on. */
const dense = /\.(gz|safetensors|png|zip)$/;

/** @param files by name; '/' makes folders */
export function zip(files: ReadonlyMap<string, Uint8Array>): Bytes {
  const entries: Zippable = {};
  for (const [name, bytes] of files)
    entries[name] = [bytes, { level: dense.test(name) ? 0 : 6, mtime: written }];
  return zipSync(entries);
}

/** What the numbers in an archive end at. */
const mostBytes = 2 ** 32 - 1;

/**
 * The same, one part after the other, for files of which not all are in memory at once.
 * @throws Error when it would be larger than an archive can be
 */
export async function* zipInParts(
  files: ReadonlyMap<string, Uint8Array | AsyncIterable<Uint8Array>>,
): AsyncGenerator<Uint8Array> {
  let made: Uint8Array[] = [];
  let size = 0;
  const archive = new Zip((error, part) => {
    if (error) throw error;
    made.push(part);
    size += part.byteLength;
    if (size <= mostBytes) return;
    throw new Error(
      'It is larger than 4.3 GB, which no zip archive can be. Take --what model, and merge it with PEFT.',
    );
  });
  for (const [name, content] of files) {
    const file = dense.test(name) ? new ZipPassThrough(name) : new ZipDeflate(name, { level: 6 });
    file.mtime = written;
    archive.add(file);
    for await (const part of content instanceof Uint8Array ? [content] : content) {
      file.push(part);
      yield* made;
      made = [];
    }
    file.push(new Uint8Array(), true);
  }
  archive.end();
  yield* made;
}

export interface ZipLimits {
  /** Files at most. */
  readonly files: number;
  /** Bytes of all of them together, unpacked, at most. */
  readonly bytes: number;
  /** Bytes that a file of that name may have; null: it may not be there, and is refused by name. */
  readonly room: (name: string) => number | null;
}

/** What is handed to the reader at a time: a bomb unpacks to about a thousand times as much before it is stopped. */
const piece = 1 << 14;

/**
 * Unpacks an archive in memory.
 * @throws Error saying what is wrong with it, in one clause: no archive, cut short, too much of anything, a name that may not be there
 */
export function unzip(bytes: Uint8Array, limits: ZipLimits): Map<string, Bytes> {
  if (!beginsLikeZip(bytes)) throw new Error('it is no zip archive');
  if (!endsLikeZip(bytes)) throw new Error('it is cut short: the end of the archive is missing');
  const found = new Map<string, Uint8Array[]>();
  const whole = new Set<string>();
  let sum = 0;
  /** What was wrong first; the library hands what is thrown below it back as if it had failed itself. */
  let problem: string | null = null;
  const refuse = (words: string) => void (problem ??= words);
  const reader = new Unzip((file: UnzipFile) => {
    const { name, compression } = file;
    if (problem !== null || name.endsWith('/')) return; // a folder
    const shown = `"${shownText(name)}"`;
    const most = limits.room(name);
    if (most === null) return refuse(`${shown} does not belong in it`);
    if (found.has(name)) return refuse(`${shown} is in it twice`);
    if (found.size >= limits.files)
      return refuse(`it holds more than ${limits.files.toLocaleString('en')} files`);
    if (compression !== 0 && compression !== 8)
      return refuse(`${shown} is packed in a way that is not read (${compression})`);
    const pieces: Uint8Array[] = [];
    let size = 0;
    found.set(name, pieces);
    file.ondata = (error, data, final) => {
      if (error) return refuse(`${shown} is damaged`);
      size += data.byteLength;
      sum += data.byteLength;
      if (size > most) refuse(`${shown} unpacks to more than ${megabytes(most)}`);
      if (sum > limits.bytes) refuse(`it unpacks to more than ${megabytes(limits.bytes)}`);
      if (problem === null) pieces.push(data);
      if (final) whole.add(name);
    };
    file.start();
  });
  reader.register(UnzipInflate);
  reader.register(UnzipPassThrough);
  for (let at = 0; at < bytes.byteLength && problem === null; at += piece) {
    try {
      reader.push(bytes.subarray(at, at + piece), at + piece >= bytes.byteLength);
    } catch {
      refuse('its contents are damaged');
    }
  }
  for (const name of found.keys()) if (!whole.has(name)) refuse(`"${shownText(name)}" is cut short`);
  if (problem !== null) throw new Error(problem);
  return new Map([...found].map(([name, pieces]) => [name, joined(pieces)]));
}

const megabytes = (bytes: number): string => `${bytes / 2 ** 20} MB`;

const beginsLikeZip = (bytes: Uint8Array): boolean =>
  bytes.byteLength >= 22 && bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;

/** The record that ends an archive is 22 bytes long where nobody wrote a comment. */
function endsLikeZip(bytes: Uint8Array): boolean {
  const end = bytes.subarray(-22);
  return end[0] === 0x50 && end[1] === 0x4b && end[2] === 5 && end[3] === 6;
}

function joined(pieces: readonly Uint8Array[]): Bytes {
  const all = new Uint8Array(pieces.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const one of pieces) {
    all.set(one, at);
    at += one.byteLength;
  }
  return all;
}
