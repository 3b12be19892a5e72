/** Tells what happens to a run, until it is given up: progress now and then, the back end when it is another. */
import type { RunEvent } from './messages.ts';
import type { Loaded } from './trainable.ts';

// Omit on a union would merge its members: the run id is taken off each one.
export type BareEvent = RunEvent extends infer E ? (E extends RunEvent ? Omit<E, 'runId'> : never) : never;
type Status = Omit<Extract<BareEvent, { type: 'status' }>, 'type'>;

/** Milliseconds between two progress messages of the same stage. */
const progressEvery = 50;

export interface TellerOptions {
  /** The run's. */
  readonly id: string;
  readonly emit: (event: RunEvent) => void;
}

export class Teller {
  readonly #options: TellerOptions;
  readonly #signal: AbortSignal;
  #shown: Loaded['backend'] | null = null;
  #last: { readonly stage: Status['stage']; readonly at: number } | null = null;

  /** @param signal fires when the run is given up: nothing more is told */
  constructor(options: TellerOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
  }

  tell(event: BareEvent): void {
    const { id, emit } = this.#options;
    if (!this.#signal.aborted) emit({ ...event, runId: id });
  }

  /** Dropped when one of the same stage was told a moment ago. */
  status(status: Status): void {
    const now = performance.now();
    if (status.stage === this.#last?.stage && now - this.#last.at < progressEvery) return;
    this.#last = { stage: status.stage, at: now };
    this.tell({ type: 'status', ...status });
  }

  /** The next status is told in any case. */
  hurry(): void {
    this.#last = null;
  }

  /** Tells which back end computes, if that is news. */
  backend(backend: Loaded['backend']): void {
    if (backend === this.#shown) return;
    this.#shown = backend;
    const { name, device, why } = backend;
    this.tell({ type: 'backend', name, device, why });
  }
}
