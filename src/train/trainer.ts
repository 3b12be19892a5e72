/**
 * A trainer: what one update (update.ts) needs around it. It chooses the tasks, has them written and graded, steps the optimizer,
 * evaluates, and puts everything back when an update fails.
 *
 * A run is a function of (experiment, seed) on a given back end: every random number is drawn by counter, from the seed, the
 * update and what it is for. So pausing, resuming, or running in a browser instead of Node changes nothing.
 */
import type { BackendName } from '../config/backends.ts';
import type { Experiment } from '../config/fields.ts';
import { AdamW, tf, type AdamWState, type GradNorms } from '../engine/index.ts';
import type { Llama } from '../model/llama.ts';
import type { HostWeights } from '../model/parameters.ts';
import type { Algorithm } from '../rl/algorithms/algorithm.ts';
import { findCaught, type CaughtRecord } from '../rl/caught.ts';
import { dealtOut } from '../rl/control.ts';
import { fill, type Episode, type Group } from '../rl/episode.ts';
import { evalMetrics, outcomeOf } from '../rl/metrics.ts';
import { permutation, uniform } from '../rl/random.ts';
import type { EvalRecord, UpdateRecord } from '../rl/records.ts';
import type { Sandbox } from '../sandbox/types.ts';
import type { EpisodeFormat } from '../tasks/formats/format.ts';
import type { Task, Tasks } from '../tasks/types.ts';
import type { Live, LiveUpdate } from './live.ts';
import { placed } from './placed.ts';
import type { Gradients, PassOptions } from './policy.ts';
import { recorded } from './record.ts';
import { rewardOf, rollout, type RolledOut, type RolloutResult } from './rollout.ts';
import { ungradedError, ungradedHeldOut } from './ungraded.ts';
import { update, type OnProgress } from './update.ts';

/** Everything an update needs. The trainer owns none of it. */
export interface TrainerParts {
  readonly policy: Llama;
  /** π_ref: the frozen model the run began with. */
  readonly reference: Llama;
  readonly format: EpisodeFormat;
  readonly sandbox: Sandbox;
  readonly trainTasks: Tasks;
  readonly heldOutTasks: Tasks;
  /** What computes. */
  readonly backend: BackendName;
  /** Upper bound of batch·time in one pass through the model, before `divisions`. */
  readonly maxTokens: number;
  /** Into how many parts, one after the other, sampling and passes are cut where memory is short; 1 = not. Results stay the same. */
  readonly divisions: number;
  /** Stops the update under way; the policy is left as it was before it. */
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
  /** Tells those who look on what an update does while it is under way. */
  readonly live?: Live;
  /** What to learn from after `step` updates, for an algorithm that learns from recorded episodes. */
  readonly recordedBatch?: (step: number) => Promise<Pick<UpdateRecord, 'experiment' | 'groups'>>;
  /** Lets messages in between two long pieces of work. */
  readonly breathe?: () => Promise<void>;
}

/** All that a run needs to go on exactly where it stopped; the rest follows from the experiment. */
export interface TrainerState {
  readonly step: number;
  readonly weights: HostWeights;
  readonly optimizer: AdamWState;
}

/** Held-out tasks as a model did them. */
export interface Tried {
  readonly groups: readonly Group<Episode<RolledOut>>[];
  /** How long it took. */
  readonly ms: number;
}

/** What a random number is for; part of its counter. */
const stream = { order: 1, sample: 2, control: 4 } as const; // 3: base.ts

/** Held-out tasks that are written at once, before `divisions`. */
export const evalBatch = 64;

/** Held-out episodes that are recorded in full. */
const exampleCount = 8;

/** A turn that takes longer is worth looking at before it ends: meanwhile tens of programs can be graded. */
const slowTurnMs = 100;

/** Updates in a row with many ungraded samples after which a run stops. */
const maxPoorlyGraded = 3;

