/** How much better a sample did than its baseline. */
import type { Experiment } from '../config/fields.ts';
import { mean, scored, std } from './statistics.ts';

export interface Advantage {
  readonly baseline: number;
  /** NaN for a masked sample (reward NaN): it takes part in nothing. */
  readonly advantage: number;
}

/** Keeps GRPO's division finite; where the deviation is 0 the advantage is 0 anyway. Value of TRL's trainer. */
const grpoEpsilon = 1e-4;

/**
 * Advantages of a batch.
 * - rloo: A_i = R_i − (1/(n−1)) Σ_{j≠i} R_j = n/(n−1) (R_i − mean), over the group. [paper]
 * - reinforce: A_i = R_i − mean over the whole batch.
 * - grpo: A_i = (R_i − mean) / (std + 1e-4), over the group, std with n − 1. [DeepSeekMath, arXiv 2402.03300]
 * - dr-grpo: A_i = R_i − mean, over the group. [arXiv 2503.20783]
 *
 * Masked samples (NaN) are left out of every mean and get NaN. A lone scored sample has nothing to be compared with: A = 0.
 * @param groups R' of the k samples of each prompt.
 * @returns the same shape.
 */
export function advantages(
  groups: readonly (readonly number[])[],
  estimator: Experiment['estimator'],
): Advantage[][] {
  const batchMean = mean(scored(groups.flat()));
  return groups.map((group) => {
    const valid = scored(group);
    const n = valid.length;
    const groupMean = mean(valid);
    return group.map((R) => {
      if (Number.isNaN(R)) return { baseline: NaN, advantage: NaN };
      switch (estimator) {
        case 'rloo': {
          const advantage = n === 1 ? 0 : (n / (n - 1)) * (R - groupMean);
          return { baseline: R - advantage, advantage };
        }
        case 'reinforce':
          return { baseline: batchMean, advantage: R - batchMean };
        case 'grpo':
          return { baseline: groupMean, advantage: (R - groupMean) / (std(valid) + grpoEpsilon) };
        case 'dr-grpo':
          return { baseline: groupMean, advantage: R - groupMean };
        default:
          return estimator satisfies never;
      }
    });
  });
}
