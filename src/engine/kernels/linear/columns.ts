/** Products of columns of matrices, in place: what adapters are computed with, on every back end that has products of its own. */
import type { Tensor2D } from '../../tf.ts';

/** Columns `from` … `from + width` of a matrix in rows: an operand [its rows, width], or [width, its rows] where it is transposed. */
export interface Columns {
  readonly matrix: Tensor2D;
  readonly from: number;
  readonly width: number;
  readonly transposed: boolean;
}

/** C (+)= scale·A·B; C is not transposed. */
export interface ColumnProduct {
  readonly a: Columns;
  readonly b: Columns;
  readonly c: Columns;
  /** Default: 1. Only where C is a whole matrix that the product is not added to. */
  readonly scale?: number;
  /** Add to what C holds. Default: no. */
  readonly add?: boolean;
}

/** The products of a back end. */
export interface ColumnProducts {
  /** A matrix whose values the first product that writes to it decides; the caller's. */
  output(rows: number, columns: number): Tensor2D;
  multiply(product: ColumnProduct): void;
}

/** All of a matrix. */
export const whole = (matrix: Tensor2D): Columns => ({
  ...{ matrix, from: 0, width: matrix.shape[1], transposed: false },
});

/** The same columns, transposed. */
export const turned = (columns: Columns): Columns => ({ ...columns, transposed: !columns.transposed });

/** [rows, columns] of an operand. */
export const sizeOfColumns = ({ matrix, width, transposed }: Columns): readonly [number, number] =>
  transposed ? [width, matrix.shape[0]] : [matrix.shape[0], width];
