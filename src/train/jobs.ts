/** What a run is to do before its next update, in the order in which it was told. */
import type { Experiment } from '../config/fields.ts';
import type { ChangeAhead } from './messages.ts';
import type { Loaded, Trainable } from './trainable.ts';

type Work = (loaded: Loaded) => Promise<void>;
type Job = { readonly change: Experiment } | { readonly work: Work };

export class Jobs {
  readonly #all: Job[] = [];
  /** Live changes to come, and at which step some were made last. */
  #ahead: readonly ChangeAhead[] = [];
  #madeAt = -1;

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

  /** Live fields are to change after certain updates, in the place of what was said before. */
  lookAhead(changes: readonly ChangeAhead[]): void {
    this.#ahead = changes;
    this.#madeAt = -1;
  }

  /** Takes what is to change where a run stands: what was said ahead of it, then the first of the list, if it is a change. */
  takeChange({
    experiment,
    state: { step },
  }: Pick<Trainable, 'experiment' | 'state'>): Experiment | undefined {
    const due = this.#madeAt === step ? [] : this.#ahead.filter((change) => change.step === step);
    this.#madeAt = step;
    if (due.length > 0)
      return { ...experiment, ...Object.fromEntries(due.map(({ field, to }) => [field, to])) };
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
