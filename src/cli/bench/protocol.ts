/** What the command asks of the benchmark's page, and how the page's worker answers. */
import type { GpuCounters } from '../../bench/counters.ts';
import type { GrowthReport } from '../../bench/growth.ts';
import type { BenchPart, BenchProgress, BenchReport } from '../../bench/run.ts';
import type { SizeName } from '../../bench/sizes.ts';
import type { BackendRequest } from '../../engine/index.ts';

/** One piece of work for one fresh worker. */
export interface Job {
  readonly backend: BackendRequest;
  /** Threads on WASM; as many as pay unless given. */
  readonly threads?: number | undefined;
  readonly quick: boolean;
  /** What computes, in words. */
  readonly machine: string;
  /** Parts of the benchmark; all unless given. */
  readonly parts?: readonly BenchPart[] | undefined;
  readonly sizes?: readonly SizeName[] | undefined;
  readonly batches?: readonly number[] | undefined;
  /** Ids of those we are compared with; all unless given. */
  readonly peers?: readonly string[] | undefined;
  /** Name of the model that is updated, for the report; its files lie at /model/. */
  readonly model: string;
}

/** What a worker can do, and what comes of it. */
export interface Results {
  bench: BenchReport;
  growth: GrowthReport;
  /** On WebGPU, with the name of the adapter; null without one. */
  counters: (GpuCounters & { readonly device: string }) | null;
  /** Whether the page has a real GPU. */
  gpu: boolean;
}
export type JobKind = keyof Results;

/** From the page to its worker. */
export type ToWorker =
  | { readonly type: 'start'; readonly kind: JobKind; readonly job: Job }
  /** A port of the sandbox that was asked for. */
  | { readonly type: 'sandbox'; readonly id: number }
  | { readonly type: 'noSandbox'; readonly id: number; readonly message: string };

/** From the worker to its page. */
export type FromWorker =
  | { readonly type: 'progress'; readonly progress: BenchProgress }
  | { readonly type: 'wantSandbox'; readonly id: number; readonly workers: number }
  | { readonly type: 'done'; readonly result: Results[JobKind] }
  | { readonly type: 'failed'; readonly message: string; readonly stack: string };

/** The model named so has random weights, and nothing but a tokenizer at /model/. */
export const randomModel = 'random';
