import type { Settings } from '../engine.ts';

/** R: the reward of an episode. SCoRe's, for two turns: R = r_1 + r_2 + α (r_2 − r_1). @param r r_1, r_2: r[0] is the first */
export function accumulate(r: readonly number[], { alpha }: Settings): number {
  return (1 - alpha) * r[0] + (1 + alpha) * r[1];
}
