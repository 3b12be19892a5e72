/**
 * A Llama-style decoder (`engine/decoder.ts` has its layers) its parameters, and whole sequences through it.
 *
 * Activations are kept as rows, [N, features] with N = batch·time and row = b·time + t, because a rank-2 product is what
 * every back end does fastest. Matrices are stored [in, out]; `checkpoint.ts` transposes to Hugging Face's [out, in].
 * Query, key and value share one matrix, and so do gate and up: one product instead of three (two).
 */
import {
  blockMatrix,
  causalAttention,
  decoderForward,
  fitsPanels,
  FrozenPanels,
  halfMatrix,
  inPanels,
  isBlocks,
  takesBlocks,
  tf,
  type BlockMatrix,
  type DecoderModel,
  type RopeShape,
  type Table,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Variable,
  type Weight,
} from '../engine/index.ts';
import { fromTiles, inTiles, type HostBlocks } from '../engine/blocks.ts';
import type { Adapter } from './adapter.ts';
import { familyOf } from './families/index.ts';
import { attentionShape, type ModelConfig } from './modelConfig.ts';
import {
  isTransposed,
  parameterCount,
  parameterShapes,
  type HostWeights,
  type ParameterValues,
} from './parameters.ts';

export interface HiddenOptions {
  readonly onLayer?: (layer: number, qkv: Tensor2D) => void;
  readonly only?: Tensor1D;
  readonly recompute?: boolean;
}

/** A micro-batch of sequences: where its answers' tokens are predicted from, and the tokens. */
export interface RowBatch<A> {
  readonly answers: readonly A[];
  /** Of what `hidden` gives. */
  readonly rows: Int32Array;
  readonly targets: Int32Array;
  /** Rows that are computed of each layer. */
  readonly computed: number;
  /** Final hidden states. */
  hidden(model: Llama, options: Pick<HiddenOptions, 'recompute'>): Tensor2D;
}

/** How sequences are computed that have beginnings in common: what they have in common once (rowTree.ts). */
export interface Sharing {
  /** The last hidden state of each prompt: [prompts, hidden_size]. */
  ends(
    model: Llama,
    prompts: readonly (readonly number[])[],
    onLayer: NonNullable<HiddenOptions['onLayer']>,
  ): Tensor2D;
  /** @param maxTokens of a micro-batch, in memory @param share what a place costs of it, where a row with its first place costs 1 */
  batches<A extends { readonly place: { readonly start: number; readonly length: number } }>(
    sequences: readonly { readonly ids: readonly number[]; readonly answers: readonly A[] }[],
    maxTokens: number,
    share: number,
  ): Generator<RowBatch<A>, void>;
}

export class Llama {
  readonly config: ModelConfig;
  readonly shape: RopeShape;
  /** Without those that are in blocks. */
  readonly weights: Readonly<Record<string, Variable>>;
  /** What is added to its matrices; null: nothing. */
  readonly adapter: Adapter | null;
  /** Its weights get no gradient. */
  readonly frozen: boolean;
  readonly #loaded: LoadedWeights;
  #lent = false;

  /**
   * Copies `values` to the current back end, or takes what is there.
   * @throws if a parameter is missing or has the wrong size
   */
  constructor(
    config: ModelConfig,
    values: HostWeights | LoadedWeights,
    trainable = true,
    adapter: Adapter | null = null,
  ) {
    this.config = config;
    this.shape = attentionShape(config);
    this.#loaded = values instanceof LoadedWeights ? values : copied(config, values, trainable);
    this.weights = this.#loaded.all();
    this.frozen = !trainable || adapter !== null;
    this.adapter = adapter;
  }

