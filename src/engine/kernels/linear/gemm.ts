import type { Tensor2D } from '../../tf.ts';
import type { WasmKernels } from '../../wasm/kernels.ts';
import { sizeOfColumns, type ColumnProducts, type Columns } from './columns.ts';

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
  readonly c: number;
  /** Unless given, rows of C lie without gaps. */
  readonly rsc?: number;
  readonly accumulate: boolean;
}

/** C[m, n] = A·W with W [k, n] in panels, or A·Wᵀ with W [n, k]: addresses; rows of A and C lie without gaps. */
export interface PanelProduct {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly a: number;
  readonly panels: number;
  readonly transposed: boolean;
  readonly c: number;
}

/** Floating-point operations below which waking a thread costs more than it helps (some 20 µs). */
export const WORTH_SHARING = 5e5;

/** The matrix product of `wasm/gemm.as.ts`, shared by the threads. */
export function gemm(wasm: WasmKernels, product: Product): void {
  const { m, n, k, a, rsa, csa, b, rsb, csb, c, rsc = 4 * n, accumulate } = product;
  const alone = 2 * m * n * k < WORTH_SHARING;
  const bytes = wasm.run.gemmScratch(n, k);
  const add = accumulate ? 1 : 0;
  if (n >= 16 * wasm.threads) {
    // Columns are cut rather than rows: then no thread packs what another packs too.
    wasm.share('gemm', n, alone ? n : 8, bytes, (start, count, scratch) => {
      return [m, count, k, a, rsa, csa, b + start * csb, rsb, csb, c + 4 * start, rsc, add, scratch];
    });
  } else {
    wasm.share('gemm', m, alone ? m : 4, bytes, (start, count, scratch) => {
      return [count, n, k, a + start * rsa, rsa, csa, b, rsb, csb, c + rsc * start, rsc, add, scratch];
    });
  }
}

/** The products of `adaptedLinear`. */
export const columnProductsWasm = (wasm: WasmKernels): ColumnProducts => ({
  output: (rows, columns) => wasm.output<Tensor2D>([rows, columns]),
  multiply({ a, b, c, scale = 1, add = false }) {
    const [m, k] = sizeOfColumns(a);
    const [pa, rsa, csa] = placeOf(wasm, a);
    const [pb, rsb, csb] = placeOf(wasm, b);
    const [pc, rsc] = placeOf(wasm, c);
    gemm(wasm, { m, n: c.width, k, a: pa, rsa, csa, b: pb, rsb, csb, c: pc, rsc, accumulate: add });
    if (scale === 1) return;
    if (add || c.width !== c.matrix.shape[1]) throw new Error('Only a whole product can be scaled here.');
    const values = new Float32Array(wasm.memory.buffer, wasm.address(c.matrix), c.matrix.size);
    for (let i = 0; i < values.length; i++) values[i] = scale * (values[i] as number);
  },
});

/** An operand's address, and its strides in bytes to the next row and column. */
function placeOf(
  wasm: WasmKernels,
  { matrix, from, transposed }: Columns,
): readonly [number, number, number] {
  const [at, apart] = [wasm.address(matrix) + 4 * from, 4 * matrix.shape[1]];
  return transposed ? [at, 4, apart] : [at, apart, 4];
}

/** The same, with a matrix that lies in panels. */
export function gemmPanels(wasm: WasmKernels, { m, n, k, a, panels, transposed, c }: PanelProduct): void {
  const alone = 2 * m * n * k < WORTH_SHARING;
  const bytes = wasm.run.gemmScratch(n, k);
  /** @param row, column the first of C's that are computed */
  const call = (rows: number, columns: number, row: number, column: number, scratch: number) => {
    const [from, to] = [a + 4 * k * row, c + 4 * (n * row + column)];
    return transposed
      ? [rows, columns, k, from, panels + 32 * column, n, to, 4 * n, scratch]
      : [rows, columns, k, from, panels + 4 * k * column, to, 4 * n, 0, scratch];
  };
  const kernel = transposed ? 'gemmPanelsTransposed' : 'gemmPanels';
  if (n >= 16 * wasm.threads) {
    wasm.share(kernel, n, alone ? n : 8, bytes, (start, count, scratch) => call(m, count, 0, start, scratch));
  } else {
    wasm.share(kernel, m, alone ? m : 4, bytes, (start, count, scratch) => call(count, n, start, 0, scratch));
  }
}
