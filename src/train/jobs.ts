/** What a run is to do before its next update, in the order in which it was told. */
import type { Experiment } from '../config/fields.ts';
import type { Loaded } from './trainable.ts';

type Work = (loaded: Loaded) => Promise<void>;
type Job = { readonly change: Experiment } | { readonly work: Work };

export class Jobs {
  readonly #all: Job[] = [];

  get any(): boolean {
    return this.#all.length > 0;
  }

  add(work: Work): void {
    this.#all.push({ work });
  }

  /** Live fields are to be those of another experiment; of several in a row only the newest counts. */
  addChange(change: Experiment): void {
    const last = this.#all.at(-1);
    if (last && 'change' in last) this.#all.pop();
    this.#all.push({ change });
  }

  /** Takes the first off the list, if it is a change. */
  takeChange(): Experiment | undefined {
    const [first] = this.#all;
    if (!first || !('change' in first)) return undefined;
    this.#all.shift();
    return first.change;
  }

  /** Takes the first off the list, if it is work. */
  takeWork(): Work | undefined {
    const [first] = this.#all;
    if (!first || !('work' in first)) return undefined;
    this.#all.shift();
    return first.work;
  }

  drop(): void {
    this.#all.length = 0;
  }
}
