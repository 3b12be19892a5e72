/**
 * The decoder on WASM, for the rows that still write. One kernel call a token and thread: of its own rows where there are some for all
 * threads; else, if there is enough to compute, of all rows and some columns of each matrix, and the threads meet after each.
 */
import { isBlocks, sizeOfTable, type Table } from '../../blockMatrix.ts';
import { blockLayouts } from '../../blocks.ts';
import type { DecoderModel } from '../../decoder.ts';
import type { KVCache } from '../../kvCache.ts';
import { tf } from '../../tf.ts';
import type { Tensor, Tensor1D, Tensor2D } from '../../tf.ts';
import { wholeLines, type WasmKernels } from '../../wasm/kernels.ts';
import { noAnswer } from '../../wasm/threads.ts';
import { sizeOfWeight } from '../../weight.ts';
import { angleTable } from '../rope/op.ts';
import { allowedOf, holesAt, holesTensor } from '../banned.ts';
import type { Panels } from '../../frozenPanels.ts';
import { WORTH_SHARING } from '../linear/gemm.ts';
import { matricesOf, packedAdapters, packedBase, packedWhole } from './packed.ts';
import type { PackedAdapters } from './packed.ts';
import type { Decoder, TurnSampling, TurnStart, TurnTokens, TurnWriter } from './op.ts';

export function openDecoderWasm(wasm: WasmKernels, model: DecoderModel, cache: KVCache): Decoder {
  const packed = new PackedDecoder(wasm, model, cache);
  return {
    startTurn: (start, sampling) => new WasmTurn(wasm, packed, start, sampling),
    feed: (start, tokens) => feed(wasm, packed, start, tokens),
    dispose: () => packed.dispose(),
  };
}

function feed(
  wasm: WasmKernels,
  decoder: PackedDecoder,
  start: TurnStart,
  tokens: readonly (readonly number[])[],
): Tensor2D {
  const rows = tokens.length;
  const steps = Math.max(...tokens.map((list) => list.length));
  const ids = keepInts(
    Int32Array.from({ length: steps * rows }, (_, i) => tokens[i % rows]?.[Math.floor(i / rows)] ?? -1),
  );
  const state = openState(wasm, start);
  for (let step = 0; step < steps; step++) {
    const live = [...tokens.keys()].filter((row) => step < (tokens[row]?.length ?? 0));
    decoder.run(state, live, step, wasm.address(ids) + 4 * step * rows);
  }
  tf.dispose([ids, state.positions, state.live]);
  return state.last;
}

class WasmTurn implements TurnWriter {
  readonly #wasm: WasmKernels;
  readonly #decoder: PackedDecoder;
  readonly #sampling: TurnSampling;
  readonly #state: RowState;
  /** These three at token·rows + row. */
  readonly #uniforms: Tensor1D;
  readonly #ids: Tensor1D;
  readonly #logp: Tensor1D;
  readonly #holes: Tensor1D | null;
  readonly #allowedFrom: number;
  /** The rows that have not ended. */
  #live: number[];
  #done = 0;
  #read = 0;

  constructor(wasm: WasmKernels, decoder: PackedDecoder, start: TurnStart, sampling: TurnSampling) {
    const { uniforms, banned } = sampling;
    const { allowedFrom, holes } = allowedOf('decodeTurn', banned, decoder.vocabulary);
    this.#wasm = wasm;
    this.#decoder = decoder;
    this.#sampling = sampling;
    this.#state = openState(wasm, start);
    this.#uniforms = tf.keep(tf.tensor1d(uniforms));
    this.#ids = keepInts(new Int32Array(uniforms.length).fill(-1));
    this.#logp = tf.keep(tf.zeros([uniforms.length]));
    const held = holesTensor(holes);
    this.#holes = held && tf.keep(held);
    this.#allowedFrom = allowedFrom;
    this.#live = [...start.positions.keys()];
  }

