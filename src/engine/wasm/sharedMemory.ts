/**
 * Lets several threads work in the memory of TensorFlow.js' WASM back end.
 *
 * TensorFlow.js has a threaded build, but it starts eight workers of its own, does not run in Node, and splits only the
 * products that we do not use. Its single-threaded build, and our module, need just one bit to take part: memory is
 * declared with limits, and bit 1 of the limits' flags says "shared" (WebAssembly threads proposal, binary format of limits).
 * Code that knows nothing of threads runs unchanged on shared memory.
 */

const sectionIds = { import: 2, memory: 5 } as const;
const importKinds = { func: 0, table: 1, memory: 2, global: 3 } as const;
const memoryFlags = { hasMaximum: 1, shared: 2 } as const;

/**
 * A copy of a WebAssembly module whose memory, its own or imported, is declared shared.
 *
 * @throws when the module has no memory, or one without a maximum (shared memory needs one)
 */
export function withSharedMemory(module: Uint8Array): Uint8Array<ArrayBuffer> {
  const copy = Uint8Array.from(module);
  const at = memoryFlagsAt(copy);
  if (!((copy[at] ?? 0) & memoryFlags.hasMaximum)) {
    throw new Error('withSharedMemory: the memory has no maximum size; shared memory needs one.');
  }
  copy[at] = (copy[at] ?? 0) | memoryFlags.shared;
  return copy;
}

/** Where the limits of the module's only memory begin. */
function memoryFlagsAt(bytes: Uint8Array): number {
  let at = 8; // magic number and version
  const number = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined) throw new Error('withSharedMemory: the module is cut off.');
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  };
  const skipLimits = () => {
    const flags = number();
    number();
    if (flags & memoryFlags.hasMaximum) number();
  };
  while (at < bytes.length) {
    const id = bytes[at++];
    const length = number();
    const end = at + length;
    if (id === sectionIds.memory && number() > 0) return at;
    if (id === sectionIds.import) {
      for (let left = number(); left > 0; left--) {
        for (let name = 0; name < 2; name++) {
          const size = number();
          at += size;
        }
        const kind = bytes[at++];
        if (kind === importKinds.memory) return at;
        if (kind === importKinds.func) number();
        else if (kind === importKinds.global) at += 2;
        else if (kind === importKinds.table) {
          at++;
          skipLimits();
        } else throw new Error(`withSharedMemory: unknown import kind ${kind}.`);
      }
    }
    at = end;
  }
  throw new Error('withSharedMemory: the module has no memory.');
}

/** null, or why threads cannot share memory here: a sentence. */
export function whyNoSharedMemory(): string | null {
  if (typeof SharedArrayBuffer === 'undefined')
    return 'the page is not cross-origin isolated, so threads cannot share memory';
  if (typeof document !== 'undefined')
    return "a page's own thread may not wait for others, only a worker may";
  try {
    // As much address space as the back end's memory will reserve; it is not touched, and collected again.
    new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: true });
    return null;
  } catch (error) {
    return `shared WebAssembly memory cannot be made (${error instanceof Error ? error.message : String(error)})`;
  }
}
