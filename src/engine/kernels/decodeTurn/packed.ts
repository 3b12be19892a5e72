/** A decoder's matrices as the WASM kernel takes them: in panels (`wasm/gemm.as.ts`), packed once, not at every product. */
import { isBlocks, sizeOfTable } from '../../blockMatrix.ts';
import type { DecoderLayer, DecoderModel } from '../../decoder.ts';
import type { Panels } from '../../frozenPanels.ts';
import { tf } from '../../tf.ts';
import type { Tensor, Tensor1D, Tensor2D } from '../../tf.ts';
import type { WasmKernels } from '../../wasm/kernels.ts';
import { merged, sizeOfWeight } from '../../weight.ts';
import type { Weight } from '../../weight.ts';

/** The four matrices of a layer. */
export const matricesOf = ({ qkv, out, gateUp, down }: DecoderLayer): readonly Weight[] => [
  ...[qkv, out, gateUp, down],
];

/** A matrix [k, n] and its strides in bytes. */
interface Matrix {
  /** Itself, where it lies in panels or blocks already. */
  readonly asItIs?: Tensor;
  readonly values: (use: (matrix: Tensor2D) => void) => void;
  readonly k: number;
  readonly n: number;
  readonly toRow: number;
  readonly toColumn: number;
}

/** Every matrix of a model that never changes, without adapters; those that lie in panels or blocks stay where they are. */
export const packedBase = (wasm: WasmKernels, model: DecoderModel): Panels =>
  packedModel(wasm, model, ({ base }, use) => {
    if (!isBlocks(base)) use(base);
  });

/** Every matrix, with its adapters. */
export const packedWhole = (wasm: WasmKernels, model: DecoderModel): Panels =>
  packedModel(wasm, model, (weight, use) => {
    const whole = merged(weight);
    use(whole);
    if (whole !== weight.base) whole.dispose();
  });

function packedModel(
  wasm: WasmKernels,
  { head, layers, panels }: DecoderModel,
  valuesOf: (weight: Weight, use: (matrix: Tensor2D) => void) => void,
): Panels {
  const matrices = layers.flatMap((layer) =>
    matricesOf(layer).map((weight): Matrix => {
      const [k, n] = sizeOfWeight(weight);
      const values: Matrix['values'] = (use) => valuesOf(weight, use);
      return { values, k, n, toRow: 4 * n, toColumn: 4, ...(panels ? keptOf(weight) : {}) };
    }),
  );
  const [vocabulary, d] = sizeOfTable(head);
  matrices.push({
    ...{ k: d, n: vocabulary, toRow: 4, toColumn: 4 * d },
    values: (use) => {
      if (!isBlocks(head)) use(head);
    },
    ...(isBlocks(head) ? { asItIs: head.tensor } : {}),
  });
  return packed(wasm, matrices);
}

/** Where a matrix that never changes is used as it lies. */
function keptOf({ base, ...weight }: Weight): Pick<Matrix, 'asItIs'> {
  if (isBlocks(base)) return { asItIs: base.tensor };
  return weight.dtype === 'f32' && weight.panels ? { asItIs: base } : {};
}

function packed(wasm: WasmKernels, matrices: readonly Matrix[]): Panels {
  const room = matrices.reduce((sum, { asItIs, k, n }) => sum + (asItIs ? 0 : k * Math.ceil(n / 8) * 8), 0);
  const tensor = tf.keep(wasm.output<Tensor1D>([room]));
  let free = wasm.address(tensor);
  const starts = matrices.map(({ asItIs, values, k, n, toRow, toColumn }) => {
    if (asItIs) return wasm.address(asItIs);
    const start = free;
    values((matrix) => {
      free = wasm.run.packWeight(n, k, wasm.address(matrix), toRow, toColumn, start) >>> 0;
    });
    return start;
  });
  return { tensor, starts };
}

/** Fields of `LowRank` in `layout.as.ts`. */
const PART_CELLS = 6;

/** The adapters of a model, apart from its matrices. */
export interface PackedAdapters {
  readonly panels: Panels;
  /** `LowRank`s as `layout.as.ts` has them. */
  readonly parts: Tensor1D;
  /** The address of the first of each layer's four matrices; 0: it has none. */
  readonly first: readonly number[];
  readonly rank: number;
}

/** @returns null where there are none */
export function packedAdapters(wasm: WasmKernels, { layers }: DecoderModel): PackedAdapters | null {
  const all = layers.flatMap((layer) => matricesOf(layer).map(({ lora = [] }) => lora));
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
