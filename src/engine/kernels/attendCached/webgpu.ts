/** Cached attention on the GPU: two dispatches write the new keys and values in place, one attends. */
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { each, GROUP, reductionsOf, runGpu } from '../../webgpu/program.ts';
import type { GpuKernel } from '../../webgpu/program.ts';
import { newTensor, once, run, type Stage } from '../../webgpu/record.ts';
import type { Tensor1D, Tensor2D, Tensor3D } from '../../tf.ts';
import type { HeadShape } from '../shape.ts';

/** One invocation per value of each row's slot; the rest of the cache stays. */
const write: GpuKernel = {
  name: 'cacheWrite',
  inputs: ['qkv', 'slotOf'],
  uniforms: { batch: 'i32', slots: 'i32', width: 'i32', offset: 'i32', rowWidth: 'i32' },
  code: `
  fn main(index : i32) {
    let b = index / uniforms.width;
    if (b >= uniforms.batch || slotOf[b] < 0) { return; }
    let column = index - b * uniforms.width;
    result[(b * uniforms.slots + slotOf[b]) * uniforms.width + column] =
      qkv[b * uniforms.rowWidth + uniforms.offset + column];
  }`,
};

/** As `write`, for the first `time` slots of every row at once. */
const fill: GpuKernel = {
  name: 'cacheFill',
  inputs: ['qkv'],
  uniforms: { rows: 'i32', time: 'i32', slots: 'i32', width: 'i32', offset: 'i32', rowWidth: 'i32' },
  code: `
  fn main(index : i32) {
    let row = index / uniforms.width;
    if (row >= uniforms.rows) { return; }
    let column = index - row * uniforms.width;
    let b = row / uniforms.time;
    let slot = row - b * uniforms.time;
    result[(b * uniforms.slots + slot) * uniforms.width + column] =
      qkv[row * uniforms.rowWidth + uniforms.offset + column];
  }`,
};

/** Keys and values of rows [batch·time, (heads + 2·kvHeads)·headDim] into the first `time` slots. */
export function fillCacheGpu(
  gpu: WebGPUBackend,
  qkv: Tensor2D,
  keys: Tensor3D,
  values: Tensor3D,
  time: number,
  { heads, headDim }: HeadShape,
): void {
  const [rows, rowWidth] = qkv.shape;
  const [, slots, width] = keys.shape;
  const groups = Math.ceil((rows * width) / GROUP);
  const at = (offset: number) => [rows, time, slots, width, offset, rowWidth];
  runGpu(gpu, fill, [qkv], at(heads * headDim), { into: keys, groups });
  runGpu(gpu, fill, [qkv], at(heads * headDim + width), { into: values, groups });
}

/** How a head's numbers are read: as whole vectors, where they are such. */
export const headVector = (headDim: number) => (headDim % 4 === 0 ? 'vec4f' : 'f32');

/** Invocations that attend. */
export const ATTENDING = 128;

/** Slots at a time, whose weights lie in shared memory. */
const SLOTS = 1024;

/** Loads of one invocation that do not wait for each other. */
const TOGETHER = 8;

/**
 * WGSL: one head of one sequence attends to the first `live` slots of its cache, SLOTS at a time with a streaming softmax; the
 * weights are kept in shared memory. Every invocation of a workgroup of ATTENDING must call it. Reads `qkv` from `query` on, `keys`
 * and `values` from `cache` on, a slot every `width`; writes `result` from `to` on. All four, and these
 * places, count in `headVector`s.
 *
 * With few rows the memory's latency takes the time: so a slot's score is one invocation's, its loads side by side, and the
 * result is shared out by columns and by slots. The next longest are barriers: hence many slots at a time.
 */