export class Trainer {
  /** Fields marked `when: 'live'` may be changed; an update or evaluation under way goes on with what it began with. */
  experiment: Experiment;
  readonly #parts: TrainerParts;
  readonly #optimizer: AdamW;
  #step = 0;
  #poorlyGraded = 0;
  /** The update under way, where somebody may look on. */
  #shown: LiveUpdate | undefined;
  /** How long the last turn took to be written, ms. */
  #turnMs = 0;

  constructor(experiment: Experiment, parts: TrainerParts) {
    this.experiment = experiment;
    this.#parts = parts;
    this.#optimizer = new AdamW(parts.policy.trained, {
      beta1: experiment.adamBeta1,
      beta2: experiment.adamBeta2,
      eps: 1e-8,
      weightDecay: experiment.weightDecay,
    });
  }

  /** Updates done. */
  get step(): number {
    return this.#step;
  }

  /**
   * One update. Either it is done whole or, if it throws, the policy, the optimizer and the step are as before.
   * @throws AbortError when the signal fired; an Error when no sample could be graded or the gradient is not finite
   */
  async update(): Promise<UpdateRecord> {
    const { policy, reference, backend, live, signal, onProgress } = this.#parts;
    const e = this.experiment;
    // A single step either happens or does not; several have to be taken back.
    const before = e.innerEpochs > 1 ? await this.state() : null;
    try {
      const done = await update(e, this.#step, {
        policy,
        reference,
        pass: this.#pass(e),
        episodes: (algorithm) => this.#episodes(algorithm, e),
        descend: (gradients, rate) => this.#descend(gradients, rate, e),
        ...(live ? { onCompared: async (explain) => this.#shown?.compared(explain), clock: live.clock } : {}),
        ...(signal ? { signal } : {}),
        ...(onProgress ? { onProgress } : {}),
      });
      this.#step++;
      return { experiment: e, backend, step: this.#step, ...done };
    } catch (error) {
      if (before) this.#putBack(before);
      throw error;
    } finally {
      live?.end();
      this.#shown = undefined;
    }
  }

  /** Greedy episodes on held-out tasks; changes nothing. Records the first `exampleCount` episodes. */
  async evaluate(): Promise<EvalRecord> {
    const e = this.experiment;
    const tried = await this.#tryAllHeldOut(this.#parts.policy, e);
    return this.evaluation([tried], this.#step, e);
  }

  /**
   * Compares greedy episodes on held-out tasks with the reference's own first answers to them; changes nothing. The reference is
   * asked for one turn only.
   */
  async caught(): Promise<CaughtRecord> {
    const e = this.experiment;
    const before = await this.#tryAllHeldOut(this.#parts.reference, { ...e, turns: 1 });
    const now = await this.#tryAllHeldOut(this.#parts.policy, e);
    return {
      experiment: e,
      step: this.#step,
      ...findCaught(fill(before.groups, recorded), fill(now.groups, recorded), e),
    };
  }

  /** How a model does on all held-out tasks. */
  async #tryAllHeldOut(model: Llama, e: Experiment): Promise<Tried> {
    const count = this.#parts.heldOutTasks.length;
    this.#parts.onProgress?.('evaluate', 0, count);
    return this.tryHeldOut(model, 0, count, e);
  }

  /** How a model does on `count` of the held-out tasks, from `first` on, which may be done in parts; always the likeliest token. */
  async tryHeldOut(model: Llama, first: number, count: number, e: Experiment): Promise<Tried> {
    const { format, sandbox, heldOutTasks, signal, onProgress, breathe, divisions } = this.#parts;
    const began = performance.now();
    const groups: Tried['groups'][number][] = [];
    const end = Math.min(heldOutTasks.length, first + count);
    const chunk = Math.ceil(Math.min(count, evalBatch) / divisions);
    for (let at = first; at < end; at += chunk) {
      const tasks = heldOutTasks.slice(at, Math.min(end, at + chunk));
      let answers = 0;
      const part = await rollout(model, format, sandbox, tasks, {
        ...e,
        k: 1,
        sharedTurns: 0,
        sampling: { ...e, temperature: 0, topP: 1, lookEvery: this.#lookEvery },
        uniform: () => 0.5, // greedy: not looked at
        onAnswers: (more) => {
          answers += more;
          onProgress?.('evaluate', at + Math.floor(answers / e.turns), heldOutTasks.length);
        },
        ...(signal ? { signal } : {}),
      });
      groups.push(...part.groups);
      onProgress?.('evaluate', Math.min(end, at + chunk), heldOutTasks.length);
      await breathe?.();
    }
    return { groups, ms: performance.now() - began };
  }

  /** What is recorded of held-out tasks that were tried after `step` updates; what an answer earns may have been changed since. */
  evaluation(tried: readonly Tried[], step: number, e: Experiment): EvalRecord {
    const groups = earned(
      tried.flatMap((one) => one.groups),
      e,
    );
    const ungraded = ungradedHeldOut(groups);
    const episodes = groups.flatMap(({ trajectories }) => trajectories);
    return {
      experiment: e,
      backend: this.#parts.backend,
      step,
      metrics: evalMetrics(episodes, e),
      outcomes: episodes.map((episode) => outcomeOf(episode, e)),
      examples: fill(groups.slice(0, exampleCount), recorded),
      ...(ungraded ? { ungraded } : {}),
      ms: tried.reduce((sum, { ms }) => sum + ms, 0),
    };
  }

  async state(): Promise<TrainerState> {
    const reads = [this.#parts.policy.values(), this.#optimizer.state()] as const;
    const [weights, optimizer] = await Promise.all(reads);
    return { step: this.#step, weights, optimizer };
  }

  /** Goes on from a saved state. Throws if it does not fit the model; then nothing has changed. */
  load(state: TrainerState): void {
    this.#optimizer.load(state.optimizer);
    this.#parts.policy.assign(state.weights);
    this.#step = state.step;
  }

  #putBack(state: TrainerState): void {
    try {
      this.load(state);
    } catch {
      // The back end is lost and the policy with it. The error that is under way says so.
    }
  }

  dispose(): void {
    this.#optimizer.dispose();
  }

  /**
   * Samples that could not be graded are masked; when that keeps happening the run must not go on as if nothing were wrong.
   * @throws Error when nothing could be graded, or more than a quarter in several updates in a row
   */
  #checkGraded(groups: readonly Group<Episode<RolledOut>>[]): void {
    const episodes = groups.flatMap(({ trajectories }) => trajectories);
    const masked = episodes.filter(({ turns }) => turns.some((turn) => Number.isNaN(turn.reward))).length;
    this.#poorlyGraded = masked > episodes.length / 4 ? this.#poorlyGraded + 1 : 0;
    if (masked < episodes.length && this.#poorlyGraded < maxPoorlyGraded) return;
    this.#poorlyGraded = 0;
    throw ungradedError(groups, masked, episodes.length);
  }

  /** Tasks in a shuffled order, a new one for every pass over them. */
  #nextTasks({ promptsPerUpdate, seed }: Experiment): Task[] {
    const { trainTasks } = this.#parts;
    const n = trainTasks.length;
    const first = this.#step * promptsPerUpdate;
    const order = (epoch: number) => permutation(n, seed, stream.order, epoch);
    let epoch = -1;
    let current: number[] = [];
    return Array.from({ length: promptsPerUpdate }, (_, i) => {
      const at = first + i;
      if (Math.floor(at / n) !== epoch) {
        epoch = Math.floor(at / n);
        current = order(epoch);
      }
      return trainTasks.at(current[at % n]);
    });
  }

  /** What an update learns from, graded. @throws Error when there is nothing to learn from */
  async #episodes(algorithm: Algorithm, e: Experiment): Promise<RolloutResult> {
    const batch =
      algorithm.episodes === 'recorded'
        ? await this.#recorded(algorithm, e)
        : await this.#rollOut(this.#nextTasks(e), algorithm, e);
    this.#checkGraded(batch.groups);
    if (e.control === 'none') return batch;
    const order = (group: number, n: number) => permutation(n, e.seed, stream.control, this.#step, group);
    return { ...batch, groups: dealtOut(batch.groups, order) };
  }

  /** Episodes of an earlier run, back in their places; what they earn is this experiment's. */
  async #recorded({ title }: Algorithm, e: Experiment): Promise<RolloutResult> {
    const { format, recordedBatch } = this.#parts;
    if (!recordedBatch) {
      throw new Error(
        `${title} learns from recorded episodes. Give the run a source of them (recordedBatch).`,
      );
    }
    const { experiment, groups } = await recordedBatch(this.#step);
    if (experiment.turns !== e.turns) {
      throw new Error(
        `turns: the recorded episodes have ${experiment.turns}, the experiment asks for ${e.turns}.`,
      );
    }
    return { groups: earned(placed(format, groups, experiment), e), sampleMs: 0, gradeMs: 0 };
  }

  /** k trajectories for each task. Which random numbers a row gets does not depend on the parts it is done in. */
  async #rollOut(tasks: readonly Task[], { sharedTurns }: Algorithm, e: Experiment): Promise<RolloutResult> {
    const { policy, format, sandbox, divisions, live, signal, onProgress } = this.#parts;
    const shown = (this.#shown = live?.begin(e, this.#step + 1, tasks));
    const size = Math.ceil(tasks.length / divisions);
    const parts: RolloutResult[] = [];
    for (let first = 0; first < tasks.length; first += size) {
      const rowsBefore = (turn: number) => first * (turn > sharedTurns ? e.k : 1);
      const part = await rollout(policy, format, sandbox, tasks.slice(first, first + size), {
        ...e,
        sharedTurns,
        sampling: { ...e, lookEvery: this.#lookEvery },
        uniform: (row, turn, position) =>
          uniform(e.seed, stream.sample, this.#step, row + rowsBefore(turn), turn, position),
        ...(live && shown ? { watch: shown.rollout(first), clock: live.clock } : {}),
        ...(signal ? { signal } : {}),
        ...(onProgress ? { onProgress } : {}),
      });
      parts.push(part);
      this.#turnMs = part.sampleMs / e.turns;
    }
    return {
      groups: parts.flatMap(({ groups }) => groups),
      sampleMs: parts.reduce((sum, { sampleMs }) => sum + sampleMs, 0),
      gradeMs: parts.reduce((sum, { gradeMs }) => sum + gradeMs, 0),
    };
  }

  /**
   * Tokens between two looks, which find answers that have ended and can be graded. Where a look costs nothing, after each. A GPU
   * has to be waited for, and a turn is often written before the first programs could be graded: then there is one look, at its end. Results do not
   * depend on it.
   */
  get #lookEvery(): number {
    if (this.#parts.backend !== 'webgpu') return 1;
    return this.#turnMs > slowTurnMs ? 16 : Infinity;
  }

  #pass(e: Experiment): PassOptions {
    const { format, divisions, breathe } = this.#parts;
    const { banned, pad } = format;
    const maxTokens = this.#parts.maxTokens / divisions;
    return { temperature: e.temperature, banned, pad, maxTokens, ...(breathe ? { breathe } : {}) };
  }

  /** One step of AdamW; disposes the gradients. @returns their norms before clipping */
  async #descend(gradients: Gradients, rate: number, e: Experiment): Promise<GradNorms> {
    try {
      this.#parts.signal?.throwIfAborted(); // the last moment before something changes
      return await this.#optimizer.step(gradients, rate, e.maxGradNorm);
    } finally {
      tf.dispose(gradients);
    }
  }
}

/** The same answers, with what their verdicts earn under this experiment. */
function earned(groups: readonly Group<Episode<RolledOut>>[], e: Experiment): Group<Episode<RolledOut>>[] {
  return fill(groups, (answer) => ({ ...answer, reward: rewardOf(answer.verdict, e) }));
}
