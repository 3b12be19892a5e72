/** Products with matrices in blocks (`engine/blocks.ts`). */
import { unblocked, type BlockMatrix } from '../../blockMatrix.ts';
import { blockLayouts, blockValues } from '../../blocks.ts';
import { tf } from '../../tf.ts';
import type { Tensor2D } from '../../tf.ts';
import { wasmKernels } from '../../wasm/kernels.ts';
import type { WasmKernels } from '../../wasm/kernels.ts';
import { runningGpu } from '../../webgpu/running.ts';
import { WORTH_SHARING } from './gemm.ts';

/** x [N, inputs]·W, or dy [N, outputs]·Wᵀ; no gradient. */
export function timesBlocks(x: Tensor2D, matrix: BlockMatrix, transposed: boolean): Tensor2D {
  const wasm = wasmKernels();
  const gpu = runningGpu();
  if (gpu) return gpu.kernels.timesBlocksGpu(gpu.backend, x, matrix, transposed);
  if (!wasm) return tf.tidy(() => tf.matMul(x, unblocked(matrix), false, !transposed));
  const y = wasm.output<Tensor2D>([x.shape[0], transposed ? matrix.inputs : matrix.outputs]);
  const [a, c] = [wasm.address(x), wasm.address(y)];
  if (transposed) backward(wasm, matrix, x.shape[0], a, c);
  else forward(wasm, matrix, x.shape[0], a, c);
  return y;
}

function forward(wasm: WasmKernels, matrix: BlockMatrix, m: number, a: number, c: number): void {
  const { type, inputs: k, outputs: n, tensor } = matrix;
  const { kernel, words } = blockLayouts[type];
  const tiles = wasm.address(tensor);
  const column = (4 * words * Math.ceil(k / blockValues)) / 8;
  const bytes = wasm.run.gemmBlocksScratch(m, k);
  const alone = 2 * m * n * k < WORTH_SHARING;
  wasm.share('gemmBlocks', n, alone ? n : 8, bytes, (start, count, scratch) => [
    ...[kernel, m, count, k, a, 4 * k, tiles + column * start, c + 4 * start, 4 * n, scratch],
  ]);
}

function backward(wasm: WasmKernels, matrix: BlockMatrix, m: number, a: number, c: number): void {
  const { type, inputs: k, outputs: n, tensor } = matrix;
  const { kernel } = blockLayouts[type];
  const tiles = wasm.address(tensor);
  const bytes = wasm.run.gemmBlocksTransposedScratch(k);
  const alone = 2 * m * n * k < WORTH_SHARING;
  wasm.share('gemmBlocksTransposed', k, alone ? k : blockValues, bytes, (start, count, scratch) => [
    ...[kernel, m, n, count, a, 4 * n, tiles, k, start, c + 4 * start, 4 * k, scratch],
  ]);
}
