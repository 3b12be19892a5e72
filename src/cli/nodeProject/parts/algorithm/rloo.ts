import type { Estimator } from '../engine.ts';

/** RLOO: each try is compared with the others at the same task. A_i = R_i − (1/(n−1)) Σ_{j≠i} R_j = n/(n−1) (R_i − mean). */
export const estimator: Estimator = {
  comparedWith: 'others',
  klIn: 'reward',
  dividesByLength: false,
  compare(R, { count, mean }) {
    const advantage = count === 1 ? 0 : (count / (count - 1)) * (R - mean);
    return { baseline: R - advantage, count: count - 1, scale: 1, advantage };
  },
};
