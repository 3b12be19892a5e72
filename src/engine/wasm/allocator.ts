import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { OutOfMemoryError } from '../faults.ts';

/** What the back end's Emscripten module has, beyond its published type. */
interface Allocator {
  _malloc: (bytes: number) => number;
  _free: (address: number) => void;
}

const guarded = new WeakSet<object>();

/**
 * TensorFlow.js does not look whether its allocator found room: it would go on to write to address 0, over the back end's
 * own data. From here on the allocator throws an OutOfMemoryError instead, before anything was written.
 */
export function guardAllocator(backend: BackendWasm): void {
  const heap: object = backend.wasm;
  if (guarded.has(heap)) return;
  if (!isAllocator(heap)) throw new Error("TensorFlow.js' WASM back end does not expose its allocator.");
  heap._free(heap._malloc(1)); // Emscripten replaces the two functions when they are first called
  const malloc = heap._malloc;
  heap._malloc = (bytes) => {
    const address = malloc(bytes) >>> 0; // addresses above 2 GB come as negative numbers
    if (address === 0 && bytes > 0) {
      throw new OutOfMemoryError(`The WebAssembly heap has no ${(bytes / 1e6).toFixed(1)} MB left.`);
    }
    return address;
  };
  guarded.add(heap);
}

function isAllocator(heap: object): heap is Allocator {
  return (
    '_malloc' in heap &&
    typeof heap._malloc === 'function' &&
    '_free' in heap &&
    typeof heap._free === 'function'
  );
}
