/** Light or dark: the system's preference until the reader chooses, then what they chose. */
import { whyRefused } from '../../worker/window.ts';

export type Theme = 'light' | 'dark';

const key = 'cocos-theme';
const system = () => window.matchMedia('(prefers-color-scheme: dark)');

/** Read `current` anywhere; it is written by `toggle` and the system only. */
export class ThemeState {
  current = $state.raw<Theme>('light');
  /** What the reader chose, on this visit or an earlier one. */
  #chosen: Theme | null;
  readonly #onRefused: (sentence: string) => void;

  /** @param onRefused hears why the choice is not remembered, a sentence for the user */
  constructor(onRefused: (sentence: string) => void) {
    this.#onRefused = onRefused;
    this.#chosen = this.#remembered();
    this.#show(this.#chosen ?? (system().matches ? 'dark' : 'light'));
    system().addEventListener('change', (event) => {
      if (this.#chosen === null) this.#show(event.matches ? 'dark' : 'light');
    });
  }

  toggle(): void {
    this.#chosen = this.current === 'dark' ? 'light' : 'dark';
    this.#show(this.#chosen);
    try {
      localStorage.setItem(key, this.#chosen);
    } catch (error) {
      this.#refuse(error);
    }
  }

  #remembered(): Theme | null {
    try {
      const theme = localStorage.getItem(key);
      return theme === 'light' || theme === 'dark' ? theme : null;
    } catch (error) {
      this.#refuse(error);
      return null;
    }
  }

  #refuse(error: unknown): void {
    this.#onRefused(`Light or dark is not remembered: ${whyRefused(error)}.`);
  }

  #show(theme: Theme): void {
    this.current = theme;
    document.documentElement.dataset.theme = theme;
  }
}
