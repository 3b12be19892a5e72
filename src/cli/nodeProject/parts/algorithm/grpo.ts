import type { Estimator } from '../engine.ts';

/** GRPO: A_i = (R_i − mean) / (std + 1e-4) over the tries at the same task; length and KL as in the field (arXiv 2402.03300). */
export const estimator: Estimator = {
  comparedWith: 'group',
  klIn: 'loss',
  dividesByLength: true,
  compare(R, { count, mean, std }) {
    const spread = std + 1e-4;
    return { baseline: mean, count, scale: 1 / spread, advantage: (R - mean) / spread };
  },
};
