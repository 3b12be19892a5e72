import { tf } from '../tf.ts';
import type { Tensor } from '../tf.ts';

/**
 * An operation with its own gradient: `tf.customGrad` with plain types.
 *
 * @param inputs what gradients flow to
 * @param constants further tensors the backward pass reads (ids, positions)
 * @param forward may `keep` further tensors that it made for the backward pass; without, none are needed
 * @param backward gets dy and copies of `[...inputs, ...constants, ...kept]` that outlive the forward pass, and returns one
 *   gradient per input; dy is disposed of after it
 */
export function differentiable<Y extends Tensor>(
  inputs: readonly Tensor[],
  constants: readonly Tensor[],
  forward: (keep?: (...made: Tensor[]) => void) => Y,
  backward: (dy: Y, saved: Tensor[]) => Tensor[],
): Y {
  // Without a gradient being recorded there is nothing to remember; generation spends a good part of its time on such calls.
  if (tf.engine().state.gradientDepth === 0) return forward();
  const op = tf.customGrad((...args) => {
    const save = args[inputs.length] as Tensor | ((tensors: Tensor[]) => void);
    const made: Tensor[] = [];
    const value = forward((...tensors) => void made.push(...tensors));
    if (typeof save === 'function') save([...inputs, ...constants, ...made]);
    const gradFunc = (dy: Tensor, saved: Tensor[]) => {
      const gradients = backward(dy as Y, saved);
      // Nobody reads it again, but TensorFlow.js would keep those of all operations until the end of the backward pass.
      if (!gradients.includes(dy)) dy.dispose();
      return gradients;
    };
    return { value, gradFunc };
  });
  return op(...inputs) as Y;
}
