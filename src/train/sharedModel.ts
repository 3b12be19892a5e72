/** A model, its tokenizer, the back end and the sandbox, loaded once; runs are begun over them. */
import type { Experiment } from '../config/fields.ts';
import { tf, type OpenedBackend } from '../engine/index.ts';
import type { HostWeights } from '../model/parameters.ts';
import type { Place } from '../rl/algorithms/algorithm.ts';
import type { InspectedLayer, InspectedTurn } from '../rl/inspection.ts';
import type { UpdateRecord } from '../rl/records.ts';
import type { Sandbox } from '../sandbox/types.ts';
import { KnownProblems } from '../tasks/knownProblems.ts';
import type { Base, OpenBase } from './base.ts';
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
  readonly base: Base;
  /** Reads what a run starts with that an experiment's `initialPolicy` names, when one asks for it. */
  readonly readInitial?: (name: string) => Promise<HostWeights>;
  /** Problems that were given to others before; by default there are none yet. */
  readonly problems?: KnownProblems;
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
  /** On the back end of that generation, for each way of holding the weights. */
  #open: { readonly generation: number; readonly bases: Map<string, Promise<OpenBase>> } | null = null;

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
    const { sandbox, breathe } = this.#options;
    const initial = options.state ? null : await this.#initial(experiment);
    const own = experiment.tasks === 'own';
    const problems = own ? this.problems.find(experiment.problems) : null;
    if (own && !problems) throw missing(experiment);
    const parts = {
      ...{ sandbox, problems, base: () => this.#base(experiment) },
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
    const weights = { before: before.weights, after: after.weights };
    return inspect(asked, trajectory, { base: await this.#base(experiment), experiment, ...weights });
  }

  layers(states: Around, experiment: Experiment): InspectedLayer[] {
    return layersOf(this.#options.base, states, experiment);
  }

  files({ weights }: TrainerState, experiment: Experiment): Record<string, Uint8Array> {
    return this.#options.base.files(experiment, weights);
  }

  /** What runs have in common, on the back end that is running: what it was on another went with that. */
  #base({ baseWeights }: Experiment): Promise<OpenBase> {
    const { generation } = this.#shared;
    if (this.#open?.generation !== generation) this.#open = { generation, bases: new Map() };
    const { bases } = this.#open;
    const open = bases.get(baseWeights);
    if (open) return open;
    const opening = this.#options.base.open({ baseWeights });
    bases.set(baseWeights, opening);
    opening.catch(() => {
      if (bases.get(baseWeights) === opening) bases.delete(baseWeights); // the next who needs it tries again
    });
    return opening;
  }

  async #initial({ initialPolicy }: Experiment): Promise<HostWeights | null> {
    if (initialPolicy === 'model') return null;
    const { readInitial } = this.#options;
    if (!readInitial) throw new Error(`initialPolicy: ${initialPolicy} is not to be had here; choose model.`);
    return readInitial(initialPolicy);
  }

  dispose(): void {
    this.#options.sandbox.dispose();
    const { generation, bases } = this.#open ?? {};
    if (generation === this.#shared.generation) {
      for (const base of bases?.values() ?? []) {
        void base.then(
          (open) => open.dispose(),
          () => undefined,
        );
      }
    }
    this.#open = null;
  }
}
