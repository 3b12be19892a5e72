/**
 * The states of a run that are kept in memory, so that any of its steps can be reached by a few updates from one before.
 *
 * The first is kept always. The others are a grid over the whole run, which is made twice as coarse whenever it is full: 32
 * states are every update of a run of 32, every eighth of one of 256. A state is three times the weights, 2 MB for the model
 * that is shipped; it was copied for the recovery from faults anyway, so keeping it costs no time.
 */
import { ringLimits } from '../config/memory.ts';
import type { TrainerState } from './trainer.ts';

export class CheckpointRing {
  readonly #limits: typeof ringLimits;
  readonly #first: TrainerState;
  #kept: TrainerState[] = [];
  #spacing = 1;

  constructor(first: TrainerState, bounds = ringLimits) {
    this.#first = first;
    this.#limits = bounds;
  }

  /** Steps of what is kept, in order. */
  get steps(): readonly number[] {
    return [this.#first, ...this.#kept].map(({ step }) => step);
  }

  /** Of all that is kept. */
  get bytes(): number {
    return (this.#kept.length + 1) * bytesOf(this.#first);
  }

  /** The state at a step or, if it was not kept, the last before it; undefined before the first. */
  atOrBefore(step: number): TrainerState | undefined {
    return [this.#first, ...this.#kept].findLast((state) => state.step <= step);
  }

  /** Keeps a state if it is on the grid, in the place of those at or after its step. */
  add(state: TrainerState): void {
    this.forget(state.step - 1);
    if (!this.#onGrid(state)) return;
    this.#kept.push(state);
    const each = bytesOf(this.#first);
    while (this.#kept.length > 1 && this.#full(each)) {
      this.#spacing *= 2;
      this.#kept = this.#kept.filter((kept) => this.#onGrid(kept));
    }
  }

  /** Drops what was after a step. */
  forget(step: number): void {
    this.#kept = this.#kept.filter((state) => state.step <= step);
  }

  #onGrid({ step }: TrainerState): boolean {
    return (step - this.#first.step) % this.#spacing === 0;
  }

  #full(each: number): boolean {
    const count = this.#kept.length + 1;
    return count > this.#limits.count || count * each > this.#limits.bytes;
  }
}

function bytesOf({ weights, optimizer }: TrainerState): number {
  return [weights, optimizer.m, optimizer.v]
    .flatMap((part) => Object.values(part))
    .reduce((sum, values) => sum + values.byteLength, 0);
}
