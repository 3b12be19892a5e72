/**
 * The trainer's end of the protocol, without what it drives over: each `load` ends all runs there are and makes a new driver,
 * the other commands go to that. The worker and the page's test double are both this, each with its own way to load.
 */
import { SandboxLostError } from '../sandbox/client.ts';
import { Driver, type DriverOptions, type ShowLoading } from '../train/driver.ts';
import { UnrecoverableError, type Explanation } from '../train/failure.ts';
import type { Loaded } from '../train/trainable.ts';
import type { Command, Load, TrainerEvent } from './protocol.ts';

export interface TrainerServiceOptions {
  /**
   * Loads what a `load` asks for.
   * @param port the sandbox's will come through it
   * @throws UnrecoverableError saying what failed and what the user can do
   */
  readonly load: (
    load: Load,
    port: MessagePort | undefined,
    show: ShowLoading,
    signal: AbortSignal,
  ) => Promise<Loaded>;
  readonly emit: (event: TrainerEvent) => void;
  readonly breathe?: () => Promise<void>;
  /** Keeps runs; without it none is kept. */
  readonly keeping?: Pick<DriverOptions, 'newLog' | 'openKept'>;
}

export class TrainerService {
  readonly #options: TrainerServiceOptions;
  #driver: Driver | undefined;

  constructor(options: TrainerServiceOptions) {
    this.#options = options;
  }

  /** @param port comes with `load` */
  obey(command: Command, port?: MessagePort): void {
    if (command.type !== 'load') return this.#driver?.obey(command);
    const { load, emit, breathe, keeping = {} } = this.#options;
    const before = this.dispose(); // gone before the next begins: they share one back end
    this.#driver = new Driver({
      ...{ emit, explain, readyEarly: true, ...keeping },
      ...(breathe ? { breathe } : {}),
      load: async (show, signal) => {
        await before;
        return load(command, port, show, signal);
      },
    });
    const { runId, experiment, problems, kept } = command;
    this.#driver.obey(kept ? { type: 'resume', runId } : { type: 'begin', runId, experiment, problems });
  }

  /** Ends all runs; resolves when everything is freed. */
  async dispose(): Promise<void> {
    await this.#driver?.dispose();
  }
}

/** Why a run ended, in words for the user. */
function explain(error: unknown, beginning: boolean): Explanation {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof UnrecoverableError) {
    const { cause } = error;
    return { what: message, remedy: error.remedy, detail: cause instanceof Error ? cause.message : message };
  }
  if (error instanceof SandboxLostError) {
    return { what: message, remedy: 'Press Reset: Python is then restarted.', detail: message };
  }
  return beginning
    ? {
        what: 'The experiment does not fit the model.',
        remedy: 'Change the field it names, then Reset.',
        detail: message,
      }
    : {
        what: message,
        remedy: 'Press Reset to begin again, perhaps with a smaller learning rate.',
        detail: message,
      };
}
