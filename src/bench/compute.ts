/** Tensor work side by side: matmul peak, training step, generation. */
import { countOps, tf, type Tensor2D } from '../engine/index.ts';
import type { BenchModel, Contestant } from './contestant.ts';
import {
  interleave,
  median,
  medianRatio,
  settle,
  spread,
  type Clock,
  type RoundLimits,
  type Spread,
} from './measure.ts';
import { benchWeights, parameterCount, randomTokens, sizes, type SizeName } from './sizes.ts';

/** Sequences and tokens a sequence of a training step. */
export const trainingShape = { sequences: 16, tokens: 128 } as const;
/** Tokens read and written per row in generation: a typical prompt and the longest answer of the default experiment. */
export const generationShape = { prompt: 24, newTokens: 48 } as const;

/** One contestant in one measurement. */
export interface Figure {
  readonly ms: Spread;
  /** Model arithmetic per time: 6·parameters·tokens of a step, in GFLOP/s. */
  readonly gflops?: number;
  /** Tokens written per second, all rows together. */
  readonly tokens_per_s?: number;
}

export interface TrainReport {
  readonly parameters: number;
  readonly contestants: Readonly<Record<string, Figure>>;
  /** The back end's own matMul, measured in the same rounds, GFLOP/s. */
  readonly matmul_gflops: number;
  /** Our GFLOP/s divided by the matmul's. */
  readonly share_of_matmul_peak: number;
  /** How many times faster than each other contestant we are. */
  readonly speedup: Readonly<Record<string, number>>;
}

export interface GenerateReport {
  readonly batch: number;
  readonly contestants: Readonly<Record<string, Figure>>;
  readonly speedup: Readonly<Record<string, number>>;
}

export interface Matmul {
  /** It multiplies two size×size matrices. */
  readonly size: number;
  readonly gflop: number;
  /** One product, done when it returns. */
  run(): Promise<void>;
  dispose(): void;
}

/** The un-transposed rank-2 matMul of the back end, at the size where it is fastest. */
export async function fastestMatmul(now: Clock): Promise<Matmul> {
  let best: { matmul: Matmul; gflops: number } | undefined;
  for (const size of [256, 512, 1024, 2048]) {
    const matmul = squareMatmul(size);
    await matmul.run();
    const times: number[] = [];
    for (let i = 0; i < 5; i++) {
      const began = now();
      await matmul.run();
      times.push(now() - began);
    }
    const ms = Math.min(...times); // only to choose; the figure is a median, measured beside the training steps
    const gflops = (matmul.gflop * 1000) / ms;
    if (best && best.gflops > gflops) matmul.dispose();
    else {
      best?.matmul.dispose();
      best = { matmul, gflops };
    }
    if (ms > 150) break; // the next size takes eight times as long and shows nothing new
  }
  if (!best) throw new Error('No matrix product was measured.');
  return best.matmul;
}

function squareMatmul(size: number): Matmul {
  const a = tf.randomUniform<tf.Rank.R2>([size, size], -1, 1);
  const b = tf.randomUniform<tf.Rank.R2>([size, size], -1, 1);
  return {
    size,
    gflop: (2 * size ** 3) / 1e9,
    async run() {
      const y: Tensor2D = tf.matMul(a, b);
      await settle(y);
      y.dispose();
    },
    dispose: () => tf.dispose([a, b]),
  };
}

