/** What an update did to each token of a try (train/inspect.ts), and to each matrix of the model (train/layers.ts): answers to questions, not part of any record. */
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

const norm = v.pipe(v.number(), v.minValue(0));

export const layerSchema = v.object({
  /** From 1; 0 for what stands before the first layer or behind the last. */
  layer: v.pipe(v.number(), v.integer(), v.minValue(0)),
  matrices: v.array(
    v.object({
      /** Hugging Face's name within the layer: self_attn.q_proj. */
      name: v.string(),
      parameters: v.number(),
      /** Euclidean norm of the gradient that AdamW was given, clipped; over inner epochs, of their mean, in which the later ones count more. */
      gradient: norm,
      /** Euclidean norm of what the update changed, weight decay included. */
      change: norm,
      /** Euclidean norm of the matrix before the update. */
      before: norm,
    }),
  ),
});
/** A layer's matrices, or one that belongs to none; in the order of the forward pass. */
export type InspectedLayer = v.InferOutput<typeof layerSchema>;
export type InspectedMatrix = InspectedLayer['matrices'][number];

/** The part of a sum of squares that each of some norms has; they add up to 1, or are all 0. */
export function sharesOf(norms: readonly number[]): number[] {
  const total = norms.reduce((sum, x) => sum + x * x, 0);
  return norms.map((x) => (total === 0 ? 0 : (x * x) / total));
}

/** The norm of several parts together. */
export const normOf = (norms: readonly number[]): number =>
  Math.sqrt(norms.reduce((sum, x) => sum + x * x, 0));
