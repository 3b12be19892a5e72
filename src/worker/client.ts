/**
 * The page's end of the trainer worker: the one class that owns the worker. It types and validates every message,
 * drops what belongs to an abandoned run, and turns a worker that dies into an ordinary `failure` event.
 */
import type { BackendName } from '../config/backends.ts';
import type { Place } from '../rl/algorithms/algorithm.ts';
import type { Experiment } from '../config/experiment.ts';
import type { ChangeAhead } from '../train/messages.ts';
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
  /** The problems of the user's own that an experiment names; without it there are none. */
  readonly problems?: (of: Pick<Experiment, 'tasks' | 'problems'>) => string | undefined;
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

/** Where a run begins that is forked from another. */
export type ForkFrom = Pick<Extract<Command, { type: 'fork' }>, 'from' | 'step' | 'changes'>;

export class TrainerClient {
  readonly #options: TrainerClientOptions;
  #worker: WorkerLike | null = null;
  /** The runs that the worker has; what is told of others is dropped. */
  readonly #runs = new Set<string>();
  /** The run that came with the last load. */
  #loader = '';
  /** Runs that stand on what is loaded. */
  readonly #begun = new Set<string>();
  #watched: { readonly runId: string; readonly group: number } | null = null;
  /** The worker reported a failure: what it holds may be half made, so the next load gets a fresh one. */
  #spent = false;

  constructor(options: TrainerClientOptions) {
    this.#options = options;
  }

  /** Something is loaded, or about to be, over which more runs can begin. */
  get canBegin(): boolean {
    return this.#worker !== null && !this.#spent;
  }

  /** Whether the worker has this run, and may be told more. */
  has(runId: string): boolean {
    return this.#runs.has(runId);
  }

