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
import { OpenBases } from './openBases.ts';
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
  /** Lets go of what the model is read from. */
  readonly close?: () => Promise<void>;
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
  readonly #bases: OpenBases;

  constructor(options: SharedModelOptions) {
    this.model = options.model;
    if (options.digest !== undefined) this.digest = options.digest;
    this.problems = options.problems ?? new KnownProblems();
    this.#options = options;
    this.#shared = new SharedBackend(options.backend, options.reopen);
    this.#bases = new OpenBases(options.base);
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
    const leave = this.#bases.join(experiment.baseWeights);
    try {
      return await TrainingRun.start(experiment, {
        ...options,
        ...parts,
        shared: this.#shared,
        onOver: leave,
      });
    } catch (error) {
      leave();
      throw error;
    }
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

  /** What runs have in common, on the back end that is running. */
  #base({ baseWeights }: Experiment): Promise<OpenBase> {
    return this.#bases.of(baseWeights, this.#shared.generation);
  }

  async #initial({ initialPolicy }: Experiment): Promise<HostWeights | null> {
    if (initialPolicy === 'model') return null;
    const { readInitial } = this.#options;
    if (!readInitial) throw new Error(`initialPolicy: ${initialPolicy} is not to be had here; choose model.`);
    return readInitial(initialPolicy);
  }

  dispose(): void {
    this.#options.sandbox.dispose();
    this.#bases.dispose(this.#shared.generation);
    void this.#options.close?.();
  }
}
