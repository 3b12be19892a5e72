/**
 * An answer of an episode, from its text to its push: one object, filled in stages. Each stage adds what it has found out, so
 * that nothing can read what is not there yet.
 *
 *     Answer → GradedAnswer (its tests) → ScoredAnswer (the reference) → CreditedAnswer (the batch) → TrainedAnswer (the gradient)
 *
 * Declared as schemas, for an answer that was learned from, or graded in an evaluation, is recorded as it is. What could not be
 * scored is NaN, never 0. Per-token arrays have the length of `ids`.
 */
import * as v from 'valibot';
import { verdictSchema } from '../sandbox/types.ts';

/** NaN is a legal number here. */
const num = v.union([v.number(), v.nan()]);
const perToken = v.pipe(v.array(num), v.readonly());

/** What the model wrote at one turn, y_t. */
export const answerSchema = v.object({
  /** The answer as text, without special tokens. */
  text: v.string(),
  /** Token ids, the end-of-answer token included unless the answer is truncated. */
  ids: v.pipe(v.array(v.number()), v.readonly()),
  /** Text of each token; the end-of-answer token is '<eot>'. */
  tokens: v.pipe(v.array(v.string()), v.readonly()),
  /** log π(token | before), natural logarithm (nats), at the sampling temperature. */
  logp: perToken,
  /** Where the program is in `text`: from which character, and before which; all of it unless given. */
  code: v.optional(v.pipe(v.tuple([v.number(), v.number()]), v.readonly())),
  /** The answer hit the length limit before an end-of-answer token. */
  truncated: v.boolean(),
});

/** The program in an answer. */
export const programOf = ({ text, code }: Pick<Answer, 'text' | 'code'>): string =>
  code ? text.slice(...code) : text;

/** After its unit tests. */
export const gradedAnswerSchema = v.object({
  ...answerSchema.entries,
  verdict: verdictSchema,
  /** r_t, NaN when masked. */
  reward: num,
});

/** After the reference model has read it. */
export const scoredAnswerSchema = v.object({
  ...gradedAnswerSchema.entries,
  /** log π_ref(token | before), nats. */
  refLogp: perToken,
  /** Σ over tokens of log π − log π_ref (k1 estimator), nats. */
  kl: num,
});

/**
 * After the gradient was taken through it. Its tokens' coefficients are not kept: they follow from the batch and its experiment
 * (`Algorithm.explain`), and most would say the same number again and again.
 */
export const trainedAnswerSchema = v.object({
  ...scoredAnswerSchema.entries,
  /** A: equal for all trained turns with the accumulated reward; 0 where the turn is not trained, NaN where it is masked. */
  advantage: num,
  /** Entropy of π at each position, nats. */
  entropy: perToken,
  /** ‖∂loss/∂logits‖ at each token = |c|/τ·sqrt(1 − 2p + Σp²), c its coefficient in the loss. 0 where no gradient flows. */
  gradNorm: perToken,
});

export type Answer = v.InferOutput<typeof answerSchema>;
export type GradedAnswer = v.InferOutput<typeof gradedAnswerSchema>;
export type ScoredAnswer = v.InferOutput<typeof scoredAnswerSchema>;
export type TrainedAnswer = v.InferOutput<typeof trainedAnswerSchema>;
/** After it was compared with the others of the batch. */
export type CreditedAnswer = ScoredAnswer &
  Pick<TrainedAnswer, 'advantage'> & {
    /** c of each token in the loss −Σ c·log π(token); 0 where no gradient flows. */
    readonly coefficients: readonly number[];
  };

/** One trajectory: the answers to a task, in the order of their turns. */
export interface Episode<A> {
  readonly turns: readonly A[];
}

/** What an episode earned. With per-turn returns these are the values of turn 1. */
export const creditSchema = v.object({
  /** Accumulated reward R. */
  R: num,
  /** R' = R − β Σ KL; R itself where the KL is in the loss (GRPO). */
  adjusted: num,
  /** Leave-one-out (or other) baseline subtracted from R'. */
  baseline: num,
});
export type Credit = v.InferOutput<typeof creditSchema>;

/** The task of an episode; `tasks/types.ts` says what each field is. */
export const taskSchema = v.object({
  id: v.string(),
  source: v.string(),
  instruction: v.string(),
  entryPoint: v.string(),
  reference: v.string(),
  setup: v.string(),
  tests: v.pipe(v.array(v.string()), v.readonly()),
  composition: v.string(),
  family: v.string(),
  level: v.number(),
});

/** The trajectories of one prompt. */
export interface Group<E> {
  readonly task: v.InferOutput<typeof taskSchema>;
  readonly trajectories: readonly E[];
}

/** Takes every answer of a batch to its next stage; what else an episode has, it keeps. */
export function fill<E extends Episode<unknown>, B>(
  groups: readonly Group<E>[],
  next: (answer: E['turns'][number]) => B,
): Group<Omit<E, 'turns'> & Episode<B>>[] {
  return groups.map(({ task, trajectories }) => ({
    task,
    trajectories: trajectories.map((one) => ({ ...one, turns: one.turns.map(next) })),
  }));
}

/** All answers of a batch: groups in their order, trajectories in theirs, turns in theirs. */
export function answersOf<A>(groups: readonly Group<Episode<A>>[]): A[] {
  return groups.flatMap((group) => group.trajectories.flatMap((one) => one.turns));
}
