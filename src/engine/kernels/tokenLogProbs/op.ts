import { tf } from '../../tf.ts';
import type { Tensor1D, Tensor2D } from '../../tf.ts';
import { linear } from '../linear/op.ts';
import { MASKED } from '../causalAttention/op.ts';
import { oneHotRows } from '../oneHot.ts';

export interface HeadOptions {
  /** Softmax temperature, > 0: p = softmax(x·tableᵀ / temperature). */
  readonly temperature: number;
  /** Ids below this one are banned: probability exactly 0 (padding and other tokens never written). */
  readonly allowedFrom: number;
}

export interface TokenLogProbs {
  /** log p(target), natural logarithm, [N]; differentiable in `x` and `table`. */
  readonly logp: Tensor1D;
  /** −Σ p log p in nats, [N]; a statistic, no gradient. */
  readonly entropy: Tensor1D;
  /** Σ p², [N]; a statistic, no gradient (‖∂logp/∂logits‖² = 1 − 2·p_target + Σp²). */
  readonly sumSq: Tensor1D;
}

/**
 * Log-probability of each row's target token under a tied output head, with the distribution's entropy and Σp².
 *
 * @param x [N, d], normalised hidden states
 * @param table [V, d], the token embedding
 * @param targets int32 [N]; a target below `allowedFrom` (padding) yields a huge negative finite number: mask it
 */
export function tokenLogProbs(
  x: Tensor2D,
  table: Tensor2D,
  targets: Tensor1D,
  options: HeadOptions,
): TokenLogProbs {
  if (!(options.temperature > 0)) {
    throw new Error(`tokenLogProbs: temperature must be positive, got ${options.temperature}.`);
  }
  return tokenLogProbsReference(x, table, targets, options);
}

export function tokenLogProbsReference(
  x: Tensor2D,
  table: Tensor2D,
  targets: Tensor1D,
  options: HeadOptions,
): TokenLogProbs {
  const [logp, entropy, sumSq] = tf.tidy(() => {
    const vocabulary = table.shape[0];
    const scaled = linear(x, table.transpose<Tensor2D>()).div<Tensor2D>(options.temperature);
    const logits = banBelow(scaled, options.allowedFrom);
    const logProbs = logits.sub(logits.max(1, true)).logSoftmax();
    const oneHot = oneHotRows(targets, vocabulary);
    const p = logProbs.exp();
    return [logProbs.mul(oneHot).sum(1), p.mul(logProbs).sum(1).neg(), p.square().sum(1)];
  }) as [Tensor1D, Tensor1D, Tensor1D];
  return { logp, entropy, sumSq };
}

/** Sets the scores of ids below `allowedFrom` to a value whose probability is 0. */
export function banBelow(scores: Tensor2D, allowedFrom: number): Tensor2D {
  const allowed = tf.range(0, scores.shape[1]).greaterEqual(allowedFrom).reshape([1, scores.shape[1]]);
  return tf.where(allowed, scores, tf.fill([1, scores.shape[1]], MASKED)) as Tensor2D;
}
