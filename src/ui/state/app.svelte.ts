/** The page: the experiment, the run, what is looked at, and what the buttons do. */
import type { BackendName } from '../../config/backends.ts';
import { decodeLink, encodeLink, type MadeOn } from '../../config/link.ts';
import type { Preset } from '../../config/presets.ts';
import type { Experiment, FieldName } from '../../config/experiment.ts';
import type { TrainerClientOptions } from '../../worker/client.ts';
import { TrainerClient } from '../../worker/client.ts';
import { problemTools } from '../../worker/problems.ts';
import type { KeepOffline } from '../../worker/offline.ts';
import type { TrainerEvent } from '../../worker/protocol.ts';
import { speedTools, type SpeedTools } from '../../worker/speed.ts';
import { copyText } from '../clipboard.ts';
import type { Recorded } from '../download.ts';
import { differences } from '../madeOn.ts';
import { presetOfStory, type Story } from '../stories.ts';
import { ExperimentState } from './experiment.svelte.ts';
import { OfflineState } from './offline.svelte.ts';
import { ProblemsState } from './problems.svelte.ts';
import { RefusalsState } from './refusals.svelte.ts';
import { changesBetween, type OpenRun, type Wish } from './openRun.svelte.ts';
import type { InspectedPlace } from './run.svelte.ts';
import { maxRuns, RunsState } from './runs.svelte.ts';
import { SpeedState, type Interrupted } from './speed.svelte.ts';

export type BackendChoice = BackendName | 'auto';
/** How long the answer to Share stays, ms: to be read, or to copy the link by hand. */
const sharedFor = { read: 6000, copy: 60_000 };

/** What came of Share; `link`: what to copy by hand, or ''. */
interface Shared {
  readonly words: string;
  readonly link: string;
}

/** What the page may be given beside the trainer. */
export interface Extras {
  readonly keepOffline?: KeepOffline | undefined;
  /** What measures speed; the real thing unless given. */
  readonly speed?: SpeedTools;
  /** Where the trainer says what the browser refuses. */
  readonly refusals?: RefusalsState;
}

/** The page as a whole. Read it anywhere; it is written by its own methods only. */
export class AppState {
  readonly runs = new RunsState();
  readonly problems: ProblemsState;
  readonly speed: SpeedState;
  readonly offline: OfflineState;
  readonly refusals: RefusalsState;
  /** What the user asked for; `run.backend` says what was taken. */
  backendChoice = $state.raw<BackendChoice>('auto');
  /** What was wrong with the link the page was opened with, or ''. */
  linkProblem = $state.raw('');
  /** What an older link names that no longer exists. */
  linkNotes = $state.raw<readonly string[]>([]);
  /** What came of the last Share, for a while. */
  shared = $state.raw<Shared | null>(null);
  readonly #client: TrainerClient;
  #linkMadeOn = $state.raw<MadeOn>({});
  #linkModel = '';
  /** What the last load was asked to compute on. */
  #loadedOn: BackendChoice = 'auto';
  #sharedTimer: ReturnType<typeof setTimeout> | undefined;
  /** Called when the trainer is idle. */
  #whenIdle: (() => void)[] = [];