  advance(tokens: number): void {
    const { stops, maxNewTokens } = this.#sampling;
    const rows = this.#state.positions.size;
    const end = Math.min(maxNewTokens, this.#done + tokens);
    for (; this.#done < end; this.#done++) {
      const place = this.#done * rows;
      const at = (values: Tensor1D, from = place) => this.#wasm.address(values) + 4 * from;
      const fed = place === 0 ? 0 : at(this.#ids, place - rows);
      const draw = {
        ...this.#sampling,
        allowedFrom: this.#allowedFrom,
        holes: holesAt(this.#wasm, this.#holes),
        uniforms: at(this.#uniforms),
        ids: at(this.#ids),
        logp: at(this.#logp),
      };
      this.#decoder.run(this.#state, this.#live, this.#done - 1, fed, draw);
      const ids = ints(this.#wasm, this.#ids);
      this.#live = this.#live.filter((row) => !stops.includes(ids[place + row] ?? -1));
    }
  }

  read(): Promise<TurnTokens> {
    const rows = this.#state.positions.size;
    const [from, to] = [this.#read * rows, this.#done * rows];
    this.#read = this.#done;
    return Promise.resolve({
      ids: ints(this.#wasm, this.#ids).slice(from, to),
      logp: floats(this.#wasm, this.#logp).slice(from, to),
    });
  }

  dispose(): void {
    tf.dispose([{ ...this.#state }, this.#uniforms, this.#ids, this.#logp, this.#holes ?? []]);
  }
}

/** What every call works on. */
interface RowState {
  /** Hidden states [rows, d], changed by feeding. */
  readonly last: Tensor2D;
  /** int32 [rows], of the first token that is fed. */
  readonly positions: Tensor1D;
  /** int32, room for the indices of all rows. */
  readonly live: Tensor1D;
}

function openState(wasm: WasmKernels, { last, positions }: TurnStart): RowState {
  const own = tf.keep(wasm.output<Tensor2D>(last.shape)); // a clone would share its values
  floats(wasm, own).set(floats(wasm, last));
  return { last: own, positions: keepInts(positions), live: keepInts(positions) };
}

/** Stages of a layer in `decodeTurn.as.ts`, after each of which threads meet. */
const stagesOfLayer = 5;
/** Bytes of where they do: a cache line of its own. */
const MEETING_BYTES = 64;

/** Fields of `Decoder` and of `Layer` in `layout.as.ts`. */
const DECODER_CELLS = 16;
const LAYER_CELLS = 17;

/** The kernels' number of a type of blocks; 0: none. */
const typeOf = (matrix: Table): number => (isBlocks(matrix) ? blockLayouts[matrix.type].kernel : 0);

/** A decoder's weights as the kernel takes them, and its calls. */
class PackedDecoder {
  readonly #wasm: WasmKernels;
  readonly #model: DecoderModel;
  readonly #cache: KVCache;
  /** Its own panels, to dispose of; null: its model keeps them. */
  readonly #own: Panels | null;
  /** The addresses in panels of each layer's four matrices, and last of the head. */
  readonly #starts: readonly number[];
  /** Those that are not in the panels. */
  readonly #adapters: PackedAdapters | null;
  /** `Decoder` and its `Layer`s as `layout.as.ts` has them. */
  readonly #description: Tensor1D;
  /** Both halves of a matrix, and every adapter, begin with a whole panel of eight columns. */
  readonly #inEights: boolean;

  constructor(wasm: WasmKernels, model: DecoderModel, cache: KVCache) {
    this.#wasm = wasm;
    this.#model = model;
    this.#cache = cache;
    const { layers, panels } = model;
    this.#own = panels ? null : packedWhole(wasm, model);
    this.#starts = (this.#own ?? panels?.of(() => packedBase(wasm, model)))?.starts ?? [];
    this.#adapters = panels ? packedAdapters(wasm, model) : null;
    const begins = layers.flatMap((layer) => [
      sizeOfWeight(layer.down)[0],
      ...matricesOf(layer).flatMap(({ lora = [] }) => lora.map(({ from }) => from)),
    ]);
    this.#inEights = begins.every((column) => column % 8 === 0);
    this.#description = keepInts(new Int32Array(DECODER_CELLS + LAYER_CELLS * layers.length));
  }

  get vocabulary(): number {
    return sizeOfTable(this.#model.head)[0];
  }

  /**
   * Feeds a token to each live row, where `fed` is the address of their ids and not 0; then samples one, where `draw` says
   * from which uniform numbers and where ids and log-probabilities go (addresses).
   */
  run(state: RowState, live: readonly number[], ahead: number, fed: number, draw: Draw = nothing): void {
    const wasm = this.#wasm;
    if (live.length === 0) return;
    this.#describe();
    ints(wasm, state.live).set(live);
    const [decoder, rows, last, positions] = [this.#description, state.live, state.last, state.positions].map(
      (tensor: Tensor) => wasm.address(tensor),
    ) as [number, number, number, number];
    const { temperature, topP, allowedFrom, holes, uniforms, ids, logp } = draw;
    const token = [
      last,
      fed,
      positions,
      ahead,
      temperature,
      topP,
      allowedFrom,
      ...holes,
      uniforms,
      ids,
      logp,
    ];
    if (this.#sharesColumns(live.length)) {
      const { threads } = wasm;
      const own = wholeLines(wasm.run.decodeScratch(decoder, live.length));
      const common = wholeLines(wasm.run.decodeCommonScratch(decoder, live.length));
      const meeting = wasm.scratch(MEETING_BYTES + common + own * threads);
      const work = meeting + MEETING_BYTES;
      new Int32Array(wasm.memory.buffer, meeting, 1).fill(0);
      const calls = Array.from({ length: threads }, (_, part) => [
        ...[decoder, live.length, rows, ...token],
        ...[part, threads, meeting, work, work + common + part * own],
      ]);
      if (wasm.parallel('decodeToken', calls).includes(0)) throw new Error(noAnswer);
      return;
    }
    // Four rows share a weight in the matrix product.
    const share = Math.ceil(live.length / wasm.threads / 4) * 4;
    const own = wholeLines(wasm.run.decodeScratch(decoder, share));
    const bytes = own + wasm.run.decodeCommonScratch(decoder, share);
    wasm.share('decodeToken', live.length, 4, bytes, (start, count, scratch) => [
      ...[decoder, count, rows + 4 * start, ...token],
      ...[0, 1, 0, scratch + own, scratch],
    ]);
  }

  /** Whether there are too few rows for all threads, and stages that are worth waking them. */
  #sharesColumns(rows: number): boolean {
    const { threads } = this.#wasm;
    if (threads === 1 || rows > 4 * (threads - 1) || !this.#inEights) return false;
    const { layers } = this.#model;
    const [first] = layers;
    if (!first) return false;
    const weights = matricesOf(first).reduce((sum, weight) => {
      const [inputs, outputs] = sizeOfWeight(weight);
      return sum + inputs * outputs;
    }, 0);
    return (2 * rows * weights) / stagesOfLayer >= WORTH_SHARING;
  }

  /** Addresses may have changed since the last call: of the cache when its rows are repeated, of a table when it grows. */
  #describe(): void {
    const wasm = this.#wasm;
    const { shape, eps, embed, head, layers, norm } = this.#model;
    const address = (tensor: Tensor) => wasm.address(tensor);
    const [first] = layers;
    const width = first ? sizeOfWeight(first.down)[0] : 0;
    const [vocabulary, d] = sizeOfTable(embed);
    const cells = ints(wasm, this.#description);
    cells.set([
      layers.length,
      d,
      width,
      shape.heads,
      shape.kvHeads,
      shape.headDim,
      vocabulary,
      this.#adapters?.rank ?? 0,
      this.#cache.slots,
    ]);
    floats(wasm, this.#description)[9] = eps;
    const table = address(isBlocks(embed) ? embed.tensor : embed);
    cells.set(
      [
        ...[angleTable(wasm, this.#cache.slots - 1, shape), table, address(norm), this.#starts.at(-1) ?? 0],
        ...[typeOf(embed), typeOf(head)],
      ],
      10,
    );
    layers.forEach((weights, layer) => {
      const { attnNorm, qkvBias, mlpNorm } = weights;
      const { k, v } = this.#cache.layer(layer);
      const [qkv, out, gateUp, down] = this.#starts.slice(4 * layer) as [number, number, number, number];
      const [gain1, gain2] = [address(attnNorm), address(mlpNorm)];
      const bias = qkvBias ? address(qkvBias) : 0;
      const adapters = this.#adapters?.first.slice(4 * layer, 4 * layer + 4) ?? [0, 0, 0, 0];
      const types = matricesOf(weights).map(({ base }) => (this.#own ? 0 : typeOf(base)));
      cells.set(
        [gain1, qkv, bias, out, gain2, gateUp, down, address(k), address(v), ...adapters, ...types],
        DECODER_CELLS + LAYER_CELLS * layer,
      );
    });
  }

  dispose(): void {
    const { panels, parts } = this.#adapters ?? {};
    tf.dispose([this.#own?.tensor ?? [], this.#description, panels?.tensor ?? [], parts ?? []]);
  }
}

/** How a token is sampled: numbers and addresses. */
interface Draw {
  readonly temperature: number;
  readonly topP: number;
  readonly allowedFrom: number;
  /** Of banned ids above that: how many, and where. */
  readonly holes: readonly [number, number];
  readonly uniforms: number;
  readonly ids: number;
  readonly logp: number;
}

/** When nothing is sampled. */
const nothing: Draw = {
  ...{ temperature: 0, topP: 1, allowedFrom: 0, holes: [0, 0] },
  ...{ uniforms: 0, ids: 0, logp: 0 },
};

function keepInts(values: Int32Array): Tensor1D {
  return tf.keep(tf.tensor1d(values, 'int32'));
}

/** A tensor's values, until the heap grows. */
function ints(wasm: WasmKernels, tensor: Tensor): Int32Array {
  return new Int32Array(wasm.memory.buffer, wasm.address(tensor), tensor.size);
}
function floats(wasm: WasmKernels, tensor: Tensor): Float32Array {
  return new Float32Array(wasm.memory.buffer, wasm.address(tensor), tensor.size);
}
