import { tf } from '../../tf.ts';
import type { Tensor1D, Tensor2D, Tensor3D } from '../../tf.ts';
import { wasmKernels } from '../../wasm/kernels.ts';
import type { WasmKernels } from '../../wasm/kernels.ts';
import { runningGpu } from '../../webgpu/running.ts';
import { differentiable } from '../differentiable.ts';
import { checkHeads, frequency } from '../shape.ts';
import type { RopeShape } from '../shape.ts';

/**
 * Rotary position embedding (arXiv 2104.09864) of the query and key heads; value heads pass unchanged.
 *
 * Half-split convention (Hugging Face `rotate_half`): dimension i of a head turns together with i + headDim/2,
 * by the angle position·theta^(−2i/headDim), or the shape's own frequencies.
 *
 * @param qkv [N, (heads + 2·kvHeads)·headDim]
 * @param positions int32 [N], each in [0, MAX_POSITIONS)
 * @returns same shape as `qkv`; differentiable in `qkv` (the gradient turns the other way)
 */
export function rope(qkv: Tensor2D, positions: Tensor1D, shape: RopeShape): Tensor2D {
  checkHeads('rope', qkv.shape[1], shape);
  if (shape.headDim % 2 !== 0) throw new Error(`rope: headDim must be even, got ${shape.headDim}.`);
  const wasm = wasmKernels();
  if (wasm) return ropeWasm(wasm, qkv, positions, shape);
  const gpu = runningGpu();
  if (!gpu) return ropeReference(qkv, positions, shape);
  return differentiable(
    [qkv],
    [positions],
    () => gpu.kernels.ropeGpu(gpu.backend, qkv, positions, angleTensor(shape), shape, 1),
    (dy, saved) => [
      gpu.kernels.ropeGpu(gpu.backend, dy, saved[1] as Tensor1D, angleTensor(shape), shape, -1),
    ],
  );
}

function ropeWasm(wasm: WasmKernels, qkv: Tensor2D, positions: Tensor1D, shape: RopeShape): Tensor2D {
  const rotate = (from: Tensor2D, at: Tensor1D, sign: 1 | -1): Tensor2D => {
    const [n, width] = from.shape;
    const half = shape.headDim / 2;
    const to = wasm.output<Tensor2D>([n, width]);
    const table = angleTable(wasm, lastPosition(wasm, at), shape);
    const rotatedHeads = shape.heads + shape.kvHeads;
    wasm.run.ropeRotate(
      n,
      rotatedHeads,
      half,
      width,
      wasm.address(at),
      table,
      sign,
      wasm.address(from),
      wasm.address(to),
    );
    return to;
  };
  return differentiable(
    [qkv],
    [positions],
    () => rotate(qkv, positions, 1),
    (dy, saved) => [rotate(dy, saved[1] as Tensor1D, -1)],
  );
}

/** The largest of these positions. */
function lastPosition(wasm: WasmKernels, positions: Tensor1D): number {
  const values = new Int32Array(wasm.memory.buffer, wasm.address(positions), positions.size);
  let last = 0;
  for (const p of values) {
    if (p < 0) throw new Error(`rope: position ${p} is negative.`);
    if (p > last) last = p;
  }
  return last;
}

/** The address of rows [cos(p·f_i) …, sin(p·f_i) …] for every position p up to `last`; valid until a longer one is made. */
export function angleTable(wasm: WasmKernels, last: number, shape: RopeShape): number {
  return wasm.table(`rope ${nameOf(shape)}`, last + 1, shape.headDim, (row, angles) =>
    fillAngles(row, angles, shape),
  );
}

/** Shapes whose heads turn alike have one name. */
function nameOf({ headDim, theta, frequencies }: RopeShape): string {
  return frequencies ? `${headDim} ${frequencies.join(' ')}` : `${theta} ${headDim}`;
}

/** Positions a sequence can have (the WASM kernel knows more), 0 … MAX_POSITIONS − 1. */
export const MAX_POSITIONS = 4096;

export function ropeReference(qkv: Tensor2D, positions: Tensor1D, shape: RopeShape): Tensor2D {
  const { heads, kvHeads, headDim } = shape;
  return tf.tidy(() => {
    const rows = qkv.shape[0];
    const half = headDim / 2;
    const rotatedHeads = heads + kvHeads;
    const angles = tf.gather(angleTensor(shape), positions);
    const cos = angles.slice([0, 0], [rows, half]).reshape([rows, 1, half]);
    const sin = angles.slice([0, half], [rows, half]).reshape([rows, 1, half]);
    const qk = qkv
      .slice([0, 0], [rows, rotatedHeads * headDim])
      .reshape<Tensor3D>([rows, rotatedHeads, headDim]);
    const first = qk.slice([0, 0, 0], [rows, rotatedHeads, half]);
    const second = qk.slice([0, 0, half], [rows, rotatedHeads, half]);
    const rotated = tf.concat([first.mul(cos).sub(second.mul(sin)), second.mul(cos).add(first.mul(sin))], 2);
    const values = qkv.slice([0, rotatedHeads * headDim], [rows, kvHeads * headDim]);
    return tf.concat([rotated.reshape<Tensor2D>([rows, rotatedHeads * headDim]), values], 1);
  });
}

const tables = new WeakMap<object, Map<string, Tensor2D>>();

/**
 * [MAX_POSITIONS, headDim], made once per back end and kept. The angles' cosines come from the host because WGSL promises
 * its own only to 2⁻¹¹, and only within ±π.
 */
export function angleTensor(shape: RopeShape): Tensor2D {
  const { headDim } = shape;
  const ofBackend = tables.get(tf.backend()) ?? new Map<string, Tensor2D>();
  tables.set(tf.backend(), ofBackend);
  const name = nameOf(shape);
  const found = ofBackend.get(name);
  if (found) return found;
  const values = new Float32Array(MAX_POSITIONS * headDim);
  for (let p = 0; p < MAX_POSITIONS; p++) {
    fillAngles(p, values.subarray(p * headDim, (p + 1) * headDim), shape);
  }
  const table = tf.keep(tf.tensor2d(values, [MAX_POSITIONS, headDim]));
  ofBackend.set(name, table);
  return table;
}

/** One row [cos(p·f_0) …, sin(p·f_0) …]. */
function fillAngles(position: number, row: Float32Array, shape: RopeShape): void {
  const half = row.length / 2;
  for (let i = 0; i < half; i++) {
    const angle = position * frequency(shape, i);
    row[i] = Math.cos(angle);
    row[half + i] = Math.sin(angle);
  }
}
