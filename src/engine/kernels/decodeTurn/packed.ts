/** A decoder's matrices as the WASM kernel takes them: in panels (`wasm/gemm.as.ts`), packed once, not at every product. */
import type { DecoderModel } from '../../decoder.ts';
import type { Panels } from '../../frozenPanels.ts';
import { tf } from '../../tf.ts';
import type { Tensor1D, Tensor2D } from '../../tf.ts';
import type { WasmKernels } from '../../wasm/kernels.ts';
import { merged } from '../../weight.ts';
import type { Weight } from '../../weight.ts';

/** A matrix [k, n] and its strides in bytes. */
interface Matrix {
  /** Itself, where it lies in panels already. */
  readonly inPanels?: Tensor2D;
  readonly values: (use: (matrix: Tensor2D) => void) => void;
  readonly k: number;
  readonly n: number;
  readonly toRow: number;
  readonly toColumn: number;
}

/** Every matrix of a model that never changes, without adapters; those that lie in panels stay where they are. */
export const packedBase = (wasm: WasmKernels, model: DecoderModel): Panels =>
  packedModel(wasm, model, ({ base }, use) => use(base));

/** Every matrix, with its adapters. */
export const packedWhole = (wasm: WasmKernels, model: DecoderModel): Panels =>
  packedModel(wasm, model, (weight, use) => {
    const whole = merged(weight);
    use(whole);
    if (whole !== weight.base) whole.dispose();
  });

function packedModel(
  wasm: WasmKernels,
  { head, layers }: DecoderModel,
  valuesOf: (weight: Weight, use: (matrix: Tensor2D) => void) => void,
): Panels {
  const matrices = layers.flatMap(({ qkv, out, gateUp, down }) =>
    [qkv, out, gateUp, down].map((weight): Matrix => {
      const [k, n] = weight.base.shape;
      const values: Matrix['values'] = (use) => valuesOf(weight, use);
      return {
        ...{ values, k, n, toRow: 4 * n, toColumn: 4 },
        ...(weight.panels ? { inPanels: weight.base } : {}),
      };
    }),
  );
  const [vocabulary, d] = head.shape;
  matrices.push({ values: (use) => use(head), k: d, n: vocabulary, toRow: 4, toColumn: 4 * d });
  return packed(wasm, matrices);
}

function packed(wasm: WasmKernels, matrices: readonly Matrix[]): Panels {
  const room = matrices.reduce(
    (sum, { inPanels, k, n }) => sum + (inPanels ? 0 : k * Math.ceil(n / 8) * 8),
    0,
  );
  const tensor = tf.keep(wasm.output<Tensor1D>([room]));
  let free = wasm.address(tensor);
  const starts = matrices.map(({ inPanels, values, k, n, toRow, toColumn }) => {
    if (inPanels) return wasm.address(inPanels);
    const start = free;
    values((matrix) => {
      free = wasm.run.packWeight(n, k, wasm.address(matrix), toRow, toColumn, start) >>> 0;
    });
    return start;
  });
  return { tensor, starts };
}

/** Fields of `LowRank` in `decodeTurn.as.ts`. */
const PART_CELLS = 6;

/** The adapters of a model, apart from its matrices. */
export interface PackedAdapters {
  readonly panels: Panels;
  /** `LowRank`s as `decodeTurn.as.ts` reads them. */
  readonly parts: Tensor1D;
  /** The address of the first of each layer's four matrices; 0: it has none. */
  readonly first: readonly number[];
  readonly rank: number;
}

/** @returns null where there are none */
export function packedAdapters(wasm: WasmKernels, { layers }: DecoderModel): PackedAdapters | null {
  const all = layers.flatMap(({ qkv, out, gateUp, down }) =>
    [qkv, out, gateUp, down].map(({ lora = [] }) => lora),
  );
  const parts = all.flat();
  if (parts.length === 0) return null;
  const plain = (matrix: Tensor2D, scale = 1): Matrix => {
    const [k, n] = matrix.shape;
    const values = (use: (scaled: Tensor2D) => void) => {
      const scaled = tf.mul<Tensor2D>(matrix, scale);
      use(scaled);
      scaled.dispose();
    };
    return { values, k, n, toRow: 4 * n, toColumn: 4 };
  };
  const panels = packed(
    wasm,
    parts.flatMap(({ a, b, scale }) => [plain(a), plain(b, scale)]),
  );
  const cells = tf.keep(tf.tensor1d(new Int32Array(PART_CELLS * parts.length), 'int32'));
  const address = wasm.address(cells);
  const view = new Int32Array(wasm.memory.buffer, address, cells.size);
  let at = 0;
  const first = all.map((own) => {
    const begin = at;
    own.forEach(({ a, b, from }, i) => {
      const next = i + 1 < own.length ? address + 4 * PART_CELLS * (at + 1) : 0;
      const [startA = 0, startB = 0] = panels.starts.slice(2 * at, 2 * at + 2);
      view.set([startA, startB, a.shape[1], from, b.shape[1], next], PART_CELLS * at);
      at++;
    });
    return own.length > 0 ? address + 4 * PART_CELLS * begin : 0;
  });
  return { panels, parts: cells, first, rank: Math.max(...parts.map(({ a }) => a.shape[1])) };
}
