/**
 * KL(π ‖ π_ref) of one answer by the k1 estimator: Σ over its tokens of log π − log π_ref, in nats.
 * Unbiased, may be negative for a single answer. Used as a number (no gradient flows through it).
 * Source: paper and released code (RLOO trainer).
 * @throws RangeError when the two arrays differ in length.
 */
export function klOfAnswer(logp: readonly number[], refLogp: readonly number[]): number {
  if (logp.length !== refLogp.length) {
    throw new RangeError(
      `log π has ${logp.length} tokens and log π_ref ${refLogp.length}; they must be the same tokens`,
    );
  }
  return logp.reduce((sum, lp, i) => sum + lp - refLogp[i], 0);
}
