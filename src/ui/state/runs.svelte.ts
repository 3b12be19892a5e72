/** The runs that the page has open: which there are, which is on screen, and which was closed last. */
import { newRunId } from '../../keep/runId.ts';
import { ExperimentState } from './experiment.svelte.ts';
import { OpenRun, type Origin } from './openRun.svelte.ts';
import { keptAnswers } from './run.svelte.ts';
import type { UpdateRecord } from '../../rl/records.ts';
import { say } from '../say.svelte.ts';

/** Where more are opened, the oldest that can be spared is closed. */
export const maxRuns = 8;

interface MakeOptions {
  readonly origin?: Origin | null;
  readonly instead?: OpenRun | null;
  /** Of a run that was kept; by default a new one. */
  readonly id?: string | undefined;
}

const newest = (runs: readonly OpenRun[]): OpenRun | null =>
  runs.reduce<OpenRun | null>((a, b) => (a && a.number > b.number ? a : b), null);

/** Read it anywhere; it is written by AppState only. */
export class RunsState {
  #all = $state.raw<readonly OpenRun[]>([new OpenRun('run-0', 1, new ExperimentState())]);
  #selected = $state.raw<OpenRun>();
  /** The run that was closed last, with its place in the list, while it can be had back. */
  closed = $state.raw<{ readonly run: OpenRun; readonly place: number } | null>(null);
  /** The run that all others are compared with. */
  pinned = $state.raw<OpenRun | null>(null);
  /** What introduces the first run. */
  #recorded: UpdateRecord | null = null;
  /** Called when nothing is computed any more. */
  #whenIdle: (() => void)[] = [];
  #numbers = 1;

  /** In the order in which they were opened, each fork behind the run it comes from. */
  get all(): readonly OpenRun[] {
    return this.#all;
  }
  /** The one on screen. */
  get selected(): OpenRun {
    const run = this.#selected ?? this.#all[0];
    if (!run) throw new Error('The page has no run.');
    return run;
  }
  /** The run that the one on screen took the place of, or comes from. */
  get before(): OpenRun | null {
    const { selected } = this;
    if (selected.origin) return selected.origin.run;
    return newest(this.#all.filter((run) => run.number < selected.number && run.kept));
  }
  /**
   * The run that is drawn behind the one on screen, to compare with: the one that was pinned; else, of those that were evaluated on the
   * same, the one that it comes from or came after, or the newest other.
   */
  get ghost(): OpenRun | null {
    const { pinned, selected } = this;
    if (pinned && pinned !== selected) return pinned;
    const others = this.#all.filter((run) => run !== selected && run.kept && run.comparable(selected));
    const origin = others.find((run) => run === selected.origin?.run);
    return origin ?? newest(others.filter((run) => run.number < selected.number)) ?? newest(others);
  }
  /** Something is computed for one of them. */
  get computing(): boolean {
    return this.#all.some(({ told }) => told.computing);
  }

  /** Those that may be closed for another, oldest first: they rest, nobody looks at them, and no open run comes from them. */
  #spare(stops = false): readonly OpenRun[] {
    const needed = (one: OpenRun) => this.#all.some((other) => other !== one && other.comesFrom(one));
    const resting = this.#all.filter(({ wish, told }) => stops || (wish === null && !told.computing));
    return resting
      .filter((one) => one !== this.selected && one !== this.pinned && !needed(one))
      .sort((a, b) => a.number - b.number);
  }
  /** As many runs can be opened. @param stops all that there are stop for it */
  room(stops: boolean): number {
    return maxRuns - this.#all.length + this.#spare(stops).length;
  }
  /** Why so many more runs cannot be open, and what to do; '' where they can. */
  whyNoRoom(more: number, stops = false): string {
    if (more <= Math.max(0, this.room(stops))) return '';
    const some = more === 1 ? say('one') : say('up to {more}', { more });
    const why = say(
      '{maxRuns} runs are kept, and of those that are open too few can be spared: they train, or others come from them',
      { maxRuns },
    );
    return say('Nothing was begun: {why}. Close {some} first.', { why, some });
  }
  /** The run that has to be closed, because there are too many; null: none has to, or none can be spared. */
  get surplus(): OpenRun | null {
    return this.#all.length > maxRuns ? (this.#spare()[0] ?? null) : null;
  }

