/**
 * What a run has behind it: the states it can go back to, the changes made to its experiment, and the log it is kept in.
 * Any step of it can be made again: the updates between a kept state and that step are done once more, in a run of their own,
 * each under the experiment it was made under.
 */
import { inForceAfter } from '../config/experiment.ts';
import type { Experiment } from '../config/fields.ts';
import type { ChangeRecord, EvalRecord, UpdateRecord } from '../rl/records.ts';
import { CheckpointRing } from './checkpointRing.ts';
import { UnrecoverableError } from './failure.ts';
import type { KeptLog, Loaded } from './trainable.ts';
import type { TrainerState } from './trainer.ts';

/** A step that the run has not reached, or that lies before all that is kept. */
export class UnreachableError extends UnrecoverableError {
  constructor(message: string) {
    super(message, 'Choose an update that the run has made.', null);
  }
}

export interface TimelineOptions {
  readonly loaded: Loaded;
  /** Where the run begins. */
  readonly experiment: Experiment;
  readonly state: TrainerState;
  readonly log: KeptLog | null;
  /** What to do when the log cannot be written or read; it is not used any more. May throw. */
  readonly onLogLost: (error: unknown) => void;
  /** Lets messages in between two updates that are made again. */
  readonly breathe: () => Promise<void>;
}

interface Notice {
  readonly level: 'info' | 'warning';
  readonly message: string;
  readonly step: number;
}

/** How updates are made again. */
export interface Side {
  readonly signal: AbortSignal;
  /** So many of them have been made. */
  readonly onAgain: (done: number, total: number) => void;
}

export class Timeline {
  readonly #options: TimelineOptions;
  readonly #ring: CheckpointRing;
  #log: KeptLog | null;
  #changes: ChangeRecord[] = [];
  /** Where the run stands, and the furthest it can go without computing anything new. */
  #now: TrainerState;
  #last: TrainerState;
  readonly #notices: Notice[] = [];
  /** Step of the last checkpoint in the log. */
  #logged: number;

  constructor(options: TimelineOptions) {
    this.#options = options;
    this.#log = options.log;
    this.#ring = new CheckpointRing(options.state);
    this.#now = this.#last = options.state;
    this.#logged = this.resumed ? options.state.step : -1;
  }

  /** Updates before the run began. */
  get first(): number {
    return this.#options.state.step;
  }

  /** It goes on with a log that has its state already. */
  get resumed(): boolean {
    return this.#log?.holds('checkpoint', this.#now.step) ?? false;
  }