  constructor(options: Omit<TrainerClientOptions, 'onEvent'>, extras: Extras = {}) {
    this.offline = new OfflineState(extras.keepOffline);
    this.refusals = extras.refusals ?? new RefusalsState();
    this.speed = new SpeedState(extras.speed ?? speedTools(options.assets), {
      backend: () => this.backendChoice,
      interrupt: () => this.#interrupt(),
      whenIdle: (signal) => this.#idle(signal),
    });
    this.problems = new ProblemsState(problemTools(options.createSandboxPort));
    this.#client = new TrainerClient({ ...options, onEvent: (event) => this.#receive(event) });
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
  /** What was measured in the run that the one on screen took the place of. */
  get left(): Recorded | null {
    return this.runs.before?.told ?? null;
  }
  /** What the link was made on and this page is not: results may differ. */
  get linkDifferences(): readonly string[] {
    return differences(this.#linkMadeOn, this.#madeOn(this.#linkModel));
  }
  get canRun(): boolean {
    return this.experiment.valid !== null && this.runs.selected.canGoOn;
  }
  get canPause(): boolean {
    return this.run.phase === 'running';
  }
  /** Why Run, Step and Reset can do nothing, although they could if the form were right; or ''. */
  get hindrance(): string {
    return this.canReset ? '' : `Nothing can be run with these settings: ${this.experiment.problem}.`;
  }
  get canReset(): boolean {
    return this.experiment.valid !== null;
  }

  /** Shows the experiment of a link's fragment and loads it; waits for Run. */
  openLink(fragment: string): void {
    const link = decodeLink(fragment);
    this.linkProblem = link.problem ?? '';
    this.linkNotes = link.notes;
    this.#linkMadeOn = link.madeOn;
    this.#linkModel = link.experiment.model;
    const form = this.experiment.copy();
    form.open(link.experiment);
    this.#load(form);
  }

  start(): void {
    this.#begin('run');
  }

  step(): void {
    this.#begin('step');
  }

  /** On to the next station of an update, which is then looked at. */
  station(): void {
    if (this.canRun) this.selection.followTraining();
    this.#begin('station');
  }

  /** The group of updates under way that is shown; null: none. */
  watch(group: number | null): void {
    this.#client.watch(this.runs.selected.id, group);
  }

  pause(): void {
    if (this.canPause) this.#client.pause(this.runs.selected.id);
  }

  /** A new run with the experiment of the form, from the beginning; the one on screen pauses and is kept, once it has got anywhere. */
  reset(): void {
    if (this.canReset) this.#load(this.experiment.copy());
  }

  /** Asks what an update did to each token of a try; `run.inspected` has the answer. */
  inspect({ step, ...at }: InspectedPlace): void {
    this.#client.inspect(this.#ownerOf(step).id, step, at);
  }

  /**
   * Has an update made again that the page has not kept; what was asked for before is dropped. It comes to the run on screen as
   * if it had been kept, or the reason why it does not. @param step null: nothing is wanted any more
   */
  askFor(step: number | null): void {
    const { selected } = this.runs;
    this.dropAsked();
    if (step === null) return;
    selected.told.ask(step);
    const owner = this.#ownerOf(step);
    if (this.#client.has(owner.id)) this.#client.record(owner.id, step);
    else this.#answer(selected, step, 'its episodes are not kept, and its run has ended');
  }

  /** Nobody wants any more what was asked for. */
  dropAsked(): void {
    for (const run of this.runs.all) {
      if (run.told.asked === null) continue;
      this.#client.drop(run.owner(run.told.asked).id);
      run.told.dropAsked();
    }
  }

  /** A run can be begun where this one stood after so many updates. */
  canFork(step: number): boolean {
    const { selected } = this.runs;
    const { told } = selected;
    return told.phase !== 'loading' && step <= told.step && this.#client.has(selected.ownerOfState(step).id);
  }

  /**
   * A new run that begins where the one on screen stood after `step` updates, and is shown. That one pauses and stays as it is.
   * @param wanted the experiment of the new run; its model and where training starts are those of the old one
   */
  fork(step: number, wanted: Experiment, go: boolean): void {
    if (!this.canFork(step)) return;
    const { selected: from } = this.runs;
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
    const branch = this.#open(this.runs.make(form, { origin: { run: from, step, changes } }));
    const values = Object.fromEntries(changes.map(({ field, to }) => [field, to]));
    this.#client.fork(branch.id, { from: owner.id, step, changes: values });
    return branch;
  }

  /** Shows a run; what others do goes on. */
  select(run: OpenRun): void {
    if (run !== this.runs.selected) this.#select(run);
  }

  /** Takes a run off the page; for a while it can be had back (`undoClose`). The last one stays. */
  close(run: OpenRun): void {
    if (this.runs.all.length < 2) return;
    this.#client.pause(run.id);
    this.#end(this.runs.close(run));
  }

  undoClose(): void {
    this.runs.undoClose();
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

  /** Loads a story's experiment and runs it. */
  tell(story: Story): void {
    const form = this.experiment.copy();
    form.choose(presetOfStory(story));
    this.#load(form, 'run');
  }

  get canAskForCaught(): boolean {
    return !this.run.catching && ['ready', 'running', 'paused', 'finished'].includes(this.run.phase);
  }

  /** Looks for a task on which the model has given up a first answer that it could give; it is shown when it is found. */
  askForCaught(): void {
    if (!this.canAskForCaught) return;
    this.run.catching = true;
    this.#client.askForCaught(this.runs.selected.id);
  }

  closeCaught(): void {
    this.run.caught = null;
  }

  /** Takes a preset; before the run has begun it is loaded at once, so that what is on screen is true. */
  choose(preset: Preset): void {
    this.experiment.choose(preset);
    if (!this.run.begun && this.experiment.pending.length > 0) this.#load(this.experiment.copy());
    else this.#sendLive();
  }

  chooseBackend(backend: BackendChoice): void {
    this.backendChoice = backend;
    this.reset();
  }

  /** Copies a link to the experiment of the form, puts it in the address bar, and says so for a while. */
  async share(): Promise<void> {
    this.shared = await this.#copyLink();
    clearTimeout(this.#sharedTimer);
    const stays = this.shared.link === '' ? sharedFor.read : sharedFor.copy;
    this.#sharedTimer = setTimeout(() => (this.shared = null), stays);
  }

  async #copyLink(): Promise<Shared> {
    const experiment = this.experiment.valid;
    if (!experiment) return { words: `Not copied: ${this.experiment.problem}.`, link: '' };
    const link =
      window.location.href.replace(/#.*$/, '') + encodeLink(experiment, this.#madeOn(experiment.model));
    window.history.replaceState(null, '', link);
    return (await copyText(link))
      ? { words: 'Link copied. It opens this experiment and waits for Run.', link: '' }
      : { words: 'The browser did not allow copying. Copy the address of this link by hand:', link };
  }

  dismissLinkProblem(): void {
    this.linkProblem = '';
  }

  dismissLinkNotes(): void {
    this.linkNotes = [];
  }

  dismissLinkDifferences(): void {
    this.#linkMadeOn = {};
  }

  /** What the page computes with, as far as the trainer has said; the digest only of this model. */
  #madeOn(model: string): MadeOn {
    const loaded = this.run.model?.name === model ? this.run.model : null;
    return { backend: this.run.backend?.name, modelDigest: loaded?.digest };
  }

  /** A new run with the experiment of a form takes the place of the one on screen, which is kept once it has got anywhere. */
  #load(form: ExperimentState, wish: Wish | null = null): void {
    const experiment = form.valid;
    if (!experiment) return;
    const { selected: before } = this.runs;
    const kept = before.told.train.length > 0;
    if (kept) before.form.takeBack();
    const run = this.runs.make(form, { instead: kept ? null : before });
    run.begin(experiment);
    run.told.surround(before.told);
    const over = this.#client.canBegin && this.#loadedOn === this.backendChoice;
    if (over && before.form.applied.model === experiment.model) {
      if (kept) this.#client.pause(before.id);
      this.#open(run);
      if (!kept) this.#remove(before);
      this.#client.begin(run.id, experiment);
    } else {
      for (const other of this.runs.all) other.alive = false; // what is loaded now goes, and they with it
      this.forgetClosed();
      this.#open(run);
      if (!kept) this.#remove(before);
      this.#loadedOn = this.backendChoice;
      void this.#client.load(run.id, experiment, this.backendChoice);
    }
    this.#select(run);
    if (wish) this.#want(run, wish);
  }

  /** Adds a run; where there are too many, the oldest goes. */
  #open(run: OpenRun): OpenRun {
    const gone = this.runs.add(run);
    if (gone) {
      this.#end(gone);
      run.told.notify('info', `Run ${gone.number} (${gone.name}) was closed: ${maxRuns} are kept.`);
    }
    return run;
  }

  #remove(run: OpenRun): void {
    this.runs.remove(run);
    this.#end(run);
  }

  #end(run: OpenRun | null): void {
    if (run) this.#client.close(run.id);
  }

