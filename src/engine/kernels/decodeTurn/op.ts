import { decoderForward } from '../../decoder.ts';
import type { DecoderModel } from '../../decoder.ts';
import type { KVCache } from '../../kvCache.ts';
import { tf } from '../../tf.ts';
import type { Tensor1D, Tensor2D } from '../../tf.ts';
import { logits } from '../logits/op.ts';
import { sampleToken } from '../sampleToken/op.ts';
import type { SampledTokens, SampleOptions } from '../sampleToken/op.ts';

/** Where each row of a cache stands. */
export interface TurnStart {
  /** Hidden states after the last norm, [rows, d]: what the next token of each row is predicted from. Stays the caller's. */
  readonly last: Tensor2D;
  /** Tokens each row's cache holds, [rows]: its next token has this position, and this slot in the cache. */
  readonly positions: Int32Array;
}

export interface TurnSampling extends SampleOptions {
  /** The ids that end a row, few; none: the length limit does. */
  readonly stops: readonly number[];
  /** At least 1. */
  readonly maxNewTokens: number;
  /** One number in [0, 1) a token and row, at token·rows + row, [maxNewTokens·rows]. */
  readonly uniforms: Float32Array;
}

/** Tokens at token·rows + row. */
export interface TurnTokens {
  /** −1 where the row had ended before. The id that ends a row is among them. */
  readonly ids: Int32Array;
  /** Log-probability of each id as `sampleToken` defines it, nats; 0 where the row had ended before. */
  readonly logp: Float32Array;
}

/** Samples the tokens of one turn. */
export interface TurnWriter {
  /**
   * Computes up to so many more tokens of each row that has not ended (fewer at the length limit). Does not wait for a GPU.
   *
   * A token is fed to the model only when the next one of its row is computed: the last of each row never is.
   */
  advance(tokens: number): void;
  /** The tokens computed since the last read. */
  read(): Promise<TurnTokens>;
  dispose(): void;
}

/**
 * Continues the rows of a cache, token after token. Its weights must not change while it is open: it may hold copies in
 * another layout. The cache stays the caller's; its rows may be repeated between turns, and only one turn is open at a time.
 */
export interface Decoder {
  /** @throws when sizes do not fit each other or the cache */
  startTurn(start: TurnStart, sampling: TurnSampling): TurnWriter;
  /**
   * Feeds given tokens, a list a row; lists may be of different lengths.
   *
   * @returns the new hidden states [rows, d], the caller's; that of `start` where a list is empty
   * @throws when an id is not in the vocabulary, or sizes do not fit each other or the cache
   */
  feed(start: TurnStart, tokens: readonly (readonly number[])[]): Tensor2D;
  dispose(): void;
}

/** The loop out of single operations. */
export function openDecoderReference(model: DecoderModel, cache: KVCache): Decoder {
  return {
    startTurn: (start, sampling) => new ReferenceTurn(model, cache, start, sampling),
    feed({ last, positions }, tokens) {
      const steps = Math.max(...tokens.map((list) => list.length));
      let state = last.clone();
      for (let i = 0; i < steps; i++) {
        const next = tf.tidy(() => {
          const ids = tf.tensor1d(tokens.map((list) => list[i] ?? -1), 'int32'); // prettier-ignore
          return feedOne(model, cache, state, ids, positions.map((p) => p + i)); // prettier-ignore
        });
        state.dispose();
        state = next;
      }
      return state;
    },
    dispose: () => undefined,
  };
}

/** Feeds one token a row and gives the new hidden states; rows whose id is −1 wait. */
function feedOne(
  model: DecoderModel,
  cache: KVCache,
  last: Tensor2D,
  ids: Tensor1D,
  positions: Int32Array,
): Tensor2D {
  return tf.tidy(() => {
    const goesOn = ids.greaterEqual(0);
    const at = tf.tensor1d(positions, 'int32');
    const slots = tf.where(goesOn, at, ids);
    const attention = (layer: number, qkv: Tensor2D) => cache.attend(layer, qkv, slots);
    const hidden = decoderForward(model, tf.maximum(ids, tf.zerosLike(ids)), at, attention);
    return tf.where(goesOn.expandDims(1), hidden, last);
  });
}

class ReferenceTurn implements TurnWriter {
  #last: Tensor2D;
  #done = 0;
  /** The newest token of each row, −1 where the row ended before it. */
  #newest: Tensor1D | null = null;
  #unread: SampledTokens[] = [];
  readonly #model: DecoderModel;
  readonly #cache: KVCache;
  readonly #positions: Int32Array;
  readonly #sampling: TurnSampling;

  constructor(model: DecoderModel, cache: KVCache, { last, positions }: TurnStart, sampling: TurnSampling) {
    this.#model = model;
    this.#cache = cache;
    this.#positions = positions;
    this.#sampling = sampling;
    this.#last = last.clone();
  }

  advance(tokens: number): void {
    const end = Math.min(this.#sampling.maxNewTokens, this.#done + tokens);
    for (; this.#done < end; this.#done++) {
      const { last, ids, logp } = tf.tidy(() => this.#next());
      if (last !== this.#last) this.#last.dispose();
      this.#last = last;
      this.#newest?.dispose();
      this.#newest = ids.clone();
      this.#unread.push({ ids, logp });
    }
  }

  #next(): { last: Tensor2D; ids: Tensor1D; logp: Tensor1D } {
    const { stops, uniforms } = this.#sampling;
    const rows = this.#positions.length;
    const u = tf.tensor1d(uniforms.subarray(this.#done * rows, (this.#done + 1) * rows));
    const draw = (last: Tensor2D) => sampleToken(logits(last, this.#model.head), u, this.#sampling);
    const newest = this.#newest;
    if (!newest) return { last: this.#last, ...draw(this.#last) };
    const ended = tf.fill<tf.Rank.R1>([rows], -1, 'int32');
    const fed = stops.reduce((ids: Tensor1D, stop) => tf.where(ids.equal(stop), ended, ids), newest);
    const positions = this.#positions.map((p) => p + this.#done - 1);
    const last = feedOne(this.#model, this.#cache, this.#last, fed, positions);
    const drawn = draw(last);
    const goesOn = fed.greaterEqual(0);
    return {
      last,
      ids: tf.where(goesOn, drawn.ids, ended),
      logp: tf.where(goesOn, drawn.logp, tf.zerosLike(drawn.logp)),
    };
  }

  async read(): Promise<TurnTokens> {
    const tokens = this.#unread;
    this.#unread = [];
    if (tokens.length === 0) return { ids: new Int32Array(), logp: new Float32Array() };
    // One read-back: ids are exact as floats.
    const both = tf.tidy(() =>
      tf.stack([...tokens.map(({ ids }) => tf.cast(ids, 'float32')), ...tokens.map(({ logp }) => logp)]),
    );
    tf.dispose(tokens.map(({ ids, logp }) => [ids, logp]));
    const values = await both.data<'float32'>();
    both.dispose();
    const half = values.length / 2;
    return { ids: Int32Array.from(values.subarray(0, half)), logp: values.slice(half) };
  }

  dispose(): void {
    tf.dispose([this.#last, this.#newest ?? [], this.#unread.map(({ ids, logp }) => [ids, logp])]);
    this.#newest = null;
    this.#unread = [];
  }
}
