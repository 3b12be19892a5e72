/** From the bytes of a problem file to its text: gzip is unpacked, and what is no text is refused by what it is. */

/** Largest problem file that is read, in bytes, packed or not; many times MBPP would fit. */
export const MAX_PROBLEM_BYTES = 64 * 2 ** 20;

const MB = 2 ** 20;

/** @throws Error when the file is larger than that. */
export function checkProblemSize(bytes: number): void {
  if (bytes <= MAX_PROBLEM_BYTES) return;
  throw new Error(
    `it has ${(bytes / MB).toFixed(0)} MB; at most ${MAX_PROBLEM_BYTES / MB} MB are read. Split it into several files.`,
  );
}

/** Files that are no text, by their first bytes. */
const signatures: readonly (readonly [readonly number[], string])[] = [
  [
    [0x50, 0x41, 0x52, 0x31],
    'a Parquet file: write it as JSONL (pandas: read_parquet(…).to_json(…, orient="records", lines=True))',
  ],
  [[0x50, 0x4b, 0x03, 0x04], 'a zip archive: unpack it, and choose the file inside'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'packed with zstd: unpack it first, or pack it with gzip'],
  [[0xfd, 0x37, 0x7a, 0x58], 'packed with xz: unpack it first, or pack it with gzip'],
  [[0x42, 0x5a, 0x68], 'packed with bzip2: unpack it first, or pack it with gzip'],
  [[0xff, 0xfe], 'UTF-16 text: save it as UTF-8'],
  [[0xfe, 0xff], 'UTF-16 text: save it as UTF-8'],
];

const beginsWith = (bytes: Uint8Array, start: readonly number[]): boolean =>
  start.every((byte, i) => bytes[i] === byte);

/**
 * The text of a problem file; gzip is known by its first bytes, whatever the file is called.
 * @param bytes the whole file.
 * @throws Error when it is too large, packed or unpacked, damaged, or no UTF-8 text.
 */
export async function fileText(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  checkProblemSize(bytes.length);
  const plain = beginsWith(bytes, [0x1f, 0x8b]) ? await unpacked(bytes) : bytes;
  const known = signatures.find(([start]) => beginsWith(plain, start));
  if (known) throw new Error(`it is not UTF-8 text but ${known[1]}.`);
  if (plain[257] === 0x75 && new TextDecoder().decode(plain.subarray(257, 262)) === 'ustar')
    throw new Error('it is not UTF-8 text but a tar archive: unpack it, and choose the file inside.');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(plain);
  } catch (cause) {
    throw new Error(
      'it is not UTF-8 text. A problem file is JSONL or a JSON array, perhaps packed with gzip.',
      { cause },
    );
  }
}

/** Unpacks gzip, and stops where the result would be too large, so that a small file cannot fill the memory. */
async function unpacked(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip')).getReader();
  for (;;) {
    const { done, value } = await reader.read().catch((cause: unknown) => {
      throw new Error(
        'it is a gzip file that is damaged, or several in one: download it again, or unpack it first.',
        { cause },
      );
    });
    if (done) break;
    size += value.length;
    if (size > MAX_PROBLEM_BYTES) {
      await reader.cancel();
      throw new Error(`unpacked it has more than ${MAX_PROBLEM_BYTES / MB} MB. Split it into several files.`);
    }
    chunks.push(value);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
