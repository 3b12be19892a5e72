/** What the Episode panel looks at: when, which prompt, which of its trajectories, and how tokens are coloured. */
import type { Experiment } from '../../config/experiment.ts';
import type { GroupRecord, TrajectoryRecord, UpdateRecord } from '../../rl/records.ts';
import type { Shading } from '../code/shading.ts';
import type { RunState } from './run.svelte.ts';

/**
 * 'held-out': greedy examples of an evaluation. 'batch': the sampled prompts of an update. 'recorded': an update that came with
 * the page, shown until this run has answers of its own.
 */
export type Source = 'held-out' | 'batch' | 'recorded';

interface Moment {
  /** Updates done. */
  readonly step: number;
  readonly groups: readonly GroupRecord[];
  readonly metrics: Readonly<Record<string, number>>;
  /** The experiment it was made under, whatever the form says by now. */
  readonly experiment: Experiment;
}

/**
 * The group worth looking at first: the one whose rewards differ most, between its trajectories (that is what is
 * learned from) and between its turns (that is a correction, good or bad).
 */
function mostTelling(groups: readonly GroupRecord[]): number {
  const spreads = groups.map(({ trajectories }) => {
    const rewards = trajectories
      .flatMap(({ turns }) => turns.map((turn) => turn.reward))
      .filter(Number.isFinite);
    const repaired = trajectories.some(
      ({ turns }) => (turns.at(-1)?.reward ?? 0) > (turns.at(0)?.reward ?? 0),
    );
    return rewards.length === 0 ? 0 : Math.max(...rewards) - Math.min(...rewards) + (repaired ? 1 : 0);
  });
  return Math.max(0, spreads.indexOf(Math.max(...spreads)));
}

/** What is looked at in one run. Read it anywhere; it is written by its own methods only. */
export class SelectionState {
  #shading = $state.raw<Shading | null>(null);
  /** What is shown until this run has answers of its own; null: nothing. */
  recorded = $state.raw<UpdateRecord | null>(null);
  readonly #run: RunState;
  #chosen = $state.raw<'held-out' | 'batch' | null>(null);
  /** Step of the moment held on to; null follows the latest. */
  #held = $state.raw<number | null>(null);
  /** null leaves the choice to `mostTelling`. */
  #group = $state.raw<number | null>(null);
  #trajectory = $state.raw(0);

  constructor(run: RunState) {
    this.#run = run;
  }

  /** Until the reader chooses: what the model is learning from, as soon as there is an update; before that, held-out examples. */
  get source(): Source {
    const { evals, updates } = this.#run;
    if (this.recorded && evals.length === 0 && updates.length === 0) return 'recorded';
    return this.#chosen !== 'held-out' && this.#run.updates.length > 0 ? 'batch' : 'held-out';
  }
  /** Steps that can be looked at, oldest first. */
  get steps(): readonly number[] {
    return this.source === 'batch'
      ? this.#run.updates.map((record) => record.step)
      : this.source === 'recorded'
        ? []
        : this.#run.evals.map((record) => record.step);
  }
  get moment(): Moment | null {
    if (this.source !== 'held-out') return this.#update;
    const record = this.#run.evals.find((e) => e.step === this.#held) ?? this.#run.evals.at(-1);
    return record ? { ...record, groups: record.examples } : null;
  }
  /** All groups of the update looked at; null for held-out episodes. */
  get batch(): UpdateRecord['groups'] | null {
    return this.#update?.groups ?? null;
  }
  get #update(): UpdateRecord | null {
    if (this.source === 'held-out') return null;
    if (this.source === 'recorded') return this.recorded;
    const { updates } = this.#run;
    return updates.find((record) => record.step === this.#held) ?? updates.at(-1) ?? null;
  }
  /** True while the latest moment is shown as it comes. */
  get following(): boolean {
    return this.#held === null || !this.steps.includes(this.#held);
  }
  get groups(): readonly GroupRecord[] {
    return this.moment?.groups ?? [];
  }
  get groupIndex(): number {
    // Held-out examples are the same tasks at every evaluation: what tells most is judged once, before training.
    const judged = this.source !== 'held-out' ? this.groups : (this.#run.evals[0]?.examples ?? []);
    return Math.min(this.#group ?? mostTelling(judged), Math.max(0, this.groups.length - 1));
  }
  get group(): GroupRecord | null {
    return this.groups[this.groupIndex] ?? null;
  }
  get trajectoryIndex(): number {
    return Math.min(this.#trajectory, Math.max(0, (this.group?.trajectories.length ?? 1) - 1));
  }
  get trajectory(): TrajectoryRecord | null {
    return this.group?.trajectories[this.trajectoryIndex] ?? null;
  }

  look(source: 'held-out' | 'batch'): void {
    this.#chosen = source;
    this.clear();
  }

  /** Moves by `by` prompts, around the ends. */
  moveGroup(by: number): void {
    const count = this.groups.length;
    if (count > 0) this.chooseGroup((this.groupIndex + by + count) % count);
  }

  /** In a batch, choosing also holds the update: the next one has other prompts. */
  chooseGroup(index: number): void {
    this.#group = index;
    this.#trajectory = 0;
    this.#hold();
  }

  chooseTrajectory(index: number): void {
    this.#trajectory = index;
    this.#hold();
  }

  /** Moves by `by` moments and stays there; the last one is followed. */
  moveMoment(by: number): void {
    const steps = this.steps;
    const at = steps.indexOf(this.moment?.step ?? -1) + by;
    this.#held = at >= steps.length - 1 ? null : (steps[Math.max(at, 0)] ?? null);
  }

  followLatest(): void {
    this.#held = null;
  }

  /** How tokens are coloured: where something is pushed, by the push, until the reader chooses. */
  get shading(): Shading {
    return this.#shading ?? (this.source === 'held-out' ? 'syntax' : 'gradient');
  }

  shade(shading: Shading): void {
    this.#shading = shading;
  }

  clear(): void {
    this.#held = null;
    this.#group = null;
    this.#trajectory = 0;
  }

  #hold(): void {
    if (this.source === 'batch') this.#held = this.moment?.step ?? null;
  }
}
