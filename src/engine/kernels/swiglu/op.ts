import { tf } from '../../tf.ts';
import type { Tensor2D } from '../../tf.ts';
import { wasmKernels } from '../../wasm/kernels.ts';
import type { WasmKernels } from '../../wasm/kernels.ts';
import { runningGpu } from '../../webgpu/running.ts';
import { differentiable } from '../differentiable.ts';

/**
 * SwiGLU (arXiv 2002.05202): silu(gate)·up with silu(z) = z·σ(z).
 *
 * @param gateUp [N, 2f], the gate in the first f columns, up in the last f
 * @returns [N, f]; differentiable in `gateUp`
 */
export function swiglu(gateUp: Tensor2D): Tensor2D {
  if (gateUp.shape[1] % 2 !== 0)
    throw new Error(`swiglu: odd width ${gateUp.shape[1]}; it needs gate and up halves.`);
  const wasm = wasmKernels();
  if (wasm) return swigluWasm(wasm, gateUp);
  const gpu = runningGpu();
  if (!gpu) return swigluReference(gateUp);
  return differentiable(
    [gateUp],
    [],
    () => gpu.kernels.swigluGpu(gpu.backend, gateUp),
    (dy, saved) => [gpu.kernels.swigluGpuBackward(gpu.backend, saved[0] as Tensor2D, dy)],
  );
}

function swigluWasm(wasm: WasmKernels, gateUp: Tensor2D): Tensor2D {
  const n = gateUp.shape[0];
  const f = gateUp.shape[1] / 2;
  return differentiable(
    [gateUp],
    [],
    () => {
      const y = wasm.output<Tensor2D>([n, f]);
      const [px, py] = [wasm.address(gateUp), wasm.address(y)];
      wasm.share('swigluForward', n, ROWS, 0, (start, count) => {
        return [count, f, px + 8 * f * start, py + 4 * f * start];
      });
      return y;
    },
    (dy, saved) => {
      const dx = wasm.output<Tensor2D>([n, 2 * f]);
      const [px, pdy, pdx] = [saved[0] as Tensor2D, dy, dx].map((tensor) => wasm.address(tensor)) as Three;
      wasm.share('swigluBackward', n, ROWS, 0, (start, count) => {
        return [count, f, px + 8 * f * start, pdy + 4 * f * start, pdx + 8 * f * start];
      });
      return [dx];
    },
  );
}

type Three = [number, number, number];
/** Fewer rows are not worth another thread. */
const ROWS = 128;

export function swigluReference(gateUp: Tensor2D): Tensor2D {
  return tf.tidy(() => {
    const [gate, up] = tf.split(gateUp, 2, 1) as [Tensor2D, Tensor2D];
    return gate.mul(gate.sigmoid()).mul<Tensor2D>(up);
  });
}
