/**
 * How each unit test is cut, as `prepare` in prepare.py answers, and what the other calls answer; checked here because it comes out of
 * the interpreter.
 */
import * as v from 'valibot';
import { parseEncoded, type Encoded } from './values.ts';

const encoded = v.pipe(
  v.unknown(),
  v.rawTransform<unknown, Encoded>(({ dataset }) => parseEncoded(dataset.value)),
);

/** Whether the test's message calls the candidate too, which Python does when the test fails. Only of a whole test, not of its parts. */
const message = v.optional(v.boolean(), false);

const leaves = {
  message,
  /** What only the candidate can compute: name to source, in the order of evaluation. */
  leaves: v.record(v.string(), v.string()),
  /** What is done with the leaves' values, over their names; '' when the one leaf is all. */
  rest: v.string(),
  expression: v.string(),
  /** Something is done with a leaf before the last one is evaluated: if that fails, Python does not come to the last. */
  staged: v.boolean(),
  /** The test uses names that its setup keeps from the candidate. */
  own: v.boolean(),
  /** Whether an object of the program may be asked itself: the test names its class, calls a method of it, or has nothing else. */
  ask: v.boolean(),
  /** `rest` calls a method of the leaf's value, or compares it: an object could answer what it likes. */
  judged: v.boolean(),
  /** `rest` uses up the iterator that the one leaf may give. */
  consumed: v.boolean(),
  /** `rest` depends on the exact type or the text of a value. */
  textual: v.boolean(),
};

const compare = v.object({
  kind: v.literal('compare'),
  ...leaves,
  operator: v.picklist(['==', '!=', '<', '<=', '>', '>=', 'is', 'is not']),
  expected: encoded,
  /** Source of the expected value. */
  right: v.string(),
  /** `rest` is abs(leaf - target). */
  target: v.optional(encoded),
});
const truth = v.object({ kind: v.literal('truth'), ...leaves, negate: v.boolean() });
/** A part of a choice that needs no candidate. */
const known = v.object({ kind: v.literal('known'), value: v.boolean(), expression: v.string() });

/** `rest operator expected`. */
export type Compare = v.InferOutput<typeof compare>;
/** The truth of `rest`. */
export type Truth = v.InferOutput<typeof truth>;
/** `and` (every) or `or`: parts in order, until one decides. */
export interface Choice {
  readonly kind: 'choice';
  readonly every: boolean;
  readonly negate: boolean;
  readonly parts: readonly Part[];
  readonly expression: string;
  readonly message: boolean;
}
export type Part = Compare | Truth | Choice | v.InferOutput<typeof known>;

const part: v.GenericSchema<unknown, Part> = v.lazy(() => v.variant('kind', [compare, truth, choice, known]));
const choice = v.object({
  kind: v.literal('choice'),
  every: v.boolean(),
  negate: v.boolean(),
  parts: v.array(part),
  expression: v.string(),
  message,
});

const planSchema = v.variant('kind', [
  compare,
  truth,
  choice,
  /** The weaker tier: the whole test runs next to the candidate, after the statements of the setup that it needs. */
  v.object({
    kind: v.literal('inside'),
    expression: v.string(),
    source: v.string(),
    needs: v.array(v.tuple([v.number(), v.string()])),
  }),
  v.object({ kind: v.literal('refused'), expression: v.string(), reason: v.string() }),
]);

export type Plan = v.InferOutput<typeof planSchema>;

const prepared = v.object({
  plans: v.array(planSchema),
  /** The part of the setup that needs no candidate: for replays. */
  own: v.string(),
  /** The setup's imports, which the candidate may use. */
  imports: v.string(),
  /** The part of the setup that has to do with the candidate: runs with it. */
  theirs: v.string(),
});
export type Prepared = v.InferOutput<typeof prepared>;

export const parsePrepared = (text: string): Prepared => v.parse(prepared, JSON.parse(text));

/** What the calls into the interpreter answer. Written next to the candidate, so anything may stand here. */
const answerSchema = v.object({
  value: v.optional(encoded),
  /** A subclass of a type of plain data was read as that type. */
  loose: v.optional(v.boolean()),
  failed: v.optional(v.boolean()),
  error: v.optional(v.object({ type: v.string(), args: encoded, line: v.pipe(v.number(), v.integer()) })),
});
export type Answer = v.InferOutput<typeof answerSchema>;

export const parseAnswer = (text: string): Answer => v.parse(answerSchema, JSON.parse(text));
