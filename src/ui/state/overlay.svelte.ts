/** A kept run whose curves are drawn behind those of the run on screen, without opening it. */
import type { KeptRun, KeptRuns } from '../../keep/keptRuns.ts';
import type { Chapter } from '../../keep/reading.ts';
import type { Ghost } from './openRun.svelte.ts';

/** Read it anywhere; it is written by its own methods only. */
export class OverlayState {
  /** Counts what was asked for, so that the last one stays, whichever is read last. */
  #asked = 0;
  #laid = $state.raw<{ readonly id: string; readonly ghost: Ghost } | null>(null);

  get ghost(): Ghost | null {
    return this.#laid?.ghost ?? null;
  }
  has(id: string): boolean {
    return this.#laid?.id === id;
  }

  /**
   * In the place of the one before; of a fork also what it comes from, as far as that is kept.
   * @param all where the runs are looked for that it comes from
   * @throws LogError when it has no manifest that can be read
   */
  async lay(run: KeptRun, name: string, store: KeptRuns, all: readonly KeptRun[]): Promise<void> {
    const asked = ++this.#asked;
    const { evalsOf } = await import('../../keep/reading.ts');
    const chapters: Chapter[] = [{ log: await store.log(run.id), until: Infinity }];
    for (let { parent } = run; parent;) {
      const { run: id, step } = parent;
      const from = all.find((one) => one.id === id);
      if (!from || chapters.length > all.length) break;
      chapters.unshift({ log: await store.log(id), until: step });
      parent = from.parent;
    }
    if (asked === this.#asked)
      this.#laid = { id: run.id, ghost: { label: 'kept', laid: name, evals: evalsOf(chapters) } };
  }

  takeAway(): void {
    this.#asked++;
    this.#laid = null;
  }
}
