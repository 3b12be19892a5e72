/** The playground's own model, as the trainer uses it. */
import { AdamW, tensorOf, tf } from '../engine/index.ts';
import { Generation, type SamplingOptions } from '../model/generate.ts';
import { Llama } from '../model/llama.ts';
import { uniform } from '../rl/random.ts';
import { weightedLogProbGradient } from '../train/policy.ts';
import { adam, type BenchModel, type Contestant } from './contestant.ts';
import { settle } from './measure.ts';

/** A turn in which every row writes all its tokens. */
export function writing(newTokens: number, temperature: number): SamplingOptions {
  return {
    temperature,
    topP: 1,
    maxNewTokens: newTokens,
    stops: [], // to the length limit
    banned: [],
    uniform: (row, position) => uniform(0, row, position),
    lookEvery: tf.getBackend() === 'webgpu' ? Infinity : 1, // as in train/trainer.ts
  };
}

export const ours: Contestant = {
  id: 'ours',
  title: 'CoCoS Playground',
  threads: (backend) => backend.threads,
  open(config, weights): BenchModel {
    const model = new Llama(config, weights);
    const optimizer = new AdamW(model.weights, { ...adam, weightDecay: 0 });
    return {
      async trainStep(batch) {
        const time = batch[0].length - 1;
        const coefficients = new Array<number>(time).fill(1 / (batch.length * time));
        const { gradients, loss } = await weightedLogProbGradient(
          model,
          batch.map((sequence) => ({ place: { sequence, start: 1, length: time }, coefficients })),
          // One micro-batch, as the other contestants have.
          { temperature: 1, banned: [], pad: 0, maxTokens: batch.length * (time + 1) },
        );
        await optimizer.step(gradients, adam.learningRate, Infinity);
        tf.dispose(gradients);
        await settle(tensorOf(model.head));
        return loss;
      },
      async generate(prompts, newTokens, temperature) {
        const generation = Generation.start(model, prompts, prompts[0].length + newTokens, 0);
        try {
          const answers = await generation.turn(writing(newTokens, temperature));
          return answers.map(({ ids }) => ids);
        } finally {
          generation.dispose();
        }
      },
      dispose() {
        optimizer.dispose();
        model.dispose();
      },
    };
  },
};
