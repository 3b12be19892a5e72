/**
 * A Llama-style decoder (`engine/decoder.ts` has its layers) with a tied head: its parameters, and whole sequences through it.
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
} from '../engine/index.ts';
import type { LlamaConfig } from './config.ts';

/** Name → shape of every parameter, in the order of the forward pass. */
export function parameterShapes(config: LlamaConfig): Record<string, number[]> {
  const d = config.hidden_size;
  const f = config.intermediate_size;
  const { headDim, heads, kvHeads } = attentionShape(config);
  const shapes: Record<string, number[]> = { embed: [config.vocab_size, d] };
  for (let i = 0; i < config.num_hidden_layers; i++) {
    shapes[`layers.${i}.attnNorm`] = [d];
    shapes[`layers.${i}.qkv`] = [d, (heads + 2 * kvHeads) * headDim];
    shapes[`layers.${i}.out`] = [heads * headDim, d];
    shapes[`layers.${i}.mlpNorm`] = [d];
    shapes[`layers.${i}.gateUp`] = [d, 2 * f];
    shapes[`layers.${i}.down`] = [f, d];
  }
  shapes['norm'] = [d];
  return shapes;
}

export function attentionShape(config: LlamaConfig): RopeShape {
  return {
    heads: config.num_attention_heads,
    kvHeads: config.num_key_value_heads,
    headDim: config.hidden_size / config.num_attention_heads,
    theta: config.rope_theta,
  };
}

/** The part of the model that a parameter belongs to: 'embed' (the head too, it is the same matrix), '1.attention', '1.mlp', …, 'norm'. */
export function partOf(parameter: string): string {
  const [, layer, what] = /^layers\.(\d+)\.(\w+)$/.exec(parameter) ?? [];
  if (layer === undefined) return parameter;
  const inAttention = what === 'attnNorm' || what === 'qkv' || what === 'out';
  return `${Number(layer) + 1}.${inAttention ? 'attention' : 'mlp'}`;
}

/** Values of every parameter on the host: what checkpoints, resets and traces exchange. */
export type HostWeights = Record<string, Float32Array>;

export interface HiddenOptions {
  readonly onLayer?: (layer: number, qkv: Tensor2D) => void;
  readonly only?: Tensor1D;
}

export class Llama {
  readonly config: LlamaConfig;
  readonly shape: RopeShape;
  readonly weights: Record<string, Variable> = {};

  /** Copies `values` to the current back end. Throws if a parameter is missing or has the wrong size. */
  constructor(config: LlamaConfig, values: HostWeights, trainable = true) {
    this.config = config;
    this.shape = attentionShape(config);
    for (const [name, shape] of Object.entries(parameterShapes(config))) {
      const value = values[name];
      const size = shape.reduce((a, b) => a * b, 1);
      if (value?.length !== size) {
        this.dispose();
        throw new Error(
          `Parameter ${name} has ${value?.length ?? 'no'} values; shape [${shape.join(', ')}] needs ${size}.`,
        );
      }
      this.weights[name] = tf.tidy(() => tf.variable(tf.tensor(value, shape), trainable));
    }
  }

  get parameterCount(): number {
    return Object.values(this.weights).reduce((sum, w) => sum + w.size, 0);
  }

  /** Its weights as the engine's decoder takes them. Variables: they follow the optimizer. */
  get decoder(): DecoderModel {
    const matrix = (name: string) => this.weights[name] as Tensor as Tensor2D;
    const vector = (name: string) => this.weights[name] as Tensor as Tensor1D;
    return {
      shape: this.shape,
      eps: this.config.rms_norm_eps,
      embed: matrix('embed'),
      layers: Array.from({ length: this.config.num_hidden_layers }, (_, i) => ({
        attnNorm: vector(`layers.${i}.attnNorm`),
        qkv: matrix(`layers.${i}.qkv`),
        out: matrix(`layers.${i}.out`),
        mlpNorm: vector(`layers.${i}.mlpNorm`),
        gateUp: matrix(`layers.${i}.gateUp`),
        down: matrix(`layers.${i}.down`),
      })),
      norm: vector('norm'),
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

  get embedding(): Tensor2D {
    return this.decoder.embed;
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

/**
 * Random start: N(0, 0.05) for the embedding, N(0, 1/√in) for matrices, residual outputs scaled by 1/√(2·layers)
 * (GPT-2's rule), norms at 1. `normal(name, index)` gives standard normal numbers.
 */
export function initialWeights(
  config: LlamaConfig,
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
