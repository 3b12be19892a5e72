import { tf } from '../tf.ts';
import type { Tensor } from '../tf.ts';

/**
 * An operation with its own gradient: `tf.customGrad` with plain types.
 *
 * @param inputs what gradients flow to
 * @param constants further tensors the backward pass reads (ids, positions)
 * @param backward gets dy and copies of `[...inputs, ...constants]` that outlive the forward pass, and returns one gradient
 *   per input
 */
export function differentiable<Y extends Tensor>(
  inputs: readonly Tensor[],
  constants: readonly Tensor[],
  forward: () => Y,
  backward: (dy: Y, saved: Tensor[]) => Tensor[],
): Y {
  // Without a gradient being recorded there is nothing to remember; generation spends a good part of its time on such calls.
  if (tf.engine().state.gradientDepth === 0) return forward();
  const op = tf.customGrad((...args) => {
    const save = args[inputs.length] as Tensor | ((tensors: Tensor[]) => void);
    if (typeof save === 'function') save([...inputs, ...constants]);
    return { value: forward(), gradFunc: (dy: Tensor, saved: Tensor[]) => backward(dy as Y, saved) };
  });
  return op(...inputs) as Y;
}
