/** A model, its tokenizer, the back end and the sandbox, loaded once; runs are begun over them. */
import type { Experiment } from '../config/fields.ts';
import { tf, type OpenedBackend } from '../engine/index.ts';
import { checkpointFiles, type Checkpoint } from '../model/checkpoint.ts';
import type { Place } from '../rl/algorithms/algorithm.ts';
import type { InspectedLayer, InspectedTurn } from '../rl/inspection.ts';
import type { UpdateRecord } from '../rl/records.ts';
import type { Sandbox } from '../sandbox/types.ts';
import { KnownProblems } from '../tasks/knownProblems.ts';
import type { Tokenizer } from '../tasks/tokenizer.ts';
import { UnrecoverableError } from './failure.ts';
import type { Counters } from './messages.ts';
import { inspect } from './inspect.ts';
import { layersOf, type Around } from './layers.ts';
import { TrainingRun } from './run.ts';
import type { TrainerState } from './trainer.ts';
import { SharedBackend } from './sharedBackend.ts';
import type { BeginOptions, Loaded } from './trainable.ts';

export interface SharedModelOptions {
  /** The model's name in an experiment. */
  readonly model: string;
  /** The model's digest, where it is known. */
  readonly digest?: string;
  readonly checkpoint: Checkpoint;
  /** Reads what a run starts with that an experiment's `initialPolicy` names, when one asks for it. */
  readonly readInitial?: (name: string) => Promise<Checkpoint>;
  /** Problems that were given to others before; by default there are none yet. */
  readonly problems?: KnownProblems;
  readonly tokenizer: Tokenizer;
  /** Bytes of tokenizer.json, for `files`. */
  readonly tokenizerJson?: Uint8Array;
  /** Is disposed with the rest. */
  readonly sandbox: Sandbox;
  /** The back end that is running. */
  readonly backend: OpenedBackend;
  /** Gives the running back end up and opens another (`reopenBackend`). */
  readonly reopen: () => Promise<OpenedBackend>;
  /** Lets messages in between two long pieces of work. */
  readonly breathe?: () => Promise<void>;
}

/** The problems that an experiment names were not given. */
const missing = ({ problems }: Experiment) =>
  new UnrecoverableError(
    `The problems that this experiment is about (${problems.slice(0, 19)}…) are not here.`,
    'Open the file they came from in Problem sets, or ask for a link or run file that carries them.',
    null,
  );

export class SharedModel implements Loaded {
  readonly model: string;
  readonly digest?: string;
  readonly problems: KnownProblems;
  readonly #options: SharedModelOptions;
  readonly #shared: SharedBackend;

  constructor(options: SharedModelOptions) {
    this.model = options.model;
    if (options.digest !== undefined) this.digest = options.digest;
    this.problems = options.problems ?? new KnownProblems();
    this.#options = options;
    this.#shared = new SharedBackend(options.backend, options.reopen);
  }

  get backend(): OpenedBackend {
    return this.#shared.opened;
  }

  get counters(): Counters {
    const { numTensors: tensors, numBytes: bytes } = tf.memory();
    const { graded, cacheHits, timeouts, respawns, infra } = this.#options.sandbox.stats;
    return { tensors, bytes, graded, cacheHits, timeouts, respawns, infra };
  }

  /** @throws Error when the experiment does not fit the model, the state does not, its initial policy cannot be read, or its problems are not here */
  async begin(experiment: Experiment, options: BeginOptions = {}): Promise<TrainingRun> {
    const { checkpoint, tokenizer, sandbox, breathe } = this.#options;
    const initial = options.state ? null : await this.#initial(experiment);
    const own = experiment.tasks === 'own';
    const problems = own ? this.problems.find(experiment.problems) : null;
    if (own && !problems) throw missing(experiment);
    const parts = {
      ...{ checkpoint, tokenizer, sandbox, problems },
      ...(initial ? { initial } : {}),
      ...(breathe ? { breathe } : {}),
    };
    return TrainingRun.start(experiment, { ...options, ...parts, shared: this.#shared });
  }

  async inspect(
    { experiment, groups }: UpdateRecord,
    { group, trajectory }: Place,
    { before, after }: Around,
  ): Promise<InspectedTurn[]> {
    const asked = groups[group];
    if (!asked) throw new RangeError(`There is no task ${group} in this update.`);
    const { checkpoint, tokenizer } = this.#options;
    const weights = { before: before.weights, after: after.weights };
    return inspect(asked, trajectory, { checkpoint, tokenizer, experiment, ...weights });
  }

  layers(states: Around, experiment: Experiment): InspectedLayer[] {
    return layersOf(this.#options.checkpoint.config, states, experiment);
  }

  files({ weights }: TrainerState): Record<string, Uint8Array> {
    const { checkpoint, tokenizer, tokenizerJson } = this.#options;
    const files = checkpointFiles({ ...checkpoint, weights }, tokenizer.specials);
    return tokenizerJson ? { ...files, 'tokenizer.json': tokenizerJson } : files;
  }

  async #initial({ initialPolicy }: Experiment): Promise<Checkpoint | null> {
    if (initialPolicy === 'model') return null;
    const { readInitial } = this.#options;
    if (!readInitial) throw new Error(`initialPolicy: ${initialPolicy} is not to be had here; choose model.`);
    return readInitial(initialPolicy);
  }

  dispose(): void {
    this.#options.sandbox.dispose();
  }
}
