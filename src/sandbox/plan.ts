/** How each unit test is cut, as `prepare` in grader.py answers; checked here because it comes out of the interpreter. */
import * as v from 'valibot';
import { parseEncoded, type Encoded } from './values.ts';

const encoded = v.pipe(
  v.unknown(),
  v.rawTransform<unknown, Encoded>(({ dataset }) => parseEncoded(dataset.value)),
);
const leaves = { leaves: v.record(v.string(), v.string()), rest: v.string(), expression: v.string() };

const planSchema = v.variant('kind', [
  /** `LEFT operator expected`; with a target y, LEFT is abs(leaf - y). */
  v.object({
    kind: v.literal('compare'),
    ...leaves,
    operator: v.picklist(['==', '!=', '<', '<=', '>', '>=', 'is', 'is not']),
    expected: encoded,
    target: v.optional(encoded),
  }),
  /** The truth of an expression. */
  v.object({ kind: v.literal('truth'), ...leaves, negate: v.boolean(), objects: v.boolean() }),
  /** The weaker tier: the whole test runs next to the candidate, which could forge it. */
  v.object({ kind: v.literal('inside'), expression: v.string(), source: v.string() }),
  v.object({ kind: v.literal('refused'), expression: v.string(), reason: v.string() }),
]);

export type Plan = v.InferOutput<typeof planSchema>;

export const parsePlans = (text: string): Plan[] => v.parse(v.array(planSchema), JSON.parse(text));

/** What `load`, `setup`, `leaf`, `inside` and `replay` answer. Written next to the candidate, so anything may stand here. */
const answerSchema = v.object({
  value: v.optional(encoded),
  failed: v.optional(v.boolean()),
  error: v.optional(v.object({ type: v.string(), args: encoded, line: v.pipe(v.number(), v.integer()) })),
});
export type Answer = v.InferOutput<typeof answerSchema>;

export const parseAnswer = (text: string): Answer => v.parse(answerSchema, JSON.parse(text));
