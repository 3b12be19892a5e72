/**
 * The decoder on the GPU. Kernels are bound to their buffers once; a token is the same list of commands again, recorded without
 * waiting: sampling, the ends of rows and the cache are looked after on the device (`wgsl.ts`). The host reads one result.
 */
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { isBlocks, sizeOfTable } from '../../blockMatrix.ts';
import type { DecoderModel } from '../../decoder.ts';
import type { KVCache } from '../../kvCache.ts';
import { tf } from '../../tf.ts';
import type { Tensor, Tensor1D, Tensor2D } from '../../tf.ts';
import { bind, readBack, record, recordCopy, run, submit, unfilled } from '../../webgpu/record.ts';
import type { Bound, Part, Stage } from '../../webgpu/record.ts';
import { atTheirColumns, merged, sizeOfWeight } from '../../weight.ts';
import type { LowRank, Weight } from '../../weight.ts';
import { allowedOf } from '../banned.ts';
import { storedRows, tableParts } from '../linear/tableParts.ts';
import { angleTensor } from '../rope/op.ts';
import type { Decoder, TurnSampling, TurnStart, TurnTokens, TurnWriter } from './op.ts';
import type { Layout } from './pieces.ts';
import { plainPairs, ROW_SIZE, rowsAtOnce, sizeOfProduct, type Columns, type Rows } from './product.ts';
import {
  attendStage,
  drawStage,
  embedStage,
  gateUpStage,
  giveStage,
  headStage,
  lastStage,
  narrowStage,
  qkvStage,
  residualStage,
} from './wgsl.ts';

/** Tokens in one submission: enough to keep the GPU busy, and no command list so long that a page's own drawing waits for it. */
const BLOCK = 16;

export function openDecoderGpu(gpu: WebGPUBackend, model: DecoderModel, cache: KVCache): Decoder {
  const net = new BoundDecoder(gpu, model, cache);
  return {
    startTurn: (start, sampling) => new GpuTurn(gpu, net, start, sampling),
    feed: (start, tokens) => net.feed(start, tokens),
    dispose: () => net.dispose(),
  };
}

/** What a step works on; lives as long as the cache has its rows. */
interface Scratch {
  /** int32 [rows, ROW_SIZE] */
  readonly rows: Tensor2D;
  /** The residual stream [rows, d], the output of attention, the hidden layer of the MLP; behind each, room for adapters. */
  readonly x: Tensor2D;
  readonly q: Tensor2D;
  readonly mixed: Tensor2D;
  readonly h: Tensor2D;
  readonly logits: Tensor2D;
}

/** Everything bound to the buffers of a cache. */
interface Bindings {
  readonly scratch: Scratch;
  /** All layers in order: one step up to the residual stream before the last norm. */
  readonly layers: readonly Bound[];
}

/** A weight as the kernels take it. */
interface Matrix {
  readonly layout: Layout;
  readonly values: Tensor;
  readonly inputs: number;
  readonly outputs: number;
  /** Of blocks, which nothing can be merged with: [in, rank], all adapters side by side; null: none. */
  readonly down: Tensor2D | null;
  readonly rank: number;
}

/** A layer as the kernels take it. */
interface Layer {
  /** The gain, the bias, the second factor of the adapters. */
  readonly attnNorm: Tensor1D;
  readonly qkv: Matrix;
  readonly out: Matrix;
  /** The gain, the second factor of the adapters. */
  readonly mlpNorm: Tensor1D;
  readonly gateUp: Matrix;
  readonly down: Matrix;
  /** Second factors of the adapters of `out` and `down`; something else where there are none. */
  readonly outUp: Tensor;
  readonly downUp: Tensor;
}

/** All adapters of a matrix as two factors, [in, R] and [R, out]; the caller's. */
function factors(lora: readonly LowRank[], outputs: number): { down: Tensor2D; up: Tensor2D } {
  return tf.tidy(() => ({
    down: tf.keep(tf.concat(lora.map(({ a }) => a), 1)), // prettier-ignore
    up: tf.keep(
      tf.concat(
        lora.map((part) =>
          atTheirColumns([part], [part.b.mul<Tensor2D>(part.scale)], part.b.shape[0], outputs),
        ),
      ),
    ),
  }));
}

class BoundDecoder {
  readonly model: DecoderModel;
  readonly #gpu: WebGPUBackend;
  readonly #cache: KVCache;
  readonly #layers: readonly Layer[];
  /** What was made of the model's tensors. */
  readonly #own: Tensor[] = [];
  #bindings: (Bindings & { readonly cache: object }) | null = null;

