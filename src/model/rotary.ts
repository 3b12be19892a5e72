/** How far rotary positions turn where a model was trained for texts longer than its first training had. */

export type RopeScaling =
  /** Positions are divided. */
  | { readonly rope_type: 'linear'; readonly factor: number }
  /** Long wavelengths are divided, short ones not, with a ramp between them (Llama 3.1 and later). */
  | {
      readonly rope_type: 'llama3';
      readonly factor: number;
      readonly low_freq_factor: number;
      readonly high_freq_factor: number;
      readonly original_max_position_embeddings: number;
    }
  /** What each frequency is divided by, one number a pair: how a GGUF file says it (`rope_freqs.weight`). */
  | { readonly rope_type: 'divided'; readonly by: readonly number[] };

/**
 * Radians a position for each of the headDim/2 pairs: θ^(−2i/headDim), scaled as transformers does
 * (`modeling_rope_utils.py`).
 */
export function frequencies(headDim: number, theta: number, scaling?: RopeScaling): number[] {
  const half = headDim / 2;
  return Array.from({ length: half }, (_, i) => scaled(theta ** (-i / half), i, scaling));
}

function scaled(frequency: number, pair: number, scaling?: RopeScaling): number {
  if (!scaling) return frequency;
  if (scaling.rope_type === 'divided') return frequency / (scaling.by[pair] ?? NaN);
  if (scaling.rope_type === 'linear') return frequency / scaling.factor;
  const { factor, low_freq_factor: low, high_freq_factor: high } = scaling;
  // How often the pair turns round within the texts of the first training.
  const turns = (scaling.original_max_position_embeddings * frequency) / (2 * Math.PI);
  const kept = Math.min(1, Math.max(0, (turns - low) / (high - low)));
  return kept * frequency + ((1 - kept) * frequency) / factor;
}
