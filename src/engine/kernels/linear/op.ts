import { tf } from '../../tf.ts';
import type { Tensor2D } from '../../tf.ts';
import { wasmKernels } from '../../wasm/kernels.ts';
import type { WasmKernels } from '../../wasm/kernels.ts';
import { runningGpu, type Gpu } from '../../webgpu/running.ts';
import { isBlocks } from '../../blockMatrix.ts';
import { atTheirColumns, sizeOfWeight } from '../../weight.ts';
import type { BlockWeight, PlainWeight, Weight } from '../../weight.ts';
import { differentiable } from '../differentiable.ts';
import { adaptedLinear } from './adapted.ts';
import { timesBlocks } from './blocks.ts';
import type { ColumnProducts } from './columns.ts';
import { columnProductsWasm, gemm, gemmPanels } from './gemm.ts';

/**
 * y = x·W for a weight W = base + Σ scale·a·b, without a bias.
 *
 * @param x [N, in]
 * @returns [N, out]; differentiable in `x`, in the adapters, and in the base unless it is frozen
 */
export function linear(x: Tensor2D, weight: Weight): Tensor2D {
  const { lora = [] } = weight;
  const products = columnProducts();
  if (products && lora.length > 0 && isFrozen(weight)) {
    checkInner(x, sizeOfWeight(weight)[0]);
    return adaptedLinear(
      products,
      x,
      (rows, transposed) => times(rows, weight, transposed),
      readOf(weight),
      lora,
    );
  }
  const y = isFrozen(weight) ? frozenLinear(x, weight) : matMul(x, weight.base);
  if (lora.length === 0) return y;
  return tf.tidy(() => {
    const parts = lora.map(({ a, b, scale }) => matMul(matMul(x, a), b).mul<Tensor2D>(scale));
    return tf.add(y, atTheirColumns(lora, parts, ...y.shape));
  });
}

/** The running back end's products in place; null where it has none of its own. */
function columnProducts(): ColumnProducts | null {
  const wasm = wasmKernels();
  if (wasm) return columnProductsWasm(wasm);
  const gpu = runningGpu();
  return gpu && gpu.kernels.columnProductsGpu(gpu.backend);
}

type FrozenWeight = BlockWeight | (PlainWeight & { readonly frozen: true });

const isFrozen = (weight: Weight): weight is FrozenWeight => weight.dtype !== 'f32' || weight.frozen === true;

/** y = x·W without its adapters; differentiable in `x`. */
function frozenLinear(x: Tensor2D, weight: FrozenWeight): Tensor2D {
  checkInner(x, sizeOfWeight(weight)[0]);
  return differentiable(
    [x],
    readOf(weight),
    () => times(x, weight, false),
    (dy) => [times(dy, weight, true)],
  );
}

/** What the backward pass reads of it, as tensors that TensorFlow.js can keep; blocks are kept by their owner. */
const readOf = ({ base }: FrozenWeight): Tensor2D[] => (isBlocks(base) ? [] : [base]);

/** x·W, or dy·Wᵀ; no gradient. */
function times(x: Tensor2D, weight: FrozenWeight, transposed: boolean): Tensor2D {
  if (weight.dtype !== 'f32') return timesBlocks(x, weight.base, transposed);
  const { base, panels = false } = weight;
  const wasm = wasmKernels();
  if (panels) {
    if (!wasm) throw new Error('linear: only WASM reads a weight that lies in panels.');
    return timesPanels(wasm, x, base, transposed);
  }
  if (wasm) return matMulWasm(wasm, x, base, false, transposed);
  const gpu = runningGpu();
  return (gpu ? matMulOn(gpu) : matMulPlain)(x, base, false, transposed);
}

function timesPanels(wasm: WasmKernels, x: Tensor2D, w: Tensor2D, transposed: boolean): Tensor2D {
  const [m, k] = x.shape;
  const n = w.shape[transposed ? 0 : 1];
  const y = wasm.output<Tensor2D>([m, n]);
  gemmPanels(wasm, {
    ...{ m, n, k, transposed },
    ...{ a: wasm.address(x), panels: wasm.address(w), c: wasm.address(y) },
  });
  return y;
}

