/** Copies a link to an experiment, puts it in the address bar, and says so for a while. */
import type { Experiment } from '../../config/experiment.ts';
import { encodeLink, type MadeOn } from '../../config/link.ts';
import { copyText } from '../clipboard.ts';

/** How long the answer to Share stays, ms: to be read, or to copy the link by hand. */
const sharedFor = { read: 6000, copy: 60_000 };

/** What came of Share; `link`: what to copy by hand, or ''. */
interface Shared {
  readonly words: string;
  readonly link: string;
}

export class ShareState {
  /** What came of the last Share, for a while. */
  said = $state.raw<Shared | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param experiment null: there is none to share, because of this `problem` */
  async share(experiment: Experiment | null, problem: string, madeOn: MadeOn): Promise<void> {
    this.said = experiment
      ? await copyLink(experiment, madeOn)
      : { words: `Not copied: ${problem}.`, link: '' };
    clearTimeout(this.#timer);
    const stays = this.said.link === '' ? sharedFor.read : sharedFor.copy;
    this.#timer = setTimeout(() => (this.said = null), stays);
  }
}

async function copyLink(experiment: Experiment, madeOn: MadeOn): Promise<Shared> {
  const link = window.location.href.replace(/#.*$/, '') + encodeLink(experiment, madeOn);
  window.history.replaceState(null, '', link);
  return (await copyText(link))
    ? { words: 'Link copied. It opens this experiment and waits for Run.', link: '' }
    : { words: 'The browser did not allow copying. Copy the address of this link by hand:', link };
}
