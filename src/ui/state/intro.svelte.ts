/** Whether the page introduces itself: the recorded first update, the words above the first answer, the stories. */
import { Remembered } from './remembered.ts';

/** Read `shown` anywhere; it is written by `show` only. */
export class IntroState {
  shown = $state.raw(true);
  readonly #kept: Remembered;

  /** @param onRefused hears why the choice is not remembered, a sentence for the user */
  constructor(onRefused: (sentence: string) => void) {
    this.#kept = new Remembered('cocos-intro', 'Whether the introduction is shown', onRefused);
    this.shown = this.#kept.read() !== 'off';
  }

  /** For good, whatever the link. */
  show(shown: boolean): void {
    this.shown = shown;
    this.#kept.write(shown ? 'on' : 'off');
  }
}
