/** What the trainer has told the page about a run. */
import type { MemoryFacts } from '../../config/memory.ts';
import { alarmsOf, everyAlarm, type Alarm } from '../../rl/alarms.ts';
import type { CaughtRecord } from '../../rl/caught.ts';
import type { ChangeRecord, Digests, EvalRecord, UpdateRecord } from '../../rl/records.ts';
import type { Phase, Reached, Stage, TrainerEvent } from '../../worker/protocol.ts';
import type { Point } from '../charts/series.ts';
import { withChange } from './changes.ts';
import { foldLive, type LiveUpdate } from './live.ts';

export interface Notice {
  readonly id: number;
  readonly level: 'info' | 'warning';
  readonly message: string;
}

export interface Failure {
  readonly what: string;
  readonly remedy: string;
  readonly detail: string;
}

/** The latest updates with no more answers than there is room for, at least one. */
export function latestThatFit(updates: readonly UpdateRecord[], room = keptAnswers): UpdateRecord[] {
  let answers = 0;
  const tooOld = updates.findLastIndex(({ groups }) => {
    answers += groups.reduce((n, g) => n + g.trajectories.reduce((m, t) => m + t.turns.length, 0), 0);
    return answers > room;
  });
  return updates.slice(Math.min(tooOld + 1, updates.length - 1));
}

/** What is kept of every update: its metrics, and what a receipt needs, as far as it was told. */
export interface TrainPoint extends Point {
  readonly digests?: Digests | undefined;
  readonly backend?: UpdateRecord['backend'];
}

/** A try of an update: step, and group and trajectory from 0. */
export type InspectedPlace = Pick<EventOf<'inspected'>, 'step' | 'group' | 'trajectory'>;

type EventOf<T extends TrainerEvent['type']> = Extract<TrainerEvent, { type: T }>;
type Past = Omit<EventOf<'past'>, 'type' | 'runId'>;

/**
 * Episodes are heavy (about 5 kB an answer, for every token's numbers), so only the latest updates keep them, up to
 * this many answers, all runs of the page together. Metrics are kept for all.
 */
export const keptAnswers = 6000;
/** What has taken less, seconds, says too little of what is left. */
const soonest = 5;
/** Updates over which the speed is averaged. */
export const speedWindow = 8;
/** Updates that take less, ms, are over before one could read them. */
const readable = 350;
/** In a shorter one nobody has got into a task by the time they pause, ms. */
const studied = 3000;

/** One run, as far as the trainer has told. Read it anywhere; it is written here only, by `apply` and its neighbours. */
export class RunState {
  phase = $state.raw<Phase>('loading');
  stage = $state.raw<Stage>('idle');
  /** Work done within the stage, of `total`; total 0 = unknown. */
  done = $state.raw(0);
  total = $state.raw(0);
  /** Seconds until the stage is done, by its own pace; null: too early to say. */
  secondsLeft = $state.raw<number | null>(null);
  /** What is known of the stage under way since it began, or since it was counted anew. */
  #pace = { stage: 'idle', done: 0, since: 0, from: 0 };
  /** Updates done. */
  step = $state.raw(0);
  backend = $state.raw<Omit<EventOf<'backend'>, 'type' | 'runId'> | null>(null);
  model = $state.raw<Omit<EventOf<'model'>, 'type' | 'runId'> | null>(null);
  /** What an estimate of memory needs to know; null before the first model was loaded. */
  memory = $state.raw<MemoryFacts | null>(null);
  /** Sampled metrics of every update (`train/…`). */
  train = $state.raw<readonly TrainPoint[]>([]);
  /** What they say has gone wrong on the way, whether or not it is over. */
  readonly everyAlarm = $derived(everyAlarm(this.train));
  /** And has so by now. */
  readonly alarms = $derived(this.everyAlarm.filter(({ over }) => !over));
  /** Greedy evaluations on held-out tasks (`eval/…`), with examples. */
  evals = $state.raw<readonly EvalRecord[]>([]);
  /** The first held-out tasks before training, the evaluation of all of them comes later. */
  preview = $state.raw<EvalRecord | null>(null);
  /** The latest updates with their episodes, oldest first. */
  updates = $state.raw<readonly UpdateRecord[]>([]);
  /** Updates that were asked for, because they were not kept, the last one last. */
  fetched = $state.raw<readonly UpdateRecord[]>([]);
  /** The update that was asked for and has not come yet. */
  asked = $state.raw<number | null>(null);
  /** Why the last one that was asked for did not come. */
  refused = $state.raw<{ readonly step: number; readonly why: string } | null>(null);
  /** After which updates the trainer keeps a state to go back to, and the bytes of all. */
  kept = $state.raw<{ readonly steps: readonly number[]; readonly bytes: number }>({ steps: [], bytes: 0 });
  /** What was changed after it had been loaded, oldest first. */
  changes = $state.raw<readonly ChangeRecord[]>([]);
  /** What was changed while it went on: what was set before its first update bends no curve. */
  readonly changesOnTheWay = $derived(this.changes.filter(({ step }) => step > 0));
  /** What an update did to each token of the try that was last asked about. */
  inspected = $state.raw<EventOf<'inspected'> | null>(null);
  /** Where the update went that was last asked about. */
  layers = $state.raw<EventOf<'layers'> | null>(null);
  /** The model that was asked for, until it is saved. */
  files = $state.raw<EventOf<'files'> | null>(null);
  /** The update under way, while it is watched; null between two. */
  live = $state.raw<LiveUpdate | null>(null);
  /** Where the run stands within the next update; null: between two. */
  at = $state.raw<Reached | null>(null);
  /** The update that the run last stood in, or was paused at the end of where one can get into a task, counted from 1; 0: none. */
  stoodIn = $state.raw(0);
  /** What the last search for given-up first answers found; null before one. */
  caught = $state.raw<CaughtRecord | null>(null);
  /** Such a search is under way. */
  catching = $state.raw(false);
  notices = $state.raw<readonly Notice[]>([]);
  failure = $state.raw<Failure | null>(null);
  /** Why it can be looked at and forked only, a sentence; '' where it can go on. */
  readOnly = $state.raw('');
  counters = $state.raw<Omit<EventOf<'counters'>, 'type' | 'runId'> | null>(null);
  /** How long the last few updates took, ms. */
  updateMs = $state.raw<readonly number[]>([]);
  #noticeCount = 0;
  #room = keptAnswers;

