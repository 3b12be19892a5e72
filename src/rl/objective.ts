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
import type { Credit, CreditedAnswer, Episode, Group, ScoredAnswer } from './episode.ts';

/** What credit is given for: what an answer earned, what it pays, how long it is. */
export type Earned = Pick<ScoredAnswer, 'reward' | 'kl' | 'ids'>;
type Given = Pick<CreditedAnswer, 'advantage' | 'coefficient'>;

type Fields = Pick<Experiment, 'objective' | 'turns' | 'gamma' | 'beta' | 'estimator' | 'returns'>;

/**
 * Which turns receive gradient and pay the KL penalty: all of them in the paper's objective; turns 2 … T in the
 * released code's, where the k samples share one y_1.
 */
export function trainedTurns({ objective, turns }: Pick<Experiment, 'objective' | 'turns'>): boolean[] {
  return Array.from({ length: turns }, (_, i) => objective === 'paper' || i > 0);
}

/**
 * Credit of every trajectory of a batch, and the coefficient of each of its answers. R' = R − β Σ KL over the trained turns; A by
 * the estimator. With per-turn returns each turn is a sample of its own: R'_t = G_t − β KL_t, compared with the same turn of the
 * others.
 *
 * c_it is the advantage divided by N, the number of trajectories that are not masked, and by `lengthDivisor`; 0 for masked and
 * untrained answers.
 * Source: paper (accumulated, RLOO); released code (its objective; sum over tokens, mean over trajectories); per-turn returns are
 * our addition.
 */
export function credit<A extends Earned>(
  groups: readonly Group<Episode<A>>[],
  e: Fields,
): Group<Episode<A & Given> & Credit>[] {
  const earned = e.returns === 'per-turn' ? perTurnCredit(groups, e) : accumulatedCredit(groups, e);
  const trained = trainedTurns(e);
  const counts = (advantages: readonly number[]) => advantages.some((A, t) => trained[t] && !Number.isNaN(A));
  const N = earned.flat().filter(({ advantages }) => counts(advantages)).length;
  return groups.map(({ task, trajectories }, g) => ({
    task,
    trajectories: trajectories.map(({ turns }, i) => {
      const { advantages, ...credit } = earned[g][i];
      const divisor = N * lengthDivisor(turns, e);
      return {
        ...credit,
        turns: turns.map((turn, t) => {
          const advantage = advantages[t];
          return {
            ...turn,
            advantage,
            coefficient: !trained[t] || Number.isNaN(advantage) ? 0 : advantage / divisor,
          };
        }),
      };
    }),
  }));
}

/** Credit and the advantage of each turn: 0 where a turn is not trained, NaN where it is masked. */
type Compared = Credit & { readonly advantages: readonly number[] };

function accumulatedCredit(groups: readonly Group<Episode<Earned>>[], e: Fields): Compared[][] {
  const trained = trainedTurns(e);
  const R = groups.map((group) =>
    group.trajectories.map(({ turns }) =>
      accumulatedReward(
        turns.map((turn) => turn.reward),
        e.gamma,
      ),
    ),
  );
  const adjusted = groups.map((group, g) =>
    group.trajectories.map(
      ({ turns }, i) => R[g][i] - e.beta * turns.reduce((sum, { kl }, t) => (trained[t] ? sum + kl : sum), 0),
    ),
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

function perTurnCredit(groups: readonly Group<Episode<Earned>>[], e: Fields): Compared[][] {
  const trained = trainedTurns(e);
  const G = groups.map((group) =>
    group.trajectories.map(({ turns }) =>
      perTurnReturns(
        turns.map((turn) => turn.reward),
        e.gamma,
      ),
    ),
  );
  const adjusted = trained.map((_, t) =>
    groups.map((group, g) => group.trajectories.map(({ turns }, i) => G[g][i][t] - e.beta * turns[t].kl)),
  );
  const byTurn = adjusted.map((turn) => advantages(turn, e.estimator));
  return groups.map((group, g) =>
    group.trajectories.map((_, i) => ({
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
 * @param turns of one trajectory; the end-of-answer token counts
 */
export function lengthDivisor(
  turns: readonly Pick<Earned, 'ids'>[],
  e: Pick<Experiment, 'objective' | 'turns' | 'estimator'>,
): number {
  if (e.estimator !== 'grpo') return 1;
  const trained = trainedTurns(e);
  return Math.max(
    1,
    turns.reduce((sum, { ids }, t) => (trained[t] ? sum + ids.length : sum), 0),
  );
}
