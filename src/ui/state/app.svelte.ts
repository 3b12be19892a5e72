/** The page: the experiment, the run, what is looked at, and what the buttons do. */
import type { BackendName } from '../../config/backends.ts';
import type { MadeOn } from '../../config/link.ts';
import type { Preset } from '../../config/presets.ts';
import { changesBetween, heldModelOf, type Experiment, type FieldName } from '../../config/experiment.ts';
import type { Remedy } from '../../rl/remedies.ts';
import type { KeptRun } from '../../keep/keptRuns.ts';
import type { TrainerClientOptions } from '../../worker/client.ts';
import { TrainerClient } from '../../worker/client.ts';
import { problemTools } from '../../worker/problems.ts';
import type { TrainerEvent } from '../../worker/protocol.ts';
import { speedTools } from '../../worker/speed.ts';
import { presetOfStory, type Story } from '../stories.ts';
import { Asking } from './asking.ts';
import { CompareState, differing } from './compare.svelte.ts';
import { ExperimentState } from './experiment.svelte.ts';
import type { Extras } from './extras.ts';
import { formOf, KeptState } from './kept.svelte.ts';
import { LinkState } from './link.svelte.ts';
import { listed, nameAmong } from './names.ts';
import { OwnProblemsState } from './ownProblems.svelte.ts';
import { OfflineState } from './offline.svelte.ts';
import { ProblemsState } from './problems.svelte.ts';
import { RefusalsState } from './refusals.svelte.ts';
import { whyNotForked, type OpenRun, type Wish } from './openRun.svelte.ts';
import { LockStep } from './lockStep.ts';
import { maxRuns, RunsState } from './runs.svelte.ts';
import { SpeedState, type Interrupted } from './speed.svelte.ts';
import { say } from '../say.svelte.ts';

export type BackendChoice = BackendName | 'auto';

/** A run that was kept and goes on, and what the page still shows of it. */
type Resumed = Pick<KeptRun, 'id' | 'name'> & { readonly there: OpenRun | undefined };

/** The page as a whole. Read it anywhere; it is written by its own methods only. */
export class AppState {
  readonly runs = new RunsState();
  readonly compare = new CompareState();
  readonly #lockStep = new LockStep(this.compare, (run, wish) => this.#want(run, wish));
  readonly problems: ProblemsState;
  readonly speed: SpeedState;
  readonly offline: OfflineState;
  readonly refusals: RefusalsState;
  readonly kept: KeptState;
  /** What the user asked for; `run.backend` says what was taken. */
  backendChoice = $state.raw<BackendChoice>('auto');
  readonly own: OwnProblemsState;
  /** The link that the page was opened with. */
  readonly link: LinkState;
  readonly #client: TrainerClient;
  /** What runs are asked, and by whom. */
  readonly asking: Asking;
  /** What the last load was asked for. */
  #loaded: { readonly backend: BackendChoice; readonly model: string } | null = null;

