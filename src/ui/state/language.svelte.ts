/** The language of the page: what a link asks for, else what the reader chose, on this visit or an earlier one, else English. */
import { isLanguage, languages, type Language } from '../../lessons/languages.ts';
import { say, speak, spoken } from '../say.svelte.ts';
import { Remembered } from './remembered.ts';

export const languageNames = Object.keys(languages).filter(isLanguage);

/** Read `current` anywhere; it is written by its own methods only. */
export class LanguageState {
  /** Which one is on its way or spoken; it may still have to be fetched. */
  #wanted: Language = 'en';
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
    if (kept !== null && isLanguage(kept)) void this.#speak(kept);
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

  /** Lessons that are opened before anybody chose a language are read in the browser's, and the page with them. */
  async open(): Promise<void> {
    const [preferred = ''] = navigator.language.split('-');
    if (this.#kept.read() === null && this.#wanted === 'en' && isLanguage(preferred))
      await this.#speak(preferred);
  }

  async #speak(language: Language): Promise<void> {
    this.#wanted = language;
    try {
      await speak(language, () => this.#wanted === language);
      document.documentElement.lang = spoken();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const { name } = languages[language];
      this.#warn(say('The page could not be had in this language ({name}): {reason}.', { name, reason }));
    }
  }
}
