/** From the rewards of the turns to the reward of the episode. */

/**
 * Accumulated reward R = γ^(T−1) r_1 + Σ_{t=2..T} γ^(T−t) (r_t − r_{t−1}).
 * @param r r_1 … r_T. A NaN (masked turn) makes R NaN.
 * Source: paper.
 */
export function accumulatedReward(r: readonly number[], gamma: number): number {
  const T = r.length;
  let R = gamma ** (T - 1) * r[0];
  for (let t = 2; t <= T; t++) R += gamma ** (T - t) * (r[t - 1] - r[t - 2]);
  return R;
}

/**
 * The gradient of the accumulated reward, w_t = ∂R/∂r_t: w_T = 1, and w_t = −γ^(T−t−1)(1−γ) for t < T.
 * R = Σ_t w_t r_t and Σ_t w_t = γ^(T−1). One more unit test passed at turn t changes R by w_t/K.
 * Source: derived from the paper's R.
 */
export function turnWeights(T: number, gamma: number): number[] {
  return Array.from({ length: T }, (_, i) => (i === T - 1 ? 1 : 0 - gamma ** (T - i - 2) * (1 - gamma)));
}

/**
 * Per-turn discounted returns G_t = Σ_{i≥t} γ^(i−t) r_i, one per turn.
 * Source: our answer to the paper's open question on credit assignment.
 */
export function perTurnReturns(r: readonly number[], gamma: number): number[] {
  const G: number[] = [];
  let next = 0;
  for (let t = r.length - 1; t >= 0; t--) {
    // Not r + γ·next: 0·NaN is NaN, and γ = 0 must not look at later turns at all.
    next = r[t] + (gamma === 0 ? 0 : gamma * next);
    G[t] = next;
  }
  return G;
}