  #select(run: OpenRun): void {
    this.dropAsked();
    this.runs.select(run);
  }

  /** Tells a run what to do, whether or not it is loaded yet. */
  #want(run: OpenRun, wish: Wish): void {
    if (run.told.phase === 'loading') run.wish = wish;
    this.#client[wish](run.id);
  }

  #ownerOf(step: number): OpenRun {
    return this.runs.selected.owner(step);
  }

  #answer(run: OpenRun, step: number, why: string): void {
    run.told.apply({ type: 'unanswered', runId: run.id, step, why });
  }

  /** Runs or steps; before the first update, restart fields that were changed are loaded first. */
  #begin(wish: Wish): void {
    if (!this.canRun) return;
    if (!this.run.begun && this.experiment.pending.length > 0) this.#load(this.experiment.copy(), wish);
    else this.#want(this.runs.selected, wish);
  }

  #sendLive(): void {
    const experiment = this.experiment.applyLive();
    if (experiment) this.#client.change(this.runs.selected.id, experiment);
  }

  /** Pauses whatever computes on this machine. */
  #interrupt(): Interrupted {
    const run = this.runs.all.some(({ wish, told }) => wish !== null || told.training);
    const grading = this.problems.phase === 'grading';
    for (const one of this.runs.all) {
      one.wish = null;
      this.#client.pause(one.id); // whatever the phase: a Run may be on its way
    }
    if (grading) this.problems.cancel();
    return { run, grading };
  }

  async #idle(signal: AbortSignal): Promise<void> {
    while (this.runs.computing) {
      await new Promise<void>((resolve, reject) => {
        this.#whenIdle.push(resolve);
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      });
    }
  }

  #receive(event: TrainerEvent): void {
    const run = this.runs.find(event.runId);
    if (!run) return;
    const looks = event.type === 'record' || event.type === 'unanswered' || event.type === 'inspected';
    (looks ? this.#askerOf(run) : run).told.apply(event);
    run.alive = this.#client.has(run.id);
    if (run.told.phase !== 'loading') run.wish = null;
    if (!this.runs.computing) for (const resolve of this.#whenIdle.splice(0)) resolve();
    if (run.told.evals.length > 0) this.offline.begin(); // the first minute has the network and the processor to itself
  }

  /** Who has asked about an update of this run: the one on screen, when it comes from it. */
  #askerOf(run: OpenRun): OpenRun {
    return this.runs.selected.comesFrom(run) ? this.runs.selected : run;
  }
}
