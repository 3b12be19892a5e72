/** Operations over matrices in blocks, of both types and in odd shapes, for every back end that computes with them. */
import {
  blockMatrix,
  gatherRows,
  linear,
  logits,
  quantised,
  tf,
  tokenLogProbs,
} from '../../src/engine/index.ts';
import type { BlockMatrix, BlockType, Tensor, Tensor1D, Tensor2D } from '../../src/engine/index.ts';
import { floats, integers, type Input } from './cases.ts';

export interface BlockCase {
  readonly name: string;
  readonly type: BlockType;
  readonly inputs: number;
  readonly outputs: number;
  /** The first gets a gradient. */
  readonly tensors: readonly Input[];
  readonly run: (matrix: BlockMatrix, ...tensors: Tensor[]) => readonly Tensor[];
}

/** Rows, inputs, outputs: one row and few, four and more; panels and blocks that are full, and that are not. */
const shapes = [
  [1, 32, 8],
  [3, 40, 5],
  [4, 64, 16],
  [9, 33, 70],
  [37, 96, 24],
] as const;

export const blockCases: readonly BlockCase[] = (['int8', 'int4'] as const).flatMap((type) =>
  shapes.flatMap(([rows, inputs, outputs]): BlockCase[] => {
    const size = `${type} [${inputs}, ${outputs}], ${rows} rows`;
    const own = { type, inputs, outputs };
    const x = floats([rows, inputs], 1);
    const lora = (a: Tensor, b: Tensor) => [
      { a: a as Tensor2D, b: b as Tensor2D, from: outputs - 3, scale: 1.5 },
    ];
    return [
      {
        ...own,
        name: `linear ${size}`,
        tensors: [x],
        run: (base, rows) => [linear(rows as Tensor2D, { dtype: type, base })],
      },
      {
        ...own,
        name: `linear with an adapter ${size}`,
        tensors: [x, floats([inputs, 2], 2), floats([2, 3], 3)],
        run: (base, rows, a, b) => [
          linear(rows as Tensor2D, { dtype: type, base, lora: lora(a as Tensor, b as Tensor) }),
        ],
      },
      {
        ...own,
        name: `logits ${size}`,
        tensors: [x],
        run: (base, rows) => [logits(rows as Tensor2D, base)],
      },
      {
        ...own,
        name: `tokenLogProbs ${size}`,
        tensors: [x, integers(rows, 2, outputs, 4)],
        run: (base, rows, targets) => {
          const options = { temperature: 0.7, banned: [[0, 1]] as const };
          const { logp, entropy, sumSq } = tokenLogProbs(
            rows as Tensor2D,
            base,
            targets as Tensor1D,
            options,
          );
          return [logp, entropy, sumSq];
        },
      },
      {
        ...own,
        name: `gatherRows ${size}`,
        tensors: [x, integers(rows, 0, outputs, 5)],
        run: (base, rows, ids) => [tf.mul(rows as Tensor2D, gatherRows(base, ids as Tensor1D))],
      },
    ];
  }),
);

/** The matrix of a case, seeded; the caller's to dispose of. */
export const matrixOf = ({ type, inputs, outputs }: BlockCase): BlockMatrix =>
  blockMatrix(quantised(type, floats([outputs, inputs], 9, 0.1).values as Float32Array, outputs, inputs));
