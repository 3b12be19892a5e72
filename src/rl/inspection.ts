/** What an update did to each token of a try (train/inspect.ts): the answer to a question, not part of any record. */
import * as v from 'valibot';

/** A probability at the sampling temperature. */
const probability = v.pipe(v.number(), v.minValue(0), v.maxValue(1.001));

export const inspectedTurnSchema = v.object({
  /** One for each of the answer's ids. */
  tokens: v.array(
    v.object({
      /** π(token) before the update, after it, and π_ref(token). */
      before: probability,
      after: probability,
      reference: probability,
      /** The most probable other tokens before the update, the likeliest first. */
      alternatives: v.array(v.object({ text: v.string(), before: probability, after: probability })),
    }),
  ),
});
export type InspectedTurn = v.InferOutput<typeof inspectedTurnSchema>;
export type InspectedToken = InspectedTurn['tokens'][number];
