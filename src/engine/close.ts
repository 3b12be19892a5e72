import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { tf } from './tf.ts';
import { abandonWasmKernels } from './wasm/kernels.ts';
import { forgetGpu } from './webgpu/errors.ts';

/** Lets go of an open back end with everything on it. Its tensors have no values any more; they may still be disposed. */
export function closeBackend(name = tf.getBackend()): void {
  const engine = tf.engine();
  const backend = engine.registry[name];
  // What is left of it holds nothing worth freeing, and after a trap even its `free` may trap.
  backend.disposeData = () => true;
  if (name === 'wasm') abandonWasmKernels();
  if (name === 'webgpu') {
    forgetGpu();
    (backend as WebGPUBackend).device.destroy(); // frees all its buffers at once
  }
  while (engine.state.scopeStack.length > 0) engine.endScope(); // left open by an error while one was being closed
  // Not tf.removeBackend: it also forgets how to make the back end, and asks the dead one to tidy up.
  delete engine.registry[name];
}
