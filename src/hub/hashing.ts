/** Hashes of files that are too large to be in memory at once. */
import { sha1 } from '@noble/hashes/legacy.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

/** SHA-256 of what it is given, piece by piece. */
export class Sha256 {
  readonly #hash = sha256.create();

  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  /** 64 hexadecimal digits. Nothing may follow. */
  hex(): string {
    return bytesToHex(this.#hash.digest());
  }
}

export const sha256Hex = (bytes: Uint8Array): string => bytesToHex(sha256(bytes));

/** What git calls a file of this content. */
export const gitHash = (bytes: Uint8Array): string =>
  bytesToHex(
    sha1
      .create()
      .update(new TextEncoder().encode(`blob ${bytes.byteLength}\0`))
      .update(bytes)
      .digest(),
  );
