/**
 * Drives runs over one loaded model: commands in, events out. The page's worker, the command line and the tests all drive
 * with it; it knows neither a page nor files.
 *
 * Everything is loaded once. Runs are begun over it, or forked from one another, and take turns: an update of one (with the
 * evaluation that is due), then one of the next. So at any time one piece of work is under way, and each run computes what it
 * would compute alone.
 */
import { refusedInFork, withChanges, type Experiment } from '../config/experiment.ts';
import { DrivenRun } from './drivenRun.ts';
import { UnrecoverableError, type Explanation } from './failure.ts';
import type { RunCommand, RunEvent, Stage } from './messages.ts';
import type { Beginning, DrivenOptions, KeptLog, Loaded } from './trainable.ts';

/** A run that wants a log. */
export interface NewRun {
  readonly id: string;
  readonly experiment: Experiment;
  readonly loaded: Loaded;
  /** The run it was forked from, and after which update. */
  readonly parent?: { readonly runId: string; readonly step: number };
}

export interface ShowLoading {
  /** `done` of `total` within it; 0 = unknown. */
  readonly stage: (stage: Stage, done?: number, total?: number) => void;
  readonly backend: (backend: Loaded['backend']) => void;
}

export interface DriverOptions {
  /**
   * Loads the model and all that runs need.
   * @param show says what is being done, and which back end was opened
   * @param signal fires when it is not wanted any more
   */
  readonly load: (show: ShowLoading, signal: AbortSignal) => Promise<Loaded>;
  readonly emit: (event: RunEvent) => void;
  /** What the user is told when a run cannot go on; by default what the error says. */
  readonly explain?: DrivenOptions['explain'];
  /** Lets messages in between two pieces of work; by default a timer. */
  readonly breathe?: () => Promise<void>;
  /** Makes the log of a new run; without it, or where it makes none, runs are kept in memory only. */
  readonly newLog?: (run: NewRun) => Promise<KeptLog | null>;
  /** Opens a run that was kept. @throws UnrecoverableError saying why it cannot go on here */
  readonly openKept?: (id: string, loaded: Loaded) => Promise<Beginning>;
  /** A log that fails ends its run; by default the run goes on without it, and says so. */
  readonly strictLog?: boolean;
  /** See `DrivenOptions`; default false: nothing is done before the first evaluation is whole. */
  readonly readyEarly?: boolean;
  /** Updates between two checkpoints in the log; one is kept also whenever a run stops. Default 25. */
  readonly checkpointEvery?: number;
}

export class Driver {
  readonly #options: DriverOptions;
  readonly #abort = new AbortController();
  readonly #breathe: () => Promise<void>;
  /** In the order in which they take turns. */
  readonly #runs = new Map<string, DrivenRun>();
  /** Closed, and still to be freed. */
  readonly #leaving: (() => Promise<void>)[] = [];
  /** Why nothing could be loaded. */
  #failure: { readonly error: unknown } | null = null;
  #last: DrivenRun | undefined;
  #wake: () => void = () => undefined;
  readonly #ended: Promise<void>;

  constructor(options: DriverOptions) {
    this.#options = options;
    this.#breathe = options.breathe ?? (() => new Promise((resolve) => setTimeout(resolve, 0)));
    this.#ended = Promise.resolve().then(() => this.#live()); // later, so that the first run hears what is loaded
  }

  /** Takes a command. One for a run that is not there (any more) is dropped. @throws Error when a new run's id is taken */
  obey(command: RunCommand): void {
    switch (command.type) {
      case 'begin':
        return this.begin(command.runId, { experiment: command.experiment, problems: command.problems });
      case 'fork':
        return this.#fork(command);
      case 'resume':
        return this.#resume(command.runId);
      case 'close':
        void this.close(command.runId);
        return;
      default:
        this.#runs.get(command.runId)?.obey(command);
    }
  }

  /** Begins a run, or goes on with one that was kept. @throws Error when its id is taken */
  begin(id: string, beginning: Beginning): void {
    this.#add(id).begin((loaded) => Promise.resolve(this.#withLog({ id, loaded }, beginning)));
  }

  /** Resolves when the run stands still: ready, paused or finished. @throws what ended it */
  async still(id: string): Promise<void> {
    await this.#runs.get(id)?.still();
  }

