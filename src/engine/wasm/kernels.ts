import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { tf } from '../tf.ts';
import type { KernelFunc, Tensor } from '../tf.ts';
import { kernelsBase64 } from './module.ts';
import { withSharedMemory } from './sharedMemory.ts';
import { ThreadPool } from './threads.ts';

/** What `index.as.ts` exports. Arguments are sizes, byte addresses and numbers; see each kernel's `*.as.ts`. */
const names = [
  'gemm',
  'gemmPanels',
  'gemmPanelsTransposed',
  'gemmScratch',
  'gemmBlocks',
  'gemmBlocksScratch',
  'gemmBlocksTransposed',
  'gemmBlocksTransposedScratch',
  'gatherBlocks',
  'rmsNormForward',
  'rmsNormBackward',
  'ropeRotate',
  'attentionForward',
  'attentionForwardScratch',
  'attentionBackward',
  'attentionBackwardScratch',
  'swigluForward',
  'swigluBackward',
  'gatherForward',
  'scatterAdd',
  'headForward',
  'headBackward',
  'headForwardScratch',
  'headBackwardScratch',
  'firstBadTarget',
  'headBlocksForward',
  'headBlocksBackward',
  'headBlocksScratch',
  'sample',
  'sampleScratch',
  'attend',
  'attendScratch',
  'fillCache',
  'decodeScratch',
  'decodeToken',
  'decodeCommonScratch',
  'packWeight',
  'adamW',
] as const;

export type KernelName = (typeof names)[number];
type KernelExports = Readonly<Record<KernelName, (...args: number[]) => number>>;

/**
 * Our compiled kernels, working directly in the memory of TensorFlow.js' WASM back end: an operation is one call with the
 * addresses of its tensors, without a copy.
 */
export class WasmKernels {
  readonly run: KernelExports;
  readonly memory: WebAssembly.Memory;
  readonly #backend: BackendWasm;
  readonly #heap: Heap;
  readonly #pool: ThreadPool | null;
  readonly #tables = new Map<string, { address: number; rows: number }>();
  #scratch = { address: 0, bytes: 0 };
  #most = Infinity;

  private constructor(backend: BackendWasm, heap: Heap, run: KernelExports, pool: ThreadPool | null) {
    this.#pool = pool;
    this.#backend = backend;
    this.#heap = heap;
    this.memory = heap.asm.memory;
    this.run = run;
  }

  /**
   * @param threads that work, the caller included; more than one only on shared memory (see `sharedMemory.ts`)
   * @throws when the back end hides its memory (its threaded build), the module lacks a kernel, or a thread does not start
   */
  static async load(backend: BackendWasm, threads: number): Promise<WasmKernels> {
    const heap: object = backend.wasm;
    if (!isHeap(heap)) {
      throw new Error(
        "TensorFlow.js' WASM back end does not expose its memory; is its threaded build in use?",
      );
    }
    const { memory } = heap.asm;
    const bytes = Uint8Array.from(atob(kernelsBase64), (char) => char.charCodeAt(0));
    const shared = typeof SharedArrayBuffer !== 'undefined' && memory.buffer instanceof SharedArrayBuffer;
    const module = await WebAssembly.compile(shared ? withSharedMemory(bytes) : bytes);
    const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
    if (!hasEveryKernel(exports)) throw new Error('module.ts is out of date: run `npm run build:kernels`.');
    if (threads === 1) return new WasmKernels(backend, heap, exports, null);
    if (!shared)
      throw new Error('Several threads need shared memory, and this back end was started without.');
    const pool = await ThreadPool.start(threads - 1, { module, memory, names });
    return new WasmKernels(backend, heap, exports, pool);
  }

  get backend(): BackendWasm {
    return this.#backend;
  }

