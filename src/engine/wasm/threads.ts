/**
 * Helping threads for the WASM kernels. An operation is cut into parts that write to different places; the caller
 * computes one part, each thread another. What a part computes does not depend on how many parts there are, so results
 * are the same, to the last bit, on any number of threads.
 */
import { BackendLostError } from '../faults.ts';
import { startNodeHelper, type Helper } from './nodeThread.ts';
import { Mailbox, STATE, type ThreadSetup } from './thread.ts';

/** Milliseconds a part of one operation may take. */
const patience = 60_000;

/** Why a call was given up. */
export const noAnswer = 'A helper thread no longer answers.';

/** Milliseconds in which threads must have started. A page goes on with one thread then, a command cannot, and its machine may be busy. */
const startPatience = typeof Worker !== 'undefined' ? 10_000 : patience;

export class ThreadPool {
  readonly #helpers: readonly Helper[];
  readonly #mailboxes: readonly Mailbox[];

  private constructor(helpers: readonly Helper[], mailboxes: readonly Mailbox[]) {
    this.#helpers = helpers;
    this.#mailboxes = mailboxes;
  }

  /**
   * Starts `count` helping threads and waits until they are ready.
   *
   * @throws when a thread cannot be started, or does not answer within `startPatience`
   */
  static async start(count: number, setup: Omit<ThreadSetup, 'thread' | 'mailboxes'>): Promise<ThreadPool> {
    const mailboxes = new SharedArrayBuffer(Mailbox.bytes(count));
    const boxes = Array.from({ length: count }, (_, thread) => new Mailbox(mailboxes, thread));
    const failures: string[] = [];
    const helpers: Helper[] = [];
    const pool = new ThreadPool(helpers, boxes);
    try {
      for (let thread = 0; thread < count; thread++) {
        helpers.push(await startHelper({ ...setup, mailboxes, thread }, (why) => failures.push(why)));
      }
      const began = performance.now();
      while (boxes.some((box) => box.state === STATE.starting)) {
        if (failures[0] !== undefined) throw new Error(failures[0]);
        if (performance.now() - began > startPatience)
          throw new Error(`the helping threads did not start within ${startPatience / 1000} s`);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      return pool;
    } catch (error) {
      pool.dispose();
      throw error;
    }
  }

  /** Threads that work, the caller included. */
  get threads(): number {
    return this.#mailboxes.length + 1;
  }

  /** Runs the first call with `own` here and the others in the helping threads; gives what `own` did when all are done. */
  run(
    kernel: number,
    calls: readonly (readonly number[])[],
    own: (args: readonly number[]) => number,
  ): number {
    const [first = [], ...rest] = calls;
    if (rest.length > this.#mailboxes.length) {
      throw new Error(`${calls.length} calls at once, but there are ${this.threads} threads.`);
    }
    rest.forEach((args, i) => this.#mailboxes[i]?.post(kernel, args));
    const given = own(first);
    for (const box of this.#mailboxes.slice(0, rest.length)) {
      if (!box.wait(STATE.called, patience)) throw new Error(noAnswer);
      if (box.state === STATE.failed)
        throw new BackendLostError('A kernel failed in a helper thread; the console says why.');
    }
    return given;
  }

  dispose(): void {
    for (const helper of this.#helpers) void helper.terminate();
  }
}

async function startHelper(setup: ThreadSetup, onFailure: (why: string) => void): Promise<Helper> {
  if (typeof Worker !== 'undefined') {
    const worker = new Worker(new URL('./thread.worker.ts', import.meta.url), { type: 'module' });
    worker.addEventListener('error', ({ message }) => onFailure(message || 'its script could not be loaded'));
    worker.postMessage(setup);
    return worker;
  }
  return startNodeHelper(setup, onFailure);
}