  /** The states it can go back to at once: after which updates, and what they take. */
  get kept(): { readonly steps: number[]; readonly bytes: number } {
    return { steps: [...this.#ring.steps], bytes: this.#ring.bytes };
  }

  /** The log knows how good the model is where the run stands. */
  get evaluated(): boolean {
    return this.#log?.holds('evaluation', this.#now.step) ?? false;
  }

  /** Updates done where it stands. */
  get now(): number {
    return this.#now.step;
  }

  /** What was in force after so many updates, for the next. */
  experimentAt(step: number): Experiment {
    if (step < this.first && this.#log) return this.#log.experimentAt(step);
    return inForceAfter(step, this.#options.experiment, this.#changes);
  }

  /** A change where the run stands; what came after is forgotten. */
  async change(record: ChangeRecord): Promise<void> {
    this.#forget(record.step);
    this.#changes.push(record);
    await this.#logging((log) => log.change(record));
  }

  /**
   * An update, in the place of what came after.
   * @param state after it
   */
  async update(record: UpdateRecord, state: TrainerState): Promise<void> {
    this.#forget(state.step - 1);
    this.#ring.add(state);
    this.#now = this.#last = state;
    await this.#logging((log) => log.update(record, state));
  }

  async evaluation(record: EvalRecord): Promise<void> {
    await this.#logging((log) => log.evaluation(record));
  }

  /** Enters the log with whatever is entered next, before it. */
  notice(level: Notice['level'], message: string): void {
    this.#notices.push({ level, message, step: this.#now.step });
  }

  /** Enters what is still to be entered. */
  async flush(): Promise<void> {
    if (this.#notices.length > 0) await this.#logging(() => Promise.resolve());
  }

  /** Keeps in the log where the run stands, if it is not there yet. */
  async checkpoint(): Promise<void> {
    const state = this.#now;
    if (this.#logged >= state.step) return;
    this.#logged = state.step;
    await this.#logging((log) => log.checkpoint(state));
  }

  /** Nothing is to be done for a while. */
  rest(): void {
    this.#log?.rests?.();
  }

  /** Lets go of the log. */
  async close(): Promise<void> {
    await this.flush();
    const log = this.#log;
    this.#log = null;
    await log?.close?.();
  }

  /** The run stands at a state that it had before. */
  moved(state: TrainerState): void {
    this.#now = state;
  }

  /** Where the run stood after `step` updates. @throws UnreachableError */
  async stateAt(step: number, side: Side): Promise<TrainerState> {
    return (await this.#replay(step, step, side)).state;
  }

  /** An update in full: from the log or, where it was dropped, made again. @throws UnreachableError */
  async recordOf(step: number, side: Side): Promise<UpdateRecord> {
    if (step < 1) throw new UnreachableError(`Updates are counted from 1; there is no update ${step}.`);
    const logged = await this.#logging((log) => log.updateRecord(step));
    if (logged) return logged;
    const { record } = await this.#replay(step - 1, step, side);
    if (!record) throw new Error(`Update ${step} was not made again.`);
    return record;
  }

  /** The updates from the last kept state at or before `from` up to `to`, done again. */
  async #replay(
    from: number,
    to: number,
    { signal, onAgain }: Side,
  ): Promise<{ state: TrainerState; record?: UpdateRecord }> {
    const state = await this.#kept(from, to);
    if (state.step === to) return { state };
    const { loaded, breathe } = this.#options;
    const run = await loaded.begin(this.experimentAt(state.step), { signal, state });
    try {
      let record: UpdateRecord | undefined;
      while (run.state.step < to) {
        signal.throwIfAborted();
        onAgain(run.state.step - state.step, to - state.step);
        run.experiment = this.experimentAt(run.state.step);
        record = await run.update();
        await breathe();
      }
      return { state: run.state, ...(record ? { record } : {}) };
    } finally {
      run.dispose();
    }
  }

  async #kept(step: number, wanted: number): Promise<TrainerState> {
    if (wanted > this.#last.step) {
      throw new UnreachableError(
        `Update ${wanted} has not been made yet; the last one is ${this.#last.step}.`,
      );
    }
    const known = [this.#now, this.#last, this.#ring.atOrBefore(step)];
    let best = latest(known.filter((state) => state && state.step <= step));
    if (best?.step !== step) best = latest([best, await this.#logging((log) => log.stateAt(step))]);
    if (best) return best;
    throw new UnreachableError(`The run began after update ${this.first}, and nothing from before is kept.`);
  }

  #forget(step: number): void {
    this.#ring.forget(step);
    this.#changes = this.#changes.filter((change) => change.step <= step);
    if (this.#last.step > step) this.#last = this.#now;
    if (this.#logged > step) this.#logged = -1;
  }

  /** @returns null also when there is no log */
  async #logging<T>(work: (log: KeptLog) => Promise<T>): Promise<T | null> {
    const log = this.#log;
    if (!log) return null;
    try {
      for (let next = this.#notices.shift(); next; next = this.#notices.shift()) {
        await log.notice(next.level, next.message, next.step);
      }
      return await work(log);
    } catch (error) {
      this.#log = null;
      await log.close?.().catch(() => undefined); // nobody else is kept from it; why it was lost is said below
      this.#options.onLogLost(error);
      return null;
    }
  }
}

const latest = (states: readonly (TrainerState | null | undefined)[]): TrainerState | undefined =>
  states.reduce<TrainerState | undefined>(
    (best, state) => (state && state.step > (best?.step ?? -1) ? state : best),
    undefined,
  );
