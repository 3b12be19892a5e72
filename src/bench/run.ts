/**
 * The whole benchmark, on the back end that is open. Nothing here knows Node or a browser: `npm run bench` calls it, and a
 * page can.
 *
 * Only quotients within one run mean something: machines differ, and the same machine differs from minute to minute. So
 * contestants take turns, and figures are medians.
 */
import type { Experiment } from '../config/fields.ts';
import type { OpenedBackend } from '../engine/index.ts';
import type { Checkpoint } from '../model/checkpoint.ts';
import type { Tokenizer } from '../tasks/tokenizer.ts';
import {
  fastestMatmul,
  measureCounters,
  measureGeneration,
  measureTraining,
  type Counters,
  type GenerateReport,
  type TrainReport,
} from './compute.ts';
import type { Contestant } from './contestant.ts';
import {
  measureGrading,
  startSandbox,
  type GradingHost,
  type GradingInUpdate,
  type GradingReport,
  type GradingSize,
  type StartedSandbox,
} from './grading.ts';
import type { Clock } from './measure.ts';
import { ours } from './ours.ts';
import type { SizeName } from './sizes.ts';
import { stock } from './stock.ts';
import { measureUpdate, type UpdateReport } from './update.ts';

/** Ours first; the others are what we are compared with. */
export const contestants: readonly Contestant[] = [ours, stock];

/** The size that the ratios are stated for. */
export const ratioSize: SizeName = '0.9M';

export interface BenchOptions extends GradingHost {
  /** Fewer sizes and rounds, under a minute on a quiet machine with WASM. */
  readonly quick: boolean;
  readonly backend: OpenedBackend;
  /** What computes, in words, e.g. the processor's name. */
  readonly machine: string;
  /** The experiment whose update is taken apart, its model and its tokenizer. */
  readonly experiment: Experiment;
  readonly checkpoint: Checkpoint;
  readonly tokenizer: Tokenizer;
  /** Name of that model, for the report. */
  readonly model: string;
  /** What times matmul, training and generation. Grading and the whole update, which use several threads, take wall time. */
  readonly clock: { readonly name: 'wall time' | 'processor time'; readonly now: Clock };
  readonly onProgress?: (what: string) => void;
}

/** The JSON report. */
export interface BenchReport {
  readonly backend: OpenedBackend['name'];
  readonly device: string;
  readonly machine: string;
  /** When it began, ISO 8601, UTC. */
  readonly date: string;
  readonly quick: boolean;
  readonly clock: BenchOptions['clock']['name'];
  readonly seconds: number;
  /** The back end's own un-transposed rank-2 matMul at its best size: the best of the medians in `train`. */
  readonly matmul_gflops: number;
  readonly matmul_size: number;
  readonly train: Readonly<Partial<Record<SizeName, TrainReport>>>;
  readonly generate: Readonly<Partial<Record<SizeName, readonly GenerateReport[]>>>;
  /** Of the typical mix, by two workers. */
  readonly grading_programs_per_s: number;
  readonly grading: GradingReport & { readonly update: GradingInUpdate };
  readonly update_ms: UpdateReport;
  /** The model that sampled in the update. */
  readonly update_model: string;
  /** How many times faster than a contestant, and the share of the matmul's speed; all at `ratioSize`. */
  readonly ratios: {
    readonly train_share_of_matmul_peak: number;
    readonly [train_or_generate_vs_contestant: string]: number;
  };
  /** At `ratioSize`, by contestant. */
  readonly counters: Readonly<Record<string, Counters>>;
}

export async function runBench(options: BenchOptions): Promise<BenchReport> {
  const { quick, backend, checkpoint, tokenizer, clock } = options;
  const say = (what: string) => options.onProgress?.(what);
  const began = performance.now();
  const date = new Date().toISOString();
  const limits = quick
    ? { rounds: 5, minRounds: 2, budgetMs: 4_000 }
    : { rounds: 7, minRounds: 3, budgetMs: 60_000 };
  const gradingSize: GradingSize = quick
    ? { limits: { ...limits, budgetMs: 2_000 }, hangingRounds: 1, hangingTasks: 8, respawns: 1 }
    : { limits, hangingRounds: 3, hangingTasks: 16, respawns: 5 };

  say('matrix product');
  const matmul = await fastestMatmul(clock.now);

  const trainSizes: SizeName[] = ['0.18M', '0.9M', ...(quick ? [] : (['5M'] as const))];
  if (!quick && backend.name === 'webgpu') trainSizes.push('25M');
  const train: Partial<Record<SizeName, TrainReport>> = {};
  for (const size of trainSizes) {
    say(`training step, ${size}`);
    train[size] = await measureTraining(contestants, size, matmul, limits, clock.now);
  }
  matmul.dispose();

  const generate: Partial<Record<SizeName, GenerateReport[]>> = {};
  for (const size of quick ? [ratioSize] : (['0.18M', ratioSize] as const)) {
    const reports: GenerateReport[] = [];
    for (const batch of quick ? [32] : [1, 32, 128]) {
      say(`generation, ${size}, batch ${batch}`);
      reports.push(await measureGeneration(contestants, size, batch, limits, clock.now));
    }
    generate[size] = reports;
  }

  say('counters');
  const counters = await measureCounters(contestants, ratioSize);

  const started: StartedSandbox[] = [];
  try {
    say('start of the sandbox');
    const one = await startSandbox(options, 1);
    started.push(one);
    const two = await startSandbox(options, 2);
    started.push(two);
    say('grading');
    const grading = await measureGrading(started, gradingSize);
    say('whole update');
    const before = two.sandbox.stats;
    const update = await measureUpdate(
      options.experiment,
      { backend: backend.name, checkpoint, tokenizer, sandbox: two.sandbox },
      quick ? 3 : 10,
    );
    const graded = two.sandbox.stats.graded - before.graded;
    const cache_hits = two.sandbox.stats.cacheHits - before.cacheHits;
    const trained = train[ratioSize];
    const written = generate[ratioSize]?.find(({ batch }) => batch === 32);
    if (!trained || !written) throw new Error(`The size ${ratioSize} was not measured.`);
    return {
      backend: backend.name,
      device: backend.device,
      machine: options.machine,
      date,
      quick,
      clock: clock.name,
      seconds: (performance.now() - began) / 1000,
      matmul_gflops: Math.max(...Object.values(train).map((one) => one.matmul_gflops)),
      matmul_size: matmul.size,
      train,
      generate,
      grading_programs_per_s: grading.mixes.typical.programs_per_s[two.workers].median,
      grading: {
        ...grading,
        update: { share: update.grade / update.total, programs: graded + cache_hits, cache_hits },
      },
      update_ms: update,
      update_model: options.model,
      ratios: {
        train_share_of_matmul_peak: trained.share_of_matmul_peak,
        ...named('train', trained.speedup),
        ...named('generate', written.speedup),
      },
      counters,
    };
  } finally {
    for (const { sandbox } of started) sandbox.dispose();
  }
}

function named(what: string, speedup: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(speedup).map(([id, ratio]) => [`${what}_vs_${id}`, ratio]));
}