  /**
   * Updates per minute of a run, which waits for one of each that trains before its next; NaN before its first.
   * @param together runs that Run starts together: of these, those count too that rest and can go on
   */
  updatesPerMinute(run: OpenRun, together: readonly OpenRun[]): number {
    const others = this.#all.filter(
      (one) => one !== run && (one.told.training || (together.includes(one) && one.canGoOn)),
    );
    const waits = others.reduce((ms, { told }) => ms + (told.updateTakes || 0), 0); // 0: not known yet
    return 60_000 / (run.told.updateTakes + waits);
  }

  /** Resolves when nothing is computed for any of them. */
  async idle(signal: AbortSignal): Promise<void> {
    while (this.computing) {
      await new Promise<void>((resolve, reject) => {
        this.#whenIdle.push(resolve);
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      });
    }
  }

  /**
   * All are to rest, whatever their phase: a Run may be on its way.
   * @param pause tells the trainer
   * @returns whether one had something to do
   */
  interrupt(pause: (id: string) => void): boolean {
    const busy = this.#all.some(({ wish, told }) => wish !== null || told.training);
    for (const one of this.#all) {
      one.wish = null;
      pause(one.id);
    }
    return busy;
  }

  /** Something may have come to rest. */
  tellIdle(): void {
    if (!this.computing) for (const resolve of this.#whenIdle.splice(0)) resolve();
  }

  /** A run in the list that has ended, or could only be read because another tab had it, which has let go of it. @param inUse runs that are written */
  canReopen(id: string, inUse: readonly string[]): boolean {
    const there = this.#all.find((run) => run.id === id);
    return there !== undefined && !(there.alive && (!there.told.readOnly || inUse.includes(id)));
  }

  find(id: string): OpenRun | undefined {
    return (
      this.#all.find((run) => run.id === id) ?? (this.closed?.run.id === id ? this.closed.run : undefined)
    );
  }

  /** A run that is not in the list yet. @param instead whose number it takes, because that one leaves */
  make(form: ExperimentState, { origin = null, instead = null, id = newRunId() }: MakeOptions = {}): OpenRun {
    return new OpenRun(id, instead?.number ?? ++this.#numbers, form, origin);
  }

  /** Adds a run; see `surplus`. */
  add(run: OpenRun): void {
    run.selection.recorded = this.#recorded;
    if (this.#all.some(({ selection }) => selection.wentOn)) run.selection.goOn();
    const place = run.origin ? this.#endOf(run.origin.run) : this.#all.length;
    this.#all = this.#all.toSpliced(place, 0, run);
    this.#share();
  }

  remove(run: OpenRun): void {
    if (this.pinned === run) this.pinned = null;
    this.#all = this.#all.filter((one) => one !== run);
    if (this.#selected === run) this.#selected = this.#all.at(-1);
    this.#share();
  }

  select(run: OpenRun): void {
    this.#selected = run;
  }

  /** Takes a run off the list. @returns the one that was closed before, which cannot be had back any more */
  close(run: OpenRun): OpenRun | null {
    const gone = this.forgetClosed();
    const place = this.#all.indexOf(run);
    this.closed = { run, place };
    if (this.pinned === run) this.pinned = null;
    const next = this.#all[place - 1] ?? this.#all[place + 1];
    this.#all = this.#all.filter((one) => one !== run);
    if (this.selected === run && next) this.#selected = next;
    this.#share();
    return gone;
  }

  undoClose(): void {
    if (!this.closed) return;
    const { run, place } = this.closed;
    this.closed = null;
    this.#all = this.#all.toSpliced(place, 0, run);
    this.#share();
  }

  forgetClosed(): OpenRun | null {
    const gone = this.closed?.run ?? null;
    this.closed = null;
    return gone;
  }

  /** @param record an update that came with the page */
  setRecorded(record: UpdateRecord | null): void {
    this.#recorded = record;
    for (const run of this.#all) run.selection.recorded = record;
  }

  /** Behind a run and all that come from it. */
  #endOf(run: OpenRun): number {
    return this.#all.findLastIndex((one) => one.comesFrom(run)) + 1;
  }

  /** The memory for episodes is shared. */
  #share(): void {
    for (const run of this.#all) run.told.room = Math.floor(keptAnswers / this.#all.length);
  }
}
