/** Stands in for the trainer worker: takes the same commands, sends the same events, computes nothing. */
import type { Experiment } from '../../../src/config/experiment.ts';
import { field, fieldNames } from '../../../src/config/fields.ts';
import type { MemoryFacts } from '../../../src/config/memory.ts';
import type { WorkerLike } from '../../../src/worker/client.ts';
import {
  commandSchema,
  parseMessage,
  type Phase,
  type Stage,
  type TrainerEvent,
} from '../../../src/worker/protocol.ts';
import { fakeEvaluation, fakeUpdate } from './fakeRun.ts';

// Omit on a union would merge its members: the run id is taken off each one.
type WithoutRun<E> = E extends TrainerEvent ? Omit<E, 'runId'> : never;

/** The default model on WASM. */
export const defaultMemory: MemoryFacts = {
  backend: 'wasm',
  parameters: 172_224,
  layers: 3,
  vocabulary: 400,
  width: 64,
  mlpWidth: 168,
  keyWidth: 64,
  qkvWidth: 192,
  longestPrompt: 40,
  microBatch: 2048,
  evalBatch: 64,
  limit: 4e9,
  largestBuffer: null,
};

export interface FakeWorkerOptions {
  /** Pause after each event, ms. */
  readonly delay: number;
  /** Sent after this update, to show a failure. */
  readonly failAfter?: number;
  /** The GPU is lost and opened again after this update. */
  readonly loseAfter?: number;
  readonly memory?: MemoryFacts;
}

const lostGpu = (step: number) =>
  'The GPU was lost (the graphics driver was restarted). The run goes on with WebAssembly SIMD, one thread ' +
  `(WebGPU found no graphics adapter), from the copy made after update ${step}. Nothing that was recorded is lost.`;

export class FakeWorker implements WorkerLike {
  readonly #options: FakeWorkerOptions;
  readonly #target = new EventTarget();
  #experiment: Experiment | null = null;
  /** Asked for while an update is under way. */
  #wanted: Experiment | null = null;
  #runId = '';
  #phase: Phase = 'loading';
  #step = 0;
  #alive = true;

  constructor(options: FakeWorkerOptions) {
    this.#options = options;
  }

  addEventListener(type: string, listener: (event: never) => void): void {
    this.#target.addEventListener(type, (event) => listener(event as never));
  }

  terminate(): void {
    this.#alive = false;
  }

  postMessage(message: unknown): void {
    const command = parseMessage(commandSchema, message);
    if (command.type === 'load') {
      this.#runId = command.runId;
      this.#experiment = command.experiment;
      this.#wanted = null;
      this.#step = 0;
      void this.#load(command.runId);
    } else if (command.runId === this.#runId) {
      if (command.type === 'change') this.#change(command.experiment);
      else if (command.type === 'pause') this.#phase = 'pausing';
      else if (this.#phase === 'ready' || this.#phase === 'paused')
        void this.#train(command.runId, command.type === 'step');
    }
  }

  async #load(runId: string): Promise<void> {
    this.#phase = 'loading';
    for (const stage of ['backend', 'model', 'tasks', 'sandbox'] as const) {
      await this.#status(stage, 0, 0);
      if (runId !== this.#runId) return;
      if (stage === 'backend')
        this.#send({
          type: 'backend',
          name: 'wasm',
          device: 'WASM SIMD, 1 thread',
          why: 'This browser has WebGPU only on a software adapter (SwiftShader), which is slower than WASM.',
        });
      if (stage === 'model')
        this.#send({
          type: 'model',
          name: 'boost',
          parameters: 172_224,
          vocabulary: 400,
          trainTasks: 1000,
          heldOutTasks: 128,
        });
      if (stage === 'tasks') this.#send({ type: 'memory', facts: this.#options.memory ?? defaultMemory });
    }
    await this.#evaluate();
    if (runId !== this.#runId) return;
    this.#phase = 'ready';
    await this.#status('idle', 0, 0);
  }

  async #train(runId: string, once: boolean): Promise<void> {
    const experiment = () => this.#experiment;
    this.#phase = 'running';
    while (this.#alive && runId === this.#runId && this.#phase === 'running') {
      const now = experiment();
      if (!now) return;
      for (const stage of ['sample', 'grade', 'score', 'update'] as const) {
        await this.#status(stage, now.promptsPerUpdate * 2, now.promptsPerUpdate * now.k);
        if (runId !== this.#runId) return;
      }
      this.#step += 1;
      this.#send({ type: 'update', record: fakeUpdate(now, this.#step) });
      this.#settle();
      this.#send({
        type: 'counters',
        tensors: 57,
        bytes: 9e6,
        graded: 128 * this.#step,
        cacheHits: 40 * this.#step,
        timeouts: 2,
        respawns: 1,
        infra: 0,
      });
      if (this.#step === this.#options.loseAfter) {
        this.#send({ type: 'notice', level: 'warning', message: lostGpu(this.#step) });
      }
      if (this.#step === this.#options.failAfter) {
        this.#send({
          type: 'failure',
          what: 'The gradient is not finite.',
          remedy: 'Press Reset, perhaps with a smaller learning rate.',
          detail: 'AdamW: the gradient norm is NaN',
        });
        return;
      }
      const finished = this.#step >= now.steps;
      if (this.#step % now.evalEvery === 0 || finished) await this.#evaluate();
      if (finished) this.#phase = 'finished';
      else if (once || this.#pausing()) this.#phase = 'paused';
    }
    await this.#status('idle', 0, 0);
  }

  // In a method: `pause` may have changed the phase while #train was waiting, which the compiler cannot see.
  #pausing(): boolean {
    return this.#phase === 'pausing';
  }

  #change(wanted: Experiment): void {
    this.#wanted = wanted;
    if (this.#phase === 'ready' || this.#phase === 'paused') this.#settle();
  }

  #settle(): void {
    const [wanted, before] = [this.#wanted, this.#experiment];
    this.#wanted = null;
    if (!wanted || !before) return;
    const changes = fieldNames
      .filter((name) => field(name).when === 'live' && wanted[name] !== before[name])
      .map((name) => ({ field: name, from: before[name], to: wanted[name] }));
    this.#experiment = { ...before, ...Object.fromEntries(changes.map(({ field, to }) => [field, to])) };
    if (changes.length > 0) this.#send({ type: 'change', record: { step: this.#step, changes } });
  }

  async #evaluate(): Promise<void> {
    await this.#status('evaluate', 64, 128);
    if (this.#experiment) this.#send({ type: 'eval', record: fakeEvaluation(this.#experiment, this.#step) });
  }

  async #status(stage: Stage, done: number, total: number): Promise<void> {
    this.#send({ type: 'status', phase: this.#phase, stage, done, total, step: this.#step });
    await new Promise((resolve) => setTimeout(resolve, this.#options.delay));
  }

  #send(event: WithoutRun<TrainerEvent>): void {
    if (!this.#alive) return;
    this.#target.dispatchEvent(new MessageEvent('message', { data: { ...event, runId: this.#runId } }));
  }
}
