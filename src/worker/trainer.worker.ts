/**
 * The trainer worker: the model, the tensors and the loop live here, so that the page stays smooth and a hidden tab trains on.
 * It speaks the protocol of protocol.ts, and reaches the Python sandbox through a port that comes with 'load'.
 */
import type { Experiment } from '../config/fields.ts';
import { openBackend, reopenBackend, tf, type BackendOptions, type OpenedBackend } from '../engine/index.ts';
import { connectSandbox, SandboxLostError } from '../sandbox/client.ts';
import type { Sandbox } from '../sandbox/types.ts';
import { UnrecoverableError, TrainingRun } from '../train/run.ts';
import {
  commandSchema,
  parseMessage,
  type Command,
  type Phase,
  type Stage,
  type TrainerEvent,
} from './protocol.ts';
import { readShippedModel } from './shippedModel.ts';

type Load = Extract<Command, { type: 'load' }>;
/** An event without its run id, which `Run.emit` adds. */
type Bare = TrainerEvent extends infer E ? (E extends TrainerEvent ? Omit<E, 'runId'> : never) : never;

/** Milliseconds between two progress messages of the same stage. */
const progressEvery = 50;

/** What failed and what the user can do about it. */
class Failure extends Error {
  readonly remedy: string;
  constructor(what: string, remedy: string, cause: unknown) {
    super(what, { cause });
    this.remedy = remedy;
  }
}

async function attempt<T>(what: string, remedy: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new Failure(what, remedy, error);
  }
}

function remedyFor(error: unknown): string {
  if (error instanceof Failure || error instanceof UnrecoverableError) return error.remedy;
  if (error instanceof SandboxLostError) return 'Press Reset: Python is then started anew.';
  return 'Press Reset to begin again, perhaps with a smaller learning rate.';
}

