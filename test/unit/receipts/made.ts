/** A run with made-up digests and curves, for tests. */
import { withChanges } from '../../../src/config/experiment.ts';
import { findPreset, presetExperiment } from '../../../src/config/presets.ts';
import type { RunSoFar } from '../../../src/receipts/receipt.ts';
import { uniform } from '../../../src/rl/random.ts';
import { digestParts, type Digests } from '../../../src/rl/records.ts';

export const modelDigest = '0123456789ab';
export const madeOn = { backend: 'wasm', modelDigest } as const;

/** 16 hexadecimal digits that nothing can be told from. */
const digits = (seed: number, step: number, part: number): string =>
  Array.from({ length: 16 }, (_, i) => Math.floor(16 * uniform(seed, step, 16 * part + i)).toString(16)).join(
    '',
  );

export function madeRun(updates: number, seed = 1): RunSoFar {
  const experiment = withChanges(presetExperiment(findPreset('default')!), { steps: Math.max(1, updates) });
  const share = (step: number, turn: number) =>
    0.2 + 0.4 * (step / updates) + 0.1 * uniform(seed, step, turn);
  const steps = Array.from({ length: updates }, (_, i) => i + 1);
  return {
    experiment,
    changes: [],
    updates: steps.map((step) => ({
      step,
      metrics: { 'train/reward@t1': share(step, 1), 'train/reward@t2': share(step, 2), 'train/loss': NaN },
      digests: {
        ...(Object.fromEntries(digestParts.map((part, i) => [part, digits(seed, step, i)])) as Omit<
          Digests,
          'timeouts' | 'infra'
        >),
        timeouts: step % 40 === 7 ? 2 : 0,
        infra: 0,
      },
    })),
    evaluations: [0, ...steps.filter((step) => step % 25 === 0)].map((step) => ({
      step,
      metrics: { 'eval/accuracy@t1': share(step, 1), 'eval/accuracy@t2': share(step, 2) },
    })),
    backends: ['wasm'],
  };
}

/** The same run with another digest somewhere. */
export const altered = (run: RunSoFar, step: number, digests: Partial<Digests>): RunSoFar => ({
  ...run,
  updates: run.updates.map((one) =>
    one.step === step && one.digests ? { ...one, digests: { ...one.digests, ...digests } } : one,
  ),
});
