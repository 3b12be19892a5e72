/**
 * CoCoS (arXiv 2505.23060): multi-turn reinforcement learning on a code-writing language model.
 *
 * One update, in order: sample k multi-turn trajectories per prompt → run their unit tests → progressive reward per turn →
 * accumulated reward of the episode, less the KL penalty → leave-one-out advantage → policy gradient → AdamW.
 *
 * Left out of the paper's method: nothing of the objective. Smaller: the model (0.18 M parameters instead of 1 B), the boost
 * corpus (generated novices instead of KodCode) and the tasks (generated families instead of MBPP).
 *
 * A run is a function of (experiment, seed) on a given back end: every random number is drawn by counter, from the seed, the
 * update and what it is for. So pausing, resuming, or running in a browser instead of Node changes nothing.
 */
import type { BackendName } from '../config/backends.ts';
import type { Experiment } from '../config/fields.ts';
import { AdamW, tf, type AdamWState } from '../engine/index.ts';
import type { HostWeights, Llama } from '../model/llama.ts';
import { answersOf, fill, type CreditedAnswer, type Episode, type Group } from '../rl/episode.ts';
import { klOfAnswer } from '../rl/kl.ts';
import { evalMetrics, trainMetrics } from '../rl/metrics.ts';
import { credit, trainedTurns } from '../rl/objective.ts';
import { clippedCoefficients } from '../rl/policyGradient.ts';
import { permutation, uniform } from '../rl/random.ts';
import type { EvalRecord, UpdateRecord } from '../rl/records.ts';
import type { Sandbox } from '../sandbox/types.ts';
import type { Tokenizer } from '../tasks/tokenizer.ts';
import type { Task } from '../tasks/types.ts';
import {
  scoreAnswers,
  weightedLogProbGradient,
  type Gradients,
  type PassOptions,
  type Placed,
} from './policy.ts';
import { recorded, withGradient } from './record.ts';
import { rollout, type RolledOut, type RolloutResult } from './rollout.ts';

/** Everything an update needs. The trainer owns none of it. */
export interface TrainerParts {
  readonly policy: Llama;
  /** π_ref: the frozen model the run began with. */
  readonly reference: Llama;
  readonly tokenizer: Tokenizer;
  readonly sandbox: Sandbox;
  readonly trainTasks: readonly Task[];
  readonly heldOutTasks: readonly Task[];
  /** What computes. */
  readonly backend: BackendName;
  /** Upper bound of batch·time in one pass through the model, before `split`. */
  readonly maxTokens: number;
  /** Into how many parts, one after the other, sampling and passes are cut where memory is short; 1 = not. Results stay the same. */
  readonly split: number;
  /** Stops the update under way; the policy is left as it was before it. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (
    stage: 'sample' | 'grade' | 'score' | 'update' | 'evaluate',
    done: number,
    total: number,
  ) => void;
  /** Lets messages in between two long pieces of work. */
  readonly breathe?: () => Promise<void>;
}

/** All that a run needs to go on exactly where it stopped; the rest follows from the experiment. */
export interface TrainerState {
  readonly step: number;
  readonly weights: HostWeights;
  readonly optimizer: AdamWState;
}

/** What a random number is for; part of its counter. */
const stream = { order: 1, sample: 2 } as const;

