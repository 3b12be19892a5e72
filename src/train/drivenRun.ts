/**
 * One run under a driver: what it was told, where it stands, and the loop that every run goes through: evaluate, then update,
 * evaluate every n updates, keep a checkpoint every n, stop at the end.
 */
import { field, fieldNames, type Experiment } from '../config/fields.ts';
import { withChanges } from '../config/experiment.ts';
import type { ChangeRecord, UpdateRecord } from '../rl/records.ts';
import { sentence } from './failure.ts';
import { Gate } from './gate.ts';
import { Live } from './live.ts';
import type { Phase, RunCommand, RunEvent, Stage } from './messages.ts';
import { Timeline, UnreachableError } from './timeline.ts';
import type { Beginning, DrivenOptions, KeptLog, Loaded, Trainable } from './trainable.ts';

// Omit on a union would merge its members: the run id is taken off each one.
type Bare = RunEvent extends infer E ? (E extends RunEvent ? Omit<E, 'runId'> : never) : never;

/** Whether a run evaluates after so many updates: at its start, after every `evalEvery`, and at its end. */
export const evaluationDue = ({ evalEvery, steps }: Experiment, step: number): boolean =>
  step % evalEvery === 0 || step >= steps;

/** Milliseconds between two progress messages of the same stage. */
const progressEvery = 50;

/** Something to be done before the next update. */
type Job = { readonly change: Experiment } | { readonly work: (loaded: Loaded) => Promise<void> };

