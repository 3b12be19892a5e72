/** Turns what an update computed into the records that charts, panels and files read. */
import type { Experiment } from '../config/fields.ts';
import type { Credit, CreditedAnswer, Episode, Group, TrainedAnswer } from '../rl/episode.ts';
import { lengthDivisor } from '../rl/objective.ts';
import { tokenGradNorm } from '../rl/policyGradient.ts';
import type { UpdateRecord } from '../rl/records.ts';
import type { Placed, StatsOf } from './policy.ts';

/** An answer without its place: what was in view is made again from the task and the answers before. */
export function recorded<A extends Placed>({ place: _, ...answer }: A): Omit<A, 'place'> {
  return answer;
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
        return {
          ...recorded(turn),
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
