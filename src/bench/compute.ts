/** Tensor work side by side: training step, generation, operation counts. */
import { countOps, tf } from '../engine/index.ts';
import type { ModelConfig } from '../model/modelConfig.ts';
import type { BenchModel, Contestant } from './contestant.ts';
import { countGpu } from './countGpu.ts';
import type { Matmuls, Peak } from './matmul.ts';
import { breathe, interleave, median, medianRatio, spread, type Measuring, type Spread } from './measure.ts';
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
  /** The back end's fastest product, measured in the same rounds. */
  readonly matmul: Omit<Peak, 'rounds'>;
  /** Our GFLOP/s divided by the product's. */
  readonly share_of_matmul_peak: number;
  /** How many times faster than each other contestant we are. */
  readonly speedup: Readonly<Record<string, number>>;
}

export interface GenerateReport {
  readonly batch: number;
  readonly contestants: Readonly<Record<string, Figure>>;
  readonly speedup: Readonly<Record<string, number>>;
}

/** The training step of each contestant at one size, and the products, in turns. The first contestant is ours. */
export async function measureTraining(
  contestants: readonly Contestant[],
  size: SizeName,
  matmuls: Matmuls,
  measuring: Measuring,
): Promise<TrainReport> {
  const config = sizes[size];
  const { sequences, tokens } = trainingShape;
  const parameters = parameterCount(config);
  const gflop = (6 * parameters * sequences * tokens) / 1e9;
  const batch = randomTokens(config, sequences, tokens + 1);
  return withModels(contestants, config, async (models) => {
    const entries: Record<string, () => Promise<unknown>> = matmuls.entries;
    for (const [id, { model }] of Object.entries(models)) {
      await breathe(measuring.signal);
      await model.trainStep(batch); // code is compiled and memory has grown
      entries[id] = () => model.trainStep(batch);
    }
    const times = await interleave(entries, measuring);
    const { rounds, ...matmul } = matmuls.peak(times);
    const own = times[contestants[0].id].map((ms) => (gflop * 1000) / ms);
    return {
      parameters,
      contestants: figures(contestants, times, (ms) => ({ gflops: (gflop * 1000) / ms })),
      matmul,
      share_of_matmul_peak: medianRatio(own, rounds),
      speedup: speedups(contestants, times),
    };
  });
}

/** Writing tokens with a cache, prompt included, in turns, by those who can. The first contestant is ours. */
export async function measureGeneration(
  contestants: readonly Contestant[],
  size: SizeName,
  batch: number,
  measuring: Measuring,
): Promise<GenerateReport> {
  const { prompt, newTokens } = generationShape;
  const prompts = randomTokens(sizes[size], batch, prompt);
  return withModels(contestants, sizes[size], async (models) => {
    const entries: Record<string, () => Promise<unknown>> = {};
    for (const [id, { model }] of Object.entries(models)) {
      const write = model.generate?.bind(model);
      if (!write) continue;
      await breathe(measuring.signal);
      await write(prompts, newTokens, 1);
      entries[id] = () => write(prompts, newTokens, 1);
    }
    const writers = contestants.filter(({ id }) => id in entries);
    const times = await interleave(entries, measuring);
    return {
      batch,
      contestants: figures(writers, times, (ms) => ({ tokens_per_s: (batch * newTokens * 1000) / ms })),
      speedup: speedups(writers, times),
    };
  });
}

/** Operations started on the back end, on WebGPU dispatches; the same on every machine. */
export interface Operations {
  readonly per_token: number;
  readonly per_training_step: number;
}

/** By contestant; those who compute beside the back end are left out, because their work is not seen. */
export async function measureOperations(
  contestants: readonly Contestant[],
  size: SizeName,
): Promise<Record<string, Operations>> {
  const config = sizes[size];
  const prompts = randomTokens(config, 2, 8);
  const seen = contestants.filter(({ ownDevice }) => !ownDevice);
  return withModels(seen, config, async (models) => {
    const out: Record<string, Operations> = {};
    for (const [id, { model }] of Object.entries(models)) {
      // The difference of two runs, so that reading the prompt does not count.
      const write = (tokens: number) => countStarts(async () => model.generate?.(prompts, tokens, 1));
      const perToken = (await write(12)) - (await write(4));
      out[id] = {
        per_token: perToken / 8,
        per_training_step: await countStarts(() => model.trainStep(prompts)),
      };
    }
    return out;
  });
}

/** Our kernels on a GPU are none of TensorFlow.js' registry, and one operation of it may be several dispatches. */
async function countStarts(work: () => Promise<unknown>): Promise<number> {
  return tf.getBackend() === 'webgpu' ? (await countGpu(work)).dispatches : countOps(work);
}

export interface OpenedModel {
  readonly contestant: Contestant;
  readonly model: BenchModel;
}

/** Opens a model of each contestant, all with equal weights, and frees them after the work. */
export async function withModels<T>(
  contestants: readonly Contestant[],
  config: ModelConfig,
  work: (models: Record<string, OpenedModel>) => Promise<T>,
): Promise<T> {
  const weights = benchWeights(config);
  const models: Record<string, OpenedModel> = {};
  try {
    for (const contestant of contestants) {
      models[contestant.id] = { contestant, model: await contestant.open(config, weights) };
    }
    return await work(models);
  } finally {
    for (const { model } of Object.values(models)) model.dispose();
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
