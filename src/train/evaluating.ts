/** A run's evaluations: the one at step 0, which may be made in parts while the run goes on, and those that are made whole. */
import type { Experiment } from '../config/fields.ts';
import type { EvalRecord } from '../rl/records.ts';
import type { Phase, Stage } from './messages.ts';
import type { Trainable } from './trainable.ts';

/** Whether a run evaluates after so many updates: at its start, after every `evalEvery`, and at its end. */
export const evaluationDue = ({ evalEvery, steps }: Experiment, step: number): boolean =>
  step % evalEvery === 0 || step >= steps;

export interface EvaluatingOptions {
  /** Keeps and tells an evaluation. */
  readonly keep: (record: EvalRecord) => Promise<void>;
  /** Hears what is known so far of the one at step 0. */
  readonly preview: (record: EvalRecord) => void;
}

export class Evaluating {
  readonly #options: EvaluatingOptions;
  #baseline: AsyncGenerator<EvalRecord, EvalRecord> | null = null;
  #first = false;

  constructor(options: EvaluatingOptions) {
    this.#options = options;
  }

  /** The one at step 0 is under way. */
  get underWay(): boolean {
    return this.#baseline !== null;
  }

  /**
   * The one at step 0 is under way, and no update is made before it is whole: one of a large model takes minutes, so that parts
   * between two updates would keep the first figure back for hours.
   */
  get comesFirst(): boolean {
    return this.underWay && this.#first;
  }

  /** What a run does in a phase that it enters. @param stands between two stations of an update */
  stageIn(phase: Phase, stands: boolean): Stage {
    if (phase === 'running' && !this.comesFirst) return 'sample';
    return this.underWay && !stands ? 'evaluate' : 'idle';
  }

  /** Begins the one at step 0, part by part. @param inForce as `Trainable.baseline` */
  begin(run: Trainable, inForce: () => Experiment): void {
    this.#baseline = run.baseline(inForce);
    this.#first = run.experiment.model === 'other';
  }

  /** A part of the one at step 0, if it is not done yet. @returns whether that was the last */
  async part(): Promise<boolean> {
    const part = await this.#baseline?.next();
    if (!part) return false;
    if (part.done !== true) {
      this.#options.preview(part.value);
      return false;
    }
    this.#baseline = null;
    await this.#options.keep(part.value);
    return true;
  }

  /** The model as it is now. @param known what it would find */
  async whole(run: Trainable, known?: EvalRecord): Promise<void> {
    while (this.#baseline) await this.part(); // first things first
    await this.#options.keep(known ?? (await run.evaluate()));
  }

  drop(): void {
    this.#baseline = null;
  }
}