  /** How long an update takes while no other run has its turn, ms: the mean of the last few; NaN before the first. */
  get updateTakes(): number {
    const times = this.updateMs;
    return times.reduce((a, b) => a + b, 0) / times.length;
  }
  /**
   * One update follows another so fast that nobody could read one that is under way: each is shown when it is done. Not one that
   * somebody goes through station by station.
   */
  get flies(): boolean {
    const { phase, at, stoodIn, step } = this;
    return phase === 'running' && at === null && stoodIn !== step + 1 && this.updateTakes < readable;
  }
  /** What an update did to each token of a try, if that was asked for last; [turn]. */
  inspectedAt(place: InspectedPlace | null): EventOf<'inspected'>['turns'] | null {
    const found = this.inspected;
    const same =
      place &&
      found &&
      found.step === place.step &&
      found.group === place.group &&
      found.trajectory === place.trajectory;
    return same ? found.turns : null;
  }
  /** The trainer is at work: it loads, evaluates, trains, or finishes the update before a pause. */
  get computing() {
    const evaluating = this.stage === 'evaluate' && this.phase !== 'failed';
    return ['loading', 'running', 'pausing'].includes(this.phase) || evaluating;
  }
  /** What it is told takes effect at once; not while it loads, or measures the model before it trains. */
  get hears() {
    return this.phase !== 'loading' && !(this.phase === 'ready' && this.stage === 'evaluate');
  }
  /** It trains, or finishes the update before a pause. */
  get training() {
    return this.phase === 'running' || this.phase === 'pausing';
  }
  /** The run has begun: restart fields are fixed until Reset. */
  get begun() {
    return this.step > 0 || this.at !== null || this.phase === 'running' || this.phase === 'pausing';
  }

  /** What had gone wrong when it stood after `cursor` updates, as it was told then; null: what has by now. */
  alarmsAt(cursor: number | null): readonly Alarm[] {
    return cursor === null ? this.alarms : alarmsOf(this.train.filter(({ step }) => step <= cursor));
  }

  /** An update with its episodes, if the page has it; @returns null when it would have to be asked for */
  update(step: number): UpdateRecord | null {
    const is = (record: UpdateRecord) => record.step === step;
    return this.updates.find(is) ?? this.fetched.find(is) ?? null;
  }

  /** What a run has behind it that was made elsewhere, on `backend`, and stands now after `step` updates. */
  recall(past: Past, step: number, backend: NonNullable<RunState['backend']>): void {
    this.#takeIn(past);
    this.step = step;
    this.backend = backend;
    this.phase = step >= past.experiment.steps ? 'finished' : 'paused';
    this.stage = 'idle';
  }

  /** What a run knows that begins where another stood: all up to that step, and what was changed for it. */
  inherit(from: RunState, step: number, changes: ChangeRecord['changes']): void {
    const past = <T extends { readonly step: number }>(records: readonly T[]) =>
      records.filter((record) => record.step <= step);
    this.step = step;
    this.train = past(from.train);
    this.evals = past(from.evals);
    this.updates = past(from.updates);
    this.fetched = past(from.fetched);
    this.changes = [...past(from.changes), ...(changes.length > 0 ? [{ step, changes }] : [])];
    this.surround(from);
  }

  #takeIn(past: Past): void {
    const { steps, ms, metrics, digests, backends, latest } = past;
    const names = Object.keys(metrics);
    this.train = Array.from(steps, (step, i) => ({
      step,
      metrics: Object.fromEntries(names.map((name) => [name, metrics[name]?.[i] ?? NaN])),
      digests: digests[i] ?? undefined,
      backend: backends[i],
    }));
    this.step = steps.at(-1) ?? 0;
    this.evals = past.evals;
    this.changes = past.changes.reduce<ChangeRecord[]>(withChange, []);
    this.updates = latestThatFit(latest, this.#room);
    this.updateMs = [...ms].slice(-speedWindow);
    this.readOnly = past.readOnly;
  }

