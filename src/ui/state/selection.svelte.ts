/** What the Episode panel looks at: when, which prompt, which of its trajectories, and how tokens are coloured. */
import type { Experiment } from '../../config/experiment.ts';
import type { EvalRecord, GroupRecord, TrajectoryRecord, UpdateRecord } from '../../rl/records.ts';
import type { Shading } from '../code/shading.ts';
import { groupsOf, hasText, type LiveUpdate } from './live.ts';
import type { RunState } from './run.svelte.ts';

/**
 * 'held-out': greedy examples of an evaluation. 'batch': the sampled prompts of an update. 'recorded': an update that came with
 * the page, shown until this run has answers of its own, or for as long as somebody reads it, until the first update.
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

/** The trajectory worth looking at first: the one that is pushed hardest, either way. */
function hardestPushed({ trajectories }: GroupRecord): number {
  const pushes = trajectories.map(({ turns }) =>
    Math.max(0, ...turns.map(({ advantage = 0 }) => (Number.isFinite(advantage) ? Math.abs(advantage) : 0))),
  );
  return Math.max(0, pushes.indexOf(Math.max(...pushes)));
}

/** The held-out example worth looking at first: of those that the model gets wrong at first, if there are any, the most telling. */
function firstWrong(groups: readonly GroupRecord[]): number {
  const wrong = groups.filter(({ trajectories }) => {
    const { passed, total, status } = trajectories[0]?.turns[0]?.verdict ?? {
      passed: 0,
      total: 0,
      status: 'infra',
    };
    return status !== 'infra' && passed < total;
  });
  const telling = wrong[mostTelling(wrong)];
  return telling ? groups.indexOf(telling) : mostTelling(groups);
}

/** What is looked at in one run. Read it anywhere; it is written by its own methods only. */
export class SelectionState {
  #shading = $state.raw<Shading | null>(null);
  /** What is shown until the reader goes on, or the run learns, and can be gone back to at any time; null: nothing. */
  recorded = $state.raw<UpdateRecord | null>(null);
  /** The reader went on from the recorded update: it is not shown by itself again, as after Reset. */
  wentOn = $state.raw(false);
  /** They went back to it when the run had learned already. */
  #returned = $state.raw(false);
  readonly #run: RunState;
  #chosen = $state.raw<'held-out' | 'batch' | null>(null);
  /** After which update everything is looked at; null follows the latest. */
  #held = $state.raw<number | null>(null);
  /** null: what is proposed. */
  #group = $state.raw<number | null>(null);
  /** The group that was looked at when the moment began to be held on to; null: none was. */
  #heldGroup = $state.raw<number | null>(null);
  /** The same two of its trajectory. */
  #trajectory = $state.raw<number | null>(null);
  #heldTrajectory = $state.raw<number | null>(null);
  /** Of the try in full; null: none in particular. */
  #turn = $state.raw<number | null>(null);

  constructor(run: RunState) {
    this.#run = run;
  }

