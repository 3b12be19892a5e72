/** How the page is shown: whole, or as a part of another one, as the link asks it. */
import type { Experiment } from '../../config/experiment.ts';
import { decodeLink, encodeLink, type DecodedLink } from '../../config/link.ts';
import { panelNames, type PanelName, type View } from '../../config/view.ts';
import type { OpenRun } from './openRun.svelte.ts';

/** Read it anywhere; it is written by its own methods only. */
export class ViewState {
  #fragment = '';
  #link: DecodedLink;
  #showsAll = $state.raw(false);
  #looked = false;
  /** The lesson and the language that are open; {} while the lessons are closed. */
  #taught = $state.raw<Pick<View, 'lesson' | 'lang'>>({});

  /** @param fragment of the page's address */
  constructor(fragment: string) {
    this.#fragment = fragment;
    this.#link = $state.raw(decodeLink(fragment));
  }

  open(fragment: string): void {
    this.#fragment = fragment;
    this.#take(decodeLink(fragment));
  }

  /** What a file of Share asks for; it cannot take away the page's frame. */
  openFile(link: DecodedLink): void {
    this.#fragment = '';
    this.#take({ ...link, view: { ...link.view, embed: undefined } });
  }

  #take(link: DecodedLink): void {
    this.#link = link;
    this.#showsAll = false;
    this.#looked = false;
  }

  /** Says which lesson is open, in which language. */
  teach(taught: Pick<View, 'lesson' | 'lang'>): void {
    this.#taught = taught;
  }

  /** What is on screen, for a link that shows the same. @param together it stands beside others, which no link carries */
  seen({ selection }: OpenRun, together = false): View {
    const { moment, source, cursor, live, groupIndex, trajectoryIndex, turnIndex } = selection;
    const batch = source === 'batch' && !live && moment;
    const whole = {
      ...(this.hidesAny ? { panels: this.panels } : {}),
      ...(cursor !== null ? { update: cursor } : {}),
    };
    if (together) return whole;
    return {
      ...whole,
      ...this.#taught,
      ...(batch ? { update: moment.step, task: groupIndex + 1, try: trajectoryIndex + 1 } : {}),
      ...(batch && turnIndex !== null ? { turn: turnIndex + 1 } : {}),
    };
  }

  /** The panels that the link hides, too. */
  showAll(): void {
    this.#showsAll = true;
  }

  /** What the link wants to be looked at. */
  get asked(): View {
    return this.#link.view;
  }

  /** Looks at the update that the link names, by itself the first, and at its task, try and turn, as soon as the run has made it; once. */
  lookAt({ told, selection }: OpenRun): void {
    const { task, try: attempt, turn } = this.#link.view;
    const { update = (task ?? attempt ?? turn) ? 1 : undefined } = this.#link.view;
    const there = update === 0 ? told.evals.length > 0 : told.train.some(({ step }) => step === update);
    if (update === undefined || !there || this.#looked) return;
    this.#looked = true;
    selection.goTo(update);
    if (task !== undefined) selection.chooseGroup(task - 1);
    if (attempt !== undefined) selection.chooseTrajectory(attempt - 1);
    if (turn !== undefined) selection.chooseTurn(turn - 1);
    selection.hold();
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
