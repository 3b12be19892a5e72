/** Conveniences that the browser refuses the page here, and why. Each costs itself and nothing more. */
export class RefusalsState {
  #sentences = $state.raw<readonly string[]>([]);

  /** For the user, in the order in which they came. */
  get sentences(): readonly string[] {
    return this.#sentences;
  }

  readonly add = (sentence: string): void => {
    if (!this.#sentences.includes(sentence)) this.#sentences = [...this.#sentences, sentence];
  };
}