  /** Takes over what holds for any run: where it computes. */
  surround({ backend, memory }: RunState): void {
    this.backend = backend;
    this.memory = memory;
  }

  /** Answers that may be kept. */
  set room(room: number) {
    this.#room = room;
    this.updates = latestThatFit(this.updates, room);
  }

  /** An update was asked for. */
  ask(step: number): void {
    this.asked = step;
    this.refused = null;
    if (this.stage === 'again') this.done = this.total = 0; // counted what was asked for before
  }

  /** Nobody wants it any more. */
  dropAsked(): void {
    this.asked = null;
  }

  /** What was asked for has come, or will not. */
  #answered(step: number): void {
    if (this.asked === step) this.asked = null;
  }

  /** The trainer does not have it any more: it rests where it stands, and waits for nothing. */
  end(): void {
    if (this.phase !== 'finished' && this.phase !== 'failed') this.phase = 'paused';
    this.stage = 'idle';
    this.done = this.total = 0;
    this.live = this.at = this.asked = null;
    this.catching = false;
  }

  /** Nobody will look at it again: what is heavy goes. */
  forget(): void {
    this.updates = this.fetched = [];
    this.live = this.inspected = this.layers = this.files = null;
  }

  /** Takes in one event. */
  apply(event: TrainerEvent): void {
    switch (event.type) {
      case 'status':
        if (this.phase === 'pausing' && !(this.updateTakes < studied)) this.stoodIn = event.step; // of those that follow, the last one counts
        this.phase = event.phase;
        if (event.total > 0 || event.stage !== this.stage) this.#count(event); // else it goes on as counted
        if (event.phase !== 'loading') this.step = event.step; // a fork is on its way to where it begins
        this.at = event.at ?? null;
        if (this.at) this.stoodIn = event.step + 1;
        break;
      case 'backend':
        this.backend = event;
        break;
      case 'model':
        this.model = event;
        break;
      case 'memory':
        this.memory = event.facts;
        break;
      case 'past':
        this.#takeIn(event);
        break;
      case 'update': {
        const { record } = event;
        this.step = record.step;
        this.live = this.at = null;
        const { step, metrics, digests, backend } = record;
        this.train = [...this.train, { step, metrics, digests, backend }];
        this.updates = latestThatFit([...this.updates, record], this.#room);
        this.updateMs = [...this.updateMs, record.timing.total].slice(-speedWindow);
        break;
      }
      case 'eval':
        this.evals = [...this.evals.filter(({ step }) => step !== event.record.step), event.record];
        break;
      case 'preview':
        this.preview = event.record;
        break;
      case 'change':
        this.changes = withChange(this.changes, event.record);
        break;
      case 'moved':
        this.step = event.step;
        this.live = this.at = null;
        break;
      case 'live':
        this.live = foldLive(this.live, event.event);
        break;
      case 'inspected':
        this.inspected = event;
        break;
      case 'layers':
        this.layers = event;
        break;
      case 'files':
        this.files = event;
        break;
      case 'caught':
        this.caught = event.record;
        this.catching = false;
        break;
      case 'record':
        this.#answered(event.record.step);
        this.fetched = latestThatFit(
          [...this.fetched.filter(({ step }) => step !== event.record.step), event.record],
          this.#room / 4,
        );
        break;
      case 'unanswered':
        this.#answered(event.step);
        if (event.why) this.refused = { step: event.step, why: event.why };
        break;
      case 'kept':
        this.kept = { steps: event.steps, bytes: event.bytes };
        break;
      case 'notice':
        this.notify(event.level, event.message);
        break;
      case 'failure':
        this.phase = 'failed';
        this.live = this.at = null;
        this.catching = false;
        this.failure = { what: event.what, remedy: event.remedy, detail: event.detail };
        break;
      case 'counters':
        this.counters = event;
        break;
      default:
        event satisfies never;
    }
  }

  /** How far a stage is, and how long it will take. */
  #count({ stage, done, total }: EventOf<'status'>): void {
    this.stage = stage;
    this.done = done;
    this.total = total;
    const now = performance.now();
    const same = this.#pace.stage === stage && done >= this.#pace.done;
    this.#pace = same ? { ...this.#pace, done } : { stage, done, since: now, from: done };
    const [seconds, made] = [(now - this.#pace.since) / 1000, done - this.#pace.from];
    this.secondsLeft = seconds < soonest || made === 0 ? null : (seconds / made) * (total - done);
  }

  notify(level: Notice['level'], message: string): void {
    if (this.notices.some((notice) => notice.message === message)) return;
    this.notices = [...this.notices, { id: ++this.#noticeCount, level, message }];
  }

  dismiss(id: number): void {
    this.notices = this.notices.filter((notice) => notice.id !== id);
  }
}
