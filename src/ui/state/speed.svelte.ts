/** The speed of this device: what to measure, how far it is, and what came of it. */
import { SpeedError, speedParts } from '../../worker/speed.ts';
import type { SpeedPart, SpeedProgress, SpeedRequest, SpeedResult, SpeedTools } from '../../worker/speed.ts';

/** 'waiting': until nothing else computes. */
export type SpeedPhase = 'idle' | 'waiting' | 'measuring';

/** What was stopped so that the machine is quiet. */
export interface Interrupted {
  readonly run: boolean;
  readonly grading: boolean;
}

/** The rest of the page, as a measurement sees it. */
export interface Surroundings {
  /** The back end that the user asked for. */
  readonly backend: () => SpeedRequest['backend'];
  /** Pauses the run and stops grading; what was stopped stays so. */
  readonly interrupt: () => Interrupted;
  /** Resolves when nothing computes any more. */
  readonly whenIdle: (signal: AbortSignal) => Promise<void>;
}

/** The last measurement. */
export interface Measured extends SpeedResult {
  /** The page was not in front all the time. */
  readonly hidden: boolean;
}

const beginning: SpeedProgress = { what: 'loading the benchmark', done: 0, total: 0 };

/** Read it anywhere; it is written by its own methods only. */
export class SpeedState {
  phase = $state.raw<SpeedPhase>('idle');
  /** Fewer sizes and rounds. */
  quick = $state.raw(true);
  /** What will be measured. */
  parts = $state.raw<readonly SpeedPart[]>(speedParts);
  progress = $state.raw(beginning);
  /** What measurements have stopped so far; none of it is started again here. */
  interrupted = $state.raw<Interrupted>({ run: false, grading: false });
  /** Why the last measurement failed, and what to do; or ''. */
  failure = $state.raw('');
  /** The last measurement was cancelled. */
  cancelled = $state.raw(false);
  /** The last measurement that was finished; it stays until the next one is. */
  last = $state.raw<Measured | null>(null);
  readonly #tools: SpeedTools;
  readonly #page: Surroundings;
  #hidden = false;
  #work: AbortController | null = null;

  constructor(tools: SpeedTools, page: Surroundings) {
    this.#tools = tools;
    this.#page = page;
  }

  get canMeasure(): boolean {
    return this.phase === 'idle' && this.parts.length > 0;
  }

  chooseQuick(quick: boolean): void {
    this.quick = quick;
  }
  /** Takes a part in or leaves it out. */
  toggle(part: SpeedPart): void {
    this.parts = speedParts.filter((one) => this.parts.includes(one) !== (one === part));
  }

  /** Stops what else computes, waits until nothing does, and measures. What it stopped is not started again. */
  async measure(): Promise<void> {
    if (!this.canMeasure) return;
    const work = new AbortController();
    this.#work = work;
    this.phase = 'waiting';
    this.failure = '';
    this.cancelled = false;
    this.#hidden = false;
    this.progress = beginning;
    const { run, grading } = this.#page.interrupt();
    this.interrupted = { run: run || this.interrupted.run, grading: grading || this.interrupted.grading };
    try {
      await this.#page.whenIdle(work.signal);
      if (work !== this.#work) return;
      this.phase = 'measuring';
      const request = { backend: this.#page.backend(), quick: this.quick, parts: [...this.parts] };
      const tell = (progress: SpeedProgress): void => {
        if (work === this.#work) this.progress = progress;
      };
      const result = await this.#tools.measure(request, tell, work.signal);
      if (work !== this.#work) return;
      this.last = { ...result, hidden: this.#hidden };
    } catch (error) {
      if (work !== this.#work) return; // cancelled, which is not a failure
      this.failure = this.#wordsOf(error);
    }
    this.#work = null;
    this.phase = 'idle';
  }

  /** Ends the measurement at once. The result before it stays. */
  cancel(): void {
    if (this.phase === 'idle') return;
    this.#work?.abort();
    this.#work = null;
    this.phase = 'idle';
    this.cancelled = true;
  }

  /** The page went into the background: the browser may slow it down, so the figures are marked. */
  noteHidden(): void {
    this.#hidden = true;
  }

  #wordsOf(error: unknown): string {
    const message = error instanceof Error ? error.message : String(error);
    const remedy = error instanceof SpeedError ? error.remedy : 'Measure again, or reload the page first.';
    return `Not measured. It stopped at “${this.progress.what}”: ${message.replace(/\.?$/, '.')} ${remedy}`;
  }
}
