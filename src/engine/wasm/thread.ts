/** A helping thread: one more instance of our kernels on the shared memory. It waits for a call, runs it, and says so. */

/** What a mailbox says. Waiting on it is waiting for a call (thread) or for the result (caller). */
export const STATE = { starting: 0, idle: 1, called: 2, failed: 3 } as const;

/** Numbers a call can have. */
export const MAX_ARGS = 40;
/** Looks at a mailbox before sleeping: some 20 µs, about what waking costs. */
const SPINS = 4000;
/** A mailbox in 8-byte cells: state, kernel, number of arguments (one int32 cell each), then the arguments as doubles. */
const HEAD_CELLS = 3;
const CELLS = HEAD_CELLS + MAX_ARGS;

/** Where one thread gets its calls: a part of a buffer all threads share. */
export class Mailbox {
  static bytes(threads: number): number {
    return threads * CELLS * 8;
  }

  readonly #ints: Int32Array;
  readonly #args: Float64Array;

  constructor(buffer: SharedArrayBuffer, thread: number) {
    const start = thread * CELLS * 8;
    this.#ints = new Int32Array(buffer, start, HEAD_CELLS * 2);
    this.#args = new Float64Array(buffer, start + HEAD_CELLS * 8, MAX_ARGS);
  }

  get state(): number {
    return Atomics.load(this.#ints, 0);
  }

  set state(value: number) {
    Atomics.store(this.#ints, 0, value);
    Atomics.notify(this.#ints, 0);
  }

  /**
   * Waits while the state is `value`: first awake for some microseconds, because a sleeping thread wakes slowly.
   *
   * @param patience in milliseconds; after it, and one second more in case the machine slept meanwhile, it gives up
   * @returns whether the state has changed
   */
  wait(value: number, patience = Infinity): boolean {
    for (let i = 0; i < SPINS; i++) if (this.state !== value) return true;
    for (const limit of [patience, 1000]) {
      while (this.state === value) {
        if (Atomics.wait(this.#ints, 0, value, limit) === 'timed-out') break;
      }
    }
    return this.state !== value;
  }

  /** Puts a call into the box; the thread takes it. */
  post(kernel: number, args: readonly number[]): void {
    if (args.length > MAX_ARGS) throw new Error(`A kernel call has at most ${MAX_ARGS} arguments.`);
    this.#ints[2] = kernel;
    this.#ints[4] = args.length;
    this.#args.set(args);
    this.state = STATE.called;
  }

  call(): { kernel: number; args: Float64Array } {
    return { kernel: this.#ints[2] ?? -1, args: this.#args.subarray(0, this.#ints[4]) };
  }
}

export interface ThreadSetup {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly mailboxes: SharedArrayBuffer;
  readonly thread: number;
  /** The kernels' names; a call gives the place in this list. */
  readonly names: readonly string[];
}

/** Serves calls until the thread is terminated. */
export function serveThread({ module, memory, mailboxes, thread, names }: ThreadSetup): never {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const kernels = names.map((name) => exports[name]);
  const mailbox = new Mailbox(mailboxes, thread);
  mailbox.state = STATE.idle;
  for (;;) {
    mailbox.wait(STATE.idle);
    const { kernel, args } = mailbox.call();
    const run = kernels[kernel];
    try {
      if (typeof run !== 'function') throw new Error(`no kernel ${kernel}`);
      run(...args);
      mailbox.state = STATE.idle;
    } catch (error) {
      console.error(`Kernel ${names[kernel] ?? kernel} failed in a thread:`, error);
      mailbox.state = STATE.failed;
      mailbox.wait(STATE.failed);
    }
  }
}
