/** Whether the page will open without a network. */
import type { KeepOffline, Offline } from '../../worker/offline.ts';
import { say } from '../say.svelte.ts';

export class OfflineState {
  readonly #keep: KeepOffline | undefined;
  #state = $state.raw<Offline>({ kind: 'idle' });
  #begun = false;

  /** @param keep keeps the page's files; none in development, where they change all the time. */
  constructor(keep: KeepOffline | undefined) {
    this.#keep = keep;
  }

  /** Begins to keep the files, once. Call it when the page has nothing more urgent to load. */
  begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    void this.#keep?.((state) => (this.#state = state));
  }

  /** A newer version is stored and waits for a reload. */
  get newer(): boolean {
    return this.#state.kind === 'newer';
  }

  /** A sentence or two for the user; '' when there is nothing to say. */
  get text(): string {
    const state = this.#state;
    switch (state.kind) {
      case 'idle':
        return '';
      case 'storing':
        return say('Its files are being stored for use without a network.');
      case 'ready': {
        const works = say('Works offline: its files are stored in this browser.');
        if (state.problem === null) return works;
        return `${works} ${say('A newer version could not be stored: {problem}.', { problem: state.problem })}`;
      }
      case 'newer':
        return say('Works offline. A newer version is stored.');
      case 'failed':
        return say('Needs the network at every visit, because its files could not be stored: {reason}.', {
          reason: state.reason,
        });
      default:
        return state satisfies never;
    }
  }
}