/** Yields to the message queue. A channel, not a timer: timers are slowed down in hidden tabs. */
function breathe(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/** One experiment, from 'load' until the next 'load'. */
class Run {
  readonly id: string;
  readonly #load: Load;
  readonly #sandbox: Sandbox;
  readonly #abort = new AbortController();
  #run: TrainingRun | undefined;
  /** The last change asked for, perhaps while the run was loading. */
  #asked: Experiment | undefined;
  #wanted: 'stand' | 'step' | 'run' = 'stand';
  #phase: Phase = 'loading';
  #last = { stage: 'idle' as Stage, at: 0 };

  constructor(load: Load, port: MessagePort) {
    this.id = load.runId;
    this.#load = load;
    this.#sandbox = connectSandbox(port);
  }

  emit(event: Bare): void {
    postMessage({ ...event, runId: this.id });
  }

  /** Loads everything and shows what the starting model can do. */
  async prepare(): Promise<void> {
    const { experiment, assets, backend: requested } = this.#load;
    const options: BackendOptions = { environment: 'browser', wasmPaths: `${assets}wasm/` };
    this.#status('backend');
    const backend = await attempt(
      `The ${requested === 'auto' ? 'compute' : requested} back end did not start.`,
      'Choose another back end in the badge, or try another browser.',
      () => openBackend(requested, options),
    );
    this.#showBackend(backend);

    this.#status('model');
    const { tokenizer, checkpoint, digest } = await attempt(
      `The model "${experiment.model}" could not be loaded.`,
      'Reload the page; if it happens again, the files beside the page are incomplete.',
      () => readShippedModel(assets, experiment.model),
    );

    this.#status('sandbox');
    await attempt(
      'Python (Pyodide) could not be started, so no program can be graded.',
      'Reload the page. Private windows of some browsers forbid WebAssembly workers; try an ordinary one.',
      () => this.#sandbox.ready(),
    );

    this.#status('tasks');
    const run = await attempt(
      'The experiment does not fit the model.',
      'Change the field it names, then Reset.',
      () =>
        TrainingRun.start(experiment, {
          backend,
          checkpoint,
          tokenizer,
          sandbox: this.#sandbox,
          signal: this.#abort.signal,
          onProgress: (stage, done, total) => this.#status(stage, done, total),
          breathe,
          reopen: () => reopenBackend(requested, options),
          onChange: (record) => this.emit({ type: 'change', record }),
          onRecovery: (recovery) => {
            this.#showBackend(recovery.backend);
            this.#showMemory();
            this.emit({ type: 'notice', level: 'warning', message: recovery.message });
          },
        }),
    );
    this.#run = run;
    if (this.#asked) run.change(this.#asked);
    const { policy, parts } = run.session;
    this.emit({
      type: 'model',
      name: experiment.model,
      digest,
      parameters: policy.parameterCount,
      vocabulary: tokenizer.size,
      trainTasks: parts.trainTasks.length,
      heldOutTasks: parts.heldOutTasks.length,
    });
    this.#showMemory();
    this.emit({ type: 'eval', record: await run.evaluate() });
    this.#enter('ready');
    await this.#drive(run);
  }

  #showBackend({ name, device, why }: OpenedBackend): void {
    this.emit({ type: 'backend', name, device, why });
  }

  #showMemory(): void {
    if (this.#run) this.emit({ type: 'memory', facts: this.#run.session.memory });
  }

  obey(command: Exclude<Command, Load>): void {
    const ended = this.#phase === 'failed' || this.#phase === 'finished';
    switch (command.type) {
      case 'run':
      case 'step':
        if (ended) return;
        this.#wanted = command.type;
        this.#wake();
        return;
      case 'pause':
        if (this.#phase === 'running') this.#enter('pausing');
        this.#wanted = 'stand';
        return;
      case 'change':
        this.#asked = command.experiment;
        this.#run?.change(command.experiment);
        return;
      default:
        command satisfies never;
    }
  }

  /** Stops as soon as possible and frees the tensors. */
  async end(): Promise<void> {
    this.#abort.abort();
    this.#wake();
  }

  fail(error: unknown): void {
    if (this.#abort.signal.aborted) return;
    const cause = error instanceof Failure || error instanceof UnrecoverableError ? error.cause : error;
    this.emit({
      type: 'failure',
      what: error instanceof Error ? error.message : String(error),
      remedy: remedyFor(error),
      detail: cause instanceof Error ? cause.message : String(cause),
    });
    this.#enter('failed');
  }

  dispose(): void {
    this.#run?.dispose();
    this.#sandbox.dispose();
  }

  #wake: () => void = () => undefined;

  /** Updates while they are wanted, waits while they are not. */
  async #drive(run: TrainingRun): Promise<void> {
    while (!this.#abort.signal.aborted) {
      if (this.#wanted === 'stand') {
        await new Promise<void>((resolve) => (this.#wake = resolve));
        continue;
      }
      this.#enter('running');
      const record = await run.update();
      this.emit({ type: 'update', record });
      run.settle();
      const masked = record.metrics['train/masked'];
      if (masked > 0) {
        const share = `${(100 * masked).toFixed(0)} % of the episodes of update ${record.step}`;
        const message = `${share} could not be graded, because the Python sandbox was lost. They were left out of the update.`;
        this.emit({ type: 'notice', level: 'warning', message });
      }
      const { evalEvery, steps } = run.experiment;
      if (record.step % evalEvery === 0 || record.step === steps) {
        this.emit({ type: 'eval', record: await run.evaluate() });
      }
      this.#counters();
      await breathe();
      if (record.step >= steps) return this.#enter('finished');
      if (this.#wanted === 'step') this.#wanted = 'stand';
      if (this.#wanted === 'stand') this.#enter('paused');
    }
  }

  #enter(phase: Phase): void {
    this.#phase = phase;
    this.#last.at = 0;
    this.#status(phase === 'running' ? 'sample' : 'idle');
  }

  #status(stage: Stage, done = 0, total = 0): void {
    const now = performance.now();
    if (stage === this.#last.stage && now - this.#last.at < progressEvery) return;
    this.#last = { stage, at: now };
    const step = this.#run?.step ?? 0;
    this.emit({ type: 'status', phase: this.#phase, stage, done, total, step });
  }

  #counters(): void {
    const { numTensors: tensors, numBytes: bytes } = tf.memory();
    const { graded, cacheHits, timeouts, respawns, infra } = this.#sandbox.stats;
    this.emit({ type: 'counters', tensors, bytes, graded, cacheHits, timeouts, respawns, infra });
  }
}

let current: Run | undefined;
/** The run before must be gone before the next one begins: they share one back end. */
let idle: Promise<void> = Promise.resolve();

addEventListener('message', (message: MessageEvent<unknown>) => {
  const command = parseMessage(commandSchema, message.data);
  if (command.type === 'load') {
    const run = new Run(command, message.ports[0]);
    void current?.end();
    current = run;
    idle = idle.then(async () => {
      try {
        if (current === run) await run.prepare();
      } catch (error) {
        run.fail(error);
      } finally {
        run.dispose();
      }
    });
  } else if (command.runId === current?.id) {
    current.obey(command);
  }
});
