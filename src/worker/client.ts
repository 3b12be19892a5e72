/**
 * The page's end of the trainer worker: the one class that owns the worker. It types and validates every message,
 * drops what belongs to an abandoned run, and turns a worker that dies into an ordinary `failure` event.
 */
import type { BackendName } from '../config/backends.ts';
import type { Place } from '../rl/algorithms/algorithm.ts';
import type { Experiment } from '../config/experiment.ts';
import { createBrowserSandboxHost } from '../sandbox/browser.ts';
import trainerScript from './trainer.worker.ts?worker&url';
import { eventSchema, parseMessage, type Command, type Load, type TrainerEvent } from './protocol.ts';
import { markStart } from './startMarks.ts';
import { startWorker, whyRefused } from './window.ts';

/** What the client needs of a Worker; a test or a mock may give its own. */
export interface WorkerLike {
  postMessage(message: unknown, transfer: Transferable[]): void;
  addEventListener(type: 'message' | 'messageerror', listener: (event: MessageEvent<unknown>) => void): void;
  addEventListener(type: 'error', listener: (event: ErrorEvent) => void): void;
  terminate(): void;
}

export interface TrainerClientOptions {
  readonly createWorker: () => WorkerLike;
  /** A fresh port to the sandbox for each load. Rejects with a clear message when the sandbox cannot start. */
  readonly createSandboxPort: () => Promise<MessagePort>;
  /** Absolute address of the folder that holds models/ and the .wasm files. */
  readonly assets: string;
  readonly onEvent: (event: TrainerEvent) => void;
}

/**
 * The real worker and the real sandbox, for the page that the build makes.
 * @param onRefused hears what the browser refuses the page, a sentence for the user
 */
export function browserTrainer(onRefused: (sentence: string) => void): Omit<TrainerClientOptions, 'onEvent'> {
  const host = createBrowserSandboxHost({
    onUnkept: (error) =>
      onRefused(`Python starts slowly at every visit, because it could not be kept: ${whyRefused(error)}.`),
  });
  return {
    createWorker: () => startWorker(trainerScript),
    createSandboxPort: () => host.openPort(),
    assets: new URL('./', document.baseURI).href,
  };
}

export class TrainerClient {
  readonly #options: TrainerClientOptions;
  #worker: WorkerLike | null = null;
  #runId = '';
  #runs = 0;
  #watched: number | null = null;
  /** The worker reported a failure: what it holds may be half made, so the next load gets a fresh one. */
  #spent = false;

  constructor(options: TrainerClientOptions) {
    this.#options = options;
  }

  /** Abandons the run there is, if any, and loads a new one; the worker answers with `status` events until it is ready. */
  async load(experiment: Experiment, backend: BackendName | 'auto'): Promise<void> {
    const runId = `run-${++this.#runs}`;
    this.#runId = runId;
    const message: Load = { type: 'load', runId, experiment, backend, assets: this.#options.assets };
    const { port1: toWorker, port2 } = new MessageChannel();
    try {
      this.#connect().postMessage(message, [port2]); // it has enough to do until Python is there
      if (this.#watched !== null) this.#send({ type: 'watch', runId, group: this.#watched });
      const sandbox = await this.#options.createSandboxPort();
      if (runId !== this.#runId) return sandbox.close(); // another load came in between
      toWorker.postMessage(null, [sandbox]);
    } catch (error) {
      if (runId !== this.#runId) return;
      this.#worker?.terminate(); // it waits for what will not come
      this.#worker = null;
      this.#fail('The sandbox that runs Python could not be started.', 'Reload the page.', error);
    }
  }

  /** Train until paused or finished. */
  run(): void {
    this.#send({ type: 'run', runId: this.#runId });
  }

  /** Finish the update under way, then wait. */
  pause(): void {
    this.#send({ type: 'pause', runId: this.#runId });
  }

  /** One update, then wait. */
  step(): void {
    this.#send({ type: 'step', runId: this.#runId });
  }

  /** Asks what an update did to each token of a try. */
  inspect(step: number, { group, trajectory }: Place): void {
    this.#send({ type: 'inspect', runId: this.#runId, step, group, trajectory });
  }

  /** Asks where an update went, layer by layer. */
  layers(step: number): void {
    this.#send({ type: 'layers', runId: this.#runId, step });
  }

  /** On to the next station of an update, then wait. */
  station(): void {
    this.#send({ type: 'station', runId: this.#runId });
  }

  /** Be told of updates while they are under way, of this group in full; null: of none. It holds for later loads too. */
  watch(group: number | null): void {
    if (group === this.#watched) return;
    this.#watched = group;
    this.#send({ type: 'watch', runId: this.#runId, group });
  }

  /** Change live fields from the next update on. */
  change(experiment: Experiment): void {
    this.#send({ type: 'change', runId: this.#runId, experiment });
  }

  /** Ask for held-out tasks on which the model has given up its first answer; answered with `caught`. */
  askForCaught(): void {
    this.#send({ type: 'catch', runId: this.#runId });
  }

  /** Ends the worker; the client may be used again with `load`. */
  dispose(): void {
    this.#runId = '';
    this.#worker?.terminate();
    this.#worker = null;
  }

  #send(command: Command): void {
    this.#worker?.postMessage(command, []);
  }

  #connect(): WorkerLike {
    if (this.#worker && !this.#spent) return this.#worker;
    this.#worker?.terminate();
    this.#spent = false;
    const worker = this.#options.createWorker();
    worker.addEventListener('message', (event) => {
      if (worker === this.#worker) this.#receive(event.data);
    });
    worker.addEventListener('messageerror', () => {
      if (worker === this.#worker) this.#lose('A message from the trainer could not be read.', null);
    });
    worker.addEventListener('error', (event) => {
      if (worker === this.#worker) this.#lose('The trainer worker stopped.', event.message);
    });
    this.#worker = worker;
    return worker;
  }

  #receive(data: unknown): void {
    try {
      const event = parseMessage(eventSchema, data);
      if (event.type === 'failure') this.#spent = true;
      if (event.runId !== this.#runId) return;
      markEvent(event);
      this.#options.onEvent(event);
    } catch (error) {
      this.#lose('The trainer sent something the page does not understand.', error);
    }
  }

  /** The worker cannot be trusted any more: end it, so that the next load starts a fresh one. */
  #lose(what: string, reason: unknown): void {
    this.#worker?.terminate();
    this.#worker = null;
    this.#fail(what, 'Press Reset to start it again; what was recorded stays until then.', reason);
  }

  #fail(what: string, remedy: string, reason: unknown): void {
    const detail = reason instanceof Error ? reason.message : typeof reason === 'string' ? reason : '';
    this.#options.onEvent({ type: 'failure', runId: this.#runId, what, remedy, detail });
  }
}

/** How far the page has come, as far as events say. */
function markEvent(event: TrainerEvent): void {
  if (event.type === 'model') markStart('begun');
  else if (event.type === 'preview') markStart('firstTry');
  else if (event.type === 'eval') markStart('firstEvaluation');
  else if (event.type === 'status' && event.phase === 'ready') markStart('ready');
}
