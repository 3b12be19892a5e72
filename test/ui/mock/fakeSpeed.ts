/** Stands in for the worker that measures speed: the same figures each time, and nothing is measured. */
import type { SpeedResult, SpeedTools } from '../../../src/worker/speed.ts';

const spread = (median: number) => ({ median, min: 0.97 * median, max: 1.04 * median, rounds: 5 });

/** What `npm run bench -- --quick` gives on a small machine without a GPU. */
export const fakeResult: SpeedResult = {
  report: {
    backend: 'wasm',
    device: 'WebAssembly SIMD, 2 threads',
    machine: '2 logical cores, Chromium 143, Linux',
    date: '2026-11-25T22:05:00.000Z',
    quick: true,
    seconds: 47.3,
    titles: { ours: 'CoCoS Playground', stock_tfjs: 'stock TensorFlow.js' },
    threads: { ours: 2, stock_tfjs: 1 },
    matmul: { by: 'our kernel', size: 1024, gflops: 26.4 },
    train: {
      '0.9M': {
        parameters: 919_168,
        contestants: {
          ours: { ms: spread(476), gflops: 22.1 },
          stock_tfjs: { ms: spread(4855), gflops: 2.1 },
        },
        matmul: { by: 'our kernel', size: 1024, gflops: 26.4 },
        share_of_matmul_peak: 0.84,
        speedup: { stock_tfjs: 10.2 },
      },
    },
    generate: {
      '0.9M': [
        {
          batch: 32,
          contestants: {
            ours: { ms: spread(132), tokens_per_s: 11_636 },
            stock_tfjs: { ms: spread(674), tokens_per_s: 2279 },
          },
          speedup: { stock_tfjs: 5.1 },
        },
      ],
    },
    grading: {
      mixes: {
        typical: { verdicts: { pass: 87, fail: 73 }, programs_per_s: { 1: spread(146), 2: spread(179) } },
        failing: { verdicts: { fail: 65, error: 129 }, programs_per_s: { 1: spread(149), 2: spread(230) } },
        timing_out: { verdicts: { pass: 8, timeout: 1 }, programs_per_s: { 1: spread(6.2), 2: spread(6.4) } },
      },
      cold_start_ms: { 1: 812, 2: 1240 },
      respawn_ms: spread(212),
      cache: { programs: 44, hits: 44 },
    },
    update_ms: {
      sample: 410,
      grade: 52,
      score: 118,
      update: 296,
      total: 880,
      grading: 230,
      overlapped: 178,
      updates: 3,
      answers: 128,
      answer_tokens: 24.8,
      verdicts: 384,
      cache_hits: 271,
      model: 'boost',
    },
    ratios: { train_share_of_matmul_peak: 0.84, train_vs_stock_tfjs: 10.2, generate_vs_stock_tfjs: 5.1 },
    operations: {
      ours: { per_token: 1, per_training_step: 318 },
      stock_tfjs: { per_token: 225, per_training_step: 1557 },
    },
  },
  counters: { webgpu_dispatches_per_token: 22, webgpu_readbacks_per_turn: 1 },
  software: false,
  setting: { ratioSize: '0.9M', ratioBatch: 32, sequences: 16, tokens: 128, prompt: 24, newTokens: 48 },
  markdown: '| a table |\n',
  json: '{ "backend": "wasm" }\n',
};

const measured = ['matrix product', 'training step, 0.9M', 'generation, 0.9M, batch 32', 'operations'];

/** @param delay pause after each step, ms */
export function fakeSpeed(delay: number): SpeedTools {
  return {
    async measure({ quick }, onProgress, signal) {
      for (const [done, what] of measured.entries()) {
        onProgress({ what, done, total: measured.length });
        await new Promise((resolve) => setTimeout(resolve, delay));
        signal.throwIfAborted();
      }
      return { ...fakeResult, report: { ...fakeResult.report, quick, date: new Date().toISOString() } };
    },
  };
}
