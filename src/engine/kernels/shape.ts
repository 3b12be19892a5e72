/**
 * Head layout of one row of the fused query/key/value projection:
 * `[q_1 … q_heads | k_1 … k_kvHeads | v_1 … v_kvHeads]`, each block `headDim` wide.
 */
export interface HeadShape {
  readonly heads: number;
  /** Key/value heads; `heads` must be a multiple of it (grouped-query attention, arXiv 2305.13245). */
  readonly kvHeads: number;
  readonly headDim: number;
}

/** The heads of an attention layer with rotary positions. */
export interface RopeShape extends HeadShape {
  /** Base of the rotary wavelengths, 10000 in the paper. */
  readonly theta: number;
  /**
   * Radians a position that each of the headDim/2 pairs turns by. Default: theta^(−2i/headDim). Given where a model was
   * trained for longer texts by scaling positions.
   */
  readonly frequencies?: readonly number[];
}

/** What a pair of a head turns by from one position to the next, radians. */
export function frequency({ headDim, theta, frequencies }: RopeShape, pair: number): number {
  return frequencies?.[pair] ?? theta ** (-pair / (headDim / 2));
}

/** Width of a query/key/value row: (heads + 2·kvHeads)·headDim. */
export function qkvWidth({ heads, kvHeads, headDim }: HeadShape): number {
  return (heads + 2 * kvHeads) * headDim;
}

/** Throws when a qkv row does not have the width its heads need, or the heads do not group evenly. */
export function checkHeads(op: string, width: number, shape: HeadShape): void {
  const { heads, kvHeads, headDim } = shape;
  if (heads % kvHeads !== 0) {
    throw new Error(`${op}: ${heads} query heads cannot share ${kvHeads} key/value heads evenly.`);
  }
  if (width !== qkvWidth(shape)) {
    throw new Error(
      `${op}: rows are ${width} wide, but ${heads} query and 2×${kvHeads} key/value heads of ${headDim} need ${qkvWidth(shape)}.`,
    );
  }
}
