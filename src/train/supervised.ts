/**
 * The boost stage: supervised fine-tuning on answers and corrections (loss on answer tokens only, both turns alike).
 *
 * The corpus imitates novices: first answers carry systematic bugs, corrections repair some of them. A converged model of
 * such a corpus is confident and often wrong, which is what reinforcement learning can improve; see docs/log.md.
 */
import { AdamW, tf } from '../engine/index.ts';
import type { Llama } from '../model/llama.ts';
import { supervisedSequence, type SupervisedExample } from '../tasks/episode.ts';
import type { EpisodeFormat } from '../tasks/formats/format.ts';
import { weightedLogProbGradient } from './policy.ts';

/** How long and how fast. */
export interface Schedule {
  readonly steps: number;
  readonly batch: number;
  readonly learningRate: number;
  readonly warmup: number;
}

/** One stage of boost training of our own models. */
export interface Recipe extends Schedule {
  /** Multiplies every novice bug's rate in first answers. */
  readonly bugScale: number;
  /** Probability that a correction repairs each bug of the first answer. */
  readonly repair: number;
  /** Probability that a correction adds each bug that was not there. */
  readonly break: number;
  /** Answers of an example; 2 unless given. */
  readonly turns?: number;
}

/** The recipes of the shipped models: all but `boost` go on from `boost`. */
export const recipes = {
  boost: {
    steps: 1000,
    batch: 32,
    learningRate: 3e-3,
    warmup: 50,
    bugScale: 1.25,
    repair: 0.25,
    break: 0.05,
  },
  repairer: {
    steps: 300,
    batch: 32,
    learningRate: 1e-3,
    warmup: 20,
    bugScale: 1.25,
    repair: 0.5,
    break: 0,
  },
  'three-turns': {
    steps: 400,
    batch: 32,
    learningRate: 1e-3,
    warmup: 20,
    bugScale: 1.25,
    repair: 0.25,
    break: 0.05,
    turns: 3,
  },
  beginner: {
    steps: 300,
    batch: 32,
    learningRate: 1e-3,
    warmup: 20,
    bugScale: 3,
    repair: 0.02,
    break: 0.02,
  },
} as const satisfies Record<string, Recipe>;

/** The boost of an adapter over a model of others, which knows Python: it learns to answer with a program and nothing else, and to correct. */
export const adapterSchedule: Schedule = { steps: 16, batch: 4, learningRate: 1e-3, warmup: 2 };

export interface SupervisedStep {
  readonly step: number;
  /** Mean cross-entropy of answer tokens, nats. */
  readonly loss: number;
  readonly gradNorm: number;
  readonly learningRate: number;
}

/** Linear warm-up, then linear decay to a tenth. */
export function supervisedRate(step: number, { learningRate, warmup, steps }: Schedule): number {
  return learningRate * Math.min(1, (step + 1) / warmup) * (0.1 + 0.9 * Math.max(0, 1 - step / steps));
}

/**
 * Trains `model` in place; every step sees new examples.
 * AdamW β = (0.9, 0.98), weight decay 0.01, gradient norm clipped to 1.
 * @param exampleAt the example of that number
 * @param maxTokens in one pass through the model, see `atOnce`
 */
export async function* superviseModel(
  model: Llama,
  format: EpisodeFormat,
  schedule: Schedule,
  exampleAt: (index: number) => SupervisedExample,
  maxTokens = 2048,
): AsyncGenerator<SupervisedStep> {
  const optimizer = new AdamW(model.trained, { beta1: 0.9, beta2: 0.98, eps: 1e-8, weightDecay: 0.01 });
  const { banned, pad } = format;
  try {
    for (let step = 0; step < schedule.steps; step++) {
      const sequences = Array.from({ length: schedule.batch }, (_, i) =>
        supervisedSequence(format, exampleAt(step * schedule.batch + i)),
      );
      const places = sequences.flatMap(({ ids, answers }) =>
        answers.map(({ start, length }) => ({ sequence: ids, start, length })),
      );
      const tokens = places.reduce((sum, { length }) => sum + length, 0);
      const { gradients, loss } = await weightedLogProbGradient(
        model,
        places.map((place) => ({ place, coefficients: new Array<number>(place.length).fill(1 / tokens) })),
        { temperature: 1, banned, pad, maxTokens },
      );
      const learningRate = supervisedRate(step, schedule);
      const { norm: gradNorm } = await optimizer.step(gradients, learningRate, 1);
      tf.dispose(gradients);
      yield { step: step + 1, loss, gradNorm, learningRate };
    }
  } finally {
    optimizer.dispose();
  }
}
