/** Several operations of which nothing but what goes in is kept for the way back: they are computed again there (arXiv 1604.06174). */
import { tf } from '../tf.ts';
import type { Tensor, Tensor1D, Tensor2D } from '../tf.ts';
import { differentiable } from './differentiable.ts';

/**
 * f(x, constants), with the same numbers forward and back as without.
 *
 * @param trained what `f` reads beside them, of its own accord, and what gets a gradient: it must depend on all of it
 * @param constants what may not be there any more on the way back
 */
export const recomputed = (
  x: Tensor2D,
  trained: readonly Tensor[],
  constants: readonly Tensor1D[],
  f: (x: Tensor2D, constants: readonly Tensor1D[]) => Tensor2D,
): Tensor2D =>
  differentiable(
    [x, ...trained],
    constants,
    () => f(x, constants),
    (dy, saved) => {
      const again = saved[0] as Tensor2D;
      const same = saved.slice(1 + trained.length) as Tensor1D[];
      return gradientsOf(() => f(again, same), [again, ...trained], dy);
    },
  );

/** Gradients within a backward pass. TensorFlow.js has one tape, and would forget the pass that is under way. */
function gradientsOf(f: () => Tensor2D, inputs: Tensor[], dy: Tensor2D): Tensor[] {
  const engine = tf.engine();
  const { activeTape } = engine.state;
  try {
    const { value, grads } = engine.gradients(f, inputs, dy);
    value.dispose();
    return grads;
  } finally {
    engine.state.activeTape = activeTape;
  }
}
