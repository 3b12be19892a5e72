import { tf } from '../../tf.ts';
import type { Tensor1D, Tensor2D } from '../../tf.ts';
import { wasmKernels } from '../../wasm/kernels.ts';
import type { WasmKernels } from '../../wasm/kernels.ts';
import { runningGpu } from '../../webgpu/running.ts';
import { differentiable } from '../differentiable.ts';

/**
 * Root-mean-square normalisation (arXiv 1910.07467): y = x / √(mean(x²) + eps) · gain, row by row.
 *
 * @param x [N, d]
 * @param gain [d]
 * @returns [N, d]; differentiable in `x` and `gain`
 */
export function rmsNorm(x: Tensor2D, gain: Tensor1D, eps: number): Tensor2D {
  const wasm = wasmKernels();
  if (wasm) return rmsNormWasm(wasm, x, gain, eps);
  const gpu = runningGpu();
  if (!gpu) return rmsNormReference(x, gain, eps);
  return differentiable(
    [x, gain],
    [],
    () => gpu.kernels.rmsNormGpu(gpu.backend, x, gain, eps),
    (dy, saved) => gpu.kernels.rmsNormGpuBackward(gpu.backend, ...(saved as [Tensor2D, Tensor1D]), dy, eps),
  );
}

function rmsNormWasm(wasm: WasmKernels, x: Tensor2D, gain: Tensor1D, eps: number): Tensor2D {
  const [n, d] = x.shape;
  return differentiable(
    [x, gain],
    [],
    () => {
      const y = wasm.output<Tensor2D>([n, d]);
      wasm.run.rmsNormForward(n, d, eps, wasm.address(x), wasm.address(gain), wasm.address(y));
      return y;
    },
    (dy, saved) => {
      const [sx, sg] = saved as [Tensor2D, Tensor1D];
      const dx = wasm.output<Tensor2D>([n, d]);
      const dgain = wasm.zeros<Tensor1D>([d]);
      const [px, pg, pdy] = [wasm.address(sx), wasm.address(sg), wasm.address(dy)];
      wasm.run.rmsNormBackward(n, d, eps, px, pg, pdy, wasm.address(dx), wasm.address(dgain));
      return [dx, dgain];
    },
  );
}

export function rmsNormReference(x: Tensor2D, gain: Tensor1D, eps: number): Tensor2D {
  return tf.tidy(() => {
    const meanSquare = x.square().mean(1, true);
    return x.mul(meanSquare.add(eps).rsqrt()).mul<Tensor2D>(gain);
  });
}
