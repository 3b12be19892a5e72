/**
 * A run that outlives its back end.
 *
 * After every update its whole state is copied to the host. When the GPU is lost, WebAssembly traps or memory runs out,
 * another back end is opened (`SharedBackend`) and the run goes on from that copy. Random numbers are drawn by counter, so an
 * update that is done again is the update it would have been. What cannot be helped in this way is thrown to the caller.
 */
import type { Experiment } from '../config/fields.ts';
import type { MemoryFacts } from '../config/memory.ts';
import type { CaughtRecord } from '../rl/caught.ts';
import type { EvalRecord, UpdateRecord } from '../rl/records.ts';
import type { OpenBase } from './base.ts';
import { digestsOf } from './digests.ts';
import type { ModelFacts } from './messages.ts';
import { createSession, type Session, type SessionOptions } from './session.ts';
import type { SharedBackend } from './sharedBackend.ts';
import type { BeginOptions, Trainable } from './trainable.ts';
import { type Tried, type TrainerState } from './trainer.ts';

export interface RunOptions extends Omit<SessionOptions, 'backend' | 'divisions' | 'base'>, BeginOptions {
  readonly shared: SharedBackend;
  /** The model on the back end that is running. */
  readonly base: () => Promise<OpenBase>;
  /** Called when the run holds nothing on the back end any more. */
  readonly onOver?: () => void;
}

/**
 * Held-out tasks that are tried before a run is ready, few, because one answer in a hundred runs until its time is up; and between
 * two updates after that.
 */
const baselineParts = { first: 4, other: 32 };

/** Before there is a state to go back to. */
const unsaved: TrainerState = { step: 0, weights: {}, optimizer: { step: 0, m: {}, v: {} } };

export class TrainingRun implements Trainable {
  experiment: Experiment;
  readonly model: ModelFacts;
  readonly notes: readonly string[];
  readonly #options: RunOptions;
  #session: Session;
  /** Of the back end that the session is on. */
  #generation: number;
  #saved: TrainerState;
  /** Into how many parts the work was cut when the user was last told. */
  #told: number;

  private constructor(experiment: Experiment, options: RunOptions, base: OpenBase) {
    const { shared, state = unsaved } = options;
    this.experiment = experiment;
    this.#options = options;
    this.#generation = shared.generation;
    this.#told = shared.divisions;
    this.#saved = unsaved;
    this.#session = this.#open(base);
    try {
      if (state !== unsaved) this.#session.trainer.load(state);
    } catch (error) {
      this.dispose();
      throw error;
    }
    this.#saved = state;
    const { policy, parts, notes, heldOutDigest } = this.#session;
    this.notes = notes;
    this.model = {
      parameters: policy.parameterCount,
      vocabulary: base.format.tokens,
      trainTasks: parts.trainTasks.length,
      heldOutTasks: parts.heldOutTasks.length,
      ...(heldOutDigest === undefined ? {} : { heldOutDigest }),
    };
  }

  /** @throws Error when the experiment does not fit the model, or the state does not */
  static async start(experiment: Experiment, options: RunOptions): Promise<TrainingRun> {
    const run = await began(options, (base) => new TrainingRun(experiment, options, base));
    try {
      if (!options.state) run.#saved = await run.#lasting(({ trainer }) => trainer.state());
      return run;
    } catch (error) {
      run.dispose();
      throw error;
    }
  }

  get state(): TrainerState {
    return this.#saved;
  }

  get memory(): MemoryFacts {
    return this.#session.memory;
  }

