/**
 * One run under a driver: what it was told, where it stands, and the loop that every run goes through: evaluate, then update,
 * evaluate every n updates, keep a checkpoint every n, stop at the end.
 */
import { modelNameOf } from '../config/experiment.ts';
import type { Experiment } from '../config/fields.ts';
import type { ChangeRecord } from '../rl/records.ts';
import { withLiveFields } from './changes.ts';
import { Evaluating, evaluationDue } from './evaluating.ts';
import { sentence } from './failure.ts';
import { Jobs } from './jobs.ts';
import type { Past, Phase, RunCommand, Stage } from './messages.ts';
import { answer, answerRecord, type Question } from './questions.ts';
import { Teller } from './teller.ts';
import { Timeline, UnreachableError, type Side } from './timeline.ts';
import { ungradedInUpdate } from './ungraded.ts';
import type { Beginning, DrivenOptions, Loaded, Trainable } from './trainable.ts';
import { UnderWay } from './underWay.ts';

/** Commands that would write into the run's log. */
const writing = new Set<RunCommand['type']>(['run', 'step', 'station', 'change', 'evaluate', 'goTo']);

export class DrivenRun {
  readonly id: string;
  readonly #options: DrivenOptions;
  readonly #abort = new AbortController();
  readonly #teller: Teller;
  readonly #jobs = new Jobs();
  #run: Trainable | null = null;
  #timeline: Timeline | null = null;
  readonly #evaluating = new Evaluating({
    preview: (record) => {
      if (this.#phase === 'loading') this.#teller.tell({ type: 'preview', record });
    },
    keep: async (record) => {
      await this.timeline.evaluation(record);
      this.#teller.tell({ type: 'eval', record });
      if (record.ungraded) this.#notice('warning', record.ungraded);
    },
  });
  /** It goes on with what was done at another time; `readOnly`: why it can be looked at and forked only. */
  #resumed: Pick<Past, 'readOnly'> | null = null;
  #wanted: 'stand' | 'station' | 'step' | 'run' = 'stand';
  readonly #underWay = new UnderWay({
    signal: this.#abort.signal,
    tell: (event) => this.#teller.tell({ type: 'live', event }),
    stands: () => this.#wanted === 'station',
  });
  #phase: Phase = 'loading';
  #busy = false;
  /** Of the questions for a record so far. */
  #dropped = new AbortController();
  /** What ended it. */
  #error: unknown = null;
  #whenStill: (() => void)[] = [];

  constructor(options: DrivenOptions) {
    this.id = options.id;
    this.#options = options;
    this.#teller = new Teller(options, this.#abort.signal);
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** It has something to do; what it was told while it stands between two stations, only after that update. */
  get wants(): boolean {
    return this.#underWay.at === null && (this.#called || this.#evaluating.underWay);
  }

  /** The user waits for something; not while it stands between two stations. */
  get #called(): boolean {
    return this.#underWay.at === null && (this.#jobs.any || this.#training);
  }

  get #training(): boolean {
    return this.#run !== null && this.#error === null && this.#wanted !== 'stand';
  }

  /** What it has behind it; null before it has begun, and when it is freed. */
  get past(): Timeline | null {
    return this.#timeline;
  }

  /** The same. @throws Error where there is none */
  get timeline(): Timeline {
    if (!this.#timeline) throw new Error(`The run "${this.id}" has not begun, or has ended.`);
    return this.#timeline;
  }

  /** How updates are made again on behalf of this run. */
  get side(): Side {
    return { signal: this.signal, onAgain: (done, total) => this.status('again', done, total) };
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
      let beginning: Beginning | undefined;
      try {
        beginning = await find(loaded);
        await this.#open(loaded, beginning);
      } catch (error) {
        await beginning?.abandon?.();
        return this.fail(error, true);
      }
      await this.#introduce(loaded, beginning);
    });
  }

  obey(command: Exclude<RunCommand, { type: 'begin' | 'fork' | 'resume' | 'close' }>): void {
    const why = this.#resumed?.readOnly;
    if (why && writing.has(command.type)) return this.#say('warning', why);
    switch (command.type) {
      case 'run':
      case 'step':
      case 'station':
        if (['failed', 'finished'].includes(this.#phase) && !this.#called && !this.#busy) return;
        this.#wanted = command.type;
        this.#underWay.goOn();
        if (this.#phase !== 'loading' && this.#phase !== 'running') this.#enter('running');
        return this.#options.wake();
      case 'pause':
        this.#wanted = 'stand';
        if (this.#phase !== 'running') return;
        this.#enter('pausing');
        if (!this.#busy) this.#do(() => this.timeline.checkpoint());
        return;
      case 'watch':
        return this.#underWay.live.watch(command.group);
      case 'change':
        return this.#push(() => this.#jobs.addChange(command.experiment));
      case 'ahead':
        return this.#push(() => this.#jobs.lookAhead(command.changes));
      case 'evaluate':
        this.#endUpdate();
        return this.#work(async () => this.#run && this.#evaluating.whole(this.#run));
      case 'goTo':
        this.#wanted = 'stand';
        this.#endUpdate();
        return this.#work(() => this.#goTo(command.step));
      case 'catch':
        return this.#work((loaded) => this.#answer(command, loaded));
      case 'record':
        return this.#record(command.step, this.#dropped.signal);
      case 'drop':
        this.#dropped.abort();
        this.#dropped = new AbortController();
        return;
      case 'inspect': // looked at only: it does not say that it trains
      case 'layers':
      case 'files':
        return this.#do((loaded) => this.#answer(command, loaded));
      default:
        command satisfies never;
    }
  }

  /** One piece of work: what was asked for first, else an update with what belongs to it. */
  async turn(loaded: Loaded): Promise<void> {
    this.#busy = true;
    await this.#attempt(async () => {
      if (this.#run && this.#underWay.begun) return this.#update(this.#run);
      if (this.#run) await this.#settle(this.#run);
      const work = this.#jobs.takeWork();
      if (work) await work(loaded);
      else if (this.#run && this.#training && !this.#evaluating.comesFirst) await this.#update(this.#run);
      else await this.#evaluatePart();
      await this.#timeline?.flush();
    });
    // The run is then as it was before what failed.
    if (this.#error !== null) await this.#attempt(async () => this.#timeline?.checkpoint());
    this.#busy = false;
    this.#rest();
  }

  /** After each piece of work: what the back end and the sandbox carry. */
  show({ backend, counters }: Loaded): void {
    if (this.#run) this.#teller.tell({ type: 'counters', ...counters });
    this.showBackend(backend);
  }

  /** Tells which back end computes, if that is news. */
  showBackend(backend: Loaded['backend']): void {
    this.#teller.backend(backend);
  }

  status(stage: Stage, done = 0, total = 0): void {
    const at = this.#underWay.at;
    const step = this.#run?.state.step ?? 0;
    this.#teller.status({ phase: this.#phase, stage, done, total, step, ...(at ? { at } : {}) });
  }

  fail(error: unknown, beginning = false): void {
    if (this.signal.aborted) return;
    this.#error ??= error;
    this.#teller.tell({ type: 'failure', ...this.#options.explain(error, beginning) });
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
    await this.#underWay.ended();
    const [run, timeline] = [this.#run, this.#timeline];
    this.#run = this.#timeline = null; // the states it could go back to are most of what it holds
    run?.dispose();
    await timeline?.checkpoint();
    await timeline?.close();
  }

  async #open(loaded: Loaded, { experiment, state, openLog, problems }: Beginning): Promise<void> {
    if (modelNameOf(experiment) !== loaded.model) {
      throw new Error(
        `model: the model "${loaded.model}" is loaded, so no run of "${modelNameOf(experiment)}" can begin beside it. ` +
          'Keep the model, or load the other one first.',
      );
    }
    this.showBackend(loaded.backend);
    this.status('tasks');
    await loaded.problems?.take(problems);
    const run = await loaded.begin(experiment, {
      signal: this.signal,
      onProgress: (stage, done, total) => this.status(stage, done, total),
      live: this.#underWay.live,
      ...(state ? { state } : {}),
      onRecovery: (message) => {
        this.showBackend(loaded.backend);
        if (this.#run) this.#teller.tell({ type: 'memory', facts: this.#run.memory });
        this.#notice('warning', message);
      },
    });
    try {
      this.#timeline = new Timeline({
        ...{ loaded, experiment, state: run.state, breathe: this.#options.breathe },
        log: openLog ? await openLog().catch((error: unknown) => this.#logLost(error)) : null,
        onLogLost: (error) => this.#logLost(error),
      });
    } catch (error) {
      run.dispose();
      throw error;
    }
    this.#run = run;
  }

  /** What the run begins with: its model, how good that is, and its first checkpoint; only what the log does not have yet. */
  async #introduce({ model: name, digest }: Loaded, beginning: Beginning): Promise<void> {
    const [run, timeline] = [this.#run, this.timeline];
    if (!run) return;
    const { state, past, baseline, notes = run.notes ?? [] } = beginning;
    if (past) this.#teller.tell({ type: 'past', ...past });
    const readOnly = past?.readOnly ?? '';
    this.#resumed = past ? { readOnly } : null;
    this.#teller.tell({ type: 'model', name, ...(digest === undefined ? {} : { digest }), ...run.model });
    this.#teller.tell({ type: 'memory', facts: run.memory });
    this.#teller.tell({ type: 'kept', ...timeline.kept });
    for (const note of readOnly ? [readOnly, ...notes] : notes) this.#say('info', note);
    if (readOnly) return;
    await this.#settle(run);
    if (beginning.unevaluated) this.#evaluating.begin(run, () => timeline.experimentAt(0));
    const due = !timeline.resumed || evaluationDue(run.experiment, run.state.step);
    if (due && !timeline.evaluated) {
      const same = state === undefined && run.experiment.initialPolicy === 'model'; // as the reference
      const early = this.#options.readyEarly && same && !baseline;
      if (early) this.#evaluating.begin(run, () => timeline.experimentAt(0));
      if (early) this.status(run.experiment.model === 'other' ? 'evaluate' : 'sandbox'); // what takes longest
      await (early ? this.#evaluatePart() : this.#evaluating.whole(run, baseline));
    }
    await timeline.checkpoint();
  }

  async #update(run: Trainable): Promise<void> {
    if (run.state.step >= run.experiment.steps) return;
    if (this.#phase !== 'pausing') this.#enter('running');
    const record = await this.#underWay.make(run);
    if (!record) return; // it stands at a station
    await this.timeline.update(record, run.state);
    this.#teller.tell({ type: 'update', record }); // what is told is kept
    this.#teller.tell({ type: 'kept', ...this.timeline.kept });
    if (record.metrics['train/masked'] > 0) this.#notice('warning', ungradedInUpdate(record));
    await this.#evaluatePart();
    await this.#settle(run);
    if (evaluationDue(run.experiment, record.step)) await this.#evaluating.whole(run);
    const finished = record.step >= run.experiment.steps;
    if (finished || this.#wanted === 'stand' || record.step % this.#options.checkpointEvery === 0)
      await this.timeline.checkpoint();
    if (this.#wanted !== 'run') this.#wanted = 'stand';
  }

  /** Goes on with an update that stands at a station, to its end. */
  #endUpdate(): void {
    if (this.#wanted === 'station') this.#wanted = 'stand';
    this.#underWay.goOn();
  }

  /** A part of the evaluation at step 0, if it is not done yet. */
  async #evaluatePart(): Promise<void> {
    if (!(await this.#evaluating.part())) return;
    if (this.#phase !== 'running' && this.#phase !== 'loading') this.status('idle');
  }

  async #goTo(step: number): Promise<void> {
    const state = await this.timeline.stateAt(step, this.side);
    if (!this.#run) return;
    await this.#run.load(state);
    this.#run.experiment = this.timeline.experimentAt(step);
    this.timeline.moved(state);
    this.#error = null; // it stands where nothing had failed yet
    this.#teller.tell({ type: 'moved', step, experiment: this.#run.experiment });
  }

  async #answer(question: Question, loaded: Loaded): Promise<void> {
    if (!this.#run) return;
    const asked = { loaded, run: this.#run, timeline: this.timeline, side: this.side };
    this.#teller.tell(await answer(question, asked));
  }

  /** Looked at only: it does not say that it trains. */
  #record(step: number, dropped: AbortSignal): void {
    this.#do(async () => {
      if (!this.#run) return;
      this.#teller.tell(await answerRecord(step, this, dropped));
    });
  }

  /** Brings into force what was asked for before anything else, and says so. */
  async #settle(run: Trainable): Promise<void> {
    for (let next = this.#jobs.takeChange(run); next; next = this.#jobs.takeChange(run)) {
      await this.#apply(next, run);
    }
  }

  async #apply(wanted: Experiment, run: Trainable): Promise<void> {
    let changes: ChangeRecord['changes'];
    try {
      ({ experiment: run.experiment, changes } = withLiveFields(run.experiment, wanted));
    } catch (error) {
      return this.#notice('warning', `Nothing was changed. ${sentence(error)}`);
    }
    if (changes.length === 0) return;
    const record = { step: run.state.step, changes };
    await this.timeline.change(record);
    this.#teller.tell({ type: 'change', record });
  }

  /** Has something done by a run that stands or trains. */
  #work(work: (loaded: Loaded) => Promise<unknown>): void {
    this.#do(async (loaded) => {
      if (!this.#run) return;
      if (this.#phase !== 'pausing') this.#enter('running');
      await this.#reach(() => work(loaded));
    });
  }

  /** What cannot be reached is said, and the run stays as it is. */
  async #reach(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof UnreachableError)) throw error;
      this.#notice('warning', error.message);
    }
  }

  #do(work: (loaded: Loaded) => Promise<void>): void {
    this.#push(() => this.#jobs.add(work));
  }

  #push(add: () => void): void {
    if (this.#error !== null && !this.#run) return; // it could not even begin
    add();
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
    if (this.#phase === 'loading' && this.#training && this.#evaluating.comesFirst) this.#enter('running');
    if (this.#called) return;
    this.timeline.rest();
    const ready = run.state.step === this.timeline.first && !this.#resumed && !this.#underWay.at;
    const phase = this.#error !== null ? 'failed' : finished ? 'finished' : ready ? 'ready' : 'paused';
    if (phase !== this.#phase) this.#enter(phase);
    this.#nowStill();
  }

  /** Nothing is to be done any more. */
  #stop(): void {
    this.#wanted = 'stand';
    this.#evaluating.drop();
    this.#jobs.drop();
    this.#nowStill();
  }

  #nowStill(): void {
    for (const resolve of this.#whenStill.splice(0)) resolve();
  }

  #logLost(error: unknown): null {
    if (this.#options.strictLog) throw error;
    this.#say(
      'warning',
      `This run is not kept from here on, because its log failed: ${sentence(error)} The run itself goes on.`,
    );
    return null;
  }

  #say(level: 'info' | 'warning', message: string): void {
    this.#teller.tell({ type: 'notice', level, message });
  }

  /** Says it, and enters it in the log. */
  #notice(level: 'info' | 'warning', message: string): void {
    this.#say(level, message);
    this.#timeline?.notice(level, message);
  }

  #enter(phase: Phase): void {
    this.#phase = phase;
    this.#teller.hurry();
    this.status(this.#evaluating.stageIn(phase, this.#underWay.at !== null));
  }
}