export function attendHead(headDim: number): string {
  const vector = headVector(headDim);
  const columns = vector === 'vec4f' ? headDim / 4 : headDim;
  const inner = (a: string, b: string) => (vector === 'vec4f' ? `dot(${a}, ${b})` : `${a} * ${b}`);
  // Columns side by side, how many invocations share one out, and how often there are more columns.
  const across = Math.min(columns, ATTENDING);
  const shares = Math.floor(ATTENDING / across);
  const loops = Math.ceil(columns / across);
  const scoreOf = (i: string) => inner(`qkv[query + ${i}]`, `keys[key + ${i}]`);
  const whole = columns - (columns % TOGETHER);
  return `${reductionsOf(ATTENDING)}
  const COLUMNS = ${columns};
  var<workgroup> weights : array<f32, ${SLOTS}>;
  var<workgroup> parts : array<${vector}, ${ATTENDING}>;
  fn attendHead(query : i32, cache : i32, width : i32, live : i32, to : i32) {
    let me = i32(localId.x);
    let share = me / ${across};
    var top = -3.0e38;
    var sum = 0.0;
    var acc : array<${vector}, ${loops}>;
    for (var first = 0; first < live; first += ${SLOTS}) {
      let count = min(${SLOTS}, live - first);
      var best = -3.0e38;
      for (var s = me; s < count; s += ${ATTENDING}) {
        let key = cache + (first + s) * width;
        var dots = 0.0;
        for (var i = 0; i < ${whole}; i += ${TOGETHER}) {
          dots += ${each(TOGETHER, (j) => scoreOf(`i + ${j}`), ' + ')};
        }
        ${each(columns - whole, (j) => `dots += ${scoreOf(`${whole + j}`)};`)}
        let x = dots * ${(headDim ** -0.5).toFixed(9)};
        weights[s] = x;
        best = max(best, x);
      }
      let next = max(top, groupMax(best));
      let shrink = exp(top - next);
      var own = 0.0;
      for (var s = me; s < count; s += ${ATTENDING}) {
        let p = exp(weights[s] - next);
        weights[s] = p;
        own += p;
      }
      sum = sum * shrink + groupSum(own);
      top = next;
      let last = count - 1;
      for (var part = 0; part < ${loops}; part++) {
        let column = me % ${across} + part * ${across};
        var value = acc[part] * shrink;
        if (share < ${shares} && column < COLUMNS) {
          let at = cache + first * width + column;
          for (var s = share; s < count; s += ${TOGETHER * shares}) {
            // Beyond the end the last slot is read again, and counts for nothing.
            ${each(TOGETHER, (j) => `let s${j} = min(s + ${j * shares}, last);`)}
            ${each(TOGETHER, (j) => `let v${j} = values[at + s${j} * width];`)}
            ${each(TOGETHER, (j) => `value += select(0.0, weights[s${j}], s + ${j * shares} < count) * v${j};`)}
          }
        }
        acc[part] = value;
      }
      workgroupBarrier();
    }
    for (var part = 0; part < ${loops}; part++) {
      let column = me % ${across} + part * ${across};
      parts[me] = acc[part];
      workgroupBarrier();
      if (share == 0 && column < COLUMNS) {
        var whole = parts[me];
        for (var other = 1; other < ${shares}; other++) { whole += parts[me + other * ${across}]; }
        result[to + column] = whole / sum;
      }
      workgroupBarrier();
    }
  }`;
}

/** One workgroup per sequence (y) and head (x). */
const attendStage = once((headDim: number) => {
  const vector = headVector(headDim);
  return {
    name: `attendCached ${headDim}`,
    buffers: {
      qkv: `read ${vector}`,
      keys: `read ${vector}`,
      values: `read ${vector}`,
      slotOf: 'read i32',
      result: `read_write ${vector}`,
    },
    uniforms: { slots: 'i32', heads: 'i32', kvHeads: 'i32' },
    threads: ATTENDING,
    code: `${attendHead(headDim)}
  var<workgroup> rowLive : i32;
  fn main() {
    let head = i32(workgroupId.x);
    let b = i32(workgroupId.y);
    let width = uniforms.kvHeads * COLUMNS;
    let query = b * (uniforms.heads * COLUMNS + 2 * width) + head * COLUMNS;
    let cache = b * uniforms.slots * width + head * uniforms.kvHeads / uniforms.heads * COLUMNS;
    // The same for the whole workgroup, which the compiler cannot see of what was read.
    if (localId.x == 0u) { rowLive = slotOf[b] + 1; }
    let live = workgroupUniformLoad(&rowLive);
    attendHead(query, cache, width, live, (b * uniforms.heads + head) * COLUMNS);
  }`,
  } as const satisfies Stage;
});

export function attendGpu(
  gpu: WebGPUBackend,
  qkv: Tensor2D,
  keys: Tensor3D,
  values: Tensor3D,
  slotOf: Tensor1D,
  { heads, kvHeads, headDim }: HeadShape,
): Tensor2D {
  const [batch, slots, width] = keys.shape;
  const groups = Math.ceil((batch * width) / GROUP);
  const at = (from: number) => [batch, slots, width, from, qkv.shape[1]];
  runGpu(gpu, write, [qkv, slotOf], at(heads * headDim), { into: keys, groups });
  runGpu(gpu, write, [qkv, slotOf], at(heads * headDim + width), { into: values, groups });
  const result = newTensor<Tensor2D>(gpu, [batch, heads * headDim]);
  const tensors = { qkv, keys, values, slotOf, result };
  run(gpu, attendStage(headDim), tensors, { slots, heads, kvHeads }, [heads, batch]);
  return result;
}
