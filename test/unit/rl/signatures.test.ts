import { describe, expect, it } from 'vitest';
import type { Metrics } from '../../../src/rl/metrics.ts';
import { detectSignatures, signatures, signatureWindow } from '../../../src/rl/signatures.ts';
import recorded from './recordedRuns.json';

const healthy: Metrics = {
  'train/reward@t1': 0.6,
  'train/reward@t2': 0.7,
  'train/tests_passed@t1': 0.6,
  'train/tests_passed@t2': 0.7,
  'train/accuracy@t1': 0.4,
  'train/copy_rate': 0.6,
  'train/zero_std': 0.3,
  'train/kl@t1': 0.5,
  'train/entropy@t1': 0.05,
  'train/entropy@t2': 0.05,
  'train/truncated@t1': 0.01,
  'train/truncated@t2': 0,
  'train/timeout@t1': 0,
  'train/timeout@t2': 0,
};

/** A run that is healthy at first and has moved to `end` by its last window. */
function run(end: Partial<Metrics>): Metrics[] {
  const updates = (metrics: Metrics) => Array<Metrics>(2 * signatureWindow).fill(metrics);
  return [...updates(healthy), ...updates(Object.assign({}, healthy, end))];
}
const found = (history: readonly Metrics[]) => detectSignatures(history).map((s) => s.id);

describe('detectSignatures', () => {
  it('finds nothing in a healthy run, nor in one that improves', () => {
    expect(found(run({}))).toEqual([]);
    expect(found(run({ 'train/tests_passed@t1': 0.9, 'train/tests_passed@t2': 0.95 }))).toEqual([]);
  });

  it.each([
    ['collapse', { 'train/tests_passed@t2': 0.1, 'train/tests_passed@t1': 0.1, 'train/kl@t1': 5 }],
    ['reward-hacking', { 'train/tests_passed@t1': 0.3, 'train/tests_passed@t2': 0.9 }],
    ['no-revision', { 'train/copy_rate': 0.99 }],
    ['no-signal', { 'train/zero_std': 0.9 }],
    ['entropy-collapse', { 'train/entropy@t2': 0.001 }],
    ['truncation', { 'train/truncated@t2': 0.5 }],
    ['all-timeout', { 'train/timeout@t1': 1 }],
  ])('finds %s', (id, end) => {
    expect(found(run(end))).toEqual([id]);
    expect(signatures.map((s) => s.id)).toContain(id);
  });

  it('is not fooled by one bad update', () => {
    expect(found([...run({}), { ...healthy, 'train/zero_std': 1, 'train/truncated@t1': 1 }])).toEqual([]);
  });

  it('copying is no failure when the first answers are right', () => {
    expect(found(run({ 'train/copy_rate': 0.99, 'train/accuracy@t1': 0.95 }))).toEqual([]);
  });

  it('says nothing too early, and nothing about what was not measured', () => {
    expect(found(Array<Metrics>(signatureWindow - 1).fill({ ...healthy, 'train/zero_std': 1 }))).toEqual([]);
    expect(found(Array<Metrics>(40).fill({}))).toEqual([]);
    expect(found(run(Object.fromEntries(Object.keys(healthy).map((key) => [key, NaN]))))).toEqual([]);
  });
});

describe('reward hacking in recorded runs', () => {
  type Name = keyof typeof recorded.runs;
  /** The metrics of a run of the shipped models, as `npm run train` with the flags `made` wrote them, to three digits. */
  const metricsOf = (name: Name): Metrics[] =>
    recorded.runs[name].updates.map((row) =>
      Object.fromEntries(recorded.keys.map((key, i) => [key, row[i] ?? NaN])),
    );
  /** Updates after which the run is said to be hacking its reward. */
  const alarms = (name: Name): number[] => {
    const history = metricsOf(name);
    return history.flatMap((_, i) =>
      found(history.slice(0, i + 1)).includes('reward-hacking') ? [i + 1] : [],
    );
  };

  it('raises no false alarm in a healthy run, nor in one that is being cured', () => {
    expect(recorded.runs.healthy.updates).toHaveLength(150);
    expect(alarms('healthy')).toEqual([]);
    expect(alarms('ownCredit')).toEqual([]);
  });

  it('sees γ = 0 from the start, although the last answers hardly gain, and does not take it back', () => {
    const seen = alarms('cheat');
    expect(seen[0]).toBeLessThan(60);
    expect(seen.slice(-90)).toEqual(Array.from({ length: 90 }, (_, i) => 61 + i));
  });

  it('sees it in the story, within a minute of updates', () => {
    const seen = alarms('cheating');
    expect(seen[0]).toBeLessThan(50);
    expect(seen.at(-1)).toBe(recorded.runs.cheating.updates.length);
  });
});
