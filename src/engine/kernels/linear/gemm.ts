import type { WasmKernels } from '../../wasm/kernels.ts';

/** C[m, n] (+)= Σ_k A[m, k]·B[k, n]: addresses, and strides in bytes to the next row (rs) and column (cs). */
export interface Product {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly a: number;
  readonly rsa: number;
  readonly csa: number;
  readonly b: number;
  readonly rsb: number;
  readonly csb: number;
  /** Rows of C lie without gaps. */
  readonly c: number;
  readonly accumulate: boolean;
}

/** Floating-point operations below which waking a thread costs more than it helps (some 20 µs). */
const WORTH_SHARING = 5e5;

/** The matrix product of `wasm/gemm.as.ts`, shared by the threads. */
export function gemm(wasm: WasmKernels, product: Product): void {
  const { m, n, k, a, rsa, csa, b, rsb, csb, c, accumulate } = product;
  const alone = 2 * m * n * k < WORTH_SHARING;
  const bytes = wasm.run.gemmScratch(n, k);
  const add = accumulate ? 1 : 0;
  if (n >= 16 * wasm.threads) {
    // Columns are cut rather than rows: then no thread packs what another packs too.
    wasm.share('gemm', n, alone ? n : 8, bytes, (start, count, scratch) => {
      return [m, count, k, a, rsa, csa, b + start * csb, rsb, csb, c + 4 * start, 4 * n, add, scratch];
    });
  } else {
    wasm.share('gemm', m, alone ? m : 4, bytes, (start, count, scratch) => {
      return [count, n, k, a + start * rsa, rsa, csa, b, rsb, csb, c + 4 * n * start, 4 * n, add, scratch];
    });
  }
}
