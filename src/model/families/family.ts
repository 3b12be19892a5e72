/** What tells one family of models from another. All of them are decoders that `llama.ts` computes. */
import type { ModelConfig } from '../modelConfig.ts';
import type { RopeScaling } from '../rotary.ts';

/** A Hugging Face tensor that is a part of one of our parameters. */
export interface Part {
  readonly name: string;
  readonly shape: readonly number[];
}

/** One of our parameters, and what it is made of. */
export type Parameter = readonly [ours: string, parts: readonly Part[]];

export interface Family {
  /** `model_type` of config.json; `general.architecture` of a GGUF file. */
  readonly modelType: ModelConfig['model_type'];
  /** The one entry of `architectures`. */
  readonly architecture: string;
  /** The class of transformers whose defaults an absent key has. */
  readonly configClass: string;
  /** Those defaults; a key that is not among them has to be there. */
  readonly defaults: (keys: ReadonlyMap<string, unknown>) => Readonly<Record<string, unknown>>;
  /** Keys that must have one value, beside those of `configKeys.ts`. */
  readonly neutral: ReadonlyMap<string, unknown>;
  /** Scalings of rotary positions that its models are known to have. */
  readonly ropeTypes: readonly RopeScaling['rope_type'][];
  /** Query, key and value have biases. */
  readonly qkvBias: boolean;
  /** In GGUF files rows of query and key are reordered, so that neighbours turn together instead of halves. */
  readonly ggufPermutes: boolean;
  /** Its parameters in our order. A matrix is the column-wise concatenation of the transposes of its parts. */
  layout(config: ModelConfig): Parameter[];
}
