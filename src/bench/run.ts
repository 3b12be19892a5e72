/**
 * The whole benchmark, or parts of it, on the back end that is open. Nothing here knows Node or a browser: `npm run bench`
 * calls it, and the page's worker (`worker/speed.worker.ts`).
 *
 * Only quotients within one run mean something: machines differ, and the same machine differs from minute to minute. So
 * contestants take turns, and figures are medians.
 */
import type { OpenedBackend } from '../engine/index.ts';
import { checkAgreement } from './agreement.ts';
import {
  measureGeneration,
  measureOperations,
  measureTraining,
  type GenerateReport,
  type Operations,
  type TrainReport,
} from './compute.ts';
import type { Contestant } from './contestant.ts';
import {
  measureGrading,
  startSandbox,
  type GradingHost,
  type GradingReport,
  type GradingSize,
  type StartedSandbox,
} from './grading.ts';
import { Matmuls, type Peak } from './matmul.ts';
import { breathe, type Clock, type Measuring, type RoundLimits } from './measure.ts';
import { ours } from './ours.ts';
import type { SizeName } from './sizes.ts';
import { stock } from './stock.ts';
import { measureUpdate, type UpdateReport, type UpdateSubject } from './update.ts';

/** Those that run wherever our own model runs. Ours is first; the others are what we are compared with. */
export const contestants: readonly Contestant[] = [ours, stock];

/** The size that the ratios are stated for. */
export const ratioSize: SizeName = '0.9M';
/** The batch that the ratios of generation are stated for. */
export const ratioBatch = 32;

/** `grading` and `update` need `BenchOptions.python`. */
export const benchParts = ['matmul', 'train', 'generate', 'operations', 'grading', 'update'] as const;
export type BenchPart = (typeof benchParts)[number];

/** Where the benchmark stands. */
export interface BenchProgress {
  /** What is being measured, in words. */
  readonly what: string;
  /** Measurements done, with the finished fraction of the present one, 0..total. */
  readonly done: number;
  readonly total: number;
}

