import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { GROUP, runGpu } from '../../webgpu/program.ts';
import type { GpuKernel } from '../../webgpu/program.ts';
import { newTensor, run } from '../../webgpu/record.ts';
import type { Stage } from '../../webgpu/record.ts';
import { sizeOfTable, type Table } from '../../blockMatrix.ts';
import { storedLoad, type Stored } from '../linear/stored.ts';
import { storedRows, tableParts } from '../linear/tableParts.ts';
import type { Tensor1D, Tensor2D } from '../../tf.ts';

/** One workgroup per id that is in this part of the table. */
const gather = (stored: Stored) =>
  ({
    name: `gatherRows ${stored}`,
    buffers: { table: `read ${storedLoad(stored).type}`, ids: 'read i32', result: 'read_write f32' },
    uniforms: { n: 'i32', first: 'i32', rows: 'i32', d: 'i32' },
    threads: GROUP,
    code: `
  ${storedLoad(stored).code('load', 'table')}
  fn main() {
    let u = uniforms;
    let i = i32(workgroupId.y * 65535u + workgroupId.x);
    if (i >= u.n) { return; }
    let row = ids[i] - u.first;
    if (row < 0 || row >= u.rows) { return; }
    for (var at = 4 * i32(localId.x); at < u.d; at += ${4 * GROUP}) {
      let values = load(row, at, u.rows, u.d);
      for (var j = 0; j < min(4, u.d - at); j++) { result[i * u.d + at + j] = values[j]; }
    }
  }`,
  }) as const satisfies Stage;

/** [N, d] */
export function gatherGpu(gpu: WebGPUBackend, table: Table, ids: Tensor1D): Tensor2D {
  const [, d] = sizeOfTable(table);
  const n = ids.shape[0];
  const result = newTensor<Tensor2D>(gpu, [n, d]);
  const groups = [Math.min(n, 65_535), Math.ceil(n / 65_535)] as const;
  const stage = gather(storedRows(table));
  for (const { first, count: rows, values } of n > 0 ? tableParts(gpu, table) : []) {
    run(gpu, stage, { table: values, ids, result }, { n, first, rows, d }, groups);
  }
  return result;
}

/**
 * One invocation per table value, which looks through all ids. A sum by atomics would be quicker for large tables, but its
 * order, and so its rounding, would change from run to run.
 */
const scatterAdd: GpuKernel = {
  name: 'scatterAdd',
  inputs: ['dy', 'ids'],
  uniforms: { n: 'i32', rows: 'i32', d: 'i32' },
  code: `
  fn main(index : i32) {
    let row = index / uniforms.d;
    if (row >= uniforms.rows) { return; }
    let column = index - row * uniforms.d;
    var sum = 0.0;
    for (var i = 0; i < uniforms.n; i++) {
      if (ids[i] == row) { sum += dy[i * uniforms.d + column]; }
    }
    result[index] = sum;
  }`,
};

/** The gradient of a table of `rows` rows. */
export function scatterAddGpu(gpu: WebGPUBackend, dy: Tensor2D, ids: Tensor1D, rows: number): Tensor2D {
  const [n, d] = dy.shape;
  return runGpu<Tensor2D>(gpu, scatterAdd, [dy, ids], [n, rows, d], { shape: [rows, d] });
}
