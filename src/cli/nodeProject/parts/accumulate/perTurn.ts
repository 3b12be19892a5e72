import type { Settings } from '../engine.ts';

/**
 * G_t: a return for each turn, which pushes that turn's answer: G_t = Σ_{i≥t} γ^(i−t) r_i.
 * @param r r_1 … r_T, so r[0] is the first; NaN where an answer could not be judged
 */
export function perTurn(r: readonly number[], { gamma }: Settings): number[] {
  const G: number[] = [];
  let next = 0;
  for (let t = r.length - 1; t >= 0; t--) {
    next = r[t] + (gamma === 0 ? 0 : gamma * next); // 0·NaN is NaN, and γ = 0 must not look ahead
    G[t] = next;
  }
  return G;
}