  /** One update, done again where a fault came in between. @throws as `Trainer.update`, and an UnrecoverableError */
  async update(): Promise<UpdateRecord> {
    const [record, saved] = await this.#lasting(async ({ trainer }) => {
      const done = await trainer.update();
      return [done, await trainer.state()] as const;
    });
    this.#saved = saved;
    const digests = await digestsOf(record, saved.weights);
    return digests ? { ...record, digests } : record;
  }

  /** As `Trainer.evaluate`, likewise. */
  async evaluate(): Promise<EvalRecord> {
    return this.#lasting(({ trainer }) => trainer.evaluate());
  }

  /** Yields what is known after each part but the last. */
  async *baseline(inForce: () => Experiment): AsyncGenerator<EvalRecord, EvalRecord> {
    const { heldOutTasks } = this.#session.parts;
    const tried: Tried[] = [];
    for (let first = 0, count = baselineParts.first; ; first += count, count = baselineParts.other) {
      const next = ({ trainer, parts }: Session) =>
        trainer.tryHeldOut(parts.reference, first, count, inForce());
      tried.push(await this.#lasting(next));
      const record = this.#session.trainer.evaluation(tried, 0, inForce());
      if (first + count >= heldOutTasks.length) return record;
      yield record;
    }
  }

  /** As `Trainer.caught`, likewise. */
  async caught(): Promise<CaughtRecord> {
    return this.#lasting(({ trainer }) => trainer.caught());
  }

  /** @throws Error when the state does not fit the model; then nothing has changed */
  async load(state: TrainerState): Promise<void> {
    await this.#lasting(async ({ trainer }) => trainer.load(state));
    this.#saved = state;
  }

  dispose(): void {
    this.#session.dispose();
    this.#options.onOver?.();
  }

  #open(base: OpenBase): Session {
    const { opened, divisions } = this.#options.shared;
    return createSession(this.experiment, { ...this.#options, base, backend: opened.name, divisions });
  }

  /** Does a piece of work as often as it takes. */
  async #lasting<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const { shared, signal } = this.#options;
    for (;;) {
      const { generation } = shared;
      try {
        await this.#keepUp();
      } catch (error) {
        if (signal?.aborted) throw error;
        // No session was made, and smaller parts would not make it smaller.
        if (generation === shared.generation) await shared.recover(error, false);
        continue;
      }
      try {
        this.#session.trainer.experiment = this.experiment;
        const result = await work(this.#session);
        if (this.#outdated) continue; // it stood still meanwhile, and another run met a fault
        shared.finish();
        this.#tellDivisions();
        return result;
      } catch (error) {
        if (signal?.aborted) throw error;
        if (this.#outdated) continue;
        await shared.recover(error, this.#session.canDivide);
      }
    }
  }

  /** The back end was opened again since the session was made: what that holds is gone. */
  get #outdated(): boolean {
    return this.#generation !== this.#options.shared.generation;
  }

  /** Where the back end was opened again meanwhile: a new session on it, at the saved state. */
  async #keepUp(): Promise<void> {
    const { shared, onRecovery } = this.#options;
    if (!this.#outdated) return;
    const { generation } = shared;
    const base = await this.#options.base();
    if (generation !== shared.generation) return this.#keepUp(); // opened once more, while the model was
    this.#session.dispose();
    this.#session = this.#open(base);
    if (this.#saved !== unsaved) this.#session.trainer.load(this.#saved);
    const lost = shared.lossSince(this.#generation);
    this.#generation = generation;
    if (lost === '') return; // memory may run out again: told when it has worked
    const { device, why } = shared.opened;
    const { step } = this.#saved;
    const from = step === 0 ? 'its start' : `the copy made after update ${step}`;
    onRecovery?.(
      `${lost} The run goes on with ${device} (${why}), from ${from}. Nothing that was recorded is lost.`,
    );
  }

  #tellDivisions(): void {
    const { shared, onRecovery } = this.#options;
    if (shared.divisions === this.#told) return;
    this.#told = shared.divisions;
    onRecovery?.(
      `Memory ran out, so each update is computed in parts, ${this.#told} times as many as before. ` +
        'It takes longer; the results are the same.',
    );
  }
}

/** What can only be made over the model, on a back end that may be lost while the model is put there, and is then another. */
async function began<T>({ base, shared, signal }: RunOptions, make: (base: OpenBase) => T): Promise<T> {
  for (;;) {
    const { generation } = shared;
    try {
      const open = await base();
      if (generation === shared.generation) return make(open);
    } catch (error) {
      if (signal?.aborted) throw error;
      if (generation === shared.generation) await shared.recover(error, false);
    }
  }
}
