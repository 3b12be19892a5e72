/**
 * The model on the running back end, once for each way in which a run holds its weights. One is large: before it is put there in another way,
 * those that no run uses any more are given back.
 */
import type { Experiment } from '../config/fields.ts';
import type { Base, OpenBase } from './base.ts';

type Held = Experiment['baseWeights'];

export class OpenBases {
  readonly #base: Base;
  readonly #open = new Map<Held, Promise<OpenBase>>();
  /** Runs that are over each. */
  readonly #users = new Map<Held, number>();
  /** Of the back end on which they are (`SharedBackend`). */
  #generation = NaN;

  constructor(base: Base) {
    this.#base = base;
  }

  /** A run begins. @returns to be called when it is over */
  join(held: Held): () => void {
    const count = (by: number) => this.#users.set(held, (this.#users.get(held) ?? 0) + by);
    count(1);
    let over = false;
    return () => {
      if (!over) count(-1);
      over = true;
    };
  }

  /** @param generation of the back end that is running: what was on another went with that */
  of(held: Held, generation: number): Promise<OpenBase> {
    if (this.#generation !== generation) this.#open.clear();
    this.#generation = generation;
    const open = this.#open.get(held);
    if (open) return open;
    for (const other of this.#open.keys()) if ((this.#users.get(other) ?? 0) === 0) this.#close(other);
    const opening = this.#base.open({ baseWeights: held });
    this.#open.set(held, opening);
    opening.catch(() => {
      if (this.#open.get(held) === opening) this.#open.delete(held); // the next who needs it tries again
    });
    return opening;
  }

  /** @param generation of the back end that is running */
  dispose(generation: number): void {
    if (this.#generation === generation) for (const held of this.#open.keys()) this.#close(held);
    this.#open.clear();
  }

  #close(held: Held): void {
    void this.#open.get(held)?.then(
      (open) => open.dispose(),
      () => undefined,
    );
    this.#open.delete(held);
  }
}
