/** Kept runs as a browser may have them after a while: long ones, one that was just begun, a damaged log, a newer one. */
import { defaultExperiment, type Experiment } from '../../src/config/experiment.ts';
import { findPreset, presetExperiment } from '../../src/config/presets.ts';
import { entryLine, manifestLine, type Manifest } from '../../src/train/logFormat.ts';
import { MemoryRuns } from './memoryRuns.ts';

const timing = { sample: 1, grade: 2, score: 3, update: 4, total: 10 };

export const sampleManifest = (experiment: Experiment): Manifest => ({
  build: '0.2.0',
  backend: 'wasm',
  device: 'WASM SIMD, 4 threads',
  model: { name: 'repairer', digest: 'ab'.repeat(32) },
  tokenizer: {},
  experiment,
});

/** The log of a run that has learned for so many updates. */
export function sampleLog(changes: Partial<Experiment> = {}, updates = 60): string {
  const lines = [manifestLine(sampleManifest({ ...defaultExperiment, ...changes }))];
  for (let step = 0; step <= updates; step++) {
    if (step > 0)
      lines.push(entryLine({ kind: 'update', step, metrics: { 'train/loss': 1 / step }, timing }));
    if (step % 10 > 0 && step < updates) continue;
    const learned = 1 - Math.exp(-step / 45);
    const metrics = { 'eval/accuracy@t1': 0.3 + 0.2 * learned, 'eval/accuracy@t2': 0.36 + 0.4 * learned };
    lines.push(entryLine({ kind: 'evaluation', step, metrics, ms: 7 }));
  }
  return lines.join('');
}

const hour = 3_600_000;

/** @param now ms since 1970 */
export function sampleRuns(now = Date.now()): MemoryRuns {
  const runs = new MemoryRuns();
  const cheats = findPreset('cheating') ?? findPreset('micro');
  runs.put(sampleLog({}, 150), '', now - 100 * hour);
  runs.put(sampleLog({ gamma: 0, k: 8 }, 40), '', now - 30 * hour);
  runs.put(
    sampleLog(cheats ? presetExperiment(cheats) : {}, 30),
    'For the lecture: it learns to fail first',
    now - 5 * hour,
  );
  runs.put(sampleLog({ gamma: 1 }, 0), '', now - hour);
  runs.put(sampleLog({ seed: 3 }, 90) + '{"kind":"update","step":"ninety-one"}\n', '', now - 2 * hour);
  runs.put(sampleLog({}, 3).replace(/"format":\d+/, '"format":99'), '', now - 9 * hour);
  return runs;
}