  /** How many parts of one operation are worked on at once. */
  get threads(): number {
    return Math.min(this.#most, this.#pool?.threads ?? 1);
  }

  /** No more of them than this work from now on. */
  useThreads(count: number): void {
    this.#most = Math.max(1, count);
  }

  /**
   * Runs one kernel several times at once, at most `threads` times, and returns when all calls are done. What the calls
   * write must not overlap; each needs scratch space of its own (`scratch(bytes · calls.length)`).
   *
   * @returns what the calls of this thread gave
   */
  parallel(name: KernelName, calls: readonly (readonly number[])[]): number[] {
    const kernel = this.run[name];
    if (this.#pool === null || calls.length === 1) return calls.map((args) => kernel(...args));
    return [this.#pool.run(names.indexOf(name), calls, (args) => kernel(...args))];
  }

  /**
   * Shares 0..total−1 among the threads: each gets a range whose length is a multiple of `grain` (but for the last), and
   * scratch space of its own. One call when there is one thread, or no more than one grain.
   *
   * @param call the kernel's arguments for a range
   */
  share(
    name: KernelName,
    total: number,
    grain: number,
    scratchBytes: number,
    call: (start: number, count: number, scratch: number) => readonly number[],
  ): void {
    const parts = this.parts(total, grain);
    const own = wholeLines(scratchBytes);
    const scratch = scratchBytes === 0 ? 0 : this.scratch(own * parts.length);
    this.parallel(
      name,
      parts.map(({ start, count }, part) => call(start, count, scratch + part * own)),
    );
  }

  /** The ranges that `share` gives to the threads. */
  parts(total: number, grain: number): { readonly start: number; readonly count: number }[] {
    const step = Math.ceil(total / this.threads / grain) * grain;
    return Array.from({ length: Math.ceil(total / step) }, (_, part) => {
      const start = part * step;
      return { start, count: Math.min(step, total - start) };
    });
  }

  /** Ends the helping threads. Nothing may be called afterwards. */
  abandon(): void {
    this.#pool?.dispose();
  }

  /** The same, and frees scratch space and tables. */
  dispose(): void {
    this.abandon();
    if (this.#scratch.bytes > 0) this.#heap._free(this.#scratch.address);
    for (const { address } of this.#tables.values()) this.#heap._free(address);
    this.#tables.clear();
  }

  /** Byte address of a tensor's values. Valid until the tensor is disposed. */
  address(tensor: Tensor): number {
    return this.#backend.dataIdMap.get(tensor.dataId).memoryOffset;
  }

  /** A new tensor whose values are not set yet. */
  output<T extends Tensor>(shape: readonly number[], dtype: 'float32' | 'int32' = 'float32'): T {
    return tf.engine().makeTensorFromTensorInfo(this.#backend.makeOutput([...shape], dtype)) as T;
  }

  /** A new tensor of zeros, for kernels that add. */
  zeros<T extends Tensor>(shape: readonly number[]): T {
    const tensor = this.output<T>(shape);
    new Float32Array(this.memory.buffer, this.address(tensor), tensor.size).fill(0);
    return tensor;
  }

  /** The address of at least this many bytes, for one call: the next call may overwrite them. */
  scratch(bytes: number): number {
    if (bytes > this.#scratch.bytes) {
      if (this.#scratch.bytes > 0) this.#heap._free(this.#scratch.address);
      this.#scratch = { address: 0, bytes: 0 }; // so it stays if there is no room for the next one
      this.#scratch = { address: this.#heap._malloc(bytes), bytes };
    }
    return this.#scratch.address;
  }

  /** A table of constants made once and kept: rows of `width` floats, at least `rows` of them. `fill` writes row `row`. */
  table(
    name: string,
    rows: number,
    width: number,
    fill: (row: number, values: Float32Array) => void,
  ): number {
    const found = this.#tables.get(name);
    if (found && found.rows >= rows) return found.address;
    if (found) this.#heap._free(found.address);
    this.#tables.delete(name);
    const room = 2 ** Math.ceil(Math.log2(Math.max(rows, 128)));
    const address = this.#heap._malloc(room * width * 4);
    for (let row = 0; row < room; row++) {
      fill(row, new Float32Array(this.memory.buffer, address + row * width * 4, width));
    }
    this.#tables.set(name, { address, rows: room });
    return address;
  }
}

/** So many bytes, and more until the next begins on a cache line of its own: no two threads write to one. */
export const wholeLines = (bytes: number): number => Math.ceil(bytes / 64) * 64;

let current: WasmKernels | null = null;

/** The kernels of the running back end; null on other back ends, where operations use their reference. */
export function wasmKernels(): WasmKernels | null {
  return current !== null && tf.getBackend() === 'wasm' && tf.backend() === current.backend ? current : null;
}

/** So many of WASM's threads work from now on, to compare them: results do not depend on it. */
export const useThreads = (count: number): void => wasmKernels()?.useThreads(count);

/** Ends the helping threads of a back end that is abandoned; what its heap holds goes with it. */
export function abandonWasmKernels(): void {
  current?.abandon();
  current = null;
}

/** Loads the kernels for the running WASM back end (`enabled`), or goes back to the references. */
export async function useWasmKernels(enabled: boolean, threads: number): Promise<void> {
  const backend = tf.backend() as BackendWasm;
  shareClones(enabled);
  if (enabled && current?.backend === backend && current.threads === threads) return;
  current?.dispose();
  current = null;
  if (enabled) current = await WasmKernels.load(backend, threads);
}

let copyingIdentity: KernelFunc | null = null;

/**
 * Makes `clone` share its values, as it does on the other back ends and as `reshape` does here. The WASM back end copies
 * them, and everything a gradient remembers is a clone: that alone was 5 % of a training step.
 */
function shareClones(enabled: boolean): void {
  const identity = tf.getKernel('Identity', 'wasm');
  copyingIdentity ??= identity.kernelFunc;
  identity.kernelFunc = enabled ? shareValues : copyingIdentity;
}

const shareValues: KernelFunc = ({ inputs, backend }) => {
  const { x } = inputs;
  if (!x) throw new Error('Identity: no input.');
  (backend as BackendWasm).incRef(x.dataId);
  return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
};

/** What the back end's Emscripten module has, beyond its published type. */
interface Heap {
  readonly asm: { readonly memory: WebAssembly.Memory };
  /** Throws an OutOfMemoryError when there is no room, see allocator.ts. */
  _malloc(bytes: number): number;
  _free(address: number): void;
}

function isHeap(wasm: object): wasm is Heap {
  if (!('_malloc' in wasm && '_free' in wasm && 'asm' in wasm)) return false;
  const { asm } = wasm;
  return (
    typeof asm === 'object' && asm !== null && 'memory' in asm && asm.memory instanceof WebAssembly.Memory
  );
}

function hasEveryKernel(exports: WebAssembly.Exports): exports is WebAssembly.Exports & KernelExports {
  return names.every((name) => typeof exports[name] === 'function');
}
