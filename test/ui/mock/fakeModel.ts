/** A loaded model that computes nothing: its runs make the records of fakeRun.ts, so that the real driver can be shown driving. */
import { digestsOf } from '../../../src/train/digests.ts';
import type { Experiment } from '../../../src/config/experiment.ts';
import type { MemoryFacts } from '../../../src/config/memory.ts';
import { algorithmOf } from '../../../src/rl/algorithms/index.ts';
import type { Place } from '../../../src/rl/algorithms/algorithm.ts';
import type { UpdateRecord } from '../../../src/rl/records.ts';
import type { ShowLoading } from '../../../src/train/driver.ts';
import type { RolloutWatch } from '../../../src/train/live.ts';
import type { Counters, Stage } from '../../../src/train/messages.ts';
import type { BeginOptions, Loaded, Trainable } from '../../../src/train/trainable.ts';
import { fakeCaught, fakeEvaluation, fakeInspectedLayers, fakeInspection, fakeUpdate } from './fakeRun.ts';

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

export interface FakeOptions {
  /** How long each stage takes, ms. */
  readonly delay: number;
  /** The update after this one fails. */
  readonly failAfter?: number;
  /** The GPU is lost and opened again in the update after this one. */
  readonly loseAfter?: number;
  readonly memory?: MemoryFacts;
}

const backend: Loaded['backend'] = {
  name: 'wasm',
  device: 'WASM SIMD, 1 thread',
  why: 'This browser has WebGPU only on a software adapter (SwiftShader), which is slower than WASM.',
  threads: 1,
};

const lostGpu = (step: number) =>
  'The GPU was lost (the graphics driver was restarted). The run goes on with WebAssembly SIMD, one thread ' +
  `(WebGPU found no graphics adapter), from the copy made after update ${step}. Nothing that was recorded is lost.`;

const stateAt = (step: number): Trainable['state'] => ({
  step,
  weights: {},
  optimizer: { step, m: {}, v: {} },
});

class FakeTrainable implements Trainable {
  experiment: Experiment;
  state: Trainable['state'];
  readonly model;
  readonly memory: MemoryFacts;
  readonly #options: FakeOptions;
  readonly #begun: BeginOptions;

  constructor(experiment: Experiment, options: FakeOptions, begun: BeginOptions) {
    this.experiment = experiment;
    this.#options = options;
    this.#begun = begun;
    this.state = begun.state ?? stateAt(0);
    this.memory = options.memory ?? defaultMemory;
    const { trainTasks, evalTasks: heldOutTasks } = experiment;
    this.model = { parameters: 172_224, vocabulary: 400, trainTasks, heldOutTasks };
  }

  async update() {
    const { promptsPerUpdate, k } = this.experiment;
    const { step } = this.state;
    if (step > 0 && step === this.#options.failAfter) {
      throw new Error('AdamW: the gradient norm is not finite (NaN); the parameters were left unchanged.');
    }
    const record = fakeUpdate(this.experiment, step + 1);
    try {
      const shown = this.#begun.live?.begin(
        this.experiment,
        record.step,
        record.groups.map(({ task }) => task),
      );
      await this.#write(record, shown?.rollout(0));
      for (const stage of ['grade', 'score'] as const)
        await this.#pass(stage, promptsPerUpdate * 2, promptsPerUpdate * k);
      const { explain } = algorithmOf(record.experiment);
      await shown?.compared((at) => explain(record.groups, at, record.experiment));
      await this.#pass('update', 0, 1);
    } finally {
      this.#begun.live?.end();
    }
    if (step > 0 && step === this.#options.loseAfter) this.#begun.onRecovery?.(lostGpu(step));
    this.state = stateAt(step + 1);
    const digests = await digestsOf(record, this.state.weights);
    return digests ? { ...record, digests } : record;
  }

  /** Tells of the answers of a record as if they were being written. */
  async #write({ groups, experiment: { turns } }: UpdateRecord, watch: RolloutWatch | undefined) {
    for (let turn = 1; turn <= turns; turn++) {
      const answerAt = ({ group, trajectory }: Place) =>
        groups[group]?.trajectories[trajectory]?.turns[turn - 1];
      for (const share of [0.2, 0.4, 0.6, 0.8]) {
        await this.#pass('sample', turn - 1, turns, this.#options.delay / 4);
        watch?.written(turn, (at) => {
          const { text } = answerAt(at) ?? { text: '' };
          return text.slice(0, share * text.length);
        });
      }
      groups.forEach(({ trajectories }, group) => {
        trajectories.forEach(({ turns }, trajectory) => {
          const answer = turns[turn - 1];
          if (answer) watch?.ended([{ group, trajectory }], turn, answer, Promise.resolve(answer));
        });
      });
      await watch?.turnWritten(turn);
    }
  }

  async evaluate() {
    await this.#pass('evaluate', this.experiment.evalTasks / 2, this.experiment.evalTasks);
    return fakeEvaluation(this.experiment, this.state.step);
  }

  async *baseline(inForce: () => Experiment) {
    const { evalTasks } = this.experiment;
    await this.#pass('evaluate', evalTasks / 2, evalTasks);
    yield fakeEvaluation(inForce(), 0);
    await this.#pass('evaluate', evalTasks, evalTasks);
    return fakeEvaluation(inForce(), 0);
  }

  async caught() {
    await this.#pass('evaluate', this.experiment.evalTasks / 2, this.experiment.evalTasks);
    return fakeCaught(this.experiment, this.state.step);
  }

  load(state: Trainable['state']) {
    this.state = state;
    return Promise.resolve();
  }

  dispose() {}

  async #pass(
    stage: 'sample' | 'grade' | 'score' | 'update' | 'evaluate',
    done: number,
    total: number,
    ms = this.#options.delay,
  ) {
    this.#begun.onProgress?.(stage, done, total);
    await pause(ms);
    this.#begun.signal?.throwIfAborted();
  }
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

class FakeModel implements Loaded {
  readonly model: string;
  readonly backend = backend;
  readonly #options: FakeOptions;
  #updates = 0;

  constructor(model: string, options: FakeOptions) {
    this.model = model;
    this.#options = options;
  }

  inspect(record: UpdateRecord, { group, trajectory }: Place) {
    return Promise.resolve(fakeInspection(record, group, trajectory));
  }

  layers() {
    return fakeInspectedLayers();
  }

  files() {
    const config = { model_type: 'llama', bos_token_id: 1, eos_token_id: 5, pad_token_id: 0 };
    const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
    return {
      'config.json': json(config),
      'model.safetensors': new Uint8Array(8),
      'tokenizer.json': json({ added_tokens: [] }),
    };
  }

  get counters(): Counters {
    this.#updates++;
    const [graded, cacheHits] = [128 * this.#updates, 40 * this.#updates];
    return { tensors: 57, bytes: 9e6, graded, cacheHits, timeouts: 2, respawns: 1, infra: 0 };
  }

  begin(experiment: Experiment, begun: BeginOptions): Promise<Trainable> {
    return Promise.resolve(new FakeTrainable(experiment, this.#options, begun));
  }

  dispose() {}
}

/** Goes through the stages of loading. */
export async function loadFake(model: string, options: FakeOptions, show: ShowLoading): Promise<Loaded> {
  const stages: readonly Stage[] = ['backend', 'model', 'tasks', 'sandbox'];
  for (const stage of stages) {
    show.stage(stage);
    await pause(options.delay);
    if (stage === 'backend') show.backend(backend);
  }
  return new FakeModel(model, options);
}
