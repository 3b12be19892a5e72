/**
 * Token sequences as a tree: tokens that have the same text before them are one row.
 *
 * All that a decoder computes of a token depends on it and on what stands before it, so the tries of one prompt have the prompt's
 * rows in common, and prompts what the chat's template writes before each. Only attention looks at whole sequences: it gets the rows
 * spread out, one place a token, and what it gives is picked up again, once a row.
 *
 * Fetched with a model that is worth it (train/adaptedBase.ts), and not with the page.
 */
import {
  causalAttention,
  decoderForward,
  gatherRows,
  tf,
  type Tensor1D,
  type Tensor2D,
} from '../engine/index.ts';
import type { HiddenOptions, Llama, Sharing } from './llama.ts';

export interface TreeRows {
  /** Each [rows]. */
  readonly ids: Int32Array;
  readonly positions: Int32Array;
  /** [batch·time]: the row at each place; a sequence's end is followed by row 0, which none of its tokens sees. */
  readonly spread: Int32Array;
  /** [rows]: a place of each. */
  readonly picked: Int32Array;
  readonly batch: number;
  readonly time: number;
}

/** Ids are below this (config/outside.ts: vocabularies are far smaller). */
const idsEnd = 2 ** 24;

export class RowTree {
  /** Of a row (−1: the beginning) and an id, the row that follows. */
  readonly #next = new Map<number, number>();
  readonly #ids: number[] = [];
  readonly #sequences: number[][] = [];
  #time = 0;

  /** Rows so far. */
  get size(): number {
    return this.#ids.length;
  }

  /** How many rows more a sequence would need. */
  needs(sequence: readonly number[]): number {
    let row: number | undefined = -1;
    for (const [at, id] of sequence.entries()) {
      row = this.#next.get((row + 1) * idsEnd + id);
      if (row === undefined) return sequence.length - at;
    }
    return 0;
  }

  /** How many places attention would get with one more sequence of so many tokens. */
  placesWith(length: number): number {
    return (this.#sequences.length + 1) * Math.max(this.#time, length);
  }

  /** @returns the row of each of its tokens */
  add(sequence: readonly number[]): readonly number[] {
    let row = -1;
    const rows = sequence.map((id) => {
      const key = (row + 1) * idsEnd + id;
      row = this.#next.get(key) ?? this.#ids.push(id) - 1;
      this.#next.set(key, row);
      return row;
    });
    this.#sequences.push(rows);
    this.#time = Math.max(this.#time, rows.length);
    return rows;
  }

  /** All that was added, the sequences one after the other, each as long as the longest. */
  rows(): TreeRows {
    const batch = this.#sequences.length;
    const time = this.#time;
    const spread = new Int32Array(batch * time);
    const positions = new Int32Array(this.size);
    const picked = new Int32Array(this.size);
    this.#sequences.forEach((rows, b) => {
      spread.set(rows, b * time);
      rows.forEach((row, t) => {
        positions[row] = t;
        picked[row] = b * time + t;
      });
    });
    return { ids: Int32Array.from(this.#ids), positions, spread, picked, batch, time };
  }
}

/**
 * As `Llama.hidden`, each row once: equal to it row by row; its gradient is summed in another order.
 * @param options.only int32 [M], of the tree's rows
 * @returns [rows, hidden_size], or [M, hidden_size]
 */
function hidden(
  { decoder, shape }: Pick<Llama, 'decoder' | 'shape'>,
  tree: TreeRows,
  { onLayer, only, recompute }: HiddenOptions = {},
): Tensor2D {
  const { batch, time } = tree;
  const int32 = (values: Int32Array) => tf.tensor1d(values, 'int32');
  const reads = [int32(tree.spread), int32(tree.picked)];
  const attention = (layer: number, qkv: Tensor2D, [spread, picked]: readonly Tensor1D[]) => {
    const whole = gatherRows(qkv, spread);
    onLayer?.(layer, whole);
    return gatherRows(causalAttention(whole, { ...shape, batch, time }), picked);
  };
  return decoderForward(decoder, int32(tree.ids), int32(tree.positions), attention, {
    only,
    recompute,
    reads,
  });
}

/** The last hidden state of each prompt: [prompts, hidden_size]. */
const ends: Sharing['ends'] = (model, prompts, onLayer) => {
  const tree = new RowTree();
  const last = prompts.map((prompt) => tree.add(prompt).at(-1) ?? 0);
  return hidden(model, tree.rows(), { only: tf.tensor1d(last, 'int32'), onLayer });
};

/**
 * In the order given, so that tries of one prompt are together.
 * @param maxTokens of a micro-batch: as much memory as of so many tokens, if a sequence alone does not take more
 * @param share what a place costs, where a row with its first place costs 1 (config/memory.ts)
 */
const batches: Sharing['batches'] = function* (sequences, maxTokens, share) {
  for (let next = 0; next < sequences.length;) {
    const tree = new RowTree();
    const rows: number[] = [];
    const targets: number[] = [];
    const together: (typeof sequences)[number]['answers'][number][] = [];
    for (; next < sequences.length; next++) {
      const { ids, answers } = sequences[next];
      const read = ids.slice(0, -1); // the last token is a target only
      const all = tree.size + tree.needs(read);
      if (tree.size > 0 && all + share * (tree.placesWith(read.length) - all) > maxTokens) break;
      const own = tree.add(read);
      for (const answer of answers) {
        const { start, length } = answer.place;
        rows.push(...own.slice(start - 1, start + length - 1));
        targets.push(...ids.slice(start, start + length));
        together.push(answer);
      }
    }
    const all = tree.rows();
    yield {
      answers: together,
      rows: Int32Array.from(rows),
      targets: Int32Array.from(targets),
      computed: all.ids.length,
      hidden: (model, options) => hidden(model, all, options),
    };
  }
};

export const sharing: Sharing = { ends, batches };
