/** Light or dark: the system's preference until the reader chooses, then what they chose. */
import { Remembered } from './remembered.ts';

export type Theme = 'light' | 'dark';

const system = () => window.matchMedia('(prefers-color-scheme: dark)');

/** Read `current` anywhere; it is written by `toggle` and the system only. */
export class ThemeState {
  current = $state.raw<Theme>('light');
  /** What the reader chose, on this visit or an earlier one. */
  #chosen: Theme | null;
  readonly #kept: Remembered;

  /** @param onRefused hears why the choice is not remembered, a sentence for the user */
  constructor(onRefused: (sentence: string) => void) {
    this.#kept = new Remembered('cocos-theme', 'Light or dark', onRefused);
    const kept = this.#kept.read();
    this.#chosen = kept === 'light' || kept === 'dark' ? kept : null;
    this.#show(this.#chosen ?? (system().matches ? 'dark' : 'light'));
    system().addEventListener('change', (event) => {
      if (this.#chosen === null) this.#show(event.matches ? 'dark' : 'light');
    });
  }

  toggle(): void {
    this.#chosen = this.current === 'dark' ? 'light' : 'dark';
    this.#show(this.#chosen);
    this.#kept.write(this.#chosen);
  }

  #show(theme: Theme): void {
    this.current = theme;
    document.documentElement.dataset.theme = theme;
  }
}