/** Held-out tasks that are written at once, before `split`. */
export const evalBatch = 64;

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
  /** How long the last turn took to be written, ms. */
  #turnMs = 0;

  constructor(experiment: Experiment, parts: TrainerParts) {
    this.experiment = experiment;
    this.#parts = parts;
    this.#optimizer = new AdamW(parts.policy.weights, {
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
   * One update. Either it is done whole or, if it throws, the policy, the optimizer and the step are as before; only where it
   * throws between two inner epochs the policy is left between them, for `load` to mend (`TrainingRun` keeps the state).
   * @throws AbortError when the signal fired; an Error when no sample could be graded or the gradient is not finite
   */
  async update(): Promise<UpdateRecord> {
    const { policy, reference, backend, signal, onProgress } = this.#parts;
    const e = this.experiment;
    const began = performance.now();

    // 1. Roll out: k trajectories of T turns for each prompt, graded by their unit tests while the next turn is written.
    const { groups, sampleMs, gradeMs } = await this.#rollOut(this.#nextTasks());
    this.#checkGraded(groups);

    // 2. Score: log π_ref of every sampled token, for the KL penalty (k1: log π − log π_ref, on the sampled tokens).
    const scoring = performance.now();
    const pass = this.#pass(e);
    onProgress?.('score', 0, 1);
    const refStats = await scoreAnswers(reference, answersOf(groups), pass);
    const scored = fill(groups, (answer) => {
      const refLogp = Array.from(refStats(answer).logp);
      return { ...answer, refLogp, kl: klOfAnswer(answer.logp, refLogp) };
    });

    // 3. Credit: accumulated reward R, R' = R − β Σ KL, baseline, advantage; then each answer's coefficient in the loss.
    const credited = credit(scored, e);

    // 4. Update: ∇ −Σ c·log π, clipped, AdamW. Later inner epochs use the clipped ratio to the policy that sampled.
    const updating = performance.now();
    signal?.throwIfAborted();
    onProgress?.('update', 0, e.innerEpochs);
    const { gradients, loss, stats } = await weightedLogProbGradient(policy, answersOf(credited), pass);
    if (signal?.aborted) tf.dispose(gradients);
    signal?.throwIfAborted(); // the last moment at which nothing has changed yet
    const gradNorm = await this.#descend(gradients, e);
    for (let epoch = 1; epoch < e.innerEpochs; epoch++) {
      signal?.throwIfAborted();
      onProgress?.('update', epoch, e.innerEpochs);
      const again = await weightedLogProbGradient(policy, await this.#clipped(credited, e), pass);
      await this.#descend(again.gradients, e);
    }
    this.#step++;

    // 5. Record what happened.
    const records = withGradient(credited, stats, e);
    const done = performance.now();
    return {
      experiment: e,
      backend,
      step: this.#step,
      metrics: {
        ...trainMetrics(records, e),
        'train/loss': loss,
        'train/grad_norm': gradNorm,
        'train/clipped': gradNorm > e.maxGradNorm ? 1 : 0,
        'train/learning_rate': learningRate(e, this.#step - 1),
      },
      groups: records,
      timing: {
        sample: sampleMs,
        grade: gradeMs,
        score: updating - scoring,
        update: done - updating,
        total: done - began,
      },
    };
  }

  /** Greedy episodes on held-out tasks; changes nothing. Records the first `examples` episodes. */
  async evaluate(examples = 8): Promise<EvalRecord> {
    const { policy, tokenizer, sandbox, heldOutTasks, backend, signal, onProgress, breathe } = this.#parts;
    const e = this.experiment;
    const began = performance.now();
    const groups: Group<Episode<RolledOut>>[] = [];
    const chunk = Math.ceil(evalBatch / this.#parts.split);
    for (let at = 0; at < heldOutTasks.length; at += chunk) {
      onProgress?.('evaluate', at, heldOutTasks.length);
      const part = await rollout(policy, tokenizer, sandbox, heldOutTasks.slice(at, at + chunk), {
        ...e,
        k: 1,
        sharedTurns: 0,
        sampling: { ...e, temperature: 0, topP: 1, lookEvery: this.#lookEvery },
        uniform: () => 0.5, // greedy: not looked at
        ...(signal ? { signal } : {}),
      });
      groups.push(...part.groups);
      await breathe?.();
    }
    onProgress?.('evaluate', heldOutTasks.length, heldOutTasks.length);
    return {
      experiment: e,
      backend,
      step: this.#step,
      metrics: evalMetrics(groups.flatMap(({ trajectories }) => trajectories)),
      examples: fill(groups.slice(0, examples), recorded),
      ms: performance.now() - began,
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
    throw new Error(
      `${masked} of ${episodes.length} episodes could not be graded: the sandbox keeps being lost, perhaps for want of memory. ` +
        'Nothing was learned from them. Close other programs, then reload the page or resume the command.',
    );
  }

  /** Tasks in a shuffled order, a new one for every pass over them. */
  #nextTasks(): Task[] {
    const { trainTasks } = this.#parts;
    const { promptsPerUpdate, seed } = this.experiment;
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
      return trainTasks[current[at % n]];
    });
  }

  /** k trajectories for each task. Which random numbers a row gets does not depend on the parts it is done in. */
  async #rollOut(tasks: readonly Task[]): Promise<RolloutResult> {
    const { policy, tokenizer, sandbox, split, signal, onProgress } = this.#parts;
    const e = this.experiment;
    const sharedTurns = e.objective === 'released-code' ? 1 : 0;
    const size = Math.ceil(tasks.length / split);
    const parts: RolloutResult[] = [];
    for (let first = 0; first < tasks.length; first += size) {
      const rowsBefore = (turn: number) => first * (turn > sharedTurns ? e.k : 1);
      const part = await rollout(policy, tokenizer, sandbox, tasks.slice(first, first + size), {
        ...e,
        sharedTurns,
        sampling: { ...e, lookEvery: this.#lookEvery },
        uniform: (row, turn, position) =>
          uniform(e.seed, stream.sample, this.#step, row + rowsBefore(turn), turn, position),
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
    const { tokenizer, split, breathe } = this.#parts;
    const { eot, pad } = tokenizer.specials;
    const maxTokens = this.#parts.maxTokens / split;
    return { temperature: e.temperature, allowedFrom: eot, pad, maxTokens, ...(breathe ? { breathe } : {}) };
  }

  /** One step of AdamW; disposes the gradients. @returns their norm before clipping */
  async #descend(gradients: Gradients, e: Experiment): Promise<number> {
    try {
      return await this.#optimizer.step(gradients, learningRate(e, this.#step), e.maxGradNorm);
    } finally {
      tf.dispose(gradients);
    }
  }

  /** The answers of a later inner epoch: their coefficients times ρ where the clip does not stop it. */
  async #clipped<A extends CreditedAnswer & Placed>(
    credited: readonly Group<Episode<A>>[],
    e: Experiment,
  ): Promise<(A & Placed)[]> {
    const trained = trainedTurns(e);
    const now = await scoreAnswers(this.#parts.policy, answersOf(credited), this.#pass(e));
    const logRatio = (answer: A) => answer.logp.reduce((sum, lp, n) => sum + now(answer).logp[n] - lp, 0);
    return credited.flatMap(({ trajectories }) =>
      trajectories.flatMap(({ turns }) => {
        const coefficients = clippedCoefficients(
          turns.map((turn) => turn.coefficient),
          turns.map(logRatio),
          trained,
          e,
        );
        return turns.map((turn, t) => ({ ...turn, coefficient: coefficients[t] }));
      }),
    );
  }
}

/**
 * The learning rate of one update: linear warm-up, then constant or half a cosine down to 0 when `steps` updates are done.
 * It depends on nothing but the experiment as it is now and the update, so a run that is stopped and resumed has the same rates;
 * one that is extended follows the longer curve from there on. Past the end it stays 0.
 * Source: the cosine is that of transformers' get_cosine_schedule_with_warmup, from the end of warm-up on. Our warm-up is one
 * update ahead of theirs, which spends its first at a rate of 0.
 * @param step updates done, from 0
 */
export function learningRate(
  e: Pick<Experiment, 'learningRate' | 'warmupSteps' | 'lrSchedulerType' | 'steps'>,
  step: number,
): number {
  const warm = Math.min(1, (step + 1) / Math.max(1, e.warmupSteps));
  if (e.lrSchedulerType === 'constant' || step < e.warmupSteps) return e.learningRate * warm;
  const progress = Math.min(1, (step - e.warmupSteps) / Math.max(1, e.steps - e.warmupSteps));
  // float32: the last digit of Math.cos differs between browsers.
  return e.learningRate * Math.fround(0.5 * (1 + Math.cos(Math.PI * progress)));
}
