/** A frozen product with its low-rank adapters as one operation: nothing of the width of its result is made twice or remembered. */
import { tf } from '../../tf.ts';
import type { Tensor, Tensor2D } from '../../tf.ts';
import type { WasmKernels } from '../../wasm/kernels.ts';
import type { LowRank } from '../../weight.ts';
import { differentiable } from '../differentiable.ts';
import { gemm } from './gemm.ts';

/**
 * y = base(x) + Σ scale·(x·a)·b, each at its columns.
 *
 * @param x [N, in]
 * @param times x·W, or dy·Wᵀ where it is `transposed`
 * @param read what that reads of W, which is to outlive the forward pass
 * @returns [N, out]; differentiable in `x` and the adapters: with t = x·a and dt = scale·dy·bᵀ,
 *   dx = dy·Wᵀ + Σ dt·aᵀ, da = xᵀ·dt, db = scale·tᵀ·dy
 */
export function adaptedLinear(
  wasm: WasmKernels,
  x: Tensor2D,
  times: (x: Tensor2D, transposed: boolean) => Tensor2D,
  read: readonly Tensor[],
  lora: readonly LowRank[],
): Tensor2D {
  const [rows] = x.shape;
  return differentiable(
    [x, ...lora.flatMap(({ a, b }) => [a, b])],
    read,
    () => {
      const y = times(x, false);
      for (const part of lora) {
        const t = narrow(wasm, x, part);
        const { at, apart, width } = columnsOf(wasm, y, part);
        gemm(wasm, {
          ...{ m: rows, n: width, k: part.a.shape[1], accumulate: true },
          ...{ ...rowsOf(wasm, t), ...asB(wasm, part.b), c: at, rsc: apart },
        });
        t.dispose();
      }
      return y;
    },
    (dy: Tensor2D, saved: Tensor[]) => {
      const sx = saved[0] as Tensor2D;
      const dx = times(dy, true);
      const gradients = lora.flatMap((part): Tensor[] => {
        const [inputs, rank] = part.a.shape;
        const { at, apart, width } = columnsOf(wasm, dy, part);
        const dt = wasm.output<Tensor2D>([rows, rank]);
        gemm(wasm, {
          ...{ m: rows, n: rank, k: width, a: at, rsa: apart, csa: 4, accumulate: false },
          ...{ b: wasm.address(part.b), rsb: 4, csb: 4 * width, c: wasm.address(dt) },
        });
        scale(wasm, dt, part.scale);
        const t = narrow(wasm, sx, part);
        const db = wasm.output<Tensor2D>([rank, width]);
        gemm(wasm, {
          ...{ m: rank, n: width, k: rows, a: wasm.address(t), rsa: 4, csa: 4 * rank, accumulate: false },
          ...{ b: at, rsb: apart, csb: 4, c: wasm.address(db) },
        });
        const da = wasm.output<Tensor2D>([inputs, rank]);
        gemm(wasm, {
          ...{ m: inputs, n: rank, k: rows, a: wasm.address(sx), rsa: 4, csa: 4 * inputs, accumulate: false },
          ...{ ...asB(wasm, dt), c: wasm.address(da) },
        });
        gemm(wasm, {
          ...{ m: rows, n: inputs, k: rank, ...rowsOf(wasm, dt), accumulate: true },
          ...{ b: wasm.address(part.a), rsb: 4, csb: 4 * rank, c: wasm.address(dx) },
        });
        tf.dispose([t, dt]);
        return [da, db];
      });
      return [dx, ...gradients];
    },
  );
}

/** scale·x·a [N, rank]; the caller's. */
function narrow(wasm: WasmKernels, x: Tensor2D, { a, scale: factor }: LowRank): Tensor2D {
  const [rows, inputs] = x.shape;
  const t = wasm.output<Tensor2D>([rows, a.shape[1]]);
  gemm(wasm, {
    ...{ m: rows, n: a.shape[1], k: inputs, accumulate: false },
    ...{ ...rowsOf(wasm, x), ...asB(wasm, a), c: wasm.address(t) },
  });
  scale(wasm, t, factor);
  return t;
}

function scale(wasm: WasmKernels, x: Tensor2D, factor: number): void {
  const values = new Float32Array(wasm.memory.buffer, wasm.address(x), x.size);
  for (let i = 0; i < values.length; i++) values[i] = factor * (values[i] as number);
}

const rowsOf = (wasm: WasmKernels, x: Tensor2D) => ({ a: wasm.address(x), rsa: 4 * x.shape[1], csa: 4 });
const asB = (wasm: WasmKernels, x: Tensor2D) => ({ b: wasm.address(x), rsb: 4 * x.shape[1], csb: 4 });
const columnsOf = (wasm: WasmKernels, y: Tensor2D, { from, b }: LowRank) => ({
  at: wasm.address(y) + 4 * from,
  apart: 4 * y.shape[1],
  width: b.shape[1],
});
