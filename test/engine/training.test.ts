/** The whole model trains and writes the same on every back end: some updates from one start. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { below, AdamW, tf } from '../../src/engine/index.ts';
import { tinyLlama } from '../../src/model/config.ts';
import { Generation } from '../../src/model/generate.ts';
import { Llama } from '../../src/model/llama.ts';
import { initialWeights } from '../../src/model/parameters.ts';
import { scoreAnswers, weightedLogProbGradient } from '../../src/train/policy.ts';
import { expectNoGpuErrors, open, openFor } from './backends.ts';
import { seeded } from './cases.ts';

afterEach(expectNoGpuErrors);

const updates = 5;
const passes = { temperature: 0.9, banned: below(3), pad: 0, maxTokens: 40 };
const config = tinyLlama(40, {
  hidden_size: 24,
  intermediate_size: 20,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
});

interface Run {
  readonly losses: number[];
  readonly norms: number[];
  readonly greedy: number[][];
}

/** Answers in sequences of different lengths, so that padding and micro-batches take part. */
function answers() {
  const random = seeded(7);
  return [9, 14, 5].map((length, i) => ({
    place: {
      sequence: Array.from({ length }, () => 3 + Math.floor(random() * 37)),
      start: 3,
      length: length - 3,
    },
    coefficients: new Array<number>(length - 3).fill([0.1, 0.05, -0.02][i] ?? NaN),
  }));
}

async function run(times = updates): Promise<Run> {
  const random = seeded(3);
  const model = new Llama(
    config,
    initialWeights(config, () => 2 * (random() + random() - 1)),
  );
  const optimizer = new AdamW(model.weights, { beta1: 0.9, beta2: 0.95, eps: 1e-8, weightDecay: 0.01 });
  const losses: number[] = [];
  const norms: number[] = [];
  for (let i = 0; i < times; i++) {
    const { gradients, loss } = await weightedLogProbGradient(model, answers(), passes);
    losses.push(loss);
    norms.push((await optimizer.step(gradients, 3e-3, 1)).norm);
    tf.dispose(gradients);
  }
  const sampling = {
    temperature: 0,
    topP: 1,
    maxNewTokens: 6,
    stops: [1],
    banned: below(3),
    uniform: () => 0.5,
  };
  const generation = Generation.start(
    model,
    [
      [4, 5, 6],
      [7, 8, 9, 10, 11],
    ],
    20,
    0,
  );
  generation.repeatRows(2);
  const written = await generation.turn({ ...sampling, lookEvery: 3 });
  generation.dispose();
  // What the cache says must be what a whole forward pass says, at the temperature of greedy log-probabilities.
  const prompts = [
    [4, 5, 6],
    [4, 5, 6],
    [7, 8, 9, 10, 11],
    [7, 8, 9, 10, 11],
  ];
  const whole = written.map(({ ids }, row) => {
    const prompt = prompts[row] ?? [];
    return { place: { sequence: [...prompt, ...ids], start: prompt.length, length: ids.length } };
  });
  const scores = await scoreAnswers(model, whole, { ...passes, temperature: 1 });
  whole.forEach((answer, row) => {
    scores(answer).logp.forEach((value, i) => expect(value).toBeCloseTo(written[row]?.logp[i] ?? NaN, 4));
  });
  optimizer.dispose();
  model.dispose();
  return { losses, norms, greedy: written.map(({ ids }) => ids) };
}

describe('training and generation', () => {
  let cpu: Run;
  beforeAll(async () => {
    await open('cpu');
    cpu = await run();
  });
  afterAll(() => open('cpu'));

  it('learns', () => {
    expect(cpu.losses.at(-1)).toBeLessThan(cpu.losses[0] ?? NaN);
  });

  it.for(['wasm', 'webgpu'] as const)('runs the same on %s, and leaks nothing', async (name, context) => {
    await openFor(context, name);
    await run(1); // tables that operations keep are made now
    const before = tf.memory().numTensors;
    const got = await run();
    expect(tf.memory().numTensors).toBe(before);
    // Rounding differs between back ends, and each update starts from the last one's.
    got.losses.forEach((loss, i) => expect(Math.abs(loss / (cpu.losses[i] ?? NaN) - 1)).toBeLessThan(1e-4));
    got.norms.forEach((norm, i) => expect(Math.abs(norm / (cpu.norms[i] ?? NaN) - 1)).toBeLessThan(1e-3));
    expect(got.greedy).toEqual(cpu.greedy);
  });
});
