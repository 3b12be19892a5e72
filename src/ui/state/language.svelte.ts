/** The language of the page: what a link asks for, else what the reader chose, on this visit or an earlier one, else the browser's. */
import { isLanguage, languages, type Language } from '../../lessons/languages.ts';
import { say, speak, spoken } from '../say.svelte.ts';
import { Remembered } from './remembered.ts';

export const languageNames = Object.keys(languages).filter(isLanguage);

/** @param tags what a reader prefers, best first, as BCP 47 has it. @returns the first of ours, else English */
export function preferredOf(tags: readonly string[]): Language {
  return tags.map((tag) => tag.toLowerCase().split('-')[0] ?? '').find(isLanguage) ?? 'en';
}

/** Read `current` anywhere; it is written by its own methods only. */
export class LanguageState {
  /** Which one is on its way or spoken; it may still have to be fetched. */
  #wanted: Language = 'en';
  /** A part of the page was opened that says more than the first words. */
  #later = false;
  readonly #kept: Remembered;
  readonly #warn: (sentence: string) => void;

  /**
   * Both hear a sentence for the user.
   * @param onRefused why the choice is not remembered
   * @param warn why a language could not be had
   */
  constructor(onRefused: (sentence: string) => void, warn: (sentence: string) => void) {
    this.#warn = warn;
    this.#kept = new Remembered('cocos-language', 'The language', onRefused);
    const kept = this.#kept.read();
    const first = kept !== null && isLanguage(kept) ? kept : preferredOf(navigator.languages);
    if (first !== this.#wanted) void this.#speak(first);
  }

  get current(): Language {
    return spoken();
  }

  /** The reader chooses. */
  choose(language: Language): Promise<void> {
    this.#kept.write(language);
    return this.#speak(language);
  }

  /** A link asks, by a name that may be none of ours. */
  async follow(name: string | undefined): Promise<void> {
    if (name === undefined) return;
    if (isLanguage(name)) return this.#speak(name);
    this.#warn(say('The link names a language that the page does not have: {name}.', { name }));
  }

  /** A part of the page is opened that has words of its own; until they are here it speaks English. */
  more(): void {
    if (this.#later) return;
    this.#later = true;
    if (this.#wanted !== 'en') void this.#speak(this.#wanted);
  }

  async #speak(language: Language): Promise<void> {
    this.#wanted = language;
    try {
      await speak(language, () => this.#wanted === language, this.#later);
      document.documentElement.lang = spoken();
    } catch (error) {
      this.#later = false; // it is asked for again, and not needed for the first words
      const reason = error instanceof Error ? error.message : String(error);
      const { name } = languages[language];
      this.#warn(say('The page could not be had in this language ({name}): {reason}.', { name, reason }));
    }
  }
}
