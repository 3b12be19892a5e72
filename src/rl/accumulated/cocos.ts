/**
 * CoCoS: R = γ^(T−1) r_1 + Σ_{t=2..T} γ^(T−t) (r_t − r_{t−1}), the first reward and each gain after it.
 * Source: paper.
 */
import { weighted } from './rule.ts';

export const cocosRule = weighted(
  (T, { gamma }) => turnWeights(T, gamma),
  (r, { gamma }) => accumulatedReward(r, gamma),
);

/** R of CoCoS. @param r r_1 … r_T. A NaN (masked turn) makes R NaN. */
export function accumulatedReward(r: readonly number[], gamma: number): number {
  const T = r.length;
  let R = gamma ** (T - 1) * r[0];
  for (let t = 2; t <= T; t++) R += gamma ** (T - t) * (r[t - 1] - r[t - 2]);
  return R;
}

/**
 * Its gradient: w_T = 1, and w_t = −γ^(T−t−1)(1−γ) for t < T. R = Σ_t w_t r_t and Σ_t w_t = γ^(T−1).
 * Source: derived from the paper's R.
 */
export function turnWeights(T: number, gamma: number): number[] {
  return Array.from({ length: T }, (_, i) => (i === T - 1 ? 1 : 0 - gamma ** (T - i - 2) * (1 - gamma)));
}
