/**
 * A Llama-style decoder (`engine/decoder.ts` has its layers) its parameters, and whole sequences through it.
 *
 * Activations are kept as rows, [N, features] with N = batch·time and row = b·time + t, because a rank-2 product is what
 * every back end does fastest. Matrices are stored [in, out]; `checkpoint.ts` transposes to Hugging Face's [out, in].
 * Query, key and value share one matrix, and so do gate and up: one product instead of three (two).
 */
import {
  causalAttention,
  decoderForward,
  tf,
  type DecoderModel,
  type RopeShape,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Variable,
  type Weight,
} from '../engine/index.ts';
import { familyOf } from './families/index.ts';
import { attentionShape, type ModelConfig } from './modelConfig.ts';

/** Name → shape of every parameter, in the order of the forward pass. */
export function parameterShapes(config: ModelConfig): Record<string, number[]> {
  const shapes = familyOf(config)
    .layout(config)
    .map(([ours, parts]): [string, number[]] => {
      const [first] = parts;
      const [rows = 0, columns] = first?.shape ?? [];
      const width = parts.reduce((sum, { shape: [part = 0] }) => sum + part, 0);
      if (columns === undefined) return [ours, [width]];
      return [ours, isTransposed(ours) ? [columns, width] : [rows, columns]];
    });
  return Object.fromEntries(shapes);
}

/** Whether a matrix stands [in, out] here: all but the two tables of tokens, which others write as we do. */
export const isTransposed = (ours: string): boolean => ours !== 'embed' && ours !== 'head';

/** The part of the model that a parameter belongs to: 'embed' (the head too, where it is the same matrix; else 'head'), '1.attention', '1.mlp', …, 'norm'. */
export function partOf(parameter: string): string {
  const [, layer, what] = /^layers\.(\d+)\.(\w+)$/.exec(parameter) ?? [];
  if (layer === undefined) return parameter;
  const inAttention = what !== undefined && ['attnNorm', 'qkv', 'qkvBias', 'out'].includes(what);
  return `${Number(layer) + 1}.${inAttention ? 'attention' : 'mlp'}`;
}

/** Values of every parameter on the host: what checkpoints, resets and traces exchange. */
export type HostWeights = Record<string, Float32Array>;

export interface HiddenOptions {
  readonly onLayer?: (layer: number, qkv: Tensor2D) => void;
  readonly only?: Tensor1D;
}

export class Llama {
  readonly config: ModelConfig;
  readonly shape: RopeShape;
  readonly weights: Readonly<Record<string, Variable>>;

  /** Copies `values` to the current back end. Throws if a parameter is missing or has the wrong size. */
  constructor(config: ModelConfig, values: HostWeights | LoadedWeights, trainable = true) {
    this.config = config;
    this.shape = attentionShape(config);
    this.weights = values instanceof LoadedWeights ? values.all() : copied(config, values, trainable);
  }

  /**
   * A model that is not trained, its parameters copied to the current back end one by one as they come, so that none is held
   * here as well.
   * @throws as the constructor, and what `parameters` throws; nothing is left on the back end then
   */
  static async load(
    config: ModelConfig,
    parameters: AsyncIterable<readonly [name: string, values: Float32Array]>,
  ): Promise<Llama> {
    const loaded = new LoadedWeights(config, false);
    try {
      for await (const [name, values] of parameters) loaded.add(name, values);
      return new Llama(config, loaded);
    } catch (error) {
      loaded.dispose();
      throw error;
    }
  }

  get parameterCount(): number {
    return Object.values(this.weights).reduce((sum, w) => sum + w.size, 0);
  }

  /** Its weights as the engine's decoder takes them. Variables: they follow the optimizer. */
  get decoder(): DecoderModel {
    const matrix = (name: string) => this.weights[name] as Tensor as Tensor2D;
    const weight = (name: string): Weight => ({ dtype: 'f32', base: matrix(name) });
    const vector = (name: string) => this.weights[name] as Tensor as Tensor1D;
    const { qkvBias } = familyOf(this.config);
    return {
      shape: this.shape,
      eps: this.config.rms_norm_eps,
      embed: matrix('embed'),
      layers: Array.from({ length: this.config.num_hidden_layers }, (_, i) => ({
        attnNorm: vector(`layers.${i}.attnNorm`),
        qkv: weight(`layers.${i}.qkv`),
        ...(qkvBias ? { qkvBias: vector(`layers.${i}.qkvBias`) } : {}),
        out: weight(`layers.${i}.out`),
        mlpNorm: vector(`layers.${i}.mlpNorm`),
        gateUp: weight(`layers.${i}.gateUp`),
        down: weight(`layers.${i}.down`),
      })),
      norm: vector('norm'),
      head: this.head,
    };
  }

