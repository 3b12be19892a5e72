import { isBlocks, unblocked, type BlockMatrix, type Table } from '../../blockMatrix.ts';
import { blockLayouts } from '../../blocks.ts';
import { tf } from '../../tf.ts';
import type { Tensor1D, Tensor2D } from '../../tf.ts';
import { wasmKernels } from '../../wasm/kernels.ts';
import type { WasmKernels } from '../../wasm/kernels.ts';
import { runningGpu } from '../../webgpu/running.ts';
import { differentiable } from '../differentiable.ts';
import { oneHotRows } from '../oneHot.ts';

/**
 * Picks rows of a table: y_n = table[ids_n]. The gradient adds each dy_n to row ids_n (scatter-add).
 *
 * @param table [V, d]
 * @param ids int32 [N], each in [0, V); the WASM kernels throw on others, GPUs do not look
 * @returns [N, d]; differentiable in `table`, unless that is in blocks
 */
export function gatherRows(table: Table, ids: Tensor1D): Tensor2D {
  const wasm = wasmKernels();
  const gpu = runningGpu();
  if (isBlocks(table)) {
    if (gpu) return gpu.kernels.gatherGpu(gpu.backend, table, ids);
    return wasm ? gatherBlocks(wasm, table, ids) : tf.tidy(() => tf.gather(unblocked(table), ids));
  }
  if (wasm) return gatherRowsWasm(wasm, table, ids);
  if (!gpu) return gatherRowsReference(table, ids);
  return differentiable(
    [table],
    [ids],
    () => gpu.kernels.gatherGpu(gpu.backend, table, ids),
    (dy, saved) => [gpu.kernels.scatterAddGpu(gpu.backend, dy, saved[1] as Tensor1D, table.shape[0])],
  );
}

/**
 * The WASM back end has no UnsortedSegmentSum, TensorFlow.js' own gradient of gather, so the reference scatters with a
 * one-hot matrix product.
 */
export function gatherRowsReference(table: Tensor2D, ids: Tensor1D): Tensor2D {
  const rows = table.shape[0];
  return differentiable(
    [table],
    [ids],
    () => tf.gather(table, ids),
    (dy, saved) => [tf.matMul(oneHotRows(saved[1] as Tensor1D, rows).transpose<Tensor2D>(), dy)],
  );
}

function gatherBlocks(wasm: WasmKernels, table: BlockMatrix, ids: Tensor1D): Tensor2D {
  const { type, outputs, inputs, tensor } = table;
  const n = ids.shape[0];
  const y = wasm.output<Tensor2D>([n, inputs]);
  const [tiles, pi, py] = [tensor, ids, y].map((one) => wasm.address(one)) as [number, number, number];
  const bad = wasm.run.gatherBlocks(blockLayouts[type].kernel, n, outputs, inputs, tiles, pi, py);
  if (bad >= 0) throw outside(bad, outputs);
  return y;
}

const outside = (place: number, rows: number) =>
  new Error(`gatherRows: the id at place ${place} is not in [0, ${rows}).`);

function gatherRowsWasm(wasm: WasmKernels, table: Tensor2D, ids: Tensor1D): Tensor2D {
  const [rows, d] = table.shape;
  const n = ids.shape[0];
  return differentiable(
    [table],
    [ids],
    () => {
      const y = wasm.output<Tensor2D>([n, d]);
      const bad = wasm.run.gatherForward(n, rows, d, wasm.address(table), wasm.address(ids), wasm.address(y));
      if (bad >= 0) throw outside(bad, rows);
      return y;
    },
    (dy, saved) => {
      const dtable = wasm.zeros<Tensor2D>([rows, d]);
      wasm.run.scatterAdd(
        n,
        rows,
        d,
        wasm.address(dy),
        wasm.address(saved[1] as Tensor1D),
        wasm.address(dtable),
      );
      return [dtable];
    },
  );
}
