/** Model sizes of the benchmark. */
import { tinyLlama, type ModelConfig } from '../model/config.ts';
import { initialWeights, parameterShapes, type HostWeights } from '../model/parameters.ts';
import { RandomStream, uniform } from '../rl/random.ts';

const vocabulary = 512;

/** Name → shape. `0.18M` is the playground's default model; the project's targets are stated for `0.9M`. */
export const sizes = {
  '0.18M': tinyLlama(vocabulary),
  '0.9M': sized(128, 344, 4, 4),
  '5M': sized(256, 688, 6, 8),
  '25M': sized(512, 1376, 8, 16),
} as const satisfies Record<string, ModelConfig>;
export type SizeName = keyof typeof sizes;

function sized(hidden: number, intermediate: number, layers: number, heads: number): ModelConfig {
  return tinyLlama(vocabulary, {
    hidden_size: hidden,
    intermediate_size: intermediate,
    num_hidden_layers: layers,
    num_attention_heads: heads,
    num_key_value_heads: heads,
  });
}

export function parameterCount(config: ModelConfig): number {
  return Object.values(parameterShapes(config)).reduce(
    (sum, shape) => sum + shape.reduce((a, b) => a * b, 1),
    0,
  );
}

/** Always the same random weights: what they are does not change the work. */
export function benchWeights(config: ModelConfig): HostWeights {
  const spread = 2 * Math.sqrt(3); // a uniform number of this width has variance 1
  return initialWeights(config, (parameter, index) => spread * (uniform(1, parameter, index) - 0.5));
}

/** Random token ids [sequences][length]. */
export function randomTokens(config: ModelConfig, sequences: number, length: number): number[][] {
  const stream = new RandomStream(2);
  return Array.from({ length: sequences }, () =>
    Array.from({ length }, () => stream.integer(config.vocab_size)),
  );
}
