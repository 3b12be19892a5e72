/**
 * Memory without its empty pages: half of Python's is zeros, and a snapshot is read, hashed and handed from process to process before
 * anything starts. Layout, in 32-bit words of this machine's order: length in bytes, number of pages, their numbers; then the pages.
 */
const pageSize = 4096;
const wordSize = 4;

/** @param memory as long as it likes; it begins at a multiple of four bytes */
export function packPages(memory: Uint8Array): Uint8Array {
  const words = new Uint32Array(memory.buffer, memory.byteOffset, Math.floor(memory.length / wordSize));
  const perPage = pageSize / wordSize;
  const used: number[] = [];
  for (let page = 0; page * pageSize < memory.length; page++) {
    const whole = (page + 1) * pageSize <= memory.length;
    if (!whole || words.subarray(page * perPage, (page + 1) * perPage).some((word) => word !== 0))
      used.push(page);
  }
  const head = Uint32Array.of(memory.length, used.length, ...used);
  const packed = new Uint8Array(head.byteLength + used.length * pageSize);
  packed.set(new Uint8Array(head.buffer));
  for (const [place, page] of used.entries())
    packed.set(memory.subarray(page * pageSize, (page + 1) * pageSize), head.byteLength + place * pageSize);
  return packed;
}

/**
 * The memory again, in a buffer of its own.
 * @param packed what `packPages` gave; it begins at a multiple of four bytes
 * @throws Error when it is something else
 */
export function unpackPages(packed: Uint8Array): Uint8Array {
  const words = new Uint32Array(packed.buffer, packed.byteOffset, Math.floor(packed.length / wordSize));
  const [length = 0, count = 0] = words;
  const begin = (2 + count) * wordSize;
  const used = words.subarray(2, 2 + count);
  if (packed.length !== begin + count * pageSize || used.some((page) => page * pageSize >= length))
    throw new Error('this is no memory without its empty pages');
  const memory = new Uint8Array(length);
  for (const [place, page] of used.entries()) {
    const at = begin + place * pageSize;
    memory.set(packed.subarray(at, at + Math.min(pageSize, length - page * pageSize)), page * pageSize);
  }
  return memory;
}