  /** Until the reader chooses: what the model is learning from, as soon as there is an update; before that, held-out examples. */
  get source(): Source {
    if (this.offersRecorded && (this.learns ? this.#returned : !this.wentOn)) return 'recorded';
    if (this.#held === 0) return 'held-out'; // nothing was learned from yet
    return this.#chosen !== 'held-out' && this.learns ? 'batch' : 'held-out';
  }
  /** This run has updates of its own, or is at its first. */
  get learns(): boolean {
    const { train, updates, live } = this.#run;
    return train.length > 0 || updates.length > 0 || live !== null;
  }
  get offersRecorded(): boolean {
    return this.recorded !== null;
  }
  /** This run has answers of its own. */
  get hasOwn(): boolean {
    return this.#evals.length > 0;
  }
  /**
   * The update under way, where that is what is looked at. While it is followed, the one before stays until there is something
   * written to look at.
   */
  get live(): LiveUpdate | null {
    const { live, updates, at } = this.#run;
    if (!live || this.source !== 'batch') return null;
    if (this.#held === live.step) return live;
    return this.following && (hasText(live) || at || updates.length === 0) ? live : null;
  }
  /** The group of an update under way to be told of in full; null: none would be shown. */
  get watching(): number | null {
    if (this.#chosen === 'held-out' || (this.following && this.#run.flies)) return null;
    return this.following || this.#held === this.#run.live?.step ? (this.#wanted ?? 0) : null;
  }
  /** The page looks back: after which update; null: it shows what is there now. */
  get cursor(): number | null {
    return this.#held !== null && this.#held < this.#run.step ? this.#held : null;
  }
  /** The update that is looked at and that the page does not have: it must be asked for. */
  get wanted(): number | null {
    const held = this.#looked;
    return held !== null && this.source === 'batch' && !this.#run.update(held) ? held : null;
  }
  /** The update that is looked at, where that is not simply the latest one that came: of a run that goes on none came yet. */
  get #looked(): number | null {
    const { train, updates, step } = this.#run;
    return this.cursor ?? (train.length > 0 && updates.length === 0 ? step : null);
  }
  /** Steps that can be looked at, oldest first. */
  get steps(): readonly number[] {
    const { train, live } = this.#run;
    return this.source === 'batch'
      ? [...train.map((point) => point.step), ...(live ? [live.step] : [])]
      : this.source === 'recorded'
        ? []
        : this.#evals.map((record) => record.step);
  }
  get moment(): Moment | null {
    const { live } = this;
    if (live) return { step: live.step, groups: groupsOf(live), metrics: {}, experiment: live.experiment };
    if (this.source !== 'held-out') return this.#update;
    const held = this.#held ?? Infinity;
    const record = this.#evals.findLast((e) => e.step <= held) ?? this.#evals.at(-1);
    return record ? { ...record, groups: record.examples } : null;
  }
  /** All groups of the update looked at; null for held-out episodes, and while it is under way. */
  get batch(): UpdateRecord['groups'] | null {
    return this.#update?.groups ?? null;
  }
  get #evals(): readonly EvalRecord[] {
    const { evals, preview } = this.#run;
    return evals.length === 0 && preview ? [preview] : evals;
  }
  get #update(): UpdateRecord | null {
    if (this.source === 'held-out' || this.live) return null;
    if (this.source === 'recorded') return this.recorded;
    const looked = this.#looked;
    return looked === null ? (this.#run.updates.at(-1) ?? null) : this.#run.update(looked);
  }
  /** True while the latest moment is shown as it comes. */
  get following(): boolean {
    return this.#held === null;
  }
  get groups(): readonly GroupRecord[] {
    return this.moment?.groups ?? [];
  }
  get groupIndex(): number {
    return Math.min(this.#wanted ?? this.#proposed, Math.max(0, this.groups.length - 1));
  }
  /** The group that the reader chose, or held on to. */
  get #wanted(): number | null {
    return this.#group ?? (this.following ? null : this.#heldGroup);
  }
  /**
   * Held-out examples are the same tasks at every evaluation: what tells most is judged once, before training. A batch does not jump
   * while the run goes on, nor at the end of an update that somebody went through station by station or paused at.
   */
  get #proposed(): number {
    const { preview, evals } = this.#run;
    if (this.source === 'recorded') return mostTelling(this.groups);
    if (this.source === 'held-out') return firstWrong((preview ?? evals[0])?.examples ?? []);
    return this.#rests ? (this.mostTelling ?? 0) : 0;
  }
  /** A batch is looked at that nobody has been led through. */
  get #rests(): boolean {
    const { phase, stoodIn } = this.#run;
    return (phase === 'paused' || phase === 'finished') && this.moment?.step !== stoodIn;
  }
  get #proposedTrajectory(): number {
    const settled = this.source === 'batch' && this.batch && (this.#rests || this.cursor !== null);
    return settled && this.group ? hardestPushed(this.group) : 0;
  }
  /** The group of a finished update worth looking at; null while it is under way. */
  get mostTelling(): number | null {
    return this.batch && mostTelling(this.batch);
  }
  get group(): GroupRecord | null {
    return this.groups[this.groupIndex] ?? null;
  }
  get trajectoryIndex(): number {
    const held = this.following ? null : this.#heldTrajectory;
    const wanted = this.#trajectory ?? held ?? this.#proposedTrajectory;
    return Math.min(wanted, Math.max(0, (this.group?.trajectories.length ?? 1) - 1));
  }
  get turnIndex(): number | null {
    return this.#turn !== null && this.trajectory?.turns[this.#turn] ? this.#turn : null;
  }
  get trajectory(): TrajectoryRecord | null {
    return this.group?.trajectories[this.trajectoryIndex] ?? null;
  }

  look(source: Source): void {
    this.wentOn = source !== 'recorded';
    this.#returned = !this.wentOn && this.learns;
    this.#chosen = source === 'recorded' ? null : source;
    if (source === 'batch' && this.#held === 0) this.#held = null; // nothing was learned from then
    this.#group = null;
    this.#trajectory = null;
    this.#turn = null;
  }

  /** Away from the recorded update, to what the model does by itself. */
  putAway(): void {
    this.look('held-out');
    this.#chosen = null;
  }

  /** Moves by `by` prompts, around the ends. */
  moveGroup(by: number): void {
    const count = this.groups.length;
    if (count > 0) this.chooseGroup((this.groupIndex + by + count) % count);
  }

  /** In a batch, choosing also holds the update: the next one has other prompts. */
  chooseGroup(index: number): void {
    this.#group = index;
    const chosen = this.source === 'batch' ? this.batch?.[index] : undefined;
    this.#trajectory = chosen ? hardestPushed(chosen) : 0; // and stays, whatever becomes of the update
    this.#turn = null;
    this.hold();
  }

  chooseTrajectory(index: number): void {
    this.#trajectory = index;
    this.#turn = null;
    this.hold();
  }

  chooseTurn(index: number | null): void {
    this.#turn = index;
  }

  /** Moves by `by` moments and stays there; the last one is followed. */
  moveMoment(by: number): void {
    const steps = this.steps;
    const at = steps.indexOf(this.moment?.step ?? this.#held ?? -1) + by;
    this.#held = at >= steps.length - 1 ? null : (steps[Math.max(at, 0)] ?? null);
    this.#heldGroup = this.#heldTrajectory = null;
    this.#turn = null;
  }

  /** Looks back to how everything was after this update, or at what is there now. */
  lookBack(step: number): void {
    this.#returned = false;
    this.#held = step < this.#run.step ? Math.max(0, step) : null;
  }

  /** The same, and at the batch of that update, if the run has come so far. */
  goTo(step: number): void {
    if (step > this.#run.step) return;
    if (step > 0 && this.source !== 'batch') this.look('batch');
    this.lookBack(step);
  }

  followLatest(): void {
    this.#held = null;
  }

  /** How tokens are coloured: by the push, until the reader chooses. It is one choice wherever they look, and does not change by itself. */
  get shading(): Shading {
    return this.#shading ?? 'gradient';
  }

  /** The run goes on: so does the page, but where it looks back, or goes through an update station by station. */
  goOn(): void {
    this.wentOn = true;
    if (this.cursor !== null || this.#run.at !== null) return;
    this.#held = null;
    if (this.source !== 'batch') return;
    this.#group = null; // the next update has other tasks
    this.#trajectory = null;
    this.#turn = null;
  }

  /** Looks at what the model learns from, as it comes. */
  followTraining(): void {
    this.wentOn = true;
    this.#returned = false;
    this.#chosen = null;
    this.#held = null;
  }

  shade(shading: Shading): void {
    this.#shading = shading;
  }

  /** Stays at the update that is looked at: the next one has other prompts. */
  hold(): void {
    if (this.source !== 'batch') return;
    const { groupIndex, trajectoryIndex } = this;
    this.#held = this.moment?.step ?? this.#held;
    this.#heldGroup = groupIndex;
    this.#heldTrajectory = trajectoryIndex;
  }
}