  /** The same model with an adapter, over the same weights: without it this one is its reference. It must not outlive this one. */
  adapted(adapter: Adapter): Llama {
    return new Llama(this.config, this.#loaded, false, adapter);
  }

  /** The same model over the same weights, which are not its own to free. It must not outlive this one. */
  lent(): Llama {
    const same = new Llama(this.config, this.#loaded, false);
    same.#lent = true;
    return same;
  }

  /** What training changes, and all that is copied, saved and put back: its adapter where it has one. */
  get trained(): Readonly<Record<string, Variable>> {
    return this.adapter?.weights ?? this.weights;
  }

  /**
   * A model that is not trained, its parameters copied to the current back end one by one as they come, so that none is held
   * here as well.
   * @throws as the constructor, and what `parameters` throws; nothing is left on the back end then
   */
  static async load(
    config: ModelConfig,
    parameters: AsyncIterable<readonly [name: string, values: ParameterValues]>,
    sharing: Sharing | null = null,
  ): Promise<Llama> {
    const loaded = new LoadedWeights(config, false, new FrozenPanels(), sharing);
    try {
      for await (const [name, values] of parameters) loaded.add(name, values);
      return new Llama(config, loaded, false);
    } catch (error) {
      loaded.dispose();
      throw error;
    }
  }

  get parameterCount(): number {
    return parameterCount(this.config);
  }

  /** Bytes that its weights, without an adapter, take on the back end; null: as many as float32 and what is made of it take. */
  get heldBytes(): number | null {
    if (this.#loaded.blocks.size === 0) return null;
    // WebAssembly packs a head that is not in blocks once more, to write with.
    const packed = isBlocks(this.head) || tf.getBackend() !== 'wasm' ? 0 : 4 * this.head.size;
    const plain = Object.values(this.weights).reduce((sum, { size }) => sum + 4 * size, packed);
    return [...this.#loaded.blocks.values()].reduce((sum, { tensor }) => sum + 4 * tensor.size, plain);
  }

  /** Its weights as the engine's decoder takes them. Variables: they follow the optimizer. */
  get decoder(): DecoderModel {
    const { adapter, frozen } = this;
    const weight = (name: string): Weight => {
      const lora = adapter?.of(name) ?? [];
      const own = lora.length > 0 ? { lora } : {};
      const base = this.#table(name);
      if (isBlocks(base)) return { dtype: base.type, base, ...own };
      return { dtype: 'f32', base, panels: this.#loaded.inPanels.has(name), frozen, ...own };
    };
    const vector = (name: string) => this.weights[name] as Tensor as Tensor1D;
    const { qkvBias } = familyOf(this.config);
    return {
      shape: this.shape,
      eps: this.config.rms_norm_eps,
      embed: this.#table('embed'),
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
      ...(this.#loaded.panels ? { panels: this.#loaded.panels } : {}),
    };
  }

  /**
   * Final hidden states of whole sequences (after the last norm).
   * @param ids int32 [batch·time], right-padded; what follows a sequence's end is computed but never seen by its tokens
   * @param options.onLayer sees each layer's rotated query/key/value rows (for filling a cache)
   * @param options.only int32 [M], the rows that are wanted (default: all)
   * @param options.recompute of each layer only what goes into it is kept for the way back (default: everything)
   * @returns [batch·time, hidden_size], or [M, hidden_size]
   */
  hidden(
    ids: Tensor1D,
    batch: number,
    time: number,
    { onLayer, only, recompute }: HiddenOptions = {},
  ): Tensor2D {
    const positions = tf.tensor1d(
      Int32Array.from({ length: batch * time }, (_, row) => row % time),
      'int32',
    );
    const attention = (layer: number, qkv: Tensor2D) => {
      onLayer?.(layer, qkv);
      return causalAttention(qkv, { ...this.shape, batch, time });
    };
    return decoderForward(this.decoder, ids, positions, attention, { only, recompute });
  }

  /** How its sequences are computed where they have beginnings in common; null: each for itself. */
  get sharing(): Sharing | null {
    return this.#loaded.sharing;
  }

  /** The output head [vocabulary, hidden_size]; the embedding itself where the two are tied. */
  get head(): Table {
    return this.#table(this.config.tie_word_embeddings ? 'embed' : 'head');
  }

  #table(name: string): Table {
    return this.#loaded.blocks.get(name) ?? (this.weights[name] as Tensor as Tensor2D);
  }

  /** The values of all that is trained, copied to the host; all are asked for at once, because a GPU answers late. */
  async values(): Promise<HostWeights> {
    const read = Object.entries(this.trained).map(
      async ([name, weight]) => [name, Float32Array.from(await weight.data())] as const,
    );
    return Object.fromEntries(await Promise.all(read));
  }

  /** Overwrites all that is trained. */
  assign(values: HostWeights): void {
    for (const [name, weight] of Object.entries(this.trained)) {
      tf.tidy(() => weight.assign(tf.tensor(values[name], weight.shape)));
    }
  }

  /** Frees its weights; of one that was adapted, its adapter. */
  dispose(): void {
    if (this.adapter) this.adapter.dispose();
    else if (!this.#lent) this.#loaded.dispose();
  }
}

/** Of a layer: not the embedding, of which rows are taken, nor the head. */
const isLayers = (name: string): boolean => name.startsWith('layers.');

/** Parameters on the back end, as they come. */
class LoadedWeights {
  readonly #shapes: Record<string, number[]>;
  readonly #trainable: boolean;
  readonly #weights: Record<string, Variable> = {};
  /** Names of those that lie in panels. */
  readonly inPanels = new Set<string>();
  readonly blocks = new Map<string, BlockMatrix>();
  /** Of weights that never change and that several models have in common. */
  readonly panels: FrozenPanels | null;
  readonly sharing: Sharing | null;

  constructor(
    config: ModelConfig,
    trainable: boolean,
    panels: FrozenPanels | null = null,
    sharing: Sharing | null = null,
  ) {
    this.panels = panels;
    this.sharing = sharing;
    this.#shapes = parameterShapes(config);
    this.#trainable = trainable;
  }

  add(name: string, values: ParameterValues | undefined): void {
    const shape = this.#shapes[name] ?? [];
    const size = shape.reduce((a, b) => a * b, 1);
    if (values && 'bytes' in values) {
      const { outputs, inputs } = values;
      const wanted = isTransposed(name) ? [inputs, outputs] : [outputs, inputs];
      if (shape.join() !== wanted.join()) {
        throw new Error(
          `Parameter ${name} is [${wanted.join(', ')}]; shape [${shape.join(', ')}] is needed.`,
        );
      }
      if (takesBlocks()) {
        this.blocks.set(name, blockMatrix(values));
        return;
      }
      return this.add(name, plainValues(values, isTransposed(name)));
    }
    if (values?.length !== size) {
      throw new Error(
        `Parameter ${name} has ${values?.length ?? 'no'} values; shape [${shape.join(', ')}] needs ${size}.`,
      );
    }
    const [rows, columns] = shape;
    const halves =
      this.panels && columns !== undefined
        ? isTransposed(name)
          ? halfMatrix(values, columns, rows, true)
          : halfMatrix(values, rows, columns, false)
        : null;
    if (halves) {
      this.blocks.set(name, halves);
      return;
    }
    const packs = this.panels && columns !== undefined && isLayers(name) && fitsPanels(columns);
    const kept = packs ? inPanels(values, rows, columns) : values;
    if (packs) this.inPanels.add(name);
    this.#weights[name] = tf.tidy(() => tf.variable(tf.tensor(kept, shape), this.#trainable));
  }

  /** Those that are not in blocks, in the order of the forward pass. @throws when one is missing */
  all(): Record<string, Variable> {
    return Object.fromEntries(
      Object.keys(this.#shapes).flatMap((name) => {
        const weight = this.#weights[name];
        if (!weight && !this.blocks.has(name)) throw new Error(`Parameter ${name} is missing.`);
        return weight ? [[name, weight]] : [];
      }),
    );
  }

  dispose(): void {
    this.panels?.dispose();
    tf.dispose([...this.blocks.values()].map(({ tensor }) => tensor));
    tf.dispose(Object.values(this.#weights));
  }
}

/** What a back end without kernels for blocks gets: the same numbers, [inputs, outputs] where a matrix is `transposed`. */
function plainValues(blocks: HostBlocks, transposed: boolean): Float32Array {
  const { outputs, inputs } = blocks;
  const rows = fromTiles(blocks, inTiles(blocks));
  if (!transposed) return rows;
  const values = new Float32Array(rows.length);
  for (let o = 0; o < outputs; o++) {
    for (let i = 0; i < inputs; i++) values[i * outputs + o] = rows[o * inputs + i];
  }
  return values;
}

function copied(config: ModelConfig, values: HostWeights, trainable: boolean): LoadedWeights {
  const loaded = new LoadedWeights(config, trainable);
  try {
    for (const name of Object.keys(parameterShapes(config))) loaded.add(name, values[name]);
    return loaded;
  } catch (error) {
    loaded.dispose();
    throw error;
  }
}
