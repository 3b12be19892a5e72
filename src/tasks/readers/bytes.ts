/** From the bytes of a problem file to its text: gzip is decompressed, and what is not text is refused, named by what it is. */
import { BoundedBytes } from '../../config/outside.ts';

/** Largest problem file that is read, in bytes, compressed or not: room for MBPP many times over. */
export const maxProblemBytes = 64 * 2 ** 20;

const megabyte = 2 ** 20;

/** @throws Error when the file is larger than that. */
export function checkProblemSize(bytes: number): void {
  if (bytes <= maxProblemBytes) return;
  throw new Error(
    `it has ${(bytes / megabyte).toFixed(0)} MB; at most ${maxProblemBytes / megabyte} MB are read. Split it into several files.`,
  );
}

/** Files that are not text, by their first bytes. */
const signatures: readonly (readonly [readonly number[], string])[] = [
  [
    [0x50, 0x41, 0x52, 0x31],
    'a Parquet file: write it as JSONL (pandas: read_parquet(…).to_json(…, orient="records", lines=True))',
  ],
  [[0x50, 0x4b, 0x03, 0x04], 'a zip archive: extract it, and choose the file inside'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'compressed with zstd: decompress it first, or use gzip'],
  [[0xfd, 0x37, 0x7a, 0x58], 'compressed with xz: decompress it first, or use gzip'],
  [[0x42, 0x5a, 0x68], 'compressed with bzip2: decompress it first, or use gzip'],
  [[0xff, 0xfe], 'UTF-16 text: save it as UTF-8'],
  [[0xfe, 0xff], 'UTF-16 text: save it as UTF-8'],
];

const beginsWith = (bytes: Uint8Array, start: readonly number[]): boolean =>
  start.every((byte, i) => bytes[i] === byte);

/**
 * The text of a problem file; gzip is known by its first bytes, whatever the file is called.
 * @param bytes the whole file.
 * @throws Error when it is too large, compressed or not, damaged, or not UTF-8 text.
 */
export async function fileText(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  checkProblemSize(bytes.length);
  const plain = beginsWith(bytes, [0x1f, 0x8b]) ? await decompressed(bytes) : bytes;
  const known = signatures.find(([start]) => beginsWith(plain, start));
  if (known) throw new Error(`it is not UTF-8 text but ${known[1]}.`);
  if (plain[257] === 0x75 && new TextDecoder().decode(plain.subarray(257, 262)) === 'ustar')
    throw new Error('it is not UTF-8 text but a tar archive: extract it, and choose the file inside.');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(plain);
  } catch (cause) {
    throw new Error(
      'it is not UTF-8 text. A problem file is JSONL or a JSON array, perhaps compressed with gzip.',
      { cause },
    );
  }
}

/** Unpacks gzip, and stops where the result would be too large, so that a small file cannot fill the memory. */
async function decompressed(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const text = new BoundedBytes(maxProblemBytes);
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip')).getReader();
  for (;;) {
    const { done, value } = await reader.read().catch((cause: unknown) => {
      throw new Error(
        'it is a gzip file that is damaged, or several in one: download it again, or decompress it first.',
        { cause },
      );
    });
    if (done) break;
    if (!text.add(value)) {
      await reader.cancel();
      throw new Error(
        `decompressed, it has more than ${maxProblemBytes / megabyte} MB. Split it into several files.`,
      );
    }
  }
  return text.whole();
}
