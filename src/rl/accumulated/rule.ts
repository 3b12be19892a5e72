/**
 * What a rule of accumulation is: how the rewards of the turns become the one reward R of an episode. Training raises R itself; its
 * gradient w_t = ∂R/∂r_t explains it. One more unit test passed at turn t changes R by w_t/K where R is linear and the reward is
 * the progressive share.
 */
import type { Experiment } from '../../config/fields.ts';
import type { Linear } from '../../config/formula/index.ts';

/** What a rule reads of an experiment. T is `turns`, or the number of rewards where there are some. */
export type Settings = Pick<Experiment, 'gamma' | 'alpha' | 'formula'>;

export interface AccumulationRule {
  /** R. @param r r_1 … r_T; none is NaN */
  reward(r: readonly number[], e: Settings): number;
  /** ∂R/∂r_t at these rewards, [turn]; at a kink, that of the first of several. @param r none is NaN */
  slopes(r: readonly number[], e: Settings): readonly number[];
  /** R as a weighted sum, where it is one whatever the rewards; else null. @param T turns */
  linear(T: number, e: Settings): Linear | null;
  /** R in symbols, the experiment's numbers put in, where it is no weighted sum: "max(r₁, r₂)". @param T turns */
  written(T: number, e: Settings): string;
}

/** A rule whose weights do not depend on the rewards. @param reward where adding up in another order would round otherwise */
export function weighted(
  weights: (T: number, e: Settings) => readonly number[],
  reward?: AccumulationRule['reward'],
): AccumulationRule {
  return {
    reward: reward ?? ((r, e) => weights(r.length, e).reduce((sum, w, t) => sum + w * r[t], 0)),
    slopes: (r, e) => weights(r.length, e),
    linear: (T, e) => ({ constant: 0, weights: weights(T, e) }),
    written: () => '',
  };
}
