/**
 * The decoder on the GPU. Kernels are bound to their buffers once; a token is the same list of commands again, recorded without
 * waiting: sampling, the ends of rows and the cache are looked after on the device (`wgsl.ts`). The host reads one result.
 */
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { plainTable, sizeOfTable, tensorOf } from '../../blockMatrix.ts';
import type { DecoderLayer, DecoderModel } from '../../decoder.ts';
import type { KVCache } from '../../kvCache.ts';
import { tf } from '../../tf.ts';
import type { Tensor, Tensor1D, Tensor2D } from '../../tf.ts';
import { bind, readBack, record, recordCopy, submit, unfilled } from '../../webgpu/record.ts';
import type { Bound, Stage } from '../../webgpu/record.ts';
import { merged, sizeOfWeight } from '../../weight.ts';
import { angleTensor } from '../rope/op.ts';
import type { Decoder, TurnSampling, TurnStart, TurnTokens, TurnWriter } from './op.ts';
import {
  attendStage,
  drawStage,
  gateUpStage,
  giveStage,
  headStage,
  lastStage,
  qkvStage,
  residualStage,
  ROW_SIZE,
  TILE_PAIRS,
  TILE_ROWS,
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
  /** The residual stream [rows, d]. */
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

/** A layer as the kernels take it: each matrix with its adapters, each gain with the bias that follows. */
interface OneBuffer {
  readonly attnNorm: Tensor1D;
  readonly qkv: Tensor2D;
  readonly out: Tensor2D;
  readonly mlpNorm: Tensor1D;
  readonly gateUp: Tensor2D;
  readonly down: Tensor2D;
}

class BoundDecoder {
  readonly model: DecoderModel;
  readonly #gpu: WebGPUBackend;
  readonly #cache: KVCache;
  /** The head [d, V], so that neighbouring columns are neighbours. */
  readonly #head: Tensor2D;
  readonly #layers: readonly OneBuffer[];
  #bindings: (Bindings & { readonly cache: object }) | null = null;

  constructor(gpu: WebGPUBackend, model: DecoderModel, cache: KVCache) {
    this.#gpu = gpu;
    this.model = model;
    this.#cache = cache;
    this.#head = tf.keep(tf.tidy(() => tf.transpose(plainTable(model.head))));
    this.#layers = model.layers.map(({ attnNorm, qkv, qkvBias, out, mlpNorm, gateUp, down }) => ({
      attnNorm: qkvBias ? tf.keep(tf.concat([attnNorm, qkvBias])) : attnNorm,
      ...{ qkv: merged(qkv), out: merged(out), mlpNorm, gateUp: merged(gateUp), down: merged(down) },
    }));
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

  /** The kernel that makes logits; of the norm of x, or of hidden states that are normed. */
  head(normed?: Tensor2D): Bound {
    const { embed, norm, eps } = this.model;
    const [vocabulary, d] = sizeOfTable(embed);
    const { rows, x, logits } = this.bindings().scratch;
    const stage = headStage(d, vocabulary, normed ? undefined : eps);
    return this.#product(stage, vocabulary, { rows, a: normed ?? x, w: this.#head, gain: norm, logits });
  }

  #layer(layer: number, { rows, x, q, mixed, h }: Scratch): Bound[] {
    const { shape, eps, embed, layers } = this.model;
    const { attnNorm, qkv, out, mlpNorm, gateUp, down } = this.#layers[layer] as OneBuffer;
    const biased = layers[layer]?.qkvBias !== undefined;
    const { k: keys, v: values } = this.#cache.layer(layer);
    const [, d] = sizeOfTable(embed);
    const [f] = down.shape;
    const angles = angleTensor(shape);
    const attending = { rows, qkv: q, keys, values, result: mixed };
    const batch = this.#cache.batch;
    return [
      this.#product(qkvStage(d, shape, eps, biased), qkv.shape[1], {
        ...{ rows, a: x, w: qkv, gain: attnNorm, angles, q, keys, values },
      }),
      bind(this.#gpu, attendStage(shape), attending, [shape.heads, batch]),
      this.#product(residualStage(mixed.shape[1], d), d, { rows, a: mixed, w: out, x }),
      this.#product(gateUpStage(d, f, eps), 2 * f, { rows, a: x, w: gateUp, gain: mlpNorm, h }),
      this.#product(residualStage(f, d), d, { rows, a: h, w: down, x }),
    ];
  }

  #product<Name extends string>(stage: Stage<Name>, columns: number, tensors: Record<Name, Tensor>): Bound {
    const tiles = Math.ceil(columns / (2 * TILE_PAIRS));
    return bind(this.#gpu, stage, tensors, [tiles, Math.ceil(this.#cache.batch / TILE_ROWS)]);
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
    const give = bind(this.#gpu, giveStage(d), { rows, given, embed: plainTable(embed), x }, [batch, 1]);
    this.setRows(positions, -1);
    for (let step = 0; step < steps; step++) record(this.#gpu, [give, ...layers]);
    record(this.#gpu, [
      bind(this.#gpu, lastStage(d, eps), { rows, x, gain: norm, before, last }, [batch, 1]),
    ]);
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
    const { shape, embed, layers } = this.model;
    const [vocabulary, d] = sizeOfTable(embed);
    const batch = this.#cache.batch;
    const room = (width: number) => unfilled<Tensor2D>(this.#gpu, [batch, width]);
    return {
      rows: unfilled<Tensor2D>(this.#gpu, [batch, ROW_SIZE], 'int32'),
      x: room(d),
      q: room(shape.heads * shape.headDim),
      mixed: room(shape.heads * shape.headDim),
      h: room(layers[0] ? sizeOfWeight(layers[0].down)[0] : 1),
      logits: room(vocabulary),
    };
  }

  #forget(): void {
    if (this.#bindings) tf.dispose({ ...this.#bindings.scratch });
    this.#bindings = null;
  }

  dispose(): void {
    this.#forget();
    this.#head.dispose();
    this.#layers.forEach((own, i) => {
      const { attnNorm, qkv, out, gateUp, down } = this.model.layers[i] as DecoderLayer;
      const models = new Set<Tensor>([
        attnNorm,
        own.mlpNorm,
        ...[qkv, out, gateUp, down].map(({ base }) => tensorOf(base)),
      ]);
      for (const tensor of Object.values(own)) if (!models.has(tensor)) tensor.dispose();
    });
  }
}

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
    const embed = plainTable(net.model.embed);
    const [vocabulary, d] = embed.shape;
    const { scratch, layers } = net.bindings();
    const { rows, x, logits } = scratch;
    this.#gpu = gpu;
    this.#rows = positions.length;
    this.#maxNewTokens = sampling.maxNewTokens;
    this.#uniforms = tf.keep(tf.tensor1d(sampling.uniforms));
    const nothing = Float32Array.from({ length: 2 * sampling.uniforms.length }, (_, i) => (i % 2) - 1);
    this.#result = tf.keep(tf.tensor1d(nothing));
    const drawing = { rows, logits, uniformsOf: this.#uniforms, embed, x, result: this.#result };
    const draw = bind(gpu, drawStage(d, vocabulary, sampling), drawing, [this.#rows, 1]);
    this.#first = [net.head(last), draw];
    this.#next = [...layers, net.head(), draw];
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
