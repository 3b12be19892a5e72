/** Turns what an update computed into the records that charts, panels and files read. */
import type { Experiment } from '../config/fields.ts';
import { fill, type Credit, type CreditedAnswer, type Episode, type Group } from '../rl/episode.ts';
import { tokenGradNorm } from '../rl/policyGradient.ts';
import type { UpdateRecord } from '../rl/records.ts';
import type { Placed, StatsOf } from './policy.ts';

/** An answer without its place: what was in view is made again from the task and the answers before. */
export function recorded<A extends Placed>({ place: _, ...answer }: A): Omit<A, 'place'> {
  return answer;
}

/** An update's answers at their last stage, with what the gradient's own forward pass has found. */
export function withGradient<A extends CreditedAnswer & Placed>(
  groups: readonly Group<Episode<A> & Credit>[],
  statsOf: StatsOf<A>,
  { temperature }: Pick<Experiment, 'temperature'>,
): UpdateRecord['groups'] {
  return fill(groups, (answer) => {
    const { logp, entropy, sumSq } = statsOf(answer);
    const { coefficients, ...rest } = recorded(answer);
    return {
      ...rest,
      entropy: Array.from(entropy),
      // float32, as its logarithm: the last digits of Math.exp differ between browsers.
      gradNorm: Array.from(logp, (lp, n) =>
        tokenGradNorm(coefficients[n], Math.fround(Math.exp(lp)), sumSq[n], temperature),
      ),
    };
  });
}