  constructor(options: Omit<TrainerClientOptions, 'onEvent'>, extras: Extras = {}) {
    this.offline = new OfflineState(extras.keepOffline);
    this.refusals = extras.refusals ?? new RefusalsState();
    this.kept = new KeptState(extras.kept ?? null, this.refusals.add);
    this.speed = new SpeedState(extras.speed ?? speedTools(options.assets), {
      backend: () => this.backendChoice,
      interrupt: () => this.#interrupt(),
      whenIdle: (signal) => this.runs.idle(signal),
    });
    this.problems = new ProblemsState(problemTools(options.createSandboxPort));
    this.own = new OwnProblemsState(options.assets, this.refusals.add);
    this.link = new LinkState(
      {
        here: (model) => this.madeOn(model),
        show: (experiment) => this.openExperiment(experiment),
        changeAhead: ({ id }, changes) => this.#client.changeAhead(id, changes),
      },
      this.own,
    );
    const heard = { problems: this.own.text, onEvent: (event: TrainerEvent) => this.#receive(event) };
    this.#client = new TrainerClient({ ...options, ...heard });
    this.asking = new Asking(this.runs, this.#client);
  }

  /** The run on screen, as far as the trainer has told. */
  get run() {
    return this.runs.selected.told;
  }
  get selection() {
    return this.runs.selected.selection;
  }
  /** The form of the run on screen. */
  get experiment() {
    return this.runs.selected.form;
  }
  get canRun(): boolean {
    return this.experiment.valid !== null && this.#driven.some((run) => run.canGoOn);
  }
  get canPause(): boolean {
    return this.#driven.some(({ told }) => told.phase === 'running');
  }
  /** What is on screen trains, or finishes the update before a pause. */
  get training(): boolean {
    return this.#driven.some(({ told }) => told.training);
  }
  /** The runs that Run, Step and Pause are about. */
  get #driven(): readonly OpenRun[] {
    return this.compare.on ? this.compare.runs : [this.runs.selected];
  }
  /** Why Run, Step and Reset can do nothing, although they could if the form were right; or ''. */
  get hindrance(): string {
    return this.canReset ? '' : this.experiment.hindrance;
  }
  get canReset(): boolean {
    return this.experiment.valid !== null;
  }

  start(): void {
    this.#begin('run');
  }

  step(): void {
    this.#begin('step');
  }

  /** On to the next station of an update. */
  station(): void {
    this.#begin('station');
  }

  /** The group of updates under way that is shown; null: none. */
  watch(group: number | null): void {
    this.#client.watch(this.runs.selected.id, group);
  }

  pause(): void {
    for (const { id, told } of this.#driven) if (told.phase === 'running') this.#client.pause(id);
    this.#lockStep.pause();
  }

  /** A new run with the experiment of the form, from the beginning; the one on screen pauses and is kept, once it has got anywhere. */
  reset(): void {
    if (this.canReset) this.#load(this.experiment.copy());
  }

  /** Has an update made again that the page has not kept, for the run on screen or another; null: it is not wanted any more. */
  askFor(step: number | null, run = this.runs.selected): void {
    if (step === null) this.asking.drop(run);
    else this.asking.ask(run, step);
  }

  /** A run can be begun where this one stood after so many updates. */
  canFork(step: number): boolean {
    const { selected } = this.runs;
    const { told } = selected;
    return told.phase !== 'loading' && step <= told.step && this.#client.has(selected.ownerOfState(step).id);
  }

  /**
   * A new run that begins where the one on screen stood after `step` updates, and is shown. That one pauses and stays as it is.
   * @param wanted the experiment of the new run; where it differs in what a fork takes over, it is refused by name
   */
  fork(step: number, wanted: Experiment, go: boolean): void {
    const { selected: from } = this.runs;
    if (!this.canFork(step) || !this.#allowsFork(from.experimentAfter(step), [wanted])) return;
    this.#client.pause(from.id);
    const branch = this.#branch(from, step, wanted);
    this.#select(branch);
    if (go) this.#want(branch, 'run');
  }

  #branch(from: OpenRun, step: number, wanted: Experiment): OpenRun {
    const changes = changesBetween(from.experimentAfter(step), wanted);
    const form = from.form.copy();
    form.draft = wanted;
    form.applyAll(wanted);
    const owner = from.ownerOfState(step);
    const branch = this.runs.make(form, { origin: { run: from, step, changes } });
    const values = Object.fromEntries(changes.map(({ field, to }) => [field, to]));
    const where = { from: owner.id, step, changes: values };
    return this.#open(branch, () => this.#client.fork(branch.id, where, wanted));
  }

  /** There is room for such forks, and they can be; else the run on screen says why not. */
  #allowsFork(from: Experiment, wanted: readonly Experiment[]): boolean {
    return this.#allows(whyNotForked(from, wanted) || this.runs.whyNoRoom(wanted.length));
  }

  /** So many more runs can be open; else the run on screen says what to do. */
  #hasRoom(more: number, stops = false): boolean {
    return this.#allows(this.runs.whyNoRoom(more, stops));
  }

