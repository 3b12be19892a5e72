/**
 * What an algorithm is: where its episodes come from, which turns it trains, how rewards become the coefficient of every token,
 * and how it explains what it did. An algorithm is one file beside this one; nothing else asks which one it is.
 *
 *   loss = − Σ_groups Σ_i Σ_t Σ_tokens  c_itn · log π(token n of y_t,i | ·)
 *
 * Prompt, correction marker and padding tokens are never in the loss; the end-of-answer token is.
 */
import * as v from 'valibot';
import type { Experiment } from '../../config/fields.ts';
import type { Credit, CreditedAnswer, Episode, Group, ScoredAnswer } from '../episode.ts';
import type { Accumulating } from '../accumulated/index.ts';
import { comparedWith, type Estimate } from '../estimators.ts';

/** What credit is given for: what an answer earned, what it pays, and its tokens' log-probabilities. */
export type Earned = Pick<ScoredAnswer, 'reward' | 'kl' | 'ids' | 'logp' | 'refLogp'>;
/** What an algorithm adds to it. */
export type Given = Pick<CreditedAnswer, 'advantage' | 'coefficients'>;

export type CreditedGroup<A> = Group<Episode<A & Given> & Credit>;

/** log π_now of every token of an answer, nats. */
export type LogProbsOf<A> = (answer: A) => ArrayLike<number>;

export interface Algorithm {
  /** Its name in the field's terms, for people. */
  readonly title: string;
  /** 'sampled': written by the policy at each update. 'recorded': of an earlier run, read again. */
  readonly episodes: 'sampled' | 'recorded';
  /** How many of the first turns the k trajectories of a prompt have in common; 0 = none. */
  readonly sharedTurns: number;
  /** Which turns receive gradient, and pay the KL penalty; [turn]. */
  trainedTurns(turns: number): readonly boolean[];
  /** The stage of training that a step belongs to, in a word; '' where there is only one. @param step updates done */
  phase(step: number): string;
  /** w_t = ∂R/∂r_t, [turn]; null where R is no weighted sum, or rewards are not added up to one number an episode. */
  weights(e: Accumulating & Pick<Experiment, 'turns'>): readonly number[] | null;
  /** What an episode's rewards add up to, before it is compared with others and without the KL penalty. @param rewards r_1 … r_T */
  earns(rewards: readonly number[], e: Accumulating): readonly Return[];
  /**
   * From rewards to the compared number, with the experiment's numbers put in: "R′ = r₂ − 0.25·r₁ − 0.01·(KL₁ + KL₂)"; a line for
   * each comparison. It is the same for all episodes.
   */
  formula(e: Experiment): string;
  /** Credit of every trajectory of a batch, and the coefficient of each token of its answers on the policy that sampled. */
  credit<A extends Earned>(groups: readonly Group<Episode<A>>[], e: Experiment): CreditedGroup<A>[];
  /** The same batch under another policy than the one that sampled it: after an inner epoch, or of an earlier run. */
  again<A extends Earned>(
    groups: readonly Group<Episode<A>>[],
    now: LogProbsOf<A>,
    e: Experiment,
  ): CreditedGroup<A>[];
  /**
   * Why one trajectory of a batch was pushed as it was, with its numbers.
   * @param groups the whole batch, as recorded
   * @throws RangeError when there is no trajectory at that place
   */
  explain(groups: readonly Group<Episode<Earned>>[], at: Place, e: Experiment): Explanation;
}

/** A trajectory of a batch; both from 0. */
export interface Place {
  readonly group: number;
  readonly trajectory: number;
}

// Explanations are told to the page while an update is under way, so they are declared as schemas.

/** NaN is a legal number here. */
const num = v.union([v.number(), v.nan()]);
const list = <S extends v.GenericSchema>(item: S) => v.pipe(v.array(item), v.readonly());

/** A summand of the number that is compared: `factor · value`. */
const termSchema = v.object({
  /**
   * 'reward': w_t · r_t, w_t the slope ∂R/∂r_t at these rewards, or γ^(i−t) · r_i. 'rest': R − Σ w_t r_t, where that is not 0 for
   * certain. 'kl': −β · KL_t, where the KL is charged to the reward.
   */
  kind: v.picklist(['reward', 'rest', 'kl']),
  /** From 1; 0 of the rest. */
  turn: v.number(),
  factor: num,
  value: num,
});
export type Term = Readonly<v.InferOutput<typeof termSchema>>;

/** A number that rewards add up to, and the answers it is credited to. */
export interface Return {
  /** R, or G_t where each turn has its own. */
  readonly name: string;
  /** Turns, from 1. */
  readonly turns: readonly number[];
  /** NaN where a reward in it could not be judged. */
  readonly value: number;
  /** They add up to `value`; in the order of the formula. */
  readonly terms: readonly Term[];
  /** The value in symbols, where it is not the sum of the terms whatever the rewards are: "max(r₁, r₂)"; else ''. */
  readonly written: string;
}

/** What an estimator finds; `Estimate` says what each number is. */
const estimate = { baseline: num, count: num, scale: num, advantage: num } satisfies Record<
  keyof Estimate,
  typeof num
>;

/** One comparison and the push that follows from it: A = scale · (compared − baseline). NaN throughout where it could not be judged. */
const comparisonSchema = v.object({
  ...estimate,
  /** Name of the compared number: R′, or R′_t where each turn is compared by itself. */
  name: v.string(),
  /** Turns, from 1, whose answers it pushes. */
  turns: list(v.number()),
  /** They add up to `compared`; in the order of the formula. */
  terms: list(termSchema),
  compared: num,
  comparedWith: v.picklist(comparedWith),
  /** Coefficient of each token = advantage / divisor: judged trajectories of the batch, for GRPO times the trajectory's trained tokens. */
  divisor: num,
  /** What the gradient got for each token of those answers; 0 where it could not be judged. */
  coefficient: num,
});
export type Comparison = Readonly<v.InferOutput<typeof comparisonSchema>>;

/** A KL penalty that is in the loss, token by token, instead of in the reward: a push of its own. */
const klPushSchema = v.object({
  /** From 1. */
  turn: v.number(),
  beta: num,
  /** −β(1 − e^(log π_ref − log π)) / divisor, one a token; added to the comparison's coefficient. */
  coefficients: list(num),
});
export type KlPush = Readonly<v.InferOutput<typeof klPushSchema>>;

/** Why a trajectory was pushed. */
export const explanationSchema = v.object({
  /** From rewards to the compared number, see `Algorithm.formula`. */
  formula: v.string(),
  comparisons: list(comparisonSchema),
  klPushes: list(klPushSchema),
});
export type Explanation = Readonly<v.InferOutput<typeof explanationSchema>>;
export type Reasons = Omit<Explanation, 'formula'>;