export interface BenchOptions {
  /** Fewer sizes and rounds: about a minute with WASM. */
  readonly quick: boolean;
  /** What is measured; everything unless given. */
  readonly parts?: readonly BenchPart[] | undefined;
  /** Who is measured, ours first; ours and stock TensorFlow.js unless given. */
  readonly contestants?: readonly Contestant[] | undefined;
  /** Model sizes of training and generation; by `quick` and the back end unless given. */
  readonly sizes?: readonly SizeName[] | undefined;
  /** Rows written at once in generation; by `quick` unless given. */
  readonly batches?: readonly number[] | undefined;
  readonly backend: OpenedBackend;
  /** What computes, in words, e.g. the processor's name. */
  readonly machine: string;
  /** Who grades, and the experiment whose update is taken apart. */
  readonly python?: (GradingHost & { readonly subject: UpdateSubject }) | undefined;
  /** What times matmul, training and generation. Grading and the whole update, which use several threads, take wall time. */
  readonly clock?: { readonly name: 'wall time' | 'processor time'; readonly now: Clock } | undefined;
  /** Asked between two turns; then `runBench` rejects with its reason, and everything is freed. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: BenchProgress) => void) | undefined;
}

/** How many times faster than a contestant we are, and the share of the matmul's speed; all at `ratioSize`. */
export type Ratios = Readonly<
  Record<'train_share_of_matmul_peak' | `train_vs_${string}` | `generate_vs_${string}`, number>
>;

/** The JSON report. What was not measured is absent or empty. */
export interface BenchReport {
  readonly backend: OpenedBackend['name'];
  readonly device: string;
  readonly machine: string;
  /** When it began, ISO 8601, UTC. */
  readonly date: string;
  readonly quick: boolean;
  readonly clock: 'wall time' | 'processor time';
  readonly seconds: number;
  /** Names of the contestants, by id. */
  readonly titles: Readonly<Record<string, string>>;
  /** Threads each contestant computes with, by id. */
  readonly threads: Readonly<Record<string, number>>;
  /** The back end's fastest matrix product; where training was measured, the best of its rounds. */
  readonly matmul?: Omit<Peak, 'rounds'>;
  readonly train: Readonly<Partial<Record<SizeName, TrainReport>>>;
  readonly generate: Readonly<Partial<Record<SizeName, readonly GenerateReport[]>>>;
  /** Of the typical mix, by two workers. */
  readonly grading_programs_per_s?: number;
  readonly grading?: GradingReport;
  readonly update_ms?: UpdateReport;
  readonly ratios: Partial<Ratios>;
  /** At `ratioSize`, by contestant. */
  readonly operations: Readonly<Record<string, Operations>>;
}

type Results = {
  -readonly [Name in 'matmul' | 'grading' | 'update_ms' | 'operations']?: BenchReport[Name];
} & {
  readonly train: Partial<Record<SizeName, TrainReport>>;
  readonly generate: Partial<Record<SizeName, GenerateReport[]>>;
};

/** One measurement, told how to go on. */
interface Step {
  readonly what: string;
  run(measuring: Measuring): Promise<void>;
}

/** @throws Error when a part cannot be measured, or the signal's reason when it was aborted */
export async function runBench(options: BenchOptions): Promise<BenchReport> {
  const { quick, backend, signal } = options;
  const who = options.contestants ?? contestants;
  const clock = options.clock ?? { name: 'wall time', now: () => performance.now() };
  const limits: RoundLimits = quick
    ? { rounds: 3, minRounds: 2, budgetMs: 4_000 }
    : { rounds: 7, minRounds: 3, budgetMs: 60_000 };
  const began = performance.now();
  const date = new Date().toISOString();
  const results: Results = { train: {}, generate: {} };
  const freed: (() => void)[] = [];
  const steps = planned(options, results, freed);
  try {
    for (const [i, { what, run }] of steps.entries()) {
      const tell = (share: number) => options.onProgress?.({ what, done: i + share, total: steps.length });
      tell(0);
      await breathe(signal);
      await run({ limits, now: clock.now, signal, onShare: tell });
    }
  } finally {
    for (const free of freed) free();
  }
  const trained = Object.values(results.train).map(({ matmul }) => matmul);
  return {
    backend: backend.name,
    device: backend.device,
    machine: options.machine,
    date,
    quick,
    clock: clock.name,
    seconds: (performance.now() - began) / 1000,
    titles: Object.fromEntries(who.map(({ id, title }) => [id, title])),
    threads: Object.fromEntries(who.map(({ id, threads }) => [id, threads?.(backend) ?? 1])),
    ...results,
    ...(trained.length > 0 ? { matmul: trained.reduce((a, b) => (b.gflops > a.gflops ? b : a)) } : {}),
    ...(results.grading
      ? { grading_programs_per_s: results.grading.mixes.typical.programs_per_s[2].median }
      : {}),
    ratios: ratiosOf(results),
    operations: results.operations ?? {},
  };
}

/** The measurements of the chosen parts, in order; they write into `results`, and what they leave open into `freed`. */
function planned(options: BenchOptions, results: Results, freed: (() => void)[]): Step[] {
  const { quick, backend, python } = options;
  const who = options.contestants ?? contestants;
  const wanted = new Set<BenchPart>(options.parts ?? benchParts);
  const steps: Step[] = [];

  if (wanted.has('matmul') || wanted.has('train')) {
    let matmuls: Matmuls | undefined;
    steps.push({
      what: 'matrix product',
      async run(measuring) {
        matmuls = await Matmuls.open(measuring);
        freed.push(() => matmuls?.dispose());
        if (wanted.has('train')) return;
        const { rounds: _, ...peak } = await matmuls.measure(measuring);
        results.matmul = peak;
      },
    });
    if (wanted.has('train') && who.length > 1) {
      steps.push({
        what: 'check that all train to the same losses',
        run: ({ signal }) => checkAgreement(who, signal),
      });
    }
    for (const size of wanted.has('train') ? (options.sizes ?? trainSizes(quick, backend)) : []) {
      steps.push({
        what: `training step, ${size}`,
        async run(measuring) {
          if (matmuls) results.train[size] = await measureTraining(who, size, matmuls, measuring);
        },
      });
    }
  }

  if (wanted.has('generate')) {
    for (const size of options.sizes ?? (quick ? [ratioSize] : (['0.18M', ratioSize] as const))) {
      for (const batch of options.batches ?? (quick ? [ratioBatch] : [1, ratioBatch, 128])) {
        steps.push({
          what: `generation, ${size}, batch ${batch}`,
          async run(measuring) {
            (results.generate[size] ??= []).push(await measureGeneration(who, size, batch, measuring));
          },
        });
      }
    }
  }

  if (wanted.has('operations')) {
    steps.push({
      what: 'operations',
      async run() {
        results.operations = await measureOperations(who, ratioSize);
      },
    });
  }

  if (wanted.has('grading') || wanted.has('update')) {
    if (!python) throw new Error('Grading and the whole update need a sandbox: give `python`.');
    const started: StartedSandbox[] = [];
    steps.push({
      what: 'start of the sandbox',
      async run() {
        for (const workers of wanted.has('grading') && !quick ? [1, 2] : [2]) {
          const one = await startSandbox(python, workers);
          started.push(one);
          freed.push(() => one.sandbox.dispose());
        }
      },
    });
    if (wanted.has('grading')) {
      steps.push({
        what: 'grading',
        async run({ limits, signal }) {
          results.grading = await measureGrading(started, gradingSize(quick, limits), signal);
        },
      });
    }
    if (wanted.has('update')) {
      steps.push({
        what: 'whole update',
        async run({ signal, onShare }) {
          const { sandbox } = started[started.length - 1];
          const session = { backend: backend.name, sandbox, signal };
          results.update_ms = await measureUpdate(python.subject, session, quick ? 3 : 10, onShare);
        },
      });
    }
  }
  return steps;
}

function trainSizes(quick: boolean, { name }: OpenedBackend): SizeName[] {
  if (quick) return [ratioSize];
  return ['0.18M', '0.9M', '5M', ...(name === 'webgpu' ? (['25M'] as const) : [])];
}

function gradingSize(quick: boolean, limits: RoundLimits): GradingSize {
  return quick
    ? { limits: { ...limits, budgetMs: 1_000 }, hangingRounds: 1, hangingTasks: 8, respawns: 1 }
    : { limits, hangingRounds: 3, hangingTasks: 16, respawns: 5 };
}

function ratiosOf({ train, generate }: Pick<Results, 'train' | 'generate'>): Partial<Ratios> {
  const trained = train[ratioSize];
  const written = generate[ratioSize]?.find(({ batch }) => batch === ratioBatch);
  return {
    ...(trained ? { train_share_of_matmul_peak: trained.share_of_matmul_peak } : {}),
    ...named('train', trained?.speedup ?? {}),
    ...named('generate', written?.speedup ?? {}),
  };
}

function named(what: 'train' | 'generate', speedup: Readonly<Record<string, number>>): Partial<Ratios> {
  return Object.fromEntries(Object.entries(speedup).map(([id, ratio]) => [`${what}_vs_${id}`, ratio]));
}
