/**
 * One update, top to bottom.
 *
 * Episodes of several turns, k for each prompt → log π_ref of every token → credit: what is compared, with whom, how far above
 * → −Σ c·log π, its gradient, AdamW. Which episodes, which credit and which coefficients c is the algorithm's (rl/algorithms):
 * CoCoS (arXiv 2505.23060) by default.
 *
 * Left out of the paper's method: nothing of the objective. Smaller: the model (0.18 M parameters instead of 1 B), the boost
 * corpus (generated novices instead of KodCode) and the tasks (generated families instead of MBPP).
 */
import type { Experiment } from '../config/fields.ts';
import type { GradNorms } from '../engine/index.ts';
import { type Llama } from '../model/llama.ts';
import { partOf } from '../model/parameters.ts';
import type { Algorithm, Explanation, Place } from '../rl/algorithms/algorithm.ts';
import { algorithmOf } from '../rl/algorithms/index.ts';
import { answersOf, fill } from '../rl/episode.ts';
import { klOfAnswer } from '../rl/kl.ts';
import { trainMetrics } from '../rl/metrics.ts';
import type { UpdateRecord } from '../rl/records.ts';
import { learningRate } from './learningRate.ts';
import { scoreAnswers, weightedLogProbGradient, type Gradients, type PassOptions } from './policy.ts';
import { withGradient } from './record.ts';
import type { RolloutResult } from './rollout.ts';

export type OnProgress = (
  stage: 'sample' | 'grade' | 'score' | 'update' | 'evaluate',
  done: number,
  total: number,
) => void;

export interface UpdateParts {
  readonly policy: Llama;
  /** π_ref: the frozen model the run began with. */
  readonly reference: Llama;
  readonly pass: PassOptions;
  /** What is learned from: k trajectories for each prompt, graded. */
  readonly episodes: (algorithm: Algorithm) => Promise<RolloutResult>;
  /** One step of AdamW, the gradient clipped; disposes the gradients. @returns their norms before clipping */
  readonly descend: (gradients: Gradients, learningRate: number) => Promise<GradNorms>;
  /** Hears why each trajectory is about to be pushed; the update goes on when it resolves. */
  readonly onCompared?: (explain: (at: Place) => Explanation) => Promise<void>;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
  /** Milliseconds; by default those of the day. */
  readonly clock?: () => number;
}

/** @param step updates done before this one @returns what the record of the update says of it */
export async function update(
  e: Experiment,
  step: number,
  parts: UpdateParts,
): Promise<Pick<UpdateRecord, 'metrics' | 'groups' | 'timing'>> {
  const { policy, reference, pass, episodes, descend, onCompared, signal, onProgress } = parts;
  const { clock = () => performance.now() } = parts;
  const algorithm = algorithmOf(e);
  const rate = learningRate(e, step);
  const began = clock();

  // 1. Episodes: k trajectories of T turns for each prompt, graded by their unit tests while the next turn is written.
  const { groups, sampleMs, gradeMs } = await episodes(algorithm);

  // 2. Score: log π_ref of every token, for the KL penalty (k1: log π − log π_ref, on the sampled tokens).
  const scoring = clock();
  onProgress?.('score', 0, 1);
  const refStats = await scoreAnswers(reference, answersOf(groups), pass);
  const scored = fill(groups, (answer) => {
    const refLogp = Array.from(refStats(answer).logp);
    return { ...answer, refLogp, kl: klOfAnswer(answer.logp, refLogp) };
  });

  // 3. Credit: what each episode earns, less the KL penalty, against its baseline: advantages, and the coefficient of each token.
  const credited = algorithm.credit(scored, e);
  await onCompared?.((at) => algorithm.explain(scored, at, e));
  /** The same under the policy as it is now: clipped ratio to the policy that sampled. */
  const creditedNow = async () => {
    const stats = await scoreAnswers(policy, answersOf(scored), pass);
    return algorithm.again(scored, (answer) => stats(answer).logp, e);
  };

  // 4. Update: ∇ −Σ c·log π, clipped, AdamW; in later inner epochs on a policy that has moved. Recorded episodes are another's.
  const updating = clock();
  const learn = async (batch: typeof credited) => {
    const { gradients, loss, stats } = await weightedLogProbGradient(policy, answersOf(batch), pass);
    return { loss, stats, gradNorms: await descend(gradients, rate) };
  };
  signal?.throwIfAborted();
  onProgress?.('update', 0, e.innerEpochs);
  const batch = algorithm.episodes === 'recorded' ? await creditedNow() : credited;
  const { loss, stats, gradNorms } = await learn(batch);
  for (let epoch = 1; epoch < e.innerEpochs; epoch++) {
    signal?.throwIfAborted();
    onProgress?.('update', epoch, e.innerEpochs);
    await learn(await creditedNow());
  }

  // 5. Record what happened.
  const recorded = withGradient(batch, stats, e);
  const done = clock();
  return {
    metrics: {
      ...trainMetrics(recorded, e),
      'train/loss': loss,
      'train/grad_norm': gradNorms.norm,
      ...layerMetrics(gradNorms),
      'train/clipped': gradNorms.norm > e.maxGradNorm ? 1 : 0,
      'train/learning_rate': rate,
    },
    groups: recorded,
    timing: {
      sample: sampleMs,
      grade: gradeMs,
      score: updating - scoring,
      update: done - updating,
      total: done - began,
    },
  };
}

/** How long the gradient is in each part of the model. Four digits: there is one for every part, in every entry of a log. */
function layerMetrics({ each }: GradNorms): Record<string, number> {
  const squares = new Map<string, number>();
  for (const [name, norm] of Object.entries(each))
    squares.set(partOf(name), (squares.get(partOf(name)) ?? 0) + norm * norm);
  return Object.fromEntries(
    [...squares].map(([part, square]) => [
      `train/layer_grad_norm@${part}`,
      Number(Math.sqrt(square).toPrecision(4)),
    ]),
  );
}
