/** A word that the browser keeps from visit to visit; where it refuses, only that is lost, and the user is told. */
import { whyRefused } from '../../worker/window.ts';
import { say, told } from '../say.svelte.ts';

export class Remembered {
  readonly #key: string;
  readonly #what: string;
  readonly #onRefused: (sentence: string) => void;

  /**
   * @param what is not remembered, as a sentence begins: "Light or dark"
   * @param onRefused hears why, a sentence for the user
   */
  constructor(key: string, what: string, onRefused: (sentence: string) => void) {
    this.#key = key;
    this.#what = what;
    this.#onRefused = onRefused;
  }

  /** null: nothing was kept, or nothing can be. */
  read(): string | null {
    return this.#attempt(() => localStorage.getItem(this.#key));
  }

  write(word: string): void {
    this.#attempt(() => localStorage.setItem(this.#key, word));
  }

  #attempt<T>(work: () => T): T | null {
    try {
      return work();
    } catch (error) {
      this.#onRefused(
        say('{what} is not remembered: {error}.', { what: told(this.#what), error: whyRefused(error) }),
      );
      return null;
    }
  }
}
