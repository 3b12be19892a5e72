/** Turns what an update computed into the records that charts, panels and files read. */
import type { Experiment } from '../config/fields.ts';
import { algorithmOf } from '../rl/algorithms/index.ts';
import type { Credit, CreditedAnswer, Episode, Group, TrainedAnswer } from '../rl/episode.ts';
import { estimatorOf } from '../rl/estimators.ts';
import { tokenGradNorm } from '../rl/policyGradient.ts';
import type { UpdateRecord } from '../rl/records.ts';
import type { Placed, StatsOf } from './policy.ts';

/** An answer without its place: what was in view is made again from the task and the answers before. */
export function recorded<A extends Placed>({ place: _, ...answer }: A): Omit<A, 'place'> {
  return answer;
}

/** GRPO's division by the trained tokens of a trajectory. */
function lengthDivisor(turns: readonly CreditedAnswer[], e: Experiment): number {
  if (!estimatorOf(e).dividesByLength) return 1;
  const trained = algorithmOf(e).trainedTurns(turns.length);
  return Math.max(
    1,
    turns.reduce((sum, { ids }, t) => (trained[t] ? sum + ids.length : sum), 0),
  );
}

/** An update's answers at their last stage, with what the gradient's own forward pass has found, and without their places. */
export function withGradient<A extends CreditedAnswer & Placed>(
  groups: readonly Group<Episode<A> & Credit>[],
  statsOf: StatsOf<A>,
  e: Experiment,
): UpdateRecord['groups'] {
  return groups.map(({ task, trajectories }) => ({
    task,
    trajectories: trajectories.map(({ turns, ...credit }) => {
      const divisor = lengthDivisor(turns, e);
      const trained = (turn: A): TrainedAnswer => {
        const { logp, entropy, sumSq } = statsOf(turn);
        const A = turn.advantage / divisor;
        const { coefficients: _, ...answer } = recorded(turn);
        return {
          ...answer,
          entropy: Array.from(entropy),
          // float32, as its logarithm: the last digits of Math.exp differ between browsers.
          gradNorm: Array.from(logp, (lp, n) =>
            tokenGradNorm(A, Math.fround(Math.exp(lp)), sumSq[n], e.temperature),
          ),
        };
      };
      return { ...credit, turns: turns.map(trained) };
    }),
  }));
}
