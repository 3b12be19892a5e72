/** What the browser test runs in a page and in a worker: open a back end, one differentiable operation, and its result. */
import { openBackend, rmsNorm, tf } from '../../../src/engine/index.ts';
import type { BackendRequest, Tensor1D, Tensor2D } from '../../../src/engine/index.ts';
import { wasmKernels } from '../../../src/engine/wasm/kernels.ts';

export interface ProbeResult {
  readonly backend: string;
  readonly device: string;
  readonly kernels: boolean;
  readonly values: number[];
  readonly gradient: number[];
}

export async function probe(requested: BackendRequest): Promise<ProbeResult> {
  const opened = await openBackend(requested, { environment: 'browser', wasmPaths: '/wasm/' });
  const x = tf.tensor2d([3, 4], [1, 2]);
  const gain = tf.ones([2]) as Tensor1D;
  const y = rmsNorm(x, gain, 0);
  const dx = tf.grad((t) => rmsNorm(t as Tensor2D, gain, 0).slice([0, 0], [1, 1]))(x);
  return {
    backend: opened.name,
    device: opened.device,
    kernels: wasmKernels() !== null,
    values: [...(await y.data())],
    gradient: [...(await dx.data())],
  };
}
