import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { openBackend } from './backend.ts';
import { closeBackend } from './close.ts';
import type { BackendOptions, BackendRequest, OpenedBackend } from './backend.ts';
import { BackendLostError, OutOfMemoryError } from './faults.ts';
import { tf } from './tf.ts';
import { throwGpuErrors } from './webgpu/errors.ts';

export type BackendFault = OutOfMemoryError | BackendLostError;

/**
 * Lets go of the running back end with everything on it, and starts one again: the requested one or, where that starts no
 * more, the next that does. Tensors of the old one have no values any more; they may still be disposed.
 *
 * @throws when none starts, with every reason
 */
export async function reopenBackend(
  requested: BackendRequest,
  options: BackendOptions,
): Promise<OpenedBackend> {
  closeBackend();
  const reasons: string[] = [];
  for (const name of new Set<BackendRequest>([requested, 'auto', 'wasm', 'cpu'])) {
    try {
      const opened = await openBackend(name, options);
      return { ...opened, why: [...reasons, opened.why].join(' ') };
    } catch (error) {
      reasons.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new Error(`No back end can be started any more. ${reasons.join(' ')}`);
}

/**
 * What an error says about the running back end; null when it is another kind of error.
 * It waits a moment, because the news of a GPU come by other ways than the results it did not give.
 */
export async function backendFault(error: unknown): Promise<BackendFault | null> {
  if (isFault(error)) return error;
  if (tf.getBackend() === 'webgpu') {
    const { device } = tf.backend() as WebGPUBackend;
    await Promise.race([device.lost, new Promise((resolve) => setTimeout(resolve, patienceMs(error)))]);
    try {
      throwGpuErrors();
    } catch (reported) {
      if (isFault(reported)) return reported;
    }
  }
  if (error instanceof WebAssembly.RuntimeError) {
    return new BackendLostError(`WebAssembly stopped (${error.message}).`, { cause: error });
  }
  if (error instanceof RangeError && /alloc|memory|array (buffer )?length/i.test(error.message)) {
    return new OutOfMemoryError(`There is not enough memory (${error.message})`, { cause: error });
  }
  return null;
}

/** How long the news of a lost GPU may take. A read-back is hardly ever broken off for another reason, and a GPU process may be busy. */
function patienceMs(error: unknown): number {
  if (!(error instanceof DOMException)) return 0;
  return error.name === 'AbortError' ? 20_000 : 1000;
}

function isFault(error: unknown): error is BackendFault {
  return error instanceof OutOfMemoryError || error instanceof BackendLostError;
}
