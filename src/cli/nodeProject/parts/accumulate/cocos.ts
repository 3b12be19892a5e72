import type { Settings } from '../engine.ts';

/**
 * R: the reward of an episode. CoCoS: the first reward and each gain after it, the later the more:
 * R = γ^(T−1) r_1 + Σ_{t=2..T} γ^(T−t) (r_t − r_{t−1}).
 * @param r r_1 … r_T, so r[0] is the first
 */
export function accumulate(r: readonly number[], { gamma }: Settings): number {
  const T = r.length;
  let R = gamma ** (T - 1) * r[0];
  for (let t = 2; t <= T; t++) R += gamma ** (T - t) * (r[t - 1] - r[t - 2]);
  return R;
}
