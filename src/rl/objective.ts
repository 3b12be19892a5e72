/**
 * From the rewards of a batch to the coefficient of every answer in the loss:
 *
 *   loss = − Σ_groups Σ_i Σ_t  c_it · log π(y_t,i | ·),   log π of an answer = Σ over its tokens
 *
 * Prompt, correction marker and padding tokens are never in log π(y_t); the end-of-answer token is.
 */
import type { Experiment } from '../config/fields.ts';
import { accumulatedReward, perTurnReturns } from './accumulated.ts';
import { advantages } from './advantages.ts';
import type { TrajectoryRecord } from './records.ts';

/** What the k trajectories of one prompt earned. Both are [trajectory][turn]. */
export interface GroupOutcome {
  /** r_t; NaN when masked. */
  readonly rewards: readonly (readonly number[])[];
  /** KL of each answer to the reference, nats. */
  readonly kls: readonly (readonly number[])[];
}

/**
 * R, R', baseline and advantages of one trajectory. With per-turn returns the first three are those of turn 1.
 * `advantages` has one value per turn: 0 where a turn is not trained, NaN where it is masked.
 */
export type Credit = Pick<TrajectoryRecord, 'R' | 'adjusted' | 'baseline' | 'advantages'>;

/**
 * Which turns receive gradient and pay the KL penalty: all of them in the paper's objective; turns 2 … T in the
 * released code's, where the k samples share one y_1.
 */
export function trainedTurns({ objective, turns }: Pick<Experiment, 'objective' | 'turns'>): boolean[] {
  return Array.from({ length: turns }, (_, i) => objective === 'paper' || i > 0);
}

/**
 * Credit of every trajectory of a batch. R' = R − β Σ KL over the trained turns; A by the estimator.
 * With per-turn returns each turn is a sample of its own: R'_t = G_t − β KL_t, compared with the same turn of the others.
 * Source: paper (accumulated, RLOO); released code (its objective); per-turn returns are our addition.
 * @returns [group][trajectory]
 */
export function credit(
  batch: readonly GroupOutcome[],
  e: Pick<Experiment, 'objective' | 'turns' | 'gamma' | 'beta' | 'estimator' | 'returns'>,
): Credit[][] {
  return e.returns === 'per-turn' ? perTurnCredit(batch, e) : accumulatedCredit(batch, e);
}

function accumulatedCredit(batch: readonly GroupOutcome[], e: Parameters<typeof credit>[1]): Credit[][] {
  const trained = trainedTurns(e);
  const R = batch.map((group) => group.rewards.map((r) => accumulatedReward(r, e.gamma)));
  const adjusted = batch.map((group, g) =>
    group.kls.map((kl, i) => R[g][i] - e.beta * kl.reduce((sum, x, t) => (trained[t] ? sum + x : sum), 0)),
  );
  return advantages(adjusted, e.estimator).map((group, g) =>
    group.map(({ baseline, advantage }, i) => ({
      R: R[g][i],
      adjusted: adjusted[g][i],
      baseline,
      advantages: trained.map((yes) => (yes ? advantage : 0)),
    })),
  );
}

function perTurnCredit(batch: readonly GroupOutcome[], e: Parameters<typeof credit>[1]): Credit[][] {
  const trained = trainedTurns(e);
  const G = batch.map((group) => group.rewards.map((r) => perTurnReturns(r, e.gamma)));
  const adjusted = trained.map((_, t) =>
    batch.map((group, g) => group.kls.map((kl, i) => G[g][i][t] - e.beta * kl[t])),
  );
  const byTurn = adjusted.map((groups) => advantages(groups, e.estimator));
  return batch.map((group, g) =>
    group.rewards.map((_, i) => ({
      R: G[g][i][0],
      adjusted: adjusted[0][g][i],
      baseline: byTurn[0][g][i].baseline,
      advantages: trained.map((yes, t) => (yes ? byTurn[t][g][i].advantage : 0)),
    })),
  );
}

/**
 * What the advantage of a trajectory is divided by, beside the size of the batch: for GRPO the number of its trained tokens; for
 * the others 1, so that all tokens weigh alike.
 * Source: GRPO's length division, arXiv 2402.03300.
 * @param lengths tokens of each answer, end-of-answer included: [turn]
 */
export function lengthDivisor(
  lengths: readonly number[],
  e: Pick<Experiment, 'objective' | 'turns' | 'estimator'>,
): number {
  if (e.estimator !== 'grpo') return 1;
  const trained = trainedTurns(e);
  return Math.max(
    1,
    lengths.reduce((sum, length, t) => (trained[t] ? sum + length : sum), 0),
  );
}

/**
 * c_it: the advantage divided by N, the number of trajectories that are not masked, and by `lengthDivisor`; 0 for masked and
 * untrained answers.
 * Source: released code (sum over tokens, mean over trajectories).
 * @param credits [group][trajectory], from `credit`.
 * @param lengths tokens of each answer, end-of-answer included: [group][trajectory][turn].
 * @returns [group][trajectory][turn]
 */
export function lossCoefficients(
  credits: readonly (readonly Credit[])[],
  lengths: readonly (readonly (readonly number[])[])[],
  e: Pick<Experiment, 'objective' | 'turns' | 'estimator'>,
): number[][][] {
  const trained = trainedTurns(e);
  const counts = (c: Credit) => c.advantages.some((A, t) => trained[t] && !Number.isNaN(A));
  const N = credits.flat().filter(counts).length;
  return credits.map((group, g) =>
    group.map((c, i) => {
      const divisor = N * lengthDivisor(lengths[g][i], e);
      return c.advantages.map((A, t) => (!trained[t] || Number.isNaN(A) ? 0 : A / divisor));
    }),
  );
}
