/** One of the runs that the page has open: what was told of it, what is looked at in it, its form, and where it comes from. */
import {
  changesBetween,
  inForceAfter,
  refusedInFork,
  sameEvaluation,
  type Evaluated,
  type Experiment,
} from '../../config/experiment.ts';
import { field, fields } from '../../config/fields.ts';
import { nearestPreset } from '../../config/presets.ts';
import { fileName } from '../../exports/fileName.ts';
import type { ChangeRecord } from '../../rl/records.ts';
import type { Point } from '../charts/series.ts';
import { ExperimentState } from './experiment.svelte.ts';
import { changeWords, nameAfter, nameOf } from './names.ts';
import { RunState } from './run.svelte.ts';
import { SelectionState } from './selection.svelte.ts';
import { say, told } from '../say.svelte.ts';

/** The run it was forked from, after which update, and with which other values. */
export interface Origin {
  readonly run: OpenRun;
  readonly step: number;
  readonly changes: ChangeRecord['changes'];
}

/** A run to compare with, as charts draw it behind the other. */
export interface Ghost {
  /** A word, at the end of its lines. */
  readonly label: string;
  readonly evals: readonly Point[];
  /** Its updates, for the charts that a lesson wants compared; left out where they are not known. */
  readonly train?: readonly Point[];
  /** Its name, where it was chosen by hand and that is to be said: then all of it is shown, however far the run has come. */
  readonly laid?: string;
}

/** What a run is to do once it is loaded. */
export type Wish = 'run' | 'step' | 'station';

/** Read it anywhere; it is written by AppState only. */
export class OpenRun {
  readonly id: string;
  /** From 1, in the order in which they were opened. */
  readonly number: number;
  readonly told = new RunState();
  readonly selection = new SelectionState(this.told);
  readonly form: ExperimentState;
  readonly origin: Origin | null;
  /** The trainer has it: it can go on, and what was not kept can be made again. */
  alive = $state.raw(true);
  wish = $state.raw<Wish | null>(null);
  /** As somebody called it; '' = nobody did. */
  #given = $state.raw('');
  /** What it is called else, in the language that is spoken when it is read. */
  #own = $state.raw<() => string>(() => '');
  /** What it began with; live changes come on top. */
  #began = $state.raw<Experiment>();

  constructor(id: string, number: number, form: ExperimentState, origin: Origin | null = null) {
    this.id = id;
    this.number = number;
    this.form = form;
    this.origin = origin;
    if (origin) {
      const { step } = origin;
      const before = origin.run.experimentAfter(step);
      // With what was set since, before its first update.
      this.#own = () => {
        const changes = changeWords(changesBetween(before, this.#settled(step)));
        return say('{changes} · from {step}', { changes: changes || say('again'), step });
      };
      this.#began = origin.run.began;
      this.told.inherit(origin.run.told, origin.step, origin.changes);
    }
  }

  /** What it is called, without its number: where nobody gave it a name, with what was changed on the way. */
  get name(): string {
    return this.#given || nameAfter(this.#own(), this.#changed);
  }
  /** What has another value than it began with. */
  get #changed(): readonly ChangeRecord['changes'][number][] {
    const own = this.told.changesOnTheWay.filter(({ step }) => step > (this.origin?.step ?? 0));
    const all = own.flatMap(({ changes }) => changes);
    return all
      .filter(({ field }, at) => all.findLastIndex((one) => one.field === field) === at)
      .filter(({ field, to }) => this.origin !== null || to !== this.#settled(0)[field]);
  }
  /** In force after so many updates, as far as it was told. What is set before a run's first update is not changed on the way. */
  #settled(step: number): Experiment {
    return inForceAfter(step, this.began, this.told.changes);
  }

  /** "Run 2 (γ 0.5)" */
  get words(): string {
    return say('Run {number} ({name})', { number: this.number, name: this.name });
  }

  /** What the run, or the one it comes from, began with. */
  get began(): Experiment {
    return this.#began ?? this.form.applied;
  }

  /** Takes the experiment of the form for what it begins with. */
  begin(experiment: Experiment): void {
    if (experiment.model === 'other') this.form.preset = nearestPreset(experiment); // no other describes it
    this.form.applyAll(experiment);
    this.#began = experiment;
    const { preset } = this.form;
    this.#given = '';
    this.#own = () => nameOf(this.#settled(0), preset);
  }

  /** It was kept, and goes on under the experiment that was in force last. */
  goOn({ began, experiment }: { readonly began: Experiment; readonly experiment: Experiment }): this {
    this.#began = began;
    this.form.draft = experiment;
    this.form.applyAll(experiment);
    return this;
  }

  /** What files of it are called. */
  get fileName(): string {
    return fileName(`run-${this.number}-${this.name}`);
  }

  /** @param name '' = by what differs again */
  rename(name: string): void {
    this.#given = name;
  }

  /** @param own says what it is called where nobody gives it a name. @returns its name */
  call(own: () => string): string {
    this.#own = own;
    return this.name;
  }

  /** The trainer does not have it any more. @returns whether something was under way, which has stopped */
  end(): boolean {
    const stopped = this.wish !== null || this.told.training;
    this.alive = false;
    this.wish = null;
    this.told.end();
    return stopped;
  }

  /** In force after so many updates, for the next. */
  experimentAfter(step: number): Experiment {
    return step >= this.told.step ? this.form.applied : this.#settled(step);
  }

  /** What is looked at was made under this experiment: that of then, where the page looks back. */
  get experiment(): Experiment {
    const { cursor } = this.selection;
    return cursor === null ? this.form.applied : this.experimentAfter(Math.max(0, cursor - 1));
  }

  /** It has got anywhere: it stays when another takes its place on screen. */
  get kept(): boolean {
    return this.told.train.length > 0;
  }

  /** Its held-out accuracies are of the same tasks as another's. */
  comparable(other: OpenRun): boolean {
    return sameEvaluation(this.#evaluated, other.#evaluated);
  }

  get #evaluated(): Evaluated {
    return { experiment: this.form.applied, heldOutDigest: this.told.model?.heldOutDigest };
  }

  /** It can train on, and does not yet. */
  get canGoOn(): boolean {
    const { phase, step } = this.told;
    const more = phase === 'finished' && this.form.applied.steps > step;
    return (
      this.alive &&
      !this.told.readOnly &&
      this.wish === null &&
      (more || phase === 'ready' || phase === 'paused')
    );
  }

  /** It is this run, or was forked from it, or from one of its forks. */
  comesFrom(run: OpenRun): boolean {
    return run === this || (this.origin?.run.comesFrom(run) ?? false);
  }

  /** The run that made an update: it, or one it comes from. */
  owner(step: number): OpenRun {
    return this.origin && step <= this.origin.step ? this.origin.run.owner(step) : this;
  }

  /** The run that stood after so many updates. */
  ownerOfState(step: number): OpenRun {
    return this.origin && step < this.origin.step ? this.origin.run.ownerOfState(step) : this;
  }
}

/** A run that has come to its end goes on for as long again: up to so many updates, where the field allows it. */
export const asLongAgain = (steps: number): number => Math.min(2 * steps, fields.steps.max);

/** Why one of these experiments cannot be had in a fork from another, a sentence; '' where all can. */
export function whyNotForked(from: Experiment, wanted: readonly Experiment[]): string {
  const name = wanted.map((one) => refusedInFork(from, one)).find((one) => one !== undefined);
  if (name === undefined) return '';
  return say(
    '{label} cannot be another in a fork, which takes over the weights of its origin: begin a new run.',
    { label: told(field(name).label) },
  );
}
