/**
 * Messages between the page and the worker that measures speed. Each is declared once, as a schema; its type is derived, and
 * both sides parse what they receive. The report's schema must take a `BenchReport`: the worker does not compile otherwise.
 */
import * as v from 'valibot';
import { backendNames } from '../config/backends.ts';
import { timingSchema } from '../rl/records.ts';

/** What can be chosen: training with the matrix product, generation, grading with a whole update, and what is counted. */
export const speedParts = ['train', 'generate', 'python', 'counts'] as const;
export type SpeedPart = (typeof speedParts)[number];

const num = v.union([v.number(), v.nan()]);
const spread = v.object({ median: num, min: num, max: num, rounds: v.number() });
const by = <S extends v.GenericSchema>(schema: S) => v.record(v.string(), schema);
/** By contestant. */
const figures = by(v.object({ ms: spread, gflops: v.optional(num), tokens_per_s: v.optional(num) }));
const matmul = v.object({ by: v.string(), size: v.number(), gflops: num });

const trainReport = v.object({
  parameters: v.number(),
  contestants: figures,
  matmul,
  share_of_matmul_peak: num,
  speedup: by(num),
});
const generateReport = v.object({ batch: v.number(), contestants: figures, speedup: by(num) });
const gradingReport = v.object({
  mixes: by(v.object({ verdicts: by(v.optional(v.number())), programs_per_s: by(spread) })),
  cold_start_ms: by(num),
  respawn_ms: spread,
  cache: v.object({ programs: v.number(), hits: v.number() }),
});
const updateReport = v.object({
  ...timingSchema.entries,
  grading: num,
  overlapped: num,
  updates: v.number(),
  answers: num,
  answer_tokens: num,
  verdicts: v.number(),
  cache_hits: v.number(),
  model: v.string(),
});

/** What the page shows of a `BenchReport`. */
const reportSchema = v.object({
  backend: v.picklist(backendNames),
  device: v.string(),
  machine: v.string(),
  date: v.string(),
  quick: v.boolean(),
  seconds: num,
  titles: by(v.string()),
  threads: by(v.number()),
  matmul: v.optional(matmul),
  train: by(v.optional(trainReport)),
  generate: by(v.optional(v.pipe(v.array(generateReport), v.readonly()))),
  grading: v.optional(gradingReport),
  update_ms: v.optional(updateReport),
  ratios: by(v.optional(num)),
  operations: by(v.object({ per_token: num, per_training_step: num })),
});
export type SpeedReport = v.InferOutput<typeof reportSchema>;

const resultSchema = v.object({
  report: reportSchema,
  /** Of our model on WebGPU, by name; empty elsewhere, and where they were not asked for. */
  counters: by(v.number()),
  /** The WebGPU adapter is a software one: nothing was timed. */
  software: v.boolean(),
  /** The work that was timed. */
  setting: v.object({
    ratioSize: v.string(),
    ratioBatch: v.number(),
    sequences: v.number(),
    tokens: v.number(),
    prompt: v.number(),
    newTokens: v.number(),
  }),
  /** The report as Markdown, and every number of it as JSON: the texts of `npm run bench`. */
  markdown: v.string(),
  json: v.string(),
});
export type SpeedResult = v.InferOutput<typeof resultSchema>;

export const toSpeedWorkerSchema = v.variant('type', [
  v.object({
    type: v.literal('measure'),
    backend: v.picklist(['auto', ...backendNames]),
    quick: v.boolean(),
    parts: v.array(v.picklist(speedParts)),
    /** Browser and computer, in words. */
    machine: v.string(),
    /** Absolute address of the folder that holds models/ and the .wasm files. */
    assets: v.string(),
  }),
  /** The sandbox that was asked for; its port is transferred along. */
  v.object({ type: v.literal('sandbox'), id: v.number() }),
  v.object({ type: v.literal('noSandbox'), id: v.number(), message: v.string() }),
]);
export type ToSpeedWorker = v.InferOutput<typeof toSpeedWorkerSchema>;
export type Measure = Extract<ToSpeedWorker, { type: 'measure' }>;

export const fromSpeedWorkerSchema = v.variant('type', [
  v.object({
    type: v.literal('progress'),
    /** What is being measured, in words. */
    what: v.string(),
    /** Measurements done, with the finished fraction of the present one; total 0 = unknown. */
    done: v.number(),
    total: v.number(),
  }),
  /** Asks for a sandbox of its own with so many workers. */
  v.object({ type: v.literal('wantSandbox'), id: v.number(), workers: v.number() }),
  v.object({ type: v.literal('done'), result: resultSchema }),
  v.object({ type: v.literal('failed'), message: v.string(), remedy: v.string() }),
]);
export type FromSpeedWorker = v.InferOutput<typeof fromSpeedWorkerSchema>;
export type SpeedProgress = Omit<Extract<FromSpeedWorker, { type: 'progress' }>, 'type'>;
