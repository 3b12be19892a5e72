/**
 * Sampling answers, turn after turn, on one key/value cache.
 *
 * Each row has its own length: the token at position p lies in slot p of its row's cache. So rows with prompts, answers
 * and corrections of different lengths share a batch without padding, and what a row computes does not depend on the others.
 */
import {
  KVCache,
  openDecoder,
  gatherRows,
  tf,
  type Decoder,
  type SampleOptions,
  type Tensor2D,
} from '../engine/index.ts';
import type { Llama } from './llama.ts';

export interface SamplingOptions {
  /** 0 = greedy. */
  readonly temperature: number;
  /** Nucleus size in (0, 1]; 1 = off. */
  readonly topP: number;
  readonly maxNewTokens: number;
  /** The tokens that end an answer. */
  readonly stops: readonly number[];
  /** Ids that are never sampled, ascending, without overlaps. */
  readonly banned: SampleOptions['banned'];
  /** Uniform number in (0, 1) for a row and a token position of this turn. */
  readonly uniform: (row: number, position: number) => number;
  /** Tokens between looks at what was sampled: at least 1; Infinity = one look, at the end of the turn. */
  readonly lookEvery: number;
  /** Told of the answers that have ended since the last look; sampling goes on when it is done. */
  readonly onEnded?: (answers: readonly EndedAnswer[]) => Promise<void> | void;
  /** Told at each look what every row has written so far, ended or not; it must not keep it. Nothing waits for it. */
  readonly onWritten?: (answers: readonly Answer[]) => void;
  readonly signal?: AbortSignal;
}

export interface Answer {
  /** Sampled ids, the end-of-answer token included if it came. */
  readonly ids: number[];
  /** log π of each id at the sampling temperature, nats. */
  readonly logp: number[];
  /** No end-of-answer token before the length limit. */
  readonly truncated: boolean;
}

export interface EndedAnswer extends Answer {
  readonly row: number;
}

export class Generation {
  readonly #cache: KVCache;
  readonly #decoder: Decoder;
  /** Tokens of each row that its cache holds. */
  #positions: Int32Array;
  /** What each row has written and its cache does not hold yet: the last token of a truncated answer. */
  #pending: number[][];
  /** Since the rows wrote, nothing was appended: `#last` is out of date. */
  #answered = false;
  /** Last hidden state of each row [rows, d]: what the next token is predicted from. */
  #last: Tensor2D;

  private constructor(model: Llama, slots: number, prompts: readonly (readonly number[])[], pad: number) {
    const batch = prompts.length;
    const time = Math.max(...prompts.map((p) => p.length));
    if (time > slots) throw new Error(`A prompt of ${time} tokens does not fit ${slots} slots.`);
    this.#positions = Int32Array.from(prompts, (p) => p.length);
    this.#pending = prompts.map(() => []);
    this.#cache = new KVCache({ layers: model.config.num_hidden_layers, batch, slots, shape: model.shape });
    const onLayer = (layer: number, qkv: Tensor2D) => this.#cache.fillFromPrefill(layer, qkv, batch, time);
    this.#last = tf.tidy(() => {
      if (model.sharing) return model.sharing.ends(model, prompts, onLayer);
      const padded = new Int32Array(batch * time).fill(pad);
      prompts.forEach((p, row) => padded.set(p, row * time));
      const ends = Int32Array.from(prompts, (p, row) => row * time + p.length - 1);
      return model.hidden(tf.tensor1d(padded, 'int32'), batch, time, {
        onLayer,
        only: tf.tensor1d(ends, 'int32'),
      });
    });
    this.#decoder = openDecoder(model.decoder, this.#cache);
  }

  /** Reads the prompts (one forward pass). `slots` bounds prompt + everything appended later. Dispose when done. */
  static start(
    model: Llama,
    prompts: readonly (readonly number[])[],
    slots: number,
    pad: number,
  ): Generation {
    return new Generation(model, slots, prompts, pad);
  }

  get rows(): number {
    return this.#positions.length;
  }

  /** Every row k times in a row (row r becomes rows r·k … r·k+k−1): k samples share one prompt's work. */
  repeatRows(k: number): void {
    if (k === 1) return;
    const source = Int32Array.from({ length: this.rows * k }, (_, row) => Math.floor(row / k));
    this.#cache.repeatRows(k);
    this.#setLast(tf.tidy(() => gatherRows(this.#last, tf.tensor1d(source, 'int32'))));
    this.#pending = Array.from(source, (row) => this.#pending[row]);
    this.#positions = source.map((row) => this.#positions[row]);
  }

  /** Appends given tokens to each row; lists may be of different lengths. */
  append(tokens: readonly (readonly number[])[]): void {
    const lists = tokens.map((list, row) => [...this.#pending[row], ...list]);
    this.#setLast(this.#decoder.feed({ last: this.#last, positions: this.#positions }, lists));
    this.#positions = this.#positions.map((position, row) => position + lists[row].length);
    this.#pending = lists.map(() => []);
    this.#answered = false;
  }

  /**
   * Samples one answer per row. The rows then hold each answer without its end-of-answer token, and wait for `append`.
   * If it throws (a signal's AbortError, say), the generation can only be disposed.
   */
  async turn(options: SamplingOptions): Promise<Answer[]> {
    const { maxNewTokens, stops, lookEvery, uniform, onEnded, onWritten, signal } = options;
    if (this.#answered) throw new Error('Something must be appended to the answers before the next turn.');
    this.#answered = true;
    const rows = this.rows;
    const start = { last: this.#last, positions: this.#positions };
    const uniforms = Float32Array.from({ length: maxNewTokens * rows }, (_, i) =>
      uniform(i % rows, Math.floor(i / rows)),
    );
    const answers = Array.from({ length: rows }, (_, row) => ({
      row,
      ids: [] as number[],
      logp: [] as number[],
      truncated: true,
    }));
    let writing = answers;
    const writer = this.#decoder.startTurn(start, { ...options, uniforms });
    try {
      writer.advance(lookEvery);
      for (let done = lookEvery; writing.length > 0; done += lookEvery) {
        signal?.throwIfAborted();
        const full = done >= maxNewTokens;
        const reading = writer.read();
        if (!full) writer.advance(lookEvery); // a GPU goes on while the host looks
        const { ids, logp } = await reading;
        for (const answer of writing) {
          for (let at = answer.row; at < ids.length && answer.truncated; at += rows) {
            answer.ids.push(ids[at]);
            answer.logp.push(logp[at]);
            answer.truncated = !stops.includes(ids[at]);
          }
        }
        onWritten?.(answers);
        const ended = writing.filter(({ truncated }) => full || !truncated);
        writing = full ? [] : writing.filter(({ truncated }) => truncated);
        if (ended.length > 0) await onEnded?.(ended);
      }
    } finally {
      writer.dispose();
    }
    // The last token was sampled, but not fed.
    this.#positions = this.#positions.map((position, row) => position + answers[row].ids.length - 1);
    this.#pending = answers.map(({ ids, truncated }) => (truncated ? ids.slice(-1) : []));
    return answers.map(({ ids, logp, truncated }) => ({ ids, logp, truncated }));
  }

  #setLast(next: Tensor2D): void {
    this.#last.dispose();
    this.#last = next;
  }

  dispose(): void {
    this.#decoder.dispose();
    this.#cache.dispose();
    this.#last.dispose();
  }
}
