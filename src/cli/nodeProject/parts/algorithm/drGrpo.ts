import type { Estimator } from '../engine.ts';

/** Dr. GRPO: A_i = R_i − mean over the tries at the same task (arXiv 2503.20783). */
export const estimator: Estimator = {
  comparedWith: 'group',
  klIn: 'reward',
  dividesByLength: false,
  compare: (R, { count, mean }) => ({ baseline: mean, count, scale: 1, advantage: R - mean }),
};
