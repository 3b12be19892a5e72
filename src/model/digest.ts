/** A model's digest: whoever has the same one has the same model. */

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

/** SHA-256, as 64 hexadecimal digits; undefined where the browser has no cryptography. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string | undefined> {
  if (!('subtle' in crypto)) return undefined;
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
