/** A frozen product with its low-rank adapters as one operation: nothing of the width of its result is made twice or remembered. */
import { tf } from '../../tf.ts';
import type { Tensor, Tensor2D } from '../../tf.ts';
import type { LowRank } from '../../weight.ts';
import { differentiable } from '../differentiable.ts';
import { turned, whole, type Columns, type ColumnProducts } from './columns.ts';

/**
 * y = base(x) + Σ scale·(x·a)·b, each at its columns.
 *
 * @param x [N, in]
 * @param times x·W, or dy·Wᵀ where it is `transposed`
 * @param read what that reads of W, which is to outlive the forward pass
 * @returns [N, out]; differentiable in `x` and the adapters: with t = scale·x·a, which is remembered, and
 *   dt = scale·dy·bᵀ: dx = dy·Wᵀ + Σ dt·aᵀ, da = xᵀ·dt, db = tᵀ·dy
 */
export function adaptedLinear(
  products: ColumnProducts,
  x: Tensor2D,
  times: (x: Tensor2D, transposed: boolean) => Tensor2D,
  read: readonly Tensor[],
  lora: readonly LowRank[],
): Tensor2D {
  const [rows] = x.shape;
  return differentiable(
    [x, ...lora.flatMap(({ a, b }) => [a, b])],
    read,
    (keep) => {
      const y = times(x, false);
      const narrow = lora.map((part) => {
        const t = products.output(x.shape[0], part.a.shape[1]);
        products.multiply({ a: whole(x), b: whole(part.a), c: whole(t), scale: part.scale });
        products.multiply({ a: whole(t), b: whole(part.b), c: columnsOf(y, part), add: true });
        return t;
      });
      if (keep) keep(...narrow);
      else tf.dispose(narrow);
      return y;
    },
    (dy: Tensor2D, saved: Tensor[]) => {
      const sx = saved[0] as Tensor2D;
      const narrow = saved.slice(-lora.length) as Tensor2D[];
      const dx = times(dy, true);
      const gradients = lora.flatMap((part, i): Tensor[] => {
        const t = narrow[i] as Tensor2D;
        const { a, b, scale } = part;
        const [inputs, rank] = a.shape;
        const own = columnsOf(dy, part);
        const dt = products.output(rows, rank);
        products.multiply({ a: own, b: turned(whole(b)), c: whole(dt), scale });
        const db = products.output(rank, own.width);
        products.multiply({ a: turned(whole(t)), b: own, c: whole(db) });
        const da = products.output(inputs, rank);
        products.multiply({ a: turned(whole(sx)), b: whole(dt), c: whole(da) });
        products.multiply({ a: whole(dt), b: turned(whole(a)), c: whole(dx), add: true });
        dt.dispose();
        return [da, db];
      });
      return [dx, ...gradients];
    },
  );
}

/** The columns of y [N, out] that an adapter changes. */
const columnsOf = (y: Tensor2D, { from, b }: LowRank): Columns => ({
  ...{ matrix: y, from, width: b.shape[1], transposed: false },
});
