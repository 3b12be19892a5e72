/** How the page is shown: whole, or as a part of another one, as the link wants it. */
import type { Experiment } from '../../config/experiment.ts';
import { decodeLink, encodeLink } from '../../config/link.ts';
import { takeView, wholePage, type PanelName, type TakenView } from '../../config/linkView.ts';

/** Read it anywhere; it is written by its own methods only. */
export class ViewState {
  #taken: TakenView;

  /** @param fragment of the page's address */
  constructor(fragment: string) {
    this.#taken = $state.raw(takeView(fragment));
  }

  open(fragment: string): void {
    this.#taken = takeView(fragment);
  }

  /** The panels that the link hides, too. */
  showAll(): void {
    this.#taken = { ...this.#taken, view: wholePage };
  }

  get embedded(): boolean {
    return this.#taken.view.embed;
  }
  get panels(): readonly PanelName[] {
    return this.#taken.view.panels;
  }
  shows(panel: PanelName): boolean {
    return this.panels.includes(panel);
  }
  /** What was wrong with what the link says of it, or null. */
  get problem(): string | null {
    return this.#taken.problem;
  }
  /** The rest of the link: the experiment. */
  get experiment(): string {
    return this.#taken.rest;
  }

  /** The fragment of the whole page: the link as it came, unless the reader has changed its experiment since. */
  whole(experiment: Experiment): string {
    const { rest } = this.#taken;
    const link = decodeLink(rest);
    const same = link.problem === null && encodeLink(link.experiment) === encodeLink(experiment);
    return same ? rest || '#' : encodeLink(experiment);
  }
}