  /** Ends a run at once; resolves when what it held is freed. */
  close(id: string): Promise<void> {
    const run = this.#runs.get(id);
    if (!run) return Promise.resolve();
    this.#runs.delete(id);
    if (this.#last === run) this.#last = undefined;
    run.abort();
    return new Promise((resolve, reject) => {
      this.#leaving.push(() => run.dispose().then(resolve, reject));
      this.#wake();
    });
  }

  /** Ends all runs at once; resolves when everything is freed. */
  async dispose(): Promise<void> {
    this.#abort.abort();
    for (const run of this.#runs.values()) run.abort();
    this.#wake();
    await this.#ended;
  }

  #fork({ runId: id, from, step, changes, problems }: Extract<RunCommand, { type: 'fork' }>): void {
    const origin = this.#runs.get(from);
    const past = origin?.past; // it may be closed before this run has its turn
    const run = this.#add(id);
    run.begin(async (loaded) => {
      if (!origin) {
        throw new UnrecoverableError(
          `There is no run "${from}" to fork from.`,
          'Fork from one that is there.',
          null,
        );
      }
      const timeline = past ?? origin.timeline;
      const at = step ?? timeline.now;
      const then = timeline.experimentAt(at);
      const experiment = withChanges(then, changes);
      const refused = refusedInFork(then, experiment);
      if (refused) {
        throw new Error(
          `${refused}: a fork begins with the weights its origin had after update ${at}, not with others. ` +
            'Leave it as it is, or begin a new run.',
        );
      }
      const state = await timeline.stateAt(at, run.side);
      return this.#withLog(
        { id, loaded, parent: { runId: from, step: at } },
        { experiment, state, problems },
      );
    });
  }

  #resume(id: string): void {
    this.#add(id).begin(async (loaded) => {
      const { openKept } = this.#options;
      if (openKept) return openKept(id, loaded);
      throw new UnrecoverableError('No run is kept here, so none can go on.', 'Begin a new run.', null);
    });
  }

  #withLog(run: Omit<NewRun, 'experiment'>, beginning: Beginning): Beginning {
    const { newLog } = this.#options;
    if (beginning.openLog || !newLog) return beginning;
    return { ...beginning, openLog: () => newLog({ ...run, experiment: beginning.experiment }) };
  }

  #add(id: string): DrivenRun {
    if (this.#runs.has(id)) throw new Error(`There is a run "${id}" already.`);
    const {
      emit,
      explain = plainly,
      strictLog = false,
      readyEarly = false,
      checkpointEvery = 25,
    } = this.#options;
    const run = new DrivenRun({
      ...{ id, emit, explain, strictLog, readyEarly, checkpointEvery, breathe: this.#breathe },
      wake: () => this.#wake(),
    });
    this.#runs.set(id, run);
    if (this.#failure) run.fail(this.#failure.error);
    return run;
  }

  /** Loads, then gives turns until it is disposed. */
  async #live(): Promise<void> {
    const { signal } = this.#abort;
    let loaded: Loaded | undefined;
    try {
      const show: ShowLoading = {
        stage: (...stage) => this.#runs.forEach((run) => run.status(...stage)),
        backend: (backend) => this.#runs.forEach((run) => run.showBackend(backend)),
      };
      loaded = await this.#options.load(show, signal);
    } catch (error) {
      this.#failure = { error };
      for (const run of this.#runs.values()) run.fail(error);
    }
    while (!signal.aborted) {
      const leave = this.#leaving.shift();
      const run = loaded ? this.#next() : undefined;
      if (leave) await leave();
      else if (loaded && run) await this.#turn(run, loaded);
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    for (const run of this.#runs.values()) await run.dispose();
    for (const leave of this.#leaving.splice(0)) await leave();
    loaded?.dispose();
  }

  async #turn(run: DrivenRun, loaded: Loaded): Promise<void> {
    this.#last = run;
    await run.turn(loaded);
    for (const one of this.#runs.values()) one.show(loaded);
    await this.#breathe();
  }

  /** The run whose turn it is: of those that have something to do, the first after the last. */
  #next(): DrivenRun | undefined {
    const runs = [...this.#runs.values()];
    const after = runs.findIndex((run) => run === this.#last) + 1;
    return [...runs.slice(after), ...runs.slice(0, after)].find((run) => run.wants);
  }
}

function plainly(error: unknown): Explanation {
  const cause = error instanceof Error ? error.cause : undefined;
  return {
    what: error instanceof Error ? error.message : String(error),
    remedy: error instanceof UnrecoverableError ? error.remedy : '',
    detail: cause instanceof Error ? cause.message : '',
  };
}
