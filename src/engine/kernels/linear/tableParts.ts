/** Tables of many rows on the GPU, in parts: of as many rows as one binding may hold, or as are wanted at once. */
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { Tensor2D } from '../../tf.ts';
import type { Part } from '../../webgpu/record.ts';
import type { Stored } from './stored.ts';
import type { GpuProduct } from './webgpu.ts';

export interface TablePart {
  readonly first: number;
  readonly count: number;
  readonly values: Part;
}

/** Parts begin at multiples of so many rows, so that each begins where a device lets a binding begin. */
const STEP = 512;

/** How the rows of a table lie. */
export const storedRows = (table: Tensor2D): Stored => (table.shape[1] % 4 === 0 ? 'vectors' : 'numbers');

/** Elements of a row, of 4 bytes. */
const rowSize = (table: Tensor2D): number => table.shape[1];

/** @param most rows that are wanted at once; at least `STEP` are given */
export function tableParts(gpu: WebGPUBackend, table: Tensor2D, most = Infinity): TablePart[] {
  const [rows] = table.shape;
  const fit = Math.floor(largestBinding(gpu) / (4 * rowSize(table)));
  if (fit < STEP) throw new Error(`${STEP} rows of a table of ${table.shape[1]} columns do not fit a binding of this GPU.`);
  const wanted = Math.min(rows, most, fit);
  const step = wanted === rows ? rows : Math.max(STEP, STEP * Math.floor(wanted / STEP));
  return Array.from({ length: Math.ceil(rows / step) }, (_, i) => {
    const first = i * step;
    const count = Math.min(step, rows - first);
    return { first, count, values: rowsOf(table, first, count) };
  });
}

/** Bytes. */
let limit = Infinity;
const largestBinding = ({ device }: WebGPUBackend): number =>
  Math.min(limit, device.limits.maxStorageBufferBindingSize);

/** As if the device allowed no larger binding than so many bytes: for tests. */
export function limitBindings(bytes = Infinity): void {
  limit = bytes;
}

/** `count` rows of a table; `first` is a multiple of `STEP`, or all are meant. */
export function rowsOf(table: Tensor2D, first: number, count: number): Part {
  const size = rowSize(table);
  return { tensor: table, offset: first * size, size: count * size };
}

/** A part as the second factor of a product. */
export const productTable = (_table: Tensor2D, { values }: TablePart): Pick<GpuProduct, 'b' | 'stored'> => ({
  b: values,
});
