/** How much better a try did than its baseline: four ways to compare one return with others. */
import type { Experiment } from '../config/fields.ts';
import type { Spread } from './statistics.ts';

/** Who is in a baseline: the other tries at the same prompt, all tries at it, or all tries of the batch. */
export const comparedWith = ['others', 'group', 'batch'] as const;
export type ComparedWith = (typeof comparedWith)[number];

/** A = scale · (R − baseline). NaN throughout for a masked try (R is NaN): it takes part in nothing. */
export interface Estimate {
  readonly baseline: number;
  /** Judged tries in the baseline, this one included where it is in it; 0 = nobody to compare with, and A = 0. */
  readonly count: number;
  readonly scale: number;
  readonly advantage: number;
}

export interface Estimator {
  readonly comparedWith: ComparedWith;
  /** Where the KL penalty is: a number taken off the reward (k1), or a term of the loss for every token (k3). */
  readonly klIn: 'reward' | 'loss';
  /** Whether the push of a trajectory is divided by its trained tokens; otherwise all tokens weigh alike. */
  readonly dividesByLength: boolean;
  /** @param group,batch judged returns of the tries at the same prompt, and of all; R among them */
  readonly compare: (R: number, group: Spread, batch: Spread) => Estimate;
}

/** Keeps GRPO's division finite; where the deviation is 0 the advantage is 0 anyway. Value of TRL's trainer. */
const grpoEpsilon = 1e-4;

const estimators: Readonly<Record<Experiment['estimator'], Estimator>> = {
  /** A_i = R_i − (1/(n−1)) Σ_{j≠i} R_j = n/(n−1) (R_i − mean), over the group. [paper] */
  rloo: {
    comparedWith: 'others',
    klIn: 'reward',
    dividesByLength: false,
    compare(R, { count, mean }) {
      const advantage = count === 1 ? 0 : (count / (count - 1)) * (R - mean);
      return { baseline: R - advantage, count: count - 1, scale: 1, advantage };
    },
  },
  /** A_i = R_i − mean over the whole batch. */
  reinforce: {
    comparedWith: 'batch',
    klIn: 'reward',
    dividesByLength: false,
    compare: (R, _, batch) => aboveMean(R, batch),
  },
  /** A_i = (R_i − mean) / (std + 1e-4), over the group, std with n − 1; length, KL and all as in the field. [arXiv 2402.03300] */
  grpo: {
    comparedWith: 'group',
    klIn: 'loss',
    dividesByLength: true,
    compare(R, { count, mean, std }) {
      const spread = std + grpoEpsilon;
      return { baseline: mean, count, scale: 1 / spread, advantage: (R - mean) / spread };
    },
  },
  /** A_i = R_i − mean, over the group. [arXiv 2503.20783] */
  'dr-grpo': {
    comparedWith: 'group',
    klIn: 'reward',
    dividesByLength: false,
    compare: (R, group) => aboveMean(R, group),
  },
};

function aboveMean(R: number, { count, mean }: Spread): Estimate {
  return { baseline: mean, count, scale: 1, advantage: R - mean };
}

const masked: Estimate = { baseline: NaN, count: NaN, scale: NaN, advantage: NaN };

/** The experiment's estimator. A lone judged try of a group has nothing to be compared with in it: A = 0. */
export function estimatorOf({ estimator }: Pick<Experiment, 'estimator'>): Estimator {
  const { compare, ...rest } = estimators[estimator];
  return { ...rest, compare: (R, ...others) => (Number.isNaN(R) ? masked : compare(R, ...others)) };
}
