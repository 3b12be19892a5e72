/** A file that is read in parts: on a disk, dropped into a page, or in memory. */
export interface ByteSource {
  /** Its name, for errors. */
  readonly file: string;
  /** Bytes. */
  readonly size: number;
  /** The bytes from `begin` up to `end`, which is at most `size`; all of them or an error. */
  read(begin: number, end: number): Promise<Uint8Array>;
}

/** One that lies in memory. */
export function bytesInMemory(file: string, bytes: Uint8Array): ByteSource {
  return { file, size: bytes.byteLength, read: (begin, end) => Promise.resolve(bytes.subarray(begin, end)) };
}
