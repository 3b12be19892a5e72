import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { GROUP } from '../../webgpu/program.ts';
import { inTwoDimensions, newTensor, once, run, type Stage } from '../../webgpu/record.ts';
import { tf } from '../../tf.ts';
import { sizeOfTable, type Table } from '../../blockMatrix.ts';
import { storedLoad, type Stored } from '../linear/stored.ts';
import { storedRows, tableParts } from '../linear/tableParts.ts';
import type { Tensor1D, Tensor2D } from '../../tf.ts';

/** One workgroup per id that is in this part of the table. */
const gather = once(
  (stored: Stored) =>
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
    }) as const satisfies Stage,
);

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
 * One workgroup per table row (y, z) and 256 of its columns (x); it looks through all ids, 64 at a time in shared memory. A sum by atomics
 * would be quicker for large tables, but its order, and so its rounding, would change from run to run.
 */
const scatterAdd = {
  name: 'scatterAdd',
  buffers: { dy: 'read f32', ids: 'read i32', result: 'read_write f32' },
  uniforms: { n: 'i32', rows: 'i32', d: 'i32', across: 'i32' },
  threads: GROUP,
  code: `
  var<workgroup> some : array<i32, ${GROUP}>;
  fn main() {
    let u = uniforms;
    let row = i32(workgroupId.z) * u.across + i32(workgroupId.y);
    let me = i32(localId.x);
    let column = i32(workgroupId.x) * ${4 * GROUP} + me;
    let columns = vec4i(column, column + ${GROUP}, column + ${2 * GROUP}, column + ${3 * GROUP});
    let near = min(columns, vec4i(u.d - 1));
    var sum = vec4f();
    for (var first = 0; first < u.n; first += ${GROUP}) {
      workgroupBarrier();
      some[me] = select(-1, ids[min(first + me, u.n - 1)], first + me < u.n);
      workgroupBarrier();
      for (var i = 0; i < ${GROUP}; i++) {
        if (some[i] == row) {
          let at = (first + i) * u.d + near;
          sum += vec4f(dy[at.x], dy[at.y], dy[at.z], dy[at.w]);
        }
      }
    }
    for (var i = 0; i < 4; i++) {
      if (row < u.rows && columns[i] < u.d) { result[row * u.d + columns[i]] = sum[i]; }
    }
  }`,
} as const satisfies Stage;

/** The gradient of a table of `rows` rows. */
export function scatterAddGpu(gpu: WebGPUBackend, dy: Tensor2D, ids: Tensor1D, rows: number): Tensor2D {
  const [n, d] = dy.shape;
  if (n * d * rows === 0) return tf.zeros([rows, d]);
  const result = newTensor<Tensor2D>(gpu, [rows, d]);
  const [across, down] = inTwoDimensions(rows);
  const groups = [Math.ceil(d / (4 * GROUP)), across, down] as const;
  run(gpu, scatterAdd, { dy, ids, result }, { n, rows, d, across }, groups);
  return result;
}
