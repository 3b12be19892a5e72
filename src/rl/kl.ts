/** KL to the reference: as a number for the reward, and as a slope for the loss. */

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

/**
 * Slope of −KL in log π of one token, by the k3 estimator e^d − d − 1 with d = log π_ref − log π: −(1 − e^d). Negative where the
 * token has become more likely than it was, so it is pushed back.
 * Source: GRPO, arXiv 2402.03300; k3: Schulman, "Approximating KL divergence".
 */
export function klSlope(logp: number, refLogp: number): number {
  // float32: the last digits of Math.expm1 differ between browsers.
  return Math.fround(Math.expm1(refLogp - logp));
}
