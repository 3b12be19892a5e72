/** Where a run can stand in the middle of an update: the update waits at the gate, and other runs have their turns meanwhile. */
import type { Reached } from './live.ts';

export class Gate {
  readonly #signal: AbortSignal;
  readonly #closed: () => boolean;
  #at: Reached | null = null;
  #open: () => void = () => undefined;
  #whenStanding: () => void = () => undefined;

  /**
   * @param signal fires when the run is given up
   * @param closed whether the next station is one to stand at
   */
  constructor(signal: AbortSignal, closed: () => boolean) {
    this.#signal = signal;
    this.#closed = closed;
  }

  /** Where the run stands, until it is told to go on. */
  get at(): Reached | null {
    return this.#at;
  }

  /** Resolves when the run stands at a station that it has not reached yet. */
  standing(): Promise<void> {
    return new Promise((resolve) => (this.#whenStanding = resolve));
  }

  /** To be awaited at a station. @throws the signal's reason when the run is given up there */
  async pass(at: Reached): Promise<void> {
    if (!this.#closed()) return;
    this.#signal.throwIfAborted();
    const given = () => this.#open();
    this.#signal.addEventListener('abort', given);
    this.#at = at;
    this.#whenStanding();
    await new Promise<void>((resolve) => (this.#open = resolve));
    this.#at = null;
    this.#signal.removeEventListener('abort', given);
    this.#signal.throwIfAborted();
  }

  /** The run stands here no longer than until its turn. */
  goOn(): void {
    this.#at = null;
  }

  /** It is the run's turn: its update goes on. */
  open(): void {
    this.#open();
  }
}