/** The training step of each contestant at one size, and the matmul, in turns. The first contestant is ours. */
export async function measureTraining(
  contestants: readonly Contestant[],
  size: SizeName,
  matmul: Matmul,
  limits: RoundLimits,
  now: Clock,
): Promise<TrainReport> {
  const config = sizes[size];
  const { sequences, tokens } = trainingShape;
  const parameters = parameterCount(config);
  const gflop = (6 * parameters * sequences * tokens) / 1e9;
  const batch = randomTokens(config, sequences, tokens + 1);
  // Long enough that the clock and the neighbours' time slices do not decide.
  const products = Math.max(1, Math.ceil(2 / matmul.gflop));
  return withModels(contestants, size, async (models) => {
    for (const model of Object.values(models)) await model.trainStep(batch.slice(0, 2)); // code is compiled, once
    const entries: Record<string, () => Promise<unknown>> = {
      matmul: async () => {
        for (let i = 0; i < products; i++) await matmul.run();
      },
    };
    for (const [id, model] of Object.entries(models)) entries[id] = () => model.trainStep(batch);
    const times = await interleave(entries, limits, now);
    const perProduct = times['matmul'].map((ms) => ms / products);
    const own = times[contestants[0].id];
    return {
      parameters,
      contestants: figures(contestants, times, (ms) => ({ gflops: (gflop * 1000) / ms })),
      matmul_gflops: (matmul.gflop * 1000) / median(perProduct),
      share_of_matmul_peak: (medianRatio(perProduct, own) * gflop) / matmul.gflop,
      speedup: speedups(contestants, times),
    };
  });
}

/** Writing tokens with a cache, prompt included, in turns. The first contestant is ours. */
export async function measureGeneration(
  contestants: readonly Contestant[],
  size: SizeName,
  batch: number,
  limits: RoundLimits,
  now: Clock,
): Promise<GenerateReport> {
  const { prompt, newTokens } = generationShape;
  const prompts = randomTokens(sizes[size], batch, prompt);
  return withModels(contestants, size, async (models) => {
    for (const model of Object.values(models)) await model.generate(prompts.slice(0, 2), 4, 1);
    const entries = Object.fromEntries(
      Object.entries(models).map(([id, model]) => [id, () => model.generate(prompts, newTokens, 1)]),
    );
    const times = await interleave(entries, limits, now);
    return {
      batch,
      contestants: figures(contestants, times, (ms) => ({ tokens_per_s: (batch * newTokens * 1000) / ms })),
      speedup: speedups(contestants, times),
    };
  });
}

/** Operations started on the back end, by contestant; the same on every machine. */
export interface Counters {
  readonly ops_per_token: number;
  readonly ops_per_training_step: number;
}

export async function measureCounters(
  contestants: readonly Contestant[],
  size: SizeName,
): Promise<Record<string, Counters>> {
  const config = sizes[size];
  const prompts = randomTokens(config, 2, 8);
  return withModels(contestants, size, async (models) => {
    const out: Record<string, Counters> = {};
    for (const [id, model] of Object.entries(models)) {
      // The difference of two runs, so that reading the prompt does not count.
      const write = (tokens: number) => countOps(() => model.generate(prompts, tokens, 1));
      const perToken = (await write(12)) - (await write(4));
      out[id] = {
        ops_per_token: perToken / 8,
        ops_per_training_step: await countOps(() => model.trainStep(prompts)),
      };
    }
    return out;
  });
}

async function withModels<T>(
  contestants: readonly Contestant[],
  size: SizeName,
  work: (models: Record<string, BenchModel>) => Promise<T>,
): Promise<T> {
  const weights = benchWeights(sizes[size]);
  const models: Record<string, BenchModel> = {};
  try {
    for (const contestant of contestants) models[contestant.id] = contestant.open(sizes[size], weights);
    return await work(models);
  } finally {
    for (const model of Object.values(models)) model.dispose();
  }
}

function figures(
  contestants: readonly Contestant[],
  times: Record<string, number[]>,
  rate: (ms: number) => Omit<Figure, 'ms'>,
): Record<string, Figure> {
  return Object.fromEntries(
    contestants.map(({ id }) => [id, { ms: spread(times[id]), ...rate(median(times[id])) }]),
  );
}

function speedups(
  contestants: readonly Contestant[],
  times: Record<string, number[]>,
): Record<string, number> {
  const [own, ...others] = contestants;
  return Object.fromEntries(others.map(({ id }) => [id, medianRatio(times[id], times[own.id])]));
}
