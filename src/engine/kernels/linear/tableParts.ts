/** Tables of many rows on the GPU, in parts: of as many rows as one binding may hold, or as are wanted at once. */
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { isBlocks, sizeOfTable, tensorOf, type Table } from '../../blockMatrix.ts';
import { blockLayouts, blockValues } from '../../blocks.ts';
import type { Part } from '../../webgpu/record.ts';
import type { Stored } from './stored.ts';
import type { GpuProduct } from './webgpu.ts';

/** Rows `first` … `first` + `count` − 1. */
export interface TablePart {
  readonly first: number;
  readonly count: number;
  readonly values: Part;
}

/** Parts begin at multiples of so many rows: whole panels, where a device lets a binding begin. */
const STEP = 512;

/** How the rows of a table lie. */
export function storedRows(table: Table): Stored {
  if (isBlocks(table)) return table.type;
  return table.shape[1] % 4 === 0 ? 'vectors' : 'numbers';
}

/** @param most rows that are wanted at once; at least `STEP` are given */
export function tableParts(gpu: WebGPUBackend, table: Table, most = Infinity): TablePart[] {
  const [rows, width] = sizeOfTable(table);
  const fit = Math.floor(largestBinding(gpu) / (4 * sizeOf(table, STEP))) * STEP;
  if (rows > fit && fit === 0) {
    throw new Error(`${STEP} rows of a table of ${width} columns do not fit a binding of this GPU.`);
  }
  const wanted = Math.min(rows, most, rows > fit ? fit : rows);
  const step = wanted === rows ? rows : STEP * Math.max(1, Math.floor(wanted / STEP));
  return Array.from({ length: Math.ceil(rows / step) }, (_, i) => {
    const first = i * step;
    const count = Math.min(step, rows - first);
    const [offset, size] = [sizeOf(table, first), sizeOf(table, count)];
    return { first, count, values: { tensor: tensorOf(table), offset, size } };
  });
}

/** Elements, of 4 bytes, of so many rows: blocks of 8 at a time. */
function sizeOf(table: Table, rows: number): number {
  if (!isBlocks(table)) return rows * table.shape[1];
  return Math.ceil(rows / 8) * Math.ceil(table.inputs / blockValues) * blockLayouts[table.type].words;
}

let limit = Infinity;

/** Bytes. */
const largestBinding = ({ device }: WebGPUBackend): number =>
  Math.min(limit, device.limits.maxStorageBufferBindingSize);

/** As if the device allowed no larger binding than so many bytes: for tests. */
export function limitBindings(bytes = Infinity): void {
  limit = bytes;
}

/** A part of a table as the second factor of a product. */
export const asFactor = (table: Table, { values }: TablePart): Pick<GpuProduct, 'b' | 'stored'> =>
  isBlocks(table) ? { b: values, stored: table.type } : { b: values };