export class DrivenRun {
  readonly id: string;
  readonly #options: DrivenOptions;
  readonly #abort = new AbortController();
  readonly #jobs: Job[] = [];
  #run: Trainable | null = null;
  #timeline: Timeline | null = null;
  #wanted: 'stand' | 'station' | 'step' | 'run' = 'stand';
  readonly #gate = new Gate(this.#abort.signal, () => this.#wanted === 'station');
  readonly #live = new Live({
    tell: (event) => this.#emit({ type: 'live', event }),
    stop: (at) => this.#gate.pass(at),
  });
  /** An update that has begun; perhaps it stands at the gate. */
  #underWay: Promise<UpdateRecord> | null = null;
  #phase: Phase = 'loading';
  #busy = false;
  /** What ended it. */
  #error: unknown = null;
  #shown: Loaded['backend'] | null = null;
  #last = { stage: 'idle' as Stage, at: 0 };
  #whenStill: (() => void)[] = [];

  constructor(options: DrivenOptions) {
    this.id = options.id;
    this.#options = options;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** It has something to do; what it was told while it stands between two stations, only after that update. */
  get wants(): boolean {
    return this.#gate.at === null && (this.#jobs.length > 0 || this.#training);
  }

  get #training(): boolean {
    return this.#run !== null && this.#error === null && this.#wanted !== 'stand';
  }

  /** What it has behind it. @throws Error when it has not begun */
  get timeline(): Timeline {
    if (!this.#timeline) throw new Error(`The run "${this.id}" has not begun.`);
    return this.#timeline;
  }

  /** How updates are made again on behalf of this run. */
  get side() {
    const onProgress = (stage: Stage, done: number, total: number) => this.status(stage, done, total);
    return { signal: this.signal, onProgress };
  }

  /** Resolves when the run stands still. @throws what ended it */
  async still(): Promise<void> {
    while (!this.signal.aborted && (this.#busy || this.wants || this.#phase === 'loading')) {
      await new Promise<void>((resolve) => this.#whenStill.push(resolve));
    }
    if (this.#error !== null) throw this.#error;
  }

  /** @param find reads what it begins with, e.g. from the run it is forked from */
  begin(find: (loaded: Loaded) => Promise<Beginning>): void {
    this.#do(async (loaded) => {
      try {
        await this.#open(loaded, await find(loaded));
      } catch (error) {
        return this.fail(error, true);
      }
      await this.#introduce(loaded);
    });
  }

  obey(command: Exclude<RunCommand, { type: 'begin' | 'fork' | 'close' }>): void {
    switch (command.type) {
      case 'run':
      case 'step':
      case 'station':
        if (['failed', 'finished'].includes(this.#phase) && !this.wants && !this.#busy) return;
        this.#wanted = command.type;
        this.#gate.goOn();
        if (this.#phase !== 'loading' && this.#phase !== 'running') this.#enter('running');
        return this.#options.wake();
      case 'pause':
        this.#wanted = 'stand';
        if (this.#phase !== 'running') return;
        this.#enter('pausing');
        if (!this.#busy) this.#do(() => this.timeline.checkpoint());
        return;
      case 'watch':
        return this.#live.watch(command.group);
      case 'change':
        return this.#change(command.experiment);
      case 'evaluate':
        this.#endUpdate();
        return this.#work(() => this.#evaluate());
      case 'catch':
        return this.#work(() => this.#catch());
      case 'goTo':
        this.#wanted = 'stand';
        this.#endUpdate();
        return this.#work(() => this.#goTo(command.step));
      case 'record':
        return this.#work(() => this.#record(command.step));
      case 'inspect':
        return this.#inspect(command);
      default:
        command satisfies never;
    }
  }

  /** One piece of work: what was asked for first, else an update with what belongs to it. */
  async turn(loaded: Loaded): Promise<void> {
    this.#busy = true;
    await this.#attempt(async () => {
      if (this.#run && this.#underWay) return this.#update(this.#run);
      if (this.#run) await this.#settle(this.#run);
      const job = this.#jobs.shift();
      if (job && 'work' in job) await job.work(loaded);
      else if (this.#run && this.#training) await this.#update(this.#run);
      await this.#timeline?.flush();
    });
    // The run is then as it was before what failed.
    if (this.#error !== null) await this.#attempt(async () => this.#timeline?.checkpoint());
    this.#busy = false;
    this.#rest();
  }

  /** After each piece of work: what the back end and the sandbox carry. */
  show({ backend, counters }: Loaded): void {
    if (this.#run) this.#emit({ type: 'counters', ...counters });
    this.showBackend(backend);
  }

  /** Tells which back end computes, if that is news. */
  showBackend(backend: Loaded['backend']): void {
    if (backend === this.#shown) return;
    this.#shown = backend;
    const { name, device, why } = backend;
    this.#emit({ type: 'backend', name, device, why });
  }

  status(stage: Stage, done = 0, total = 0): void {
    const now = performance.now();
    if (stage === this.#last.stage && now - this.#last.at < progressEvery) return;
    this.#last = { stage, at: now };
    const step = this.#run?.state.step ?? 0;
    const at = this.#gate.at;
    this.#emit({ type: 'status', phase: this.#phase, stage, done, total, step, ...(at ? { at } : {}) });
  }

  fail(error: unknown, beginning = false): void {
    if (this.signal.aborted) return;
    this.#error ??= error;
    this.#emit({ type: 'failure', ...this.#options.explain(error, beginning) });
    this.#enter('failed');
    this.#stop();
  }

  /** Stops the piece of work under way; nothing more is told. */
  abort(): void {
    this.#abort.abort();
    this.#stop();
  }

  /** Frees what it holds. To be called between two pieces of work, after `abort`. */
  async dispose(): Promise<void> {
    this.#stop();
    await this.#underWay?.catch(() => undefined); // given up at the gate
    const run = this.#run;
    this.#run = null;
    run?.dispose();
    await this.#timeline?.checkpoint();
  }

  async #open(loaded: Loaded, { experiment, state, openLog }: Beginning): Promise<void> {
    if (experiment.model !== loaded.model) {
      throw new Error(
        `model: the model "${loaded.model}" is loaded, so no run of "${experiment.model}" can begin beside it. ` +
          'Keep the model, or load the other one first.',
      );
    }
    this.showBackend(loaded.backend);
    this.status('tasks');
    const run = await loaded.begin(experiment, {
      ...this.side,
      live: this.#live,
      ...(state ? { state } : {}),
      onRecovery: (message) => {
        this.showBackend(loaded.backend);
        if (this.#run) this.#emit({ type: 'memory', facts: this.#run.memory });
        this.#notice('warning', message);
      },
    });
    try {
      this.#timeline = new Timeline({
        ...{ loaded, experiment, state: run.state, breathe: this.#options.breathe },
        log: openLog ? await this.#logFrom(openLog) : null,
        onLogLost: (error) => this.#logLost(error),
      });
    } catch (error) {
      run.dispose();
      throw error;
    }
    this.#run = run;
  }

  /** What the run begins with: its model, how good that is, and its first checkpoint; only what the log does not have yet. */
  async #introduce({ model: name, digest }: Loaded): Promise<void> {
    const [run, timeline] = [this.#run, this.timeline];
    if (!run) return;
    this.#emit({ type: 'model', name, ...(digest === undefined ? {} : { digest }), ...run.model });
    this.#emit({ type: 'memory', facts: run.memory });
    await this.#settle(run);
    const due = !timeline.resumed || evaluationDue(run.experiment, run.state.step);
    if (due && !timeline.evaluated) await this.#evaluate();
    await timeline.checkpoint();
  }

  async #update(run: Trainable): Promise<void> {
    if (run.state.step >= run.experiment.steps) return;
    if (this.#phase !== 'pausing') this.#enter('running');
    const record = await this.#made(run);
    if (!record) return; // it stands at a station
    await this.timeline.update(record, run.state);
    this.#emit({ type: 'update', record }); // what is told is kept
    const masked = record.metrics['train/masked'] ?? 0;
    if (masked > 0) {
      const share = `${(100 * masked).toFixed(0)} % of the episodes of update ${record.step}`;
      this.#notice(
        'warning',
        `${share} could not be graded, because the Python sandbox was lost. They were left out of the update.`,
      );
    }
    await this.#settle(run);
    if (evaluationDue(run.experiment, record.step)) await this.#evaluate();
    const finished = record.step >= run.experiment.steps;
    const stops = finished || this.#wanted === 'stand';
    if (stops || record.step % this.#options.checkpointEvery === 0) await this.timeline.checkpoint();
    if (this.#wanted !== 'run') this.#wanted = 'stand';
  }

  /** Goes on with an update that stands at a station, to its end. */
  #endUpdate(): void {
    if (this.#wanted === 'station') this.#wanted = 'stand';
    this.#gate.goOn();
  }

  /** An update, begun here or going on from a station. @returns null when it has come to one to stand at */
  async #made(run: Trainable): Promise<UpdateRecord | null> {
    const stands = this.#gate.standing().then(() => null);
    this.#gate.open();
    const underWay = (this.#underWay ??= run.update().finally(() => (this.#underWay = null)));
    return Promise.race([underWay, stands]);
  }

  async #evaluate(): Promise<void> {
    if (!this.#run) return;
    const record = await this.#run.evaluate();
    await this.timeline.evaluation(record);
    this.#emit({ type: 'eval', record });
  }

  async #catch(): Promise<void> {
    if (this.#run) this.#emit({ type: 'caught', record: await this.#run.caught() });
  }

  async #goTo(step: number): Promise<void> {
    const state = await this.timeline.stateAt(step, this.side);
    if (!this.#run) return;
    await this.#run.load(state);
    this.#run.experiment = this.timeline.experimentAt(step);
    this.timeline.moved(state);
    this.#error = null; // it stands where nothing had failed yet
    this.#emit({ type: 'moved', step, experiment: this.#run.experiment });
  }

  async #record(step: number): Promise<void> {
    try {
      this.#emit({ type: 'record', record: await this.timeline.recordOf(step, this.side) });
    } catch (error) {
      if (error instanceof UnreachableError || this.signal.aborted) throw error;
      this.#notice('warning', `Update ${step} could not be made again. ${sentence(error)}`); // the run itself is whole
    }
  }

  #change(experiment: Experiment): void {
    const last = this.#jobs.at(-1);
    if (last && 'change' in last) this.#jobs.pop(); // only the newest counts
    this.#push({ change: experiment });
  }

  /** Brings into force what was asked for before anything else, and says so. */
  async #settle(run: Trainable): Promise<void> {
    for (let [next] = this.#jobs; next && 'change' in next; [next] = this.#jobs) {
      this.#jobs.shift();
      await this.#apply(next.change, run);
    }
  }

  async #apply(wanted: Experiment, run: Trainable): Promise<void> {
    const before = run.experiment;
    const changes = fieldNames
      .filter((name) => field(name).when === 'live' && wanted[name] !== before[name])
      .map((name) => ({ field: name, from: before[name], to: wanted[name] }));
    if (changes.length === 0) return;
    try {
      run.experiment = withChanges(
        before,
        Object.fromEntries(changes.map((change) => [change.field, change.to])),
      );
    } catch (error) {
      return this.#notice('warning', `Nothing was changed. ${sentence(error)}`);
    }
    const record: ChangeRecord = { step: run.state.step, changes };
    await this.timeline.change(record);
    this.#emit({ type: 'change', record });
  }

  /** Has something done by a run that stands or trains. What cannot be reached is said, and the run stays as it is. */
  #work(work: () => Promise<void>): void {
    this.#do(async () => {
      if (!this.#run) return;
      if (this.#phase !== 'pausing') this.#enter('running');
      try {
        await work();
      } catch (error) {
        if (!(error instanceof UnreachableError)) throw error;
        this.#notice('warning', error.message);
      }
    });
  }

  /** Looked at only: the run neither moves nor says that it trains. */
  #inspect({ step, group, trajectory }: Extract<RunCommand, { type: 'inspect' }>): void {
    this.#do(async (loaded) => {
      try {
        const record = await this.timeline.recordOf(step, this.side);
        const before = await this.timeline.stateAt(step - 1, this.side);
        const after = await this.timeline.stateAt(step, this.side);
        const turns = await loaded.inspect(record, { group, trajectory }, { before, after });
        this.#emit({ type: 'inspected', step, group, trajectory, turns });
      } catch (error) {
        if (!(error instanceof UnreachableError || error instanceof RangeError)) throw error;
        this.#notice('warning', error.message);
      }
    });
  }

  #do(work: (loaded: Loaded) => Promise<void>): void {
    this.#push({ work });
  }

  #push(job: Job): void {
    if (this.#error !== null && !this.#run) return; // it could not even begin
    this.#jobs.push(job);
    this.#options.wake();
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.fail(error);
    }
  }

  /** After a piece of work, when no other is to follow. */
  #rest(): void {
    const run = this.#run;
    if (!run || this.signal.aborted) return this.#nowStill();
    const finished = run.state.step >= run.experiment.steps;
    if (finished || this.#error !== null) this.#wanted = 'stand';
    if (this.wants) return;
    const standing = run.state.step === this.timeline.first ? 'ready' : 'paused';
    const within = this.#gate.at ? 'paused' : standing;
    const phase = this.#error !== null ? 'failed' : finished ? 'finished' : within;
    if (phase !== this.#phase) this.#enter(phase);
    this.#nowStill();
  }

  /** Nothing is to be done any more. */
  #stop(): void {
    this.#wanted = 'stand';
    this.#jobs.length = 0;
    this.#nowStill();
  }

  #nowStill(): void {
    for (const resolve of this.#whenStill.splice(0)) resolve();
  }

  async #logFrom(open: () => Promise<KeptLog>): Promise<KeptLog | null> {
    try {
      return await open();
    } catch (error) {
      this.#logLost(error);
      return null;
    }
  }

  #logLost(error: unknown): void {
    if (this.#options.strictLog) throw error;
    const message = `This run is not kept from here on, because its log failed: ${sentence(error)} The run itself goes on.`;
    this.#emit({ type: 'notice', level: 'warning', message });
  }

  #notice(level: 'info' | 'warning', message: string): void {
    this.#emit({ type: 'notice', level, message });
    this.#timeline?.notice(level, message);
  }

  #enter(phase: Phase): void {
    this.#phase = phase;
    this.#last.at = 0;
    this.status(phase === 'running' ? 'sample' : 'idle');
  }

  #emit(event: Bare): void {
    if (!this.signal.aborted) this.#options.emit({ ...event, runId: this.id });
  }
}
