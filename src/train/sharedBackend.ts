/**
 * The back end that all runs of a loaded model share, and what is done when it is lost.
 *
 * It is given up and opened again once, whoever met the fault. That makes a new generation of it: every run sees at its next
 * piece of work that what it holds belongs to an older one, and makes its session again from its own saved state. When it was
 * memory that ran out, the work of all is cut into twice as many parts from then on (gradient accumulation).
 */
import {
  backendFault,
  OutOfMemoryError,
  releaseUnused,
  throwGpuErrors,
  type OpenedBackend,
} from '../engine/index.ts';
import { UnrecoverableError } from './failure.ts';

/** Losses without a finished update or evaluation in between after which the run that met them gives up. */
const maxLosses = 3;

export class SharedBackend {
  readonly #reopen: () => Promise<OpenedBackend>;
  #opened: OpenedBackend;
  #generation = 0;
  #divisions = 1;
  #losses = 0;
  #loss = { generation: 0, message: '' };

  /** @param reopen gives the running back end up and opens another (`reopenBackend`) */
  constructor(opened: OpenedBackend, reopen: () => Promise<OpenedBackend>) {
    this.#opened = opened;
    this.#reopen = reopen;
  }

  get opened(): OpenedBackend {
    return this.#opened;
  }

  /** How often it was opened again. Tensors of an older generation hold nothing any more. */
  get generation(): number {
    return this.#generation;
  }

  /** Into how many parts the work is cut. */
  get divisions(): number {
    return this.#divisions;
  }

  /** What was lost since an older generation, a sentence; '' when only memory had run out. */
  lossSince(generation: number): string {
    return this.#loss.generation > generation ? this.#loss.message : '';
  }

  /** To be called when a piece of work seems done. @throws what the GPU has reported meanwhile: then it is not */
  finish(): void {
    throwGpuErrors(); // without them nothing says that the result is none
    releaseUnused();
    this.#losses = 0;
  }

  /**
   * After an error: gives the back end up and opens another, so that the work can be done again.
   * @param canDivide whether smaller parts would need less memory
   * @throws the error itself when it is no fault of the back end; an UnrecoverableError when doing it again would not help
   */
  async recover(error: unknown, canDivide: boolean): Promise<void> {
    const fault = await backendFault(error);
    if (!fault) throw error;
    const memory = fault instanceof OutOfMemoryError;
    if (memory && !canDivide) throw tooLarge(fault);
    this.#opened = await this.#reopen();
    this.#generation++;
    if (memory) {
      this.#divisions *= 2;
      return;
    }
    this.#loss = { generation: this.#generation, message: fault.message };
    if (++this.#losses <= maxLosses) return;
    const times = this.#losses;
    this.#losses = 0; // the other runs may have better luck
    throw lostTooOften(times, fault);
  }
}

const tooLarge = (cause: Error) =>
  new UnrecoverableError(
    'There is not enough memory, not even for one sequence at a time.',
    'Choose fewer samples per prompt (k), fewer prompts per update, shorter answers (maxNewTokens) or fewer turns.',
    cause,
  );

const lostTooOften = (times: number, cause: Error) =>
  new UnrecoverableError(
    `The back end was lost ${times} times in a row. ${cause.message}`,
    'Choose another back end and begin again.',
    cause,
  );