  /**
   * Abandons the runs there are, and loads all that a new one needs; the worker answers with `status` events until it is ready.
   * @param kept it was kept under this id, and goes on
   */
  async load(
    runId: string,
    experiment: Experiment,
    backend: BackendName | 'auto',
    kept = false,
  ): Promise<void> {
    this.#runs.clear();
    this.#begun.clear();
    this.#runs.add(runId);
    this.#loader = runId;
    const { assets } = this.#options;
    const problems = this.#problems(experiment);
    const message: Load = { type: 'load', runId, experiment, problems, backend, assets, kept };
    const { port1: toWorker, port2 } = new MessageChannel();
    try {
      this.#connect().postMessage(message, [port2]); // it has enough to do until Python is there
      this.#sayWatched(runId);
      const sandbox = await this.#options.createSandboxPort();
      if (runId !== this.#loader) return sandbox.close(); // another load came in between
      toWorker.postMessage(null, [sandbox]);
    } catch (error) {
      if (runId !== this.#loader) return;
      this.#worker?.terminate(); // it waits for what will not come
      this.#worker = null;
      this.#fail('The sandbox that runs Python could not be started.', 'Reload the page.', error);
    }
  }

  /** A new run over what is loaded. */
  begin(runId: string, experiment: Experiment): void {
    this.#add({ type: 'begin', runId, experiment, problems: this.#problems(experiment) });
  }

  /** A new run that begins where another stood. @param experiment its own: that of then, with the changes */
  fork(runId: string, where: ForkFrom, experiment: Experiment): void {
    this.#add({ type: 'fork', runId, ...where, problems: this.#problems(experiment) });
  }

  /** Goes on with a run that was kept under this id, over what is loaded. */
  resume(runId: string): void {
    this.#add({ type: 'resume', runId });
  }

  /** Ends a run and frees what it holds. */
  close(runId: string): void {
    this.#send({ type: 'close', runId });
    this.#runs.delete(runId);
  }

  /** Train until paused or finished. */
  run(runId: string): void {
    this.#send({ type: 'run', runId });
  }

  /** Finish the update under way, then wait. */
  pause(runId: string): void {
    this.#send({ type: 'pause', runId });
  }

  /** One update, then wait. */
  step(runId: string): void {
    this.#send({ type: 'step', runId });
  }

  /** Asks where an update went, layer by layer. */
  layers(runId: string, step: number): void {
    this.#send({ type: 'layers', runId, step });
  }

  /** Asks for the model as it was after so many updates, as files. */
  files(runId: string, step: number): void {
    this.#send({ type: 'files', runId, step });
  }

  /** On to the next station of an update, then wait. */
  station(runId: string): void {
    this.#send({ type: 'station', runId });
  }

  /** Asks what an update did to each token of a try. */
  inspect(runId: string, step: number, { group, trajectory }: Place): void {
    this.#send({ type: 'inspect', runId, step, group, trajectory });
  }

  /** Asks for an update in full, which is made again where it has to be; answered with `record` or `unanswered`. */
  record(runId: string, step: number): void {
    this.#send({ type: 'record', runId, step });
  }

  /** No answer is wanted any more to any `record`. */
  drop(runId: string): void {
    this.#send({ type: 'drop', runId });
  }

  /** Be told of one run's updates while they are under way, of this group in full; null: of none. It holds until it is said otherwise, for a run that is still to come too. */
  watch(runId: string, group: number | null): void {
    const before = this.#watched;
    if (before?.runId === runId && before.group === group) return;
    if (before && before.runId !== runId) this.#send({ type: 'watch', runId: before.runId, group: null });
    this.#watched = group === null ? null : { runId, group };
    if (group !== null || before?.runId === runId) this.#send({ type: 'watch', runId, group });
  }

  /** Change live fields from the next update on. */
  change(runId: string, experiment: Experiment): void {
    this.#send({ type: 'change', runId, experiment });
  }

  /** Change live fields once so many updates are done; in the place of what was said so before. */
  changeAhead(runId: string, changes: readonly ChangeAhead[]): void {
    this.#send({ type: 'ahead', runId, changes: [...changes] });
  }

  /** Ask for held-out tasks on which the model has given up its first answer; answered with `caught`. */
  askForCaught(runId: string): void {
    this.#send({ type: 'catch', runId });
  }

  /** Ends the worker; the client may be used again with `load`. */
  dispose(): void {
    this.#loader = '';
    this.#runs.clear();
    this.#worker?.terminate();
    this.#worker = null;
  }

  #problems(of: Pick<Experiment, 'tasks' | 'problems'>): string | undefined {
    return this.#options.problems?.(of);
  }

  #send(command: Command): void {
    if (this.#runs.has(command.runId)) this.#worker?.postMessage(command, []);
  }

  #add(command: Extract<Command, { type: 'begin' | 'fork' | 'resume' }>): void {
    this.#runs.add(command.runId);
    this.#send(command);
    this.#sayWatched(command.runId);
  }

  #sayWatched(runId: string): void {
    if (this.#watched?.runId === runId) this.#send({ type: 'watch', ...this.#watched });
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
      const { runId } = event;
      if (!this.#runs.has(runId)) return;
      if (event.type === 'model') this.#begun.add(runId);
      // A run that does not fit what is loaded breaks nothing.
      if (event.type === 'failure' && (runId === this.#loader || this.#begun.has(runId))) this.#spent = true;
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

  /** All runs there are have failed. */
  #fail(what: string, remedy: string, reason: unknown): void {
    const detail = reason instanceof Error ? reason.message : typeof reason === 'string' ? reason : '';
    const failed = [...this.#runs];
    this.#runs.clear();
    for (const runId of failed) this.#options.onEvent({ type: 'failure', runId, what, remedy, detail });
  }
}

/** How far the page has come, as far as events say. */
function markEvent(event: TrainerEvent): void {
  if (event.type === 'model') markStart('begun');
  else if (event.type === 'preview') markStart('firstTry');
  else if (event.type === 'eval') markStart('firstEvaluation');
  else if (event.type === 'status' && event.phase === 'ready') markStart('ready');
}