  /**
   * Final hidden states of whole sequences (after the last norm).
   * @param ids int32 [batch·time], right-padded; what follows a sequence's end is computed but never seen by its tokens
   * @param options.onLayer sees each layer's rotated query/key/value rows (for filling a cache)
   * @param options.only int32 [M], the rows that are wanted (default: all)
   * @returns [batch·time, hidden_size], or [M, hidden_size]
   */
  hidden(ids: Tensor1D, batch: number, time: number, { onLayer, only }: HiddenOptions = {}): Tensor2D {
    const positions = tf.tensor1d(
      Int32Array.from({ length: batch * time }, (_, row) => row % time),
      'int32',
    );
    const attention = (layer: number, qkv: Tensor2D) => {
      onLayer?.(layer, qkv);
      return causalAttention(qkv, { ...this.shape, batch, time });
    };
    return decoderForward(this.decoder, ids, positions, attention, only);
  }

  /** The output head [vocabulary, hidden_size]; the embedding itself where the two are tied. */
  get head(): Tensor2D {
    return this.weights[this.config.tie_word_embeddings ? 'embed' : 'head'] as Tensor as Tensor2D;
  }

  /** Every parameter's values, copied to the host; all are asked for at once, because a GPU answers late. */
  async values(): Promise<HostWeights> {
    const read = Object.entries(this.weights).map(
      async ([name, weight]) => [name, Float32Array.from(await weight.data())] as const,
    );
    return Object.fromEntries(await Promise.all(read));
  }

  /** Overwrites every parameter. */
  assign(values: HostWeights): void {
    for (const [name, weight] of Object.entries(this.weights)) {
      tf.tidy(() => weight.assign(tf.tensor(values[name], weight.shape)));
    }
  }

  dispose(): void {
    for (const weight of Object.values(this.weights)) weight.dispose();
  }
}

/** Parameters on the back end, as they come. */
class LoadedWeights {
  readonly #shapes: Record<string, number[]>;
  readonly #trainable: boolean;
  readonly #weights: Record<string, Variable> = {};

  constructor(config: ModelConfig, trainable: boolean) {
    this.#shapes = parameterShapes(config);
    this.#trainable = trainable;
  }

  add(name: string, values: Float32Array | undefined): void {
    const shape = this.#shapes[name] ?? [];
    const size = shape.reduce((a, b) => a * b, 1);
    if (values?.length !== size) {
      throw new Error(
        `Parameter ${name} has ${values?.length ?? 'no'} values; shape [${shape.join(', ')}] needs ${size}.`,
      );
    }
    this.#weights[name] = tf.tidy(() => tf.variable(tf.tensor(values, shape), this.#trainable));
  }

  /** In the order of the forward pass. @throws when one is missing */
  all(): Record<string, Variable> {
    return Object.fromEntries(
      Object.keys(this.#shapes).map((name) => {
        const weight = this.#weights[name];
        if (!weight) throw new Error(`Parameter ${name} is missing.`);
        return [name, weight];
      }),
    );
  }

  dispose(): void {
    tf.dispose(Object.values(this.#weights));
  }
}

function copied(config: ModelConfig, values: HostWeights, trainable: boolean): Record<string, Variable> {
  const loaded = new LoadedWeights(config, trainable);
  try {
    for (const name of Object.keys(parameterShapes(config))) loaded.add(name, values[name]);
    return loaded.all();
  } catch (error) {
    loaded.dispose();
    throw error;
  }
}

/**
 * Random start: N(0, 0.05) for the embedding, N(0, 1/√in) for matrices, residual outputs scaled by 1/√(2·layers)
 * (GPT-2's rule), norms at 1. `normal(name, index)` gives standard normal numbers.
 */
export function initialWeights(
  config: ModelConfig,
  normal: (parameter: number, index: number) => number,
): HostWeights {
  const out: HostWeights = {};
  Object.entries(parameterShapes(config)).forEach(([name, shape], parameter) => {
    const size = shape.reduce((a, b) => a * b, 1);
    const residual = name.endsWith('.out') || name.endsWith('.down');
    const std =
      name === 'embed'
        ? 0.05
        : (1 / Math.sqrt(shape[0])) * (residual ? 1 / Math.sqrt(2 * config.num_hidden_layers) : 1);
    out[name] =
      shape.length === 1
        ? new Float32Array(size).fill(1)
        : Float32Array.from({ length: size }, (_, i) => std * normal(parameter, i));
  });
  return out;
}
