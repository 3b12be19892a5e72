/** Small logs, for tests. */
import { withChanges, type Experiment } from '../../../src/config/experiment.ts';
import { findPreset, presetExperiment } from '../../../src/config/presets.ts';
import type { EvalRecord, UpdateRecord } from '../../../src/rl/records.ts';
import { RunLog } from '../../../src/train/log.ts';
import type { Manifest } from '../../../src/train/logFormat.ts';
import { MemoryStore } from '../../../src/train/store.ts';
import type { TrainerState } from '../../../src/train/trainer.ts';

export const experiment = withChanges(presetExperiment(findPreset('micro')!), {
  maxNewTokens: 12,
  evalTasks: 4,
});
export const manifest: Manifest = {
  build: '0.1.0',
  backend: 'wasm',
  device: 'a test',
  model: { name: 'tiny', digest: 'ab'.repeat(32) },
  tokenizer: {},
  experiment,
};

/** An update whose metrics are given; nothing was sampled. */
export const update = (step: number, e: Experiment = experiment, loss = step / 10): UpdateRecord => ({
  experiment: e,
  backend: 'wasm',
  step,
  metrics: { 'train/loss': loss },
  groups: [],
  timing: { sample: 1, grade: 2, score: 3, update: 4, total: 10 },
});
export const evaluation = (step: number, e: Experiment = experiment): EvalRecord => ({
  experiment: e,
  backend: 'wasm',
  step,
  metrics: { 'eval/accuracy@t1': 0.5 },
  examples: [],
  ms: 7,
});
export const gammaAt = (step: number, to: number, from: number = experiment.gamma) => ({
  step,
  changes: [{ field: 'gamma' as const, from, to }],
});
export const state = (step: number): TrainerState => ({
  step,
  weights: { embed: Float32Array.of(step, NaN, -0), norm: Float32Array.of(1e-38) },
  optimizer: { step, m: { embed: new Float32Array(3) }, v: { embed: Float32Array.of(1, 2, 3) } },
});
/** A log of updates 1 to n. */
export async function logOf(n: number, store = new MemoryStore()) {
  const log = await RunLog.create(store, manifest);
  for (let step = 1; step <= n; step++) await log.update(update(step));
  return { log, store };
}
/** A store with this log and nothing else. */
export async function storeWith(text: string): Promise<MemoryStore> {
  const store = new MemoryStore();
  await store.appendLog(text);
  return store;
}
export const steps = (log: RunLog) => log.entries.map(({ kind, step }) => `${kind} ${step}`);
