/**
 * A run that outlives its back end.
 *
 * After every update its whole state is copied to the host. When the GPU is lost, WebAssembly traps or memory runs out, the
 * back end is given up, another one is opened, and the run goes on from that copy; when it was memory, with everything cut
 * into twice as many parts (gradient accumulation). Random numbers are drawn by counter, so an update that is done again is
 * the update it would have been. What cannot be helped in this way is thrown to the caller.
 */
import { withChanges } from '../config/experiment.ts';
import { field, fieldNames, type Experiment } from '../config/fields.ts';
import {
  backendFault,
  OutOfMemoryError,
  releaseUnused,
  throwGpuErrors,
  type OpenedBackend,
} from '../engine/index.ts';
import type { ChangeRecord, EvalRecord, UpdateRecord } from '../rl/records.ts';
import { createSession, type Session, type SessionOptions } from './session.ts';
import type { TrainerState } from './trainer.ts';

export interface RunOptions extends Omit<SessionOptions, 'backend' | 'split'> {
  /** The back end that is running. */
  readonly backend: OpenedBackend;
  /** Gives the running back end up and opens another (`reopenBackend`). */
  readonly reopen: () => Promise<OpenedBackend>;
  readonly onRecovery?: (recovery: Recovery) => void;
  /** Live fields have changed, between two updates. */
  readonly onChange?: (change: ChangeRecord) => void;
}

/** What happened, once the run goes on. */
export interface Recovery {
  /** What was lost and how the run goes on: sentences for the user. */
  readonly message: string;
  /** What computes from now on. */
  readonly backend: OpenedBackend;
}

/** Losses without a finished update or evaluation in between after which a run gives up. */
const maxLosses = 3;

/** Neither another back end nor smaller pieces help. */
export class UnrecoverableError extends Error {
  override readonly name = 'UnrecoverableError';
  /** What the user can do. */
  readonly remedy: string;

  constructor(message: string, remedy: string, cause: Error) {
    super(message, { cause });
    this.remedy = remedy;
  }
}

export class TrainingRun {
  readonly #options: RunOptions;
  #session: Session;
  #backend: OpenedBackend;
  #saved: TrainerState;
  /** Into how many parts the work is cut, and how many the user was told of. */
  #split = 1;
  #told = 1;
  #losses = 0;
  /** An update or evaluation is under way. */
  #busy = false;
  /** Asked for and not yet in force. */
  #wanted: Experiment | null = null;

  private constructor(options: RunOptions, session: Session, saved: TrainerState) {
    this.#options = options;
    this.#backend = options.backend;
    this.#session = session;
    this.#saved = saved;
  }

  /**
   * @param state where to go on; by default the start
   * @throws Error when the experiment does not fit the model, or the state does not
   */
  static async start(
    experiment: Experiment,
    options: RunOptions,
    state?: TrainerState,
  ): Promise<TrainingRun> {
    const session = createSession(experiment, { ...options, backend: options.backend.name });
    if (state) session.trainer.load(state);
    return new TrainingRun(options, session, state ?? (await session.trainer.state()));
  }

  /** The session there is now; another one after a recovery. */
  get session(): Session {
    return this.#session;
  }

  /** Updates done. */
  get step(): number {
    return this.#saved.step;
  }

  /** As after the last whole update, whatever has happened since. */
  get state(): TrainerState {
    return this.#saved;
  }

  /** The one in force. */
  get experiment(): Experiment {
    return this.#session.trainer.experiment;
  }

  /**
   * Asks for other values of the fields marked `when: 'live'`; the others keep what the run began with. They come into force at
   * once or, while an update or evaluation is under way, before the next: it is done as it was begun, after a fault too.
   */
  change(wanted: Experiment): void {
    this.#wanted = wanted;
    if (!this.#busy) this.settle();
  }

  /** Brings into force what was asked for meanwhile, and says so. Whoever waits for an update calls it after recording that. */
  settle(): void {
    const [wanted, before] = [this.#wanted, this.experiment];
    this.#wanted = null;
    if (!wanted) return;
    const changes = fieldNames
      .filter((name) => field(name).when === 'live' && wanted[name] !== before[name])
      .map((name) => ({ field: name, from: before[name], to: wanted[name] }));
    if (changes.length === 0) return;
    const values = Object.fromEntries(changes.map(({ field, to }) => [field, to]));
    this.#session.trainer.experiment = withChanges(before, values);
    this.#options.onChange?.({ step: this.step, changes });
  }

  /** One update, done again where a fault came in between. @throws as `Trainer.update`, and an UnrecoverableError */
  async update(): Promise<UpdateRecord> {
    const [record, saved] = await this.#lasting(async ({ trainer }) => {
      const done = await trainer.update();
      return [done, await trainer.state()] as const;
    });
    this.#saved = saved;
    return record;
  }

  /** As `Trainer.evaluate`, likewise. */
  async evaluate(): Promise<EvalRecord> {
    return this.#lasting(({ trainer }) => trainer.evaluate());
  }

  dispose(): void {
    this.#session.dispose();
  }

  async #lasting<T>(work: (session: Session) => Promise<T>): Promise<T> {
    this.settle();
    this.#busy = true;
    try {
      return await this.#tried(work);
    } finally {
      this.#busy = false;
    }
  }

  async #tried<T>(work: (session: Session) => Promise<T>): Promise<T> {
    for (;;) {
      try {
        const result = await work(this.#session);
        throwGpuErrors(); // without them nothing says that the result is none
        releaseUnused();
        this.#losses = 0;
        this.#tellSplit();
        return result;
      } catch (error) {
        await this.#recover(error);
      }
    }
  }

  /** From the last checkpoint to a new session on a new back end. @throws the error, when that would not help */
  async #recover(error: unknown): Promise<void> {
    const { signal, reopen, onRecovery } = this.#options;
    const fault = signal?.aborted ? null : await backendFault(error);
    if (!fault) throw error;
    if (fault instanceof OutOfMemoryError) {
      if (!this.#session.canSplit) throw tooLarge(fault);
      this.#split *= 2;
    } else if (++this.#losses > maxLosses) {
      throw lostTooOften(this.#losses, fault);
    }

    const before = this.#session;
    this.#backend = await reopen();
    before.dispose();
    this.#session = createSession(before.trainer.experiment, {
      ...this.#options,
      backend: this.#backend.name,
      split: this.#split,
    });
    this.#session.trainer.load(this.#saved);
    if (fault instanceof OutOfMemoryError) return; // it may run out again: told when it has worked
    const { device, why } = this.#backend;
    const from = this.step === 0 ? 'its start' : `the copy made after update ${this.step}`;
    const message = `${fault.message} The run goes on with ${device} (${why}), from ${from}. Nothing that was recorded is lost.`;
    onRecovery?.({ message, backend: this.#backend });
  }

  #tellSplit(): void {
    if (this.#split === this.#told) return;
    this.#told = this.#split;
    const message =
      `Memory ran out, so each update is computed in parts, ${this.#split} times as many as before. ` +
      'It takes longer; the results are the same.';
    this.#options.onRecovery?.({ message, backend: this.#backend });
  }
}

const tooLarge = (cause: Error) =>
  new UnrecoverableError(
    'There is not enough memory, not even for one sequence at a time.',
    'Choose fewer samples per prompt (k), fewer prompts per update, shorter answers (maxNewTokens) or fewer turns.',
    cause,
  );

const lostTooOften = (times: number, cause: Error) =>
  new UnrecoverableError(
    `The back end was lost ${times} times in a row. ${cause.message}`,
    'Choose another back end and begin again.',
    cause,
  );
