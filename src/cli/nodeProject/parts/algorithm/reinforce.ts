import type { Estimator } from '../engine.ts';

/** REINFORCE: each try is compared with the mean of the whole update. A_i = R_i − mean. */
export const estimator: Estimator = {
  comparedWith: 'batch',
  klIn: 'reward',
  dividesByLength: false,
  compare: (R, _, { count, mean }) => ({ baseline: mean, count, scale: 1, advantage: R - mean }),
};
