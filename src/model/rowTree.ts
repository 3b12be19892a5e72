/**
 * Token sequences as a tree: tokens that have the same text before them are one row.
 *
 * All that a decoder computes of a token depends on it and on what stands before it, so the tries of one prompt have the prompt's
 * rows in common, and prompts what the chat's template writes before each. Only attention looks at whole sequences: it gets the rows
 * spread out, one place a token, and what it gives is picked up again, once a row.
 */
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