  constructor(gpu: WebGPUBackend, model: DecoderModel, cache: KVCache) {
    this.#gpu = gpu;
    this.model = model;
    this.#cache = cache;
    this.#layers = model.layers.map(({ attnNorm, qkv, qkvBias, out, mlpNorm, gateUp, down }): Layer => {
      const [q, o, g, d] = [this.#matrix(qkv), this.#matrix(out), this.#matrix(gateUp), this.#matrix(down)];
      const behind = (gain: Tensor1D, ...more: (Tensor | undefined)[]) => {
        const parts = [gain, ...more].flatMap((part) => (part ? [part.reshape<Tensor1D>([part.size])] : []));
        return parts.length === 1 ? gain : this.#owned(tf.concat(parts));
      };
      return {
        ...{ qkv: q.matrix, out: o.matrix, gateUp: g.matrix, down: d.matrix },
        attnNorm: tf.tidy(() => behind(attnNorm, qkvBias, q.up)),
        mlpNorm: tf.tidy(() => behind(mlpNorm, g.up)),
        outUp: o.up ?? mlpNorm,
        downUp: d.up ?? mlpNorm,
      };
    });
  }

  #owned<T extends Tensor>(tensor: T): T {
    this.#own.push(tf.keep(tensor));
    return tensor;
  }

  /** A plain matrix with its adapters merged into a copy; blocks as they are, their adapters beside them. */
  #matrix(weight: Weight): { readonly matrix: Matrix; readonly up?: Tensor2D } {
    const [inputs, outputs] = sizeOfWeight(weight);
    const { base, lora = [] } = weight;
    if (!isBlocks(base)) {
      const values = merged(weight);
      if (values !== base) this.#owned(values);
      return { matrix: { layout: 'inputs', values, inputs, outputs, down: null, rank: 0 } };
    }
    const whole = { layout: base.type, values: base.tensor, inputs, outputs };
    if (lora.length === 0) return { matrix: { ...whole, down: null, rank: 0 } };
    const { down, up } = factors(lora, outputs);
    this.#own.push(down, up);
    return { matrix: { ...whole, down, rank: down.shape[1] }, up };
  }

  /** Made at the first use, and again when the cache got other buffers, as when its rows were repeated. */
  bindings(): Bindings {
    const cache = this.#cache.layer(0).k.dataId;
    if (this.#bindings?.cache !== cache) {
      this.#forget();
      const scratch = this.#makeScratch();
      const layers = this.model.layers.flatMap((_, i) => this.#layer(i, scratch));
      this.#bindings = { cache, scratch, layers };
    }
    return this.#bindings;
  }

  /** The kernels that make logits; of the norm of x, or of hidden states that are normed. */
  head(normed?: Tensor2D): Bound[] {
    const { head, norm, eps } = this.model;
    const [vocabulary, k] = sizeOfTable(head);
    const { rows, x, logits } = this.bindings().scratch;
    const stage = headStage(storedRows(head), this.#rowsAtOnce('head'), normed === undefined);
    return tableParts(this.#gpu, head).map(({ first, count: n, values }) =>
      this.#product(
        stage,
        { rows, a: normed ?? x, w: values, gain: norm, logits },
        { k, n, pairs: plainPairs(n), eps, first, vocabulary, ...noAdapters },
        'head',
      ),
    );
  }

  /** Draws from the logits of `head`. */
  draw(uniforms: Tensor1D, result: Tensor1D, { temperature, topP, banned, stops }: TurnSampling): Bound[] {
    const { embed } = this.model;
    const [vocabulary, width] = sizeOfTable(embed);
    const { rows, x, logits } = this.bindings().scratch;
    const { allowedFrom, holes } = allowedOf('decodeTurn', banned, vocabulary);
    const scale = 1 / (temperature || 1);
    const greedy = Number(temperature === 0);
    return this.#embedded((part, sizes) =>
      bind(
        this.#gpu,
        drawStage(holes, stops, storedRows(embed)),
        { rows, logits, uniformsOf: uniforms, embed: part, x, result },
        { ...sizes, width, vocabulary, allowedFrom, greedy, scale, topP },
        [this.#cache.batch, 1],
      ),
    );
  }

  /** A kernel that says which tokens are next and embeds those of the first part of the table; others embed the rest. */
  #embedded(first: (part: Part, sizes: { firstId: number; ids: number }) => Bound): Bound[] {
    const { embed } = this.model;
    const [, width] = sizeOfTable(embed);
    const { rows, x } = this.bindings().scratch;
    return tableParts(this.#gpu, embed).map(({ first: firstId, count: ids, values }) =>
      firstId === 0
        ? first(values, { firstId, ids })
        : bind(
            this.#gpu,
            embedStage(storedRows(embed)),
            { rows, embed: values, x },
            { width, firstId, ids },
            [this.#cache.batch, 1],
          ),
    );
  }

  #layer(layer: number, { rows, x, q, mixed, h }: Scratch): Bound[] {
    const { shape, eps, layers } = this.model;
    const { attnNorm, qkv, out, outUp, mlpNorm, gateUp, down, downUp } = this.#layers[layer] as Layer;
    const bias = layers[layer]?.qkvBias?.size ?? 0;
    const { k: keys, v: values } = this.#cache.layer(layer);
    const { heads, kvHeads, headDim } = shape;
    const batch = this.#cache.batch;
    const angles = angleTensor(shape);
    const [plain, paired] = [this.#rowsAtOnce('plain'), this.#rowsAtOnce('paired')];
    const half = headDim / 2;
    const d = qkv.inputs;
    const f = down.inputs;
    const sizes = ({ inputs: k, outputs: n, rank }: Matrix, upAt: number) => ({
      ...{ k, n, rank, upAt, behind: batch * k },
    });
    const narrow = (a: Tensor, { down: w, inputs: k, rank: n }: Matrix, gain?: Tensor) =>
      w
        ? [
            this.#product(
              narrowStage(plain, n % 4 === 0, gain !== undefined),
              { rows, a, w, gain: gain ?? a },
              { ...noAdapters, k, n, pairs: plainPairs(n), eps, behind: batch * k },
            ),
          ]
        : [];
    const residual = (a: Tensor, matrix: Matrix, up: Tensor) => [
      ...narrow(a, matrix),
      this.#product(
        residualStage(matrix.layout, plain, d % 4 === 0),
        { rows, a, w: matrix.values, up, x },
        { ...sizes(matrix, 0), pairs: plainPairs(d) },
      ),
    ];
    return [
      ...narrow(x, qkv, attnNorm),
      this.#product(
        qkvStage(qkv.layout, paired, half % 4 === 0, bias > 0),
        { rows, a: x, w: qkv.values, gain: attnNorm, angles, q, keys, values },
        { ...sizes(qkv, d + bias), pairs: qkv.outputs / 2, eps, heads, kvHeads, half },
        'paired',
      ),
      bind(
        this.#gpu,
        attendStage(headDim),
        { rows, qkv: q, keys, values, result: mixed },
        { heads, kvHeads },
        [heads, batch],
      ),
      ...residual(mixed, out, outUp),
      ...narrow(x, gateUp, mlpNorm),
      this.#product(
        gateUpStage(gateUp.layout, paired, f % 4 === 0),
        { rows, a: x, w: gateUp.values, gain: mlpNorm, h },
        { ...sizes(gateUp, d), pairs: f, eps },
        'paired',
      ),
      ...residual(h, down, downUp),
    ];
  }

  #rowsAtOnce(columns: Columns): Rows {
    return rowsAtOnce(this.#cache.batch, columns);
  }

  #product<Name extends string, Uniform extends string>(
    stage: Stage<Name, Uniform>,
    tensors: Record<Name, Tensor | Part>,
    sizes: Record<Uniform | 'pairs', number>,
    columns: Columns = 'plain',
  ): Bound {
    const { pairs, rows } = sizeOfProduct(this.#rowsAtOnce(columns), columns);
    const groups = [Math.ceil(sizes.pairs / pairs), Math.ceil(this.#cache.batch / rows)] as const;
    return bind(this.#gpu, stage, tensors, sizes, groups);
  }

  /** As `Decoder.feed`. */
  feed({ last: before, positions }: TurnStart, tokens: readonly (readonly number[])[]): Tensor2D {
    const steps = Math.max(...tokens.map((list) => list.length));
    if (steps === 0) return before.clone();
    const { embed, norm, eps } = this.model;
    const [, d] = sizeOfTable(embed);
    const batch = positions.length;
    const { scratch, layers } = this.bindings();
    const { rows, x } = scratch;
    const given = tf.keep(
      tf.tensor1d(
        Int32Array.from(
          { length: steps * batch },
          (_, i) => tokens[i % batch]?.[Math.floor(i / batch)] ?? -1,
        ),
        'int32',
      ),
    );
    const last = unfilled<Tensor2D>(this.#gpu, [batch, d]);
    const give = this.#embedded((part, sizes) => {
      const tensors = { rows, given, embed: part, x };
      return bind(this.#gpu, giveStage(storedRows(embed)), tensors, { ...sizes, width: d }, [batch, 1]);
    });
    this.setRows(positions, -1);
    for (let step = 0; step < steps; step++) record(this.#gpu, [...give, ...layers]);
    run(this.#gpu, lastStage, { rows, x, gain: norm, before, last }, { width: d, eps }, [batch, 1]);
    given.dispose();
    return last;
  }

  /** The next token of each row has this position; `token` −1: all rest until they are given one. */
  setRows(positions: Int32Array, token: -1 | 0): void {
    const values = new Int32Array(ROW_SIZE * positions.length);
    positions.forEach((position, row) => values.set([position - 1, token], ROW_SIZE * row));
    const rows = tf.tensor2d(values, [positions.length, ROW_SIZE], 'int32');
    recordCopy(this.#gpu, rows, this.bindings().scratch.rows);
    rows.dispose();
  }

  #makeScratch(): Scratch {
    const { shape, embed } = this.model;
    const [vocabulary, d] = sizeOfTable(embed);
    const batch = this.#cache.batch;
    const matrices = this.#layers.flatMap(({ qkv, out, gateUp, down }) => [qkv, out, gateUp, down]);
    const rank = Math.max(0, ...matrices.map((matrix) => matrix.rank));
    const room = (width: number) => unfilled<Tensor2D>(this.#gpu, [batch, width]);
    const heads = shape.heads * shape.headDim;
    return {
      rows: unfilled<Tensor2D>(this.#gpu, [batch, ROW_SIZE], 'int32'),
      // Behind what a product reads there is room for the narrow rows of its adapters.
      ...{
        x: room(d + rank),
        mixed: room(heads + rank),
        h: room((this.#layers[0]?.down.inputs ?? 1) + rank),
      },
      q: room(heads),
      logits: room(vocabulary),
    };
  }

  #forget(): void {
    if (this.#bindings) tf.dispose({ ...this.#bindings.scratch });
    this.#bindings = null;
  }

  dispose(): void {
    this.#forget();
    tf.dispose(this.#own);
  }
}

const noAdapters = { behind: 0, rank: 0, upAt: 0 };

class GpuTurn implements TurnWriter {
  readonly #gpu: WebGPUBackend;
  readonly #rows: number;
  readonly #maxNewTokens: number;
  readonly #uniforms: Tensor1D;
  /** An id and a log-probability at token·rows + row. */
  readonly #result: Tensor1D;
  readonly #first: readonly Bound[];
  readonly #next: readonly Bound[];
  #done = 0;
  #read = 0;
  #unsubmitted = 0;

  constructor(gpu: WebGPUBackend, net: BoundDecoder, { last, positions }: TurnStart, sampling: TurnSampling) {
    const { layers } = net.bindings();
    this.#gpu = gpu;
    this.#rows = positions.length;
    this.#maxNewTokens = sampling.maxNewTokens;
    this.#uniforms = tf.keep(tf.tensor1d(sampling.uniforms));
    const nothing = Float32Array.from({ length: 2 * sampling.uniforms.length }, (_, i) => (i % 2) - 1);
    this.#result = tf.keep(tf.tensor1d(nothing));
    const draw = net.draw(this.#uniforms, this.#result, sampling);
    this.#first = [...net.head(last), ...draw];
    this.#next = [...layers, ...net.head(), ...draw];
    net.setRows(positions, 0);
  }

  advance(tokens: number): void {
    const end = Math.min(this.#maxNewTokens, this.#done + tokens);
    while (this.#done < end) {
      if (this.#unsubmitted === BLOCK) this.#submit();
      const until = Math.min(end, this.#done + BLOCK - this.#unsubmitted);
      const block = Array.from({ length: until - this.#done }, (_, i) =>
        this.#done + i === 0 ? this.#first : this.#next,
      );
      record(this.#gpu, block.flat());
      this.#unsubmitted += block.length;
      this.#done = until;
    }
  }

  #submit(): void {
    submit(this.#gpu);
    this.#unsubmitted = 0;
  }

  async read(): Promise<TurnTokens> {
    const [from, to] = [2 * this.#rows * this.#read, 2 * this.#rows * this.#done];
    this.#read = this.#done;
    this.#unsubmitted = 0; // reading submits
    if (from === to) return { ids: new Int32Array(), logp: new Float32Array() };
    const both = await readBack(this.#gpu, this.#result, from, to);
    return {
      ids: Int32Array.from({ length: both.length / 2 }, (_, i) => both[2 * i] as number),
      logp: Float32Array.from({ length: both.length / 2 }, (_, i) => both[2 * i + 1] as number),
    };
  }

  dispose(): void {
    tf.dispose([this.#uniforms, this.#result]);
  }
}
