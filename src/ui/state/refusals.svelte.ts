/** Conveniences that the browser refuses the page here, and why. Each costs itself and nothing more. */
export class RefusalsState {
  /** For the user, in the order in which they came. Written by `add` only. */
  sentences = $state.raw<readonly string[]>([]);

  readonly add = (sentence: string): void => {
    if (!this.sentences.includes(sentence)) this.sentences = [...this.sentences, sentence];
  };
}
