/** Asks the browser not to clear what is kept when space is short: once by itself, for the first run that is worth it. */
import type { KeptState } from './kept.svelte.ts';
import { Remembered } from './remembered.ts';

/** Updates of a run that it would be a pity to lose. */
export const worthKeeping = 10;

/** Read it anywhere; it is written by its own methods only. */
export class StayingState {
  /** It was asked, now or on an earlier visit, and did not agree. */
  refused = $state.raw(false);
  readonly #kept: KeptState;
  readonly #asked: Remembered;
  #began = false;

  /** @param onRefused hears why it is not remembered that the browser was asked, a sentence for the user */
  constructor(kept: KeptState, onRefused: (sentence: string) => void) {
    this.#kept = kept;
    this.#asked = new Remembered('cocos-stay', 'Whether the browser was asked to keep runs', onRefused);
  }

  /** There is such a run. What the browser answers is for who looks at the list of runs: nothing is to be done about it now. */
  async atLast(): Promise<void> {
    if (this.#began || !this.#kept.store) return;
    this.#began = true;
    await this.#kept.refresh();
    const { refused, storage } = this.#kept;
    if (refused || storage?.persisted) return;
    if (this.#asked.read() !== null) {
      this.refused = true;
      return;
    }
    await this.ask();
  }

  async ask(): Promise<void> {
    await this.#kept.attempt(async (store) => {
      const agreed = await store.persist();
      this.#asked.write(agreed ? 'agreed' : 'refused');
      this.refused = !agreed;
    });
    await this.#kept.refresh();
  }
}
