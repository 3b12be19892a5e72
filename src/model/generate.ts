/**
 * Sampling answers, turn after turn, on one key/value cache.
 *
 * The cache has slots in time that all rows share: at each step every row writes its token's keys and values to the same
 * slot. What differs between rows (prompt lengths, answers that ended early, corrections of different lengths) is kept in
 * an additive mask [rows, slots] and in each row's own position counter, so there is never a scatter or a copy.
 */
import { gatherRows, KVCache, sampleToken, tf, type Tensor1D, type Tensor2D } from '../engine/index.ts';
import type { Llama } from './llama.ts';

export interface SamplingOptions {
  /** 0 = greedy. */
  readonly temperature: number;
  /** Nucleus size in (0, 1]; 1 = off. */
  readonly topP: number;
  readonly maxNewTokens: number;
  /** End-of-answer token. */
  readonly eot: number;
  /** Ids below this one are never sampled (special tokens). */
  readonly allowedFrom: number;
  /** Uniform number in (0, 1) for a row and a token position of this turn. */
  readonly uniform: (row: number, position: number) => number;
  /** Tokens between looks at what was sampled; reading back stalls a GPU, and costs nothing on a CPU. */
  readonly lookEvery: number;
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

const blocked = -1e9;

export class Generation {
  readonly #model: Llama;
  readonly #slots: number;
  #cache: KVCache;
  #rows: number;
  #slot: number;
  /** Next position of each row. */
  #positions: Int32Array;
  /** visible[row·slots + slot]: 0 may be attended, `blocked` not. */
  #mask: Float32Array;
  /** Last hidden state of each row [rows, d]: what the next token is predicted from. */
  #last: Tensor2D;

