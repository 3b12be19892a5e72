/**
 * Matrices as WASM's products take them: in panels of eight columns, each without gaps (`wasm/gemm.as.ts`). One that never changes
 * is kept so and in no other way: nothing is packed at a product, and it is in memory once.
 */
import { wasmKernels } from './wasm/kernels.ts';

const panel = 8;

/** Whether such a matrix can be kept in panels on the running back end: it has as many values then. */
export const fitsPanels = (columns: number): boolean => wasmKernels() !== null && columns % panel === 0;

/** [rows, columns] row by row → the same values panel by panel. */
export function inPanels(values: Float32Array, rows: number, columns: number): Float32Array {
  const packed = new Float32Array(values.length);
  each(rows, columns, (inRows, inPanel) => packed.set(values.subarray(inRows, inRows + panel), inPanel));
  return packed;
}

/** The way back. */
export function fromPanels(packed: Float32Array, rows: number, columns: number): Float32Array {
  const values = new Float32Array(packed.length);
  each(rows, columns, (inRows, inPanel) => values.set(packed.subarray(inPanel, inPanel + panel), inRows));
  return values;
}

/** Where each run of eight values is in both. */
function each(rows: number, columns: number, visit: (inRows: number, inPanel: number) => void): void {
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column += panel) {
      visit(row * columns + column, column * rows + row * panel);
    }
  }
}