  #allows(why: string): boolean {
    if (why) this.run.notify('warning', why);
    return why === '';
  }

  /** Shows a run by itself; what others do goes on. */
  select(run: OpenRun): void {
    this.#select(run);
  }

  /** Puts runs that are open side by side; what they do goes on. */
  showTogether(runs: readonly OpenRun[]): void {
    const [first] = runs;
    if (!first || runs.length < 2) return;
    this.#select(runs.includes(this.runs.selected) ? this.runs.selected : first);
    this.compare.show(runs);
  }

  /**
   * Begins a run for each of these experiments, puts them side by side and trains them in turns.
   * @param step where the run on screen stood after so many updates; null: at the beginning
   */
  runTogether(experiments: readonly Experiment[], step: number | null): void {
    const { selected: from } = this.runs;
    if (step !== null) {
      if (!this.canFork(step) || !this.#allowsFork(from.experimentAfter(step), experiments)) return;
      this.#client.pause(from.id);
    } else if (!this.#hasRoom(experiments.length - (from.kept ? 0 : 1))) return;
    const fields = differing(experiments);
    const runs = experiments.map((experiment, i) => {
      if (step !== null) return this.#branch(from, step, experiment);
      const form = from.form.copy();
      form.open(experiment);
      const run = i === 0 ? this.#load(form) : this.#beside(form, experiment);
      run.call(() => nameAmong(experiment, fields));
      return run;
    });
    for (const run of runs) this.#want(run, 'run');
    this.showTogether(runs);
  }

  /** Takes a run off the page; for a while it can be had back (`undoClose`). The last one stays. */
  close(run: OpenRun): void {
    if (this.runs.all.length < 2) return;
    this.#client.pause(run.id);
    this.compare.without(run);
    this.#end(this.runs.close(run));
    this.runs.tellIdle();
  }

  forgetClosed(): void {
    this.#end(this.runs.forgetClosed());
  }

  set(name: FieldName, value: string | number | boolean): void {
    this.experiment.set(name, value);
    this.#sendLive();
  }

  resetField(name: FieldName): void {
    this.experiment.resetField(name);
    this.#sendLive();
  }

  /** Changes what a remedy changes: from the next update on or, where that does not do, in a run that begins with it. */
  cure({ changes, again }: Pick<Remedy, 'changes' | 'again'>): void {
    const form = again ? this.experiment.copy() : this.experiment;
    form.change(changes);
    if (!again) this.#sendLive();
    else if (form.valid) this.#load(form, 'run');
    else this.experiment.change(changes); // the form says which field is wrong
  }

  /** Loads an experiment from a file, and waits for Run. @returns false: too many runs are open, which the one on screen says */
  openExperiment(experiment: Experiment): boolean {
    const { selected } = this.runs;
    const form = this.experiment.copy();
    form.open(experiment);
    return this.#load(form) !== selected;
  }

  /** Loads a story's experiment and runs it. */
  tell(story: Story): void {
    this.#runWith((form) => form.choose(presetOfStory(story)));
  }

  /** Loads a lesson's experiment and runs it, under the lesson's own name, which is kept in the language of today. */
  teach(experiment: Experiment, name: () => string): void {
    const { selected } = this.runs;
    const run = this.#runWith((form) => form.open(experiment));
    if (run !== selected) this.kept.call(run.id, run.call(name)); // else there was no room for it
  }

  #runWith(fill: (form: ExperimentState) => void): OpenRun {
    const form = this.experiment.copy();
    fill(form);
    return this.#load(form, 'run');
  }

  /** Takes a preset; before the run has begun it is loaded at once, so that what is on screen is true. */
  choose(preset: Preset): void {
    this.experiment.choose(preset);
    if (!this.run.begun && this.experiment.pending.length > 0) this.#load(this.experiment.copy());
    else this.#sendLive();
  }

  chooseBackend(backend: BackendChoice): void {
    const { backendChoice: former } = this;
    this.backendChoice = backend;
    this.reset();
    if (this.canReset && this.#loaded?.backend !== backend) this.backendChoice = former; // it was refused
  }

  /**
   * Goes on with a run that was kept, over what is loaded, or loads what it needs; it is shown, and waits for Run unless it is to go on.
   * @returns false: too many are open, which the run on screen says
   */
  resume(kept: KeptRun, wish: Wish | null = null): boolean {
    this.kept.answer(true);
    const there = this.runs.find(kept.id);
    if (this.runs.closed?.run.id === kept.id) this.runs.undoClose();
    if (there && !this.runs.canReopen(kept.id, this.kept.inUse)) this.#select(there);
    else {
      if (there?.alive) this.#client.close(kept.id); // before another begins under its name
      this.#load(formOf(kept), wish, { ...kept, there });
    }
    return this.runs.selected.id === kept.id;
  }

  /** What the page computes with, as far as the trainer has said; the digest only of this model. */
  madeOn(model: string): MadeOn {
    const loaded = this.run.model?.name === model ? this.run.model : null;
    return { backend: this.run.backend?.name, modelDigest: loaded?.digest };
  }

  /**
   * A new run with the experiment of a form takes the place of the one on screen, which stays once it has got anywhere.
   * @param from the run that goes on, which was kept
   */
  #load(form: ExperimentState, wish: Wish | null = null, from: Resumed | null = null): OpenRun {
    const { selected: before } = this.runs;
    const experiment = form.valid;
    const { kept } = before;
    if (!experiment) return before;
    const wanted = { backend: this.backendChoice, model: heldModelOf(experiment) };
    const same = this.#loaded?.backend === wanted.backend && this.#loaded.model === wanted.model;
    const over = same && this.#client.canBegin;
    if (!this.#hasRoom(kept ? 1 : 0, !over)) return before;
    if (kept) before.form.takeBack();
    const instead = from?.there ?? (kept ? null : before);
    const run = this.runs.make(form, { instead, id: from?.id });
    run.begin(experiment);
    if (from?.name) run.rename(from.name);
    run.told.surround(before.told);
    if (over) {
      if (kept) this.#client.pause(before.id);
      const begin = () => (from ? this.#client.resume(run.id) : this.#client.begin(run.id, experiment));
      this.#open(run, begin, instead);
    } else {
      const stopped = this.runs.all.filter((other) => other.end() && (kept || other !== before)); // what is loaded goes, and they with it
      this.forgetClosed();
      this.#loaded = wanted;
      const load = () => void this.#client.load(run.id, experiment, this.backendChoice, from !== null);
      this.#open(run, load, instead);
      const runs = listed(stopped.map(({ words }) => words));
      if (runs) run.told.notify('info', say('{runs} stopped, because something else was loaded.', { runs }));
    }
    this.#select(run);
    this.link.begun(run);
    if (wish) this.#want(run, wish);
    return run;
  }

  /** A new run beside the one on screen, over what is loaded for that one. */
  #beside(form: ExperimentState, experiment: Experiment): OpenRun {
    const run = this.runs.make(form);
    run.begin(experiment);
    run.told.surround(this.run);
    return this.#open(run, () => this.#client.begin(run.id, experiment));
  }

  /**
   * Adds a run; where there are too many, the oldest that can be spared is closed.
   * @param begin tells the trainer of it, before anything is closed that it may begin with
   * @param instead leaves for it
   */
  #open(run: OpenRun, begin: () => void, instead: OpenRun | null = null): OpenRun {
    this.runs.add(run);
    begin();
    if (instead) this.#remove(instead);
    for (let old = this.runs.surplus; old; old = this.runs.surplus) {
      this.close(old);
      run.told.notify('info', say('{run} was closed: {maxRuns} are kept.', { run: old.words, maxRuns }));
    }
    return run;
  }

  #remove(run: OpenRun): void {
    this.runs.remove(run);
    this.compare.without(run);
    this.#end(run);
  }

  #end(run: OpenRun | null): void {
    if (!run) return;
    if (!this.runs.find(run.id)) this.#client.close(run.id); // else it goes on, as another
    this.asking.ended(run);
    run.told.forget(); // runs that come from it hold on to it
  }

  #select(run: OpenRun): void {
    for (const one of this.runs.all) this.asking.drop(one);
    this.compare.on = false;
    this.runs.select(run);
  }

  /** Tells a run what to do, whether or not it is loaded yet. */
  #want(run: OpenRun, wish: Wish): void {
    if (!run.told.hears) run.wish = wish;
    this.#client[wish](run.id);
  }

  /** Runs or steps; before the first update, restart fields that were changed are loaded first. */
  #begin(wish: Wish): void {
    if (!this.canRun) return;
    if (wish === 'run') this.selection.goOn();
    else this.selection.followTraining(); // who takes a step wants to see it
    if (this.compare.on) this.#lockStep.begin(wish);
    else if (!this.run.begun && this.experiment.pending.length > 0) this.#load(this.experiment.copy(), wish);
    else this.#want(this.runs.selected, wish);
  }

  #sendLive(): void {
    const experiment = this.experiment.applyLive();
    if (experiment) this.#client.change(this.runs.selected.id, experiment);
  }

  /** Pauses whatever computes on this machine. */
  #interrupt(): Interrupted {
    const run = this.runs.interrupt((id) => this.#client.pause(id));
    const grading = this.problems.phase === 'grading';
    if (grading) this.problems.cancel();
    return { run, grading };
  }

  #receive(event: TrainerEvent): void {
    const run = this.runs.find(event.runId);
    if (!run) return;
    for (const one of this.asking.hearers(run, event)) one.told.apply(event);
    if (event.type === 'past') this.link.begun(run.goOn(event));
    if (event.type === 'update') void this.kept.gotOn(run.id);
    if (event.type === 'change') run.form.follow(event.record.changes);
    run.alive = this.#client.has(run.id);
    if (run.told.hears) run.wish = null;
    this.#lockStep.settle();
    this.runs.tellIdle();
    if (run.told.phase !== 'loading') this.kept.begin();
    if (['past', 'update', 'eval', 'change'].includes(event.type)) void this.link.check(run);
    if (run.told.evals.length > 0) this.offline.begin(); // the first minute has the network and the processor to itself
  }
}
