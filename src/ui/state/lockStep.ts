/** Keeps runs that are side by side in step: those behind go first, and a pause ends the round that is under way. */
import type { CompareState } from './compare.svelte.ts';
import type { OpenRun, Wish } from './openRun.svelte.ts';

export class LockStep {
  readonly #compare: CompareState;
  readonly #want: (run: OpenRun, wish: Wish) => void;
  /** They were paused, and it is not known yet that all stand at the same update. */
  #ends = false;

  constructor(compare: CompareState, want: (run: OpenRun, wish: Wish) => void) {
    this.#compare = compare;
    this.#want = want;
  }

  begin(wish: Wish): void {
    this.#ends = false;
    const able = this.#able;
    const behind = Math.min(...able.map(({ told }) => told.step));
    for (const run of able) if (wish === 'run' || run.told.step === behind) this.#want(run, wish);
  }

  /** All were told to pause. They take turns, so some may have made an update more than others. */
  pause(): void {
    this.#ends = this.#compare.on;
  }

  /** Something was told of a run: once all stand, those that are one update behind make it. */
  settle(): void {
    const { on, runs } = this.#compare;
    if (!this.#ends || runs.some(({ wish, told }) => wish !== null || told.training)) return;
    this.#ends = false;
    const furthest = Math.max(...runs.map(({ told }) => told.step));
    if (on) for (const run of this.#able) if (run.told.step === furthest - 1) this.#want(run, 'step');
  }

  get #able(): readonly OpenRun[] {
    return this.#compare.runs.filter((run) => run.canGoOn);
  }
}
