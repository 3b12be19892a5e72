/** A kept run whose curves are drawn behind those of the run on screen, without opening it. */
import type { Ghost } from './openRun.svelte.ts';

/** Read it anywhere; it is written by its own methods only. */
export class OverlayState {
  #laid = $state.raw<{ readonly id: string; readonly ghost: Ghost } | null>(null);

  get ghost(): Ghost | null {
    return this.#laid?.ghost ?? null;
  }
  has(id: string): boolean {
    return this.#laid?.id === id;
  }

  /**
   * In the place of the one before.
   * @param log its log.jsonl
   * @throws LogError when it has no manifest that can be read
   */
  async lay(id: string, name: string, log: string): Promise<void> {
    const { evalsOfLog } = await import('../../keep/evals.ts');
    this.#laid = { id, ghost: { label: 'kept', laid: name, evals: evalsOfLog(log) } };
  }

  takeAway(): void {
    this.#laid = null;
  }
}