/**
 * Matrix product y = x·w.
 *
 * @param x [N, in]
 * @param w [in, out]
 * @param frozen no gradient for `w`
 * @returns [N, out]; differentiable in `x` and `w`: dx = dy·wᵀ, dw = xᵀ·dy
 */
export function matMul(x: Tensor2D, w: Tensor2D, frozen = false): Tensor2D {
  return product(x, w, false, frozen);
}

/**
 * y = x·wᵀ, for a weight stored [out, in] (the output head).
 *
 * @param x [N, in]
 * @param w [out, in]
 * @returns [N, out]; differentiable in `x` and `w`: dx = dy·w, dw = dyᵀ·x
 */
export function matMulTransposed(x: Tensor2D, w: Tensor2D): Tensor2D {
  return product(x, w, true, false);
}

type MatMul = (a: Tensor2D, b: Tensor2D, transposeA: boolean, transposeB: boolean) => Tensor2D;

const matMulOn =
  (gpu: Gpu): MatMul =>
  (...product) =>
    gpu.kernels.matMulGpu(gpu.backend, ...product);

/** The same product out of plain TensorFlow.js ops on every back end. */
export function matMulReference(x: Tensor2D, w: Tensor2D, transposed = false, frozen = false): Tensor2D {
  return productWith(matMulPlain, x, w, transposed, frozen);
}

function product(x: Tensor2D, w: Tensor2D, transposed: boolean, frozen: boolean): Tensor2D {
  const wasm = wasmKernels();
  const gpu = runningGpu();
  if (wasm) return productWith((a, b, ta, tb) => matMulWasm(wasm, a, b, ta, tb), x, w, transposed, frozen);
  if (gpu) return productWith(matMulOn(gpu), x, w, transposed, frozen);
  return matMulReference(x, w, transposed, frozen);
}

function productWith(
  multiply: MatMul,
  x: Tensor2D,
  w: Tensor2D,
  transposed: boolean,
  frozen: boolean,
): Tensor2D {
  checkInner(x, w.shape[transposed ? 1 : 0]);
  return differentiable(
    frozen ? [x] : [x, w],
    frozen ? [w] : [],
    () => multiply(x, w, false, transposed),
    (dy, saved) => {
      const [sx, sw] = saved as [Tensor2D, Tensor2D];
      const dx = multiply(dy, sw, false, !transposed);
      if (frozen) return [dx];
      const dw = transposed ? multiply(dy, sx, true, false) : multiply(sx, dy, true, false);
      return [dx, dw];
    },
  );
}

function checkInner(x: Tensor2D, inner: number): void {
  if (x.shape[1] === inner) return;
  throw new Error(`linear: x is [${x.shape.join(', ')}], but the weight takes ${inner} features.`);
}

/** Transposes are written out on WASM: that back end's own matMul is ten times slower with its transpose flags. */
function matMulPlain(a: Tensor2D, b: Tensor2D, transposeA: boolean, transposeB: boolean): Tensor2D {
  if (tf.getBackend() !== 'wasm') return tf.matMul(a, b, transposeA, transposeB);
  return tf.tidy(() => {
    const left = transposeA ? a.transpose<Tensor2D>() : a;
    const right = transposeB ? b.transpose<Tensor2D>() : b;
    return tf.matMul(left, right);
  });
}

function matMulWasm(
  wasm: WasmKernels,
  a: Tensor2D,
  b: Tensor2D,
  transposeA: boolean,
  transposeB: boolean,
): Tensor2D {
  const [aRows, aColumns] = a.shape;
  const [bRows, bColumns] = b.shape;
  const m = transposeA ? aColumns : aRows;
  const k = transposeA ? aRows : aColumns;
  const n = transposeB ? bRows : bColumns;
  const y = wasm.output<Tensor2D>([m, n]);
  const [rsa, csa] = transposeA ? [4, 4 * aColumns] : [4 * aColumns, 4];
  const [rsb, csb] = transposeB ? [4, 4 * bColumns] : [4 * bColumns, 4];
  const [pa, pb, py] = [wasm.address(a), wasm.address(b), wasm.address(y)];
  gemm(wasm, { m, n, k, a: pa, rsa, csa, b: pb, rsb, csb, c: py, accumulate: false });
  return y;
}
