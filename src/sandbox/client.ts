/** The sandbox as the trainer sees it: the interface, over a port to the pool in the sandbox's frame. */
import * as v from 'valibot';
import { poolMessage, type ClientMessage } from './clientProtocol.ts';
import type { GradeRequest, Sandbox, SandboxStats, Verdict } from './types.ts';

interface Deferred<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(error: Error): void;
}

/** A promise with its two functions (Promise.withResolvers, which Node 20 does not have). */
function deferred<T>(): Deferred<T> {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

/** The other end fell silent; a new port leads to a new sandbox. */
export class SandboxLostError extends Error {
  constructor() {
    super('The Python sandbox stopped answering.');
  }
}

/** How often a supervisor that owes verdicts is asked whether it is still there, in milliseconds. */
const pingMs = 5_000;
/** After this many questions without an answer it counts as lost. Looks are counted, not time: a sleeping machine loses nobody. */
const maxSilent = 6;

/**
 * Connects to a sandbox by a port from `createBrowserSandboxHost().openPort()`. When the frame falls silent, what it owes is
 * rejected, and the host makes a new frame for the next port.
 */
export function connectSandbox(port: MessagePort): Sandbox {
  const waiting = new Map<number, Pick<Deferred<Verdict[]>, 'resolve' | 'reject'>>();
  let stats: SandboxStats = { graded: 0, cacheHits: 0, timeouts: 0, respawns: 0, infra: 0, workers: 0 };
  let nextId = 0;
  let ended: Error | null = null;
  const started = deferred<void>();
  started.promise.catch(() => undefined); // whoever calls ready() sees it
  const send = (message: ClientMessage): void => port.postMessage(message);
  let unanswered = 0;
  let watch: ReturnType<typeof setInterval> | undefined;

  function look(): void {
    if (waiting.size === 0) return stopLooking();
    if (unanswered === maxSilent) return end(new SandboxLostError());
    unanswered++;
    send({ kind: 'ping' });
  }
  function stopLooking(): void {
    clearInterval(watch);
    watch = undefined;
    unanswered = 0;
  }
  function end(why: Error): void {
    if (ended !== null) return;
    ended = why;
    stopLooking();
    port.close();
    started.reject(why);
    for (const { reject } of waiting.values()) reject(why);
    waiting.clear();
  }

  port.onmessage = (event) => {
    unanswered = 0;
    const parsed = v.safeParse(poolMessage, event.data);
    if (!parsed.success)
      return end(new TypeError(`malformed message from the sandbox: ${v.summarize(parsed.issues)}`));
    const message = parsed.output;
    switch (message.kind) {
      case 'ready':
        return started.resolve();
      case 'alive':
        return;
      case 'broken':
        return started.reject(new Error(message.message));
      case 'verdicts':
        stats = message.stats;
        waiting.get(message.id)?.resolve(message.verdicts);
        return void waiting.delete(message.id);
      case 'rejected':
        waiting.get(message.id)?.reject(new Error(message.message));
        return void waiting.delete(message.id);
      default:
        message satisfies never;
    }
  };

  return {
    ready: () => started.promise,
    get stats() {
      return stats;
    },
    async grade(requests: readonly GradeRequest[], signal?: AbortSignal): Promise<Verdict[]> {
      if (ended !== null) throw ended;
      signal?.throwIfAborted();
      const id = nextId++;
      const { promise, resolve, reject } = deferred<Verdict[]>();
      waiting.set(id, { resolve, reject });
      watch ??= setInterval(look, pingMs);
      send({
        kind: 'grade',
        id,
        requests: requests.map(({ code, setup, tests }) => ({ code, setup, tests: [...tests] })),
      });
      const abort = (): void => {
        waiting.delete(id);
        if (ended === null) send({ kind: 'abort', id });
        reject(new DOMException('grading was aborted', 'AbortError'));
      };
      signal?.addEventListener('abort', abort, { once: true });
      return promise.finally(() => signal?.removeEventListener('abort', abort));
    },
    dispose() {
      if (ended === null) send({ kind: 'close' });
      end(new Error('the sandbox was disposed'));
    },
  };
}

/** For a worker that needs sandboxes of its own, which only its page can make: it asks for them and is sent their ports. */
export class AskedSandboxes {
  readonly #ask: (id: number, workers: number) => void;
  readonly #ports: Deferred<MessagePort>[] = [];

  /** @param ask sends the wish to the page, which answers with `given` or `refused` */
  constructor(ask: (id: number, workers: number) => void) {
    this.#ask = ask;
  }

  /** @throws Error with the page's reason when it could make none */
  readonly create = async (workers: number): Promise<Sandbox> => {
    const port = deferred<MessagePort>();
    this.#ask(this.#ports.push(port) - 1, workers);
    return connectSandbox(await port.promise);
  };

  given(id: number, port: MessagePort): void {
    this.#ports[id]?.resolve(port);
  }

  refused(id: number, message: string): void {
    this.#ports[id]?.reject(new Error(message));
  }
}
