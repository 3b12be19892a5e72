/**
 * The entries of a log that hold. A run that goes back, because it was resumed or somebody wanted it, does updates again. Lines
 * are never taken away, so the reader does: an update takes the place of everything from its step on, a change that of everything
 * after its step.
 */
import type { Experiment } from '../config/fields.ts';
import type { Entry, EntryOf } from './logFormat.ts';

export class Entries {
  readonly #begun: Experiment;
  /** Updates before the log's first. */
  readonly #first: number;
  #all: Entry[] = [];
  /** The largest step of an entry, and where those of it begin. */
  #furthest = -1;
  #tail = 0;

  /** @param manifest of the log */
  constructor(manifest: {
    readonly experiment: Experiment;
    readonly parent?: { readonly step: number } | undefined;
  }) {
    this.#begun = manifest.experiment;
    this.#first = manifest.parent?.step ?? 0;
  }

  /** In the order in which they were written: without those of updates that were done again. */
  get all(): readonly Entry[] {
    return this.#all;
  }

  /** Updates done. */
  get step(): number {
    return this.#all.findLast(({ kind }) => kind === 'update')?.step ?? this.#first;
  }

  of<K extends Entry['kind']>(kind: K): EntryOf<K>[] {
    return this.#all.filter((entry): entry is EntryOf<K> => entry.kind === kind);
  }

  /** Whether there is an entry of a kind at a step. */
  holds(kind: Entry['kind'], step: number): boolean {
    return this.#all.some((entry) => entry.kind === kind && entry.step === step);
  }

  add(entry: Entry): void {
    if (entry.kind === 'checkpoint') this.#writtenOver(entry.blob);
    const holds = (before: Entry) => !replaces(entry, before);
    if (entry.step === this.#furthest) {
      this.#all.push(...this.#all.splice(this.#tail).filter(holds), entry);
      return;
    }
    if (entry.step > this.#furthest) {
      this.#tail = this.#all.length;
      this.#furthest = entry.step;
      this.#all.push(entry);
      return;
    }
    this.#all = [...this.#all.filter(holds), entry];
    this.#furthest = this.#all.reduce((most, { step }) => Math.max(most, step), -1);
    this.#tail = this.#all.findIndex(({ step }) => step === this.#furthest);
  }

  /** A blob that is written over is not the state any more that an entry before says. */
  #writtenOver(blob: string): void {
    const at = this.#all.findLastIndex((before) => before.kind === 'checkpoint' && before.blob === blob);
    if (at < 0) return;
    this.#all.splice(at, 1);
    if (at < this.#tail) this.#tail--;
  }

  /**
   * The experiment in force once `step` updates were done: update step + 1 was made under it.
   * @param before counts only what was entered before this; by default everything
   */
  experimentAt(step: number, before?: Entry): Experiment {
    let experiment = this.#begun;
    for (const entry of this.#all) {
      if (entry === before) break;
      // Its values were checked when the entry came in.
      if (entry.kind === 'change' && entry.step <= step) experiment = { ...experiment, ...valuesOf(entry) };
    }
    return experiment;
  }
}

/** What a change sets. */
export const valuesOf = ({ changes }: EntryOf<'change'>) =>
  Object.fromEntries(changes.map(({ field, to }) => [field, to]));

/** Whether an entry takes the place of one before it. */
function replaces(entry: Entry, before: Entry): boolean {
  if (before.kind === 'notice') return false;
  switch (entry.kind) {
    case 'update':
      return before.step >= entry.step;
    case 'change':
      return before.step > entry.step;
    case 'evaluation':
      return before.kind === entry.kind && before.step === entry.step;
    case 'checkpoint': // the same state in another blob, which may be dropped before the one there was
    case 'notice':
      return false;
    default:
      return entry satisfies never;
  }
}
