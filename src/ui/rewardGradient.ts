/** What the accumulated reward pays for, in words and weights, before anything runs. Pure functions of the experiment. */
import type { Experiment } from '../config/experiment.ts';
import { testsPerTask } from '../config/possibleRewards.ts';
import { formulaOf } from '../rl/algorithms/formula.ts';
import { algorithmOf } from '../rl/algorithms/index.ts';
import { fixed, signed } from './format.ts';
import { decimals, say } from './say.svelte.ts';

export interface RewardGradient {
  /** "R = r₂ − 0.25·r₁", a line for each return. */
  readonly formula: string;
  /** w_t = ∂R/∂r_t, [turn]; null where they depend on the rewards, or each turn has a return of its own. */
  readonly weights: readonly number[] | null;
  /** What it does to the first answer. */
  readonly sentence: string;
  /** How to read the weights, or why there are none; or ''. */
  readonly about: string;
}

/** A formula with the decimal sign of the page's language; one that the user wrote is code, and stays. */
export const formulaWords = (formula: string, { accumulate }: Pick<Experiment, 'accumulate'>): string =>
  accumulate === 'formula' ? formula : decimals(formula);

export function rewardGradientOf(e: Experiment): RewardGradient {
  const algorithm = algorithmOf(e);
  const returns = algorithm.earns(new Array<number>(e.turns).fill(0), e);
  const formula = formulaWords(returns.map((one) => formulaOf(one, one.written)).join('\n'), e);
  const weights = algorithm.weights(e);
  const about = weights
    ? say('{worth}: it lowers R where w is negative.', { worth: worthOfTest(e) })
    : returns.length === 1
      ? say(
          'What a turn’s reward is worth depends on the other turns. The picture shows the weights of each try.',
        )
      : '';
  return { formula, weights, sentence: sentenceOf(e), about };
}

/** What one more test does to R, where R is a weighted sum. */
function worthOfTest({ reward, rewardScale }: Experiment): string {
  if (reward === 'binary') return say('The last missing test moves R by w, the others by nothing');
  return rewardScale === 'count'
    ? say('One more test passed moves R by w')
    : say('One more test passed, of K, moves R by w/K');
}

function sentenceOf(e: Experiment): string {
  const { sharedTurns, earns } = algorithmOf(e);
  const T = e.turns;
  if (T === 1) return say('There is one answer, and no correction.');
  if (algorithmOf(e).earns(new Array<number>(T).fill(0), e).length > 1)
    return say('Failing first never pays: the first answer is pushed by a return of its own.');
  if (sharedTurns > 0)
    return say(
      'All tries at a task share their first answer: what it earns is the same for all, and it is not pushed.',
    );
  const full = e.reward === 'progressive' && e.rewardScale === 'count' ? testsPerTask : 1;
  const R = (rewards: readonly number[]) => earns(rewards, e)[0]?.value ?? NaN;
  const repaired = R(Array.from({ length: T }, (_, t) => (t === T - 1 ? full : 0)));
  const right = R(new Array<number>(T).fill(full));
  const gain = repaired - right;
  const [failing, both] =
    T === 2
      ? [say('Failing first'), say('right both times')]
      : [say('Failing until the last turn'), say('right every time')];
  const of = full > 1 && e.tasks === 'own' ? say(' (of {full} tests)', { full }) : '';
  const sums = say('R is {repaired}{of}, and {right} for being {both}', {
    repaired: fixed(repaired),
    of,
    right: fixed(right),
    both,
  });
  if (Math.abs(gain) < 0.005)
    return say('{failing} costs nothing once it is repaired: {sums}.', { failing, sums });
  return gain > 0
    ? say('{failing} earns {gain} once it is repaired: {sums}.', { failing, gain: signed(gain), sums })
    : say('{failing} costs {loss}, even if it is repaired: {sums}.', { failing, loss: fixed(-gain), sums });
}
