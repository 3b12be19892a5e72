/** The page: the experiment, the run, what is looked at, and what the buttons do. */
import type { BackendName } from '../../config/backends.ts';
import { decodeLink, encodeLink, type MadeOn } from '../../config/link.ts';
import type { Preset } from '../../config/presets.ts';
import type { Experiment, FieldName } from '../../config/experiment.ts';
import type { Remedy } from '../../rl/remedies.ts';
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
import { RunState, type InspectedPlace } from './run.svelte.ts';
import { SelectionState } from './selection.svelte.ts';
import { SpeedState, type Interrupted } from './speed.svelte.ts';

export type BackendChoice = BackendName | 'auto';
/** How long the answer to Share stays, ms: to be read, or to copy the link by hand. */
const sharedFor = { read: 6000, copy: 60_000 };

/** What came of Share; `link`: what to copy by hand, or ''. */
interface Shared {
  readonly words: string;
  readonly link: string;
}

/** What to do once the run being loaded is ready. */
type Wish = 'run' | 'step' | 'station' | null;

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
  readonly experiment = new ExperimentState();
  readonly run = new RunState();
  readonly selection = new SelectionState(this.run);
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
  /** What was measured in the run that the one on screen took the place of. */
  left = $state.raw<Recorded | null>(null);
  readonly #client: TrainerClient;
  #linkMadeOn = $state.raw<MadeOn>({});
  #linkModel = '';
  #wish = $state.raw<Wish>(null);
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

  /** What the link was made on and this page is not: results may differ. */
  get linkDifferences(): readonly string[] {
    return differences(this.#linkMadeOn, this.#madeOn(this.#linkModel));
  }
  get canRun(): boolean {
    const { phase, step } = this.run;
    const more = phase === 'finished' && this.experiment.applied.steps > step;
    return (
      (more || phase === 'ready' || phase === 'paused') &&
      this.experiment.valid !== null &&
      this.#wish === null
    );
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
    this.experiment.open(link.experiment);
    this.#load();
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
    this.#client.watch(group);
  }

  pause(): void {
    if (this.canPause) this.#client.pause();
  }

  /** Back to step 0 with the experiment of the form. */
  reset(): void {
    if (this.canReset) this.#load();
  }

  /** Asks what an update did to each token of a try; `run.inspected` has the answer. */
  inspect({ step, ...at }: InspectedPlace): void {
    this.#client.inspect(step, at);
  }

  /** Asks where an update went; `run.layers` has the answer. */
  askForLayers(step: number): void {
    this.#client.layers(step);
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
    this.experiment.change(changes);
    if (!again) return this.#sendLive();
    if (!this.canReset) return; // the form says which field is wrong
    this.#wish = 'run';
    this.#load();
  }

  /** Loads a story's experiment and runs it. */
  tell(story: Story): void {
    this.experiment.choose(presetOfStory(story));
    this.#wish = 'run';
    this.#load();
  }

  /** Loads a lesson's experiment and runs it. */
  teach(experiment: Experiment): void {
    this.experiment.open(experiment);
    this.#wish = 'run';
    this.#load();
  }

  get canAskForCaught(): boolean {
    return !this.run.catching && ['ready', 'running', 'paused', 'finished'].includes(this.run.phase);
  }

  /** Looks for a task on which the model has given up a first answer that it could give; it is shown when it is found. */
  askForCaught(): void {
    if (!this.canAskForCaught) return;
    this.run.catching = true;
    this.#client.askForCaught();
  }

  closeCaught(): void {
    this.run.caught = null;
  }

  /** Takes a preset; before the run has begun it is loaded at once, so that what is on screen is true. */
  choose(preset: Preset): void {
    this.experiment.choose(preset);
    if (!this.run.begun && this.experiment.pending.length > 0) this.#load();
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

  #load(): void {
    const experiment = this.experiment.valid;
    if (!experiment) return;
    this.experiment.applyAll(experiment);
    const { train, evals, changes } = this.run;
    this.left = train.length > 0 ? { train, evals, changes } : null;
    this.run.clear();
    this.selection.clear();
    void this.#client.load(experiment, this.backendChoice);
  }

  /** Runs or steps; before the first update, restart fields that were changed are loaded first. */
  #begin(wish: NonNullable<Wish>): void {
    if (!this.canRun) return;
    if (!this.run.begun && this.experiment.pending.length > 0) {
      this.#wish = wish;
      this.#load();
    } else this.#client[wish]();
  }

  #sendLive(): void {
    const experiment = this.experiment.applyLive();
    if (experiment) this.#client.change(experiment);
  }

  /** Pauses whatever computes on this machine. */
  #interrupt(): Interrupted {
    const run = this.#wish !== null || this.run.phase === 'running' || this.run.phase === 'pausing';
    const grading = this.problems.phase === 'grading';
    this.#wish = null;
    this.#client.pause(); // whatever the phase: a Run may be on its way
    if (grading) this.problems.cancel();
    return { run, grading };
  }

  async #idle(signal: AbortSignal): Promise<void> {
    while (this.run.computing) {
      await new Promise<void>((resolve, reject) => {
        this.#whenIdle.push(resolve);
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      });
    }
  }

  #receive(event: TrainerEvent): void {
    this.run.apply(event);
    if (!this.run.computing) for (const resolve of this.#whenIdle.splice(0)) resolve();
    if (event.type === 'failure') this.#wish = null;
    if (this.run.evals.length > 0) this.offline.begin(); // the first minute has the network and the processor to itself
    if (this.#wish !== null && this.run.phase === 'ready') {
      const wish = this.#wish;
      this.#wish = null;
      this.#begin(wish);
    }
  }
}
