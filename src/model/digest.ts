/** A model's digest: whoever has the same one has the same model. */
import { sha256 } from '../config/sha256.ts';

export { sha256 };

/** The files that a model is, in the order of the digest. */
const modelFiles = ['config.json', 'model.safetensors', 'tokenizer.json'] as const;

/**
 * @param read a fetch or a file read, by file name
 * @returns 64 hexadecimal digits, those that `sha256sum config.json model.safetensors tokenizer.json | sha256sum` prints;
 *   undefined where the browser has no cryptography (a page that is neither https nor localhost)
 */
export async function modelDigest(
  read: (file: string) => Promise<Uint8Array<ArrayBuffer>>,
): Promise<string | undefined> {
  const lines = modelFiles.map(async (file) => `${await sha256(await read(file))}  ${file}\n`);
  return sha256(new TextEncoder().encode((await Promise.all(lines)).join('')));
}