  private constructor(model: Llama, slots: number, prompts: readonly (readonly number[])[], pad: number) {
    const batch = prompts.length;
    const time = Math.max(...prompts.map((p) => p.length));
    if (time > slots) throw new Error(`A prompt of ${time} tokens does not fit ${slots} slots.`);
    this.#model = model;
    this.#slots = slots;
    this.#rows = batch;
    this.#slot = time;
    this.#positions = Int32Array.from(prompts, (p) => p.length);
    this.#mask = new Float32Array(batch * slots).fill(blocked);
    prompts.forEach((p, row) => this.#mask.fill(0, row * slots, row * slots + p.length));
    this.#cache = new KVCache({
      layers: model.config.num_hidden_layers,
      batch,
      slots,
      shape: model.shape,
    });
    this.#last = tf.tidy(() => {
      const padded = new Int32Array(batch * time).fill(pad);
      prompts.forEach((p, row) => padded.set(p, row * time));
      const hidden = model.hidden(tf.tensor1d(padded, 'int32'), batch, time, (layer, qkv) =>
        this.#cache.fillFromPrefill(layer, qkv, batch, time),
      );
      const ends = Int32Array.from(prompts, (p, row) => row * time + p.length - 1);
      return gatherRows(hidden, tf.tensor1d(ends, 'int32'));
    });
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
    return this.#rows;
  }

  /** Every row k times in a row (row r becomes rows r·k … r·k+k−1): k samples share one prompt's work. */
  repeatRows(k: number): void {
    if (k === 1) return;
    const slots = this.#slots;
    const rows = this.#rows * k;
    const mask = new Float32Array(rows * slots);
    const positions = new Int32Array(rows);
    for (let row = 0; row < rows; row++) {
      const from = Math.floor(row / k);
      mask.set(this.#mask.subarray(from * slots, (from + 1) * slots), row * slots);
      positions[row] = this.#positions[from];
    }
    this.#cache.repeatRows(k);
    const source = Int32Array.from({ length: rows }, (_, row) => Math.floor(row / k));
    this.#setLast(tf.tidy(() => gatherRows(this.#last, tf.tensor1d(source, 'int32'))));
    this.#mask = mask;
    this.#positions = positions;
    this.#rows = rows;
  }

  /** Appends given tokens to each row (all lists non-empty); shorter lists wait, so that all rows end on the same slot. */
  append(tokens: readonly (readonly number[])[]): void {
    const steps = Math.max(...tokens.map((t) => t.length));
    this.#reserve(steps);
    for (let i = 0; i < steps; i++) {
      const ids = new Int32Array(this.#rows);
      const positions = Int32Array.from(this.#positions);
      tokens.forEach((list, row) => {
        const at = i - (steps - list.length);
        if (at < 0) return;
        ids[row] = list[at];
        this.#positions[row]++;
        this.#mask[row * this.#slots + this.#slot] = 0;
      });
      this.#feed(ids, positions);
    }
  }

  /** Samples one answer per row. The cache then holds each answer without its end-of-answer token. */
  async turn(options: SamplingOptions): Promise<Answer[]> {
    const { eot, maxNewTokens, temperature, topP, allowedFrom } = options;
    const rows = this.#rows;
    const first = this.#slot;
    const start = Int32Array.from(this.#positions);
    this.#reserve(maxNewTokens);
    // While the turn lasts, every row may see all of the turn's slots; rows that have ended compute unseen rubbish.
    const open = Float32Array.from(this.#mask);
    for (let row = 0; row < rows; row++) {
      open.fill(0, row * this.#slots + first, row * this.#slots + first + maxNewTokens);
    }
    const mask = tf.tensor2d(open, [rows, this.#slots]);
    const sampled: Tensor1D[] = [];
    const logps: Tensor1D[] = [];
    const answers = Array.from({ length: rows }, () => ({ ids: [] as number[], ended: false }));
    let looked = 0;
    /** Reads what was sampled since the last look, in one read-back. */
    const look = async () => {
      const block = await readRows(sampled.slice(looked));
      looked = sampled.length;
      for (const ids of block) {
        answers.forEach((answer, row) => {
          if (answer.ended) return;
          answer.ids.push(ids[row]);
          answer.ended = ids[row] === eot;
        });
      }
      return answers.every((answer) => answer.ended);
    };
    try {
      for (let i = 0; i < maxNewTokens; i++) {
        options.signal?.throwIfAborted();
        const { ids, logp } = tf.tidy(() => {
          const u = Float32Array.from({ length: rows }, (_, row) => options.uniform(row, i));
          const choice = sampleToken(this.#model.logits(this.#last), tf.tensor1d(u), {
            temperature,
            topP,
            allowedFrom,
          });
          return { ids: choice.ids, logp: choice.logp };
        });
        sampled.push(ids);
        logps.push(logp);
        const mayLook = (i + 1) % options.lookEvery === 0 || i + 1 === maxNewTokens;
        if (mayLook && (await look())) break; // nothing left to predict from
        const positions = start.map((p) => p + i);
        this.#setLast(
          tf.tidy(() =>
            this.#model.step(ids, tf.tensor1d(positions, 'int32'), this.#cache, this.#slot, mask),
          ),
        );
        this.#slot++;
      }
      const table = await readRows(logps);
      return answers.map(({ ids, ended }, row) => {
        const kept = ended ? ids.length - 1 : ids.length;
        this.#mask.fill(0, row * this.#slots + first, row * this.#slots + first + kept);
        this.#positions[row] = start[row] + kept;
        return { ids, logp: ids.map((_, i) => table[i][row]), truncated: !ended };
      });
    } finally {
      tf.dispose([mask, ...sampled, ...logps]);
    }
  }

  #feed(ids: Int32Array, positions: Int32Array): void {
    this.#setLast(
      tf.tidy(() =>
        this.#model.step(
          tf.tensor1d(ids, 'int32'),
          tf.tensor1d(positions, 'int32'),
          this.#cache,
          this.#slot,
          tf.tensor2d(this.#mask, [this.#rows, this.#slots]),
        ),
      ),
    );
    this.#slot++;
  }

  #setLast(next: Tensor2D): void {
    this.#last.dispose();
    this.#last = next;
  }

  #reserve(count: number): void {
    if (this.#slot + count > this.#slots) {
      throw new Error(`The context is full: ${this.#slot} + ${count} tokens exceed ${this.#slots} slots.`);
    }
  }

  dispose(): void {
    this.#cache.dispose();
    this.#last.dispose();
  }
}

/** Values of tensors of one length, read back together. */
async function readRows(tensors: Tensor1D[]): Promise<ArrayLike<number>[]> {
  if (tensors.length === 0) return [];
  const stacked = tf.stack(tensors);
  const values = await stacked.data();
  stacked.dispose();
  const width = values.length / tensors.length;
  return tensors.map((_, i) => values.subarray(i * width, (i + 1) * width));
}
