/** Runs side by side: which, and what of them is drawn. */
import { field, fieldNames, type FieldName } from '../../config/fields.ts';
import { changesBetween, defaultExperiment, type Experiment } from '../../config/experiment.ts';
import { byWeight } from './names.ts';
import type { OpenRun } from './openRun.svelte.ts';

/** Runs that are compared at most: more lines cannot be told apart. */
export const maxCompared = 4;

/** Fields in which experiments differ from one another, the telling first. */
export const differing = (experiments: readonly Experiment[]): FieldName[] =>
  fieldNames
    .filter((name) => experiments.some((one) => one[name] !== experiments[0]?.[name]))
    .toSorted(byWeight);

/** What runs that begin with these settings have in common and a first run has not: nobody is to inherit a setting without knowing it. */
export const inherited = (base: Experiment) =>
  changesBetween(defaultExperiment, base).filter(
    ({ field: name }) => name !== 'initialPolicy' && field(name).group !== 'run',
  );

/** Read it anywhere; it is written by its own methods only. */
export class CompareState {
  #runs = $state.raw<readonly OpenRun[]>([]);
  /** They are on screen, instead of one. */
  on = $state.raw(false);
  /** Runs whose lines are taken out of the charts. */
  #hidden = $state.raw<readonly OpenRun[]>([]);
  /** The group whose lanes are shown; from 0. */
  group = $state.raw(0);
  /** The try that is selected in each; from 0. */
  attempt = $state.raw(0);

  /** Those that are compared; none: nothing was compared yet. */
  get runs(): readonly OpenRun[] {
    return this.#runs;
  }
  get drawn(): readonly OpenRun[] {
    return this.#runs.filter((run) => !this.#hidden.includes(run));
  }

  show(runs: readonly OpenRun[]): void {
    this.#runs = runs.slice(0, maxCompared);
    this.#hidden = [];
    this.group = 0;
    this.attempt = 0;
    this.on = this.#runs.length > 1;
  }

  /** One is not there any more. */
  without(run: OpenRun): void {
    this.#runs = this.#runs.filter((one) => one !== run);
    this.#hidden = this.#hidden.filter((one) => one !== run);
    if (this.drawn.length === 0) this.#hidden = []; // it was the only one whose lines were drawn
    if (this.#runs.length < 2) this.on = false;
  }

  /** Draws a run's lines, or takes them out; one at least stays. */
  toggle(run: OpenRun): void {
    if (!this.drawn.includes(run)) this.#hidden = this.#hidden.filter((one) => one !== run);
    else if (this.drawn.length > 1) this.#hidden = [...this.#hidden, run];
  }
}
