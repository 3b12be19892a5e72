/** How the page is shown: whole, or as a part of another one, as the link asks it. */
import type { Experiment } from '../../config/experiment.ts';
import { decodeLink, encodeLink, type DecodedLink } from '../../config/link.ts';
import { panelNames, type PanelName } from '../../config/view.ts';

/** Read it anywhere; it is written by its own methods only. */
export class ViewState {
  #fragment = '';
  #link: DecodedLink;
  #showsAll = $state.raw(false);

  /** @param fragment of the page's address */
  constructor(fragment: string) {
    this.#fragment = fragment;
    this.#link = $state.raw(decodeLink(fragment));
  }

  open(fragment: string): void {
    this.#fragment = fragment;
    this.#link = decodeLink(fragment);
    this.#showsAll = false;
  }

  /** The panels that the link hides, too. */
  showAll(): void {
    this.#showsAll = true;
  }

  /** Without the header, as a part of another page. */
  get embedded(): boolean {
    return this.#link.view.embed ?? false;
  }
  /** What is shown, in the order of the page. */
  get panels(): readonly PanelName[] {
    const { panels } = this.#link.view;
    return this.#showsAll || !panels ? panelNames : panelNames.filter((name) => panels.includes(name));
  }
  shows(panel: PanelName): boolean {
    return this.panels.includes(panel);
  }
  get hidesAny(): boolean {
    return this.panels.length < panelNames.length;
  }

  /** The fragment of the whole page: the link as it came, unless the reader has changed its experiment since. */
  whole(experiment: Experiment): string {
    const { experiment: came, view, problem } = this.#link;
    const changed = problem !== null || encodeLink(came) !== encodeLink(experiment);
    if (changed) return encodeLink(experiment, {}, { ...view, embed: undefined, panels: undefined });
    const parts = this.#fragment.replace(/^#/, '').split('&');
    return `#${parts.filter((part) => !/^(amp;)?(embed|panels)(=|$)/.test(part)).join('&')}`;
  }
}
