import { describe, expect, it } from 'vitest';
import { defaultExperiment, parseExperiment, withChanges } from '../../../src/config/experiment.ts';
import { presetExperiment, presets } from '../../../src/config/presets.ts';
import { alarmsOf, confirmation } from '../../../src/rl/alarms.ts';
import { Course, metricOf, signatureWindow } from '../../../src/rl/course.ts';
import type { Metrics } from '../../../src/rl/metrics.ts';
import { remediesFor, within } from '../../../src/rl/remedies.ts';
import { signatures } from '../../../src/rl/signatures.ts';
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
  'train/coupling': 0.4,
  'train/weight@t1': -0.25,
  'train/weight@t2': 1,
};

const many = (n: number, changes: Partial<Metrics> = {}): Metrics[] =>
  Array<Metrics>(n).fill(Object.assign({}, healthy, changes));
/** A run that is healthy for two windows and then like `end` for two more. */
const run = (end: Partial<Metrics>): Metrics[] => [
  ...many(2 * signatureWindow),
  ...many(2 * signatureWindow, end),
];
const after = (history: readonly Metrics[]) =>
  alarmsOf(history.map((metrics, i) => ({ step: i + 1, metrics })));
const found = (history: readonly Metrics[]) => after(history).map(({ signature }) => signature.id);

describe('a number of a remedy', () => {
  it('is kept within its field’s range, and on its grid where that is in the range', () => {
    expect([within('steps', 2), within('steps', 44), within('steps', 1e9)]).toEqual([2, 40, 10_000]);
    expect([within('gamma', -0.25), within('gamma', 0.26)]).toEqual([0, 0.25]);
  });
});

describe('alarmsOf', () => {
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
    const early = signatureWindow + confirmation - 2;
    expect(found(many(early, { 'train/zero_std': 1 }))).toEqual([]);
    expect(found(many(early + 1, { 'train/zero_std': 1 }))).toEqual(['no-signal']);
    expect(found(Array<Metrics>(40).fill({}))).toEqual([]);
    expect(found(run(Object.fromEntries(Object.keys(healthy).map((key) => [key, NaN]))))).toEqual([]);
    expect(found([])).toEqual([]);
  });

  it('says when it went off, and the curves it was read from with the lines they crossed', () => {
    const [alarm] = after(run({ 'train/zero_std': 1 }));
    // 0.3 + 0.7·n/10 > 0.8 from the 8th such update on.
    expect(alarm?.since).toBe(2 * signatureWindow + 8 + confirmation - 1);
    expect(alarm?.window).toEqual([alarm ? alarm.since - signatureWindow + 1 : NaN, alarm?.since]);
    expect(alarm?.holds).toBe(true);
    const [curve] = alarm?.curves ?? [];
    expect(curve?.label).toBe('Groups without signal');
    expect(curve?.means[alarm ? alarm.since - 1 : -1]).toBeCloseTo(1, 12);
    expect(curve?.limits.every((limit) => limit === 0.8)).toBe(true);
    expect(curve?.steps).toHaveLength(4 * signatureWindow);
  });

  it('does not come and go with every update, but goes when all is well for a window', () => {
    const bad = run({ 'train/zero_std': 1 });
    const [since] = after(bad).map((alarm) => alarm.since);
    const better = [...bad, ...many(5)];
    expect(after(better).map(({ since, holds }) => [since, holds])).toEqual([[since, false]]);
    expect(found([...bad, ...many(2 * signatureWindow)])).toEqual([]);
  });
});

describe('turn 1 is paid to fail', () => {
  const falls = { 'train/tests_passed@t1': 0.5 };
  const widens = { 'train/tests_passed@t2': 0.8 };
  const low = { 'train/coupling': 0.1 };

  it.each([
    ['turn 1 falls', { ...low, ...falls }],
    ['the gap widens', { ...low, ...widens }],
  ])('while the coupling is below its threshold and %s', (_, end) => {
    expect(found(run(end))).toContain('paid-to-fail');
  });

  it.each([
    ['neither turn moves', low],
    ['the coupling is above its threshold', { ...falls, ...widens }],
    ['there are no weights: each turn has its own credit', { ...low, ...falls, 'train/weight@t1': NaN }],
    ['the threshold is lower, γ = 1', { ...low, ...falls, 'train/weight@t1': 0 }],
    ['the coupling could not be measured: a shared first answer', { ...falls, 'train/coupling': NaN }],
    ['there are three turns', { ...low, ...falls, 'train/reward@t3': 0.7, 'train/tests_passed@t3': 0.7 }],
  ])('not when %s', (_, end) => {
    expect(found(run(end))).not.toContain('paid-to-fail');
  });
});

describe('alarms in recorded runs', () => {
  type Name = keyof typeof recorded.runs;
  /** The metrics of a run of the shipped models, as `npm run train` with the flags `made` wrote them, to three digits. */
  const metricsOf = (name: Name): Metrics[] => {
    const { updates, weights } = recorded.runs[name];
    const fixed = Object.fromEntries(weights.map((w, t) => [`train/weight@t${t + 1}`, w]));
    return updates.map((row) => ({
      ...Object.fromEntries(recorded.keys.map((key, i) => [key, row[i] ?? NaN])),
      ...fixed,
    }));
  };
  /** Updates after which the alarm is on. */
  const alarms = (name: Name, id: string): number[] => {
    const history = metricsOf(name);
    return history.flatMap((_, i) => (found(history.slice(0, i + 1)).includes(id) ? [i + 1] : []));
  };
  const hacking = (name: Name) => alarms(name, 'reward-hacking');
  const paid = (name: Name) => alarms(name, 'paid-to-fail');

  it('raises no false alarm in a healthy run, nor in one that is being cured', () => {
    for (const name of ['healthy', 'ownCredit'] as const) {
      const history = metricsOf(name);
      expect(history.flatMap((_, i) => found(history.slice(0, i + 1)))).toEqual([]);
    }
  });

  it('takes no luck for hacking: a fall from the best of many windows, by little more than chance', () => {
    expect(hacking('released')).toEqual([]);
  });

  it('sees γ = 0 from the start, although the last answers hardly gain, and does not take it back', () => {
    const seen = hacking('cheat');
    expect(seen[0]).toBeLessThan(60);
    expect(seen.slice(-90)).toEqual(Array.from({ length: 90 }, (_, i) => 61 + i));
  });

  it('says that it pays to fail before it is seen that it does', () => {
    for (const name of ['cheat', 'cheating', 'paper'] as const) {
      expect(paid(name)[0]).toBeLessThan(hacking(name)[0]);
      expect(paid(name).at(-1)).toBe(recorded.runs[name].updates.length);
    }
  });

  it('sees γ = 0.5 wear the first answers down, later', () => {
    const seen = hacking('paper');
    expect(seen[0]).toBeGreaterThan(hacking('cheat')[0]);
    expect(seen.at(-1)).toBe(recorded.runs.paper.updates.length);
    expect(paid('paper')[0]).toBeGreaterThan(paid('cheat')[0]);
  });

  it('sees it in the story, within a minute of updates', () => {
    expect(paid('cheating')[0]).toBeLessThan(40);
    expect(hacking('cheating')[0]).toBeLessThan(50);
    expect(hacking('cheating').at(-1)).toBe(recorded.runs.cheating.updates.length);
  });
});

describe('course', () => {
  it('averages what was measured, and judges scatter by the steps between neighbours', () => {
    const values = Array.from({ length: 30 }, (_, i) => (i === 3 ? NaN : i % 2));
    const course = new Course(values.map((x, i) => ({ step: i, metrics: { 'train/coupling': x } })));
    const coupling = metricOf('coupling');
    expect(course.means(coupling).slice(0, 9).every(Number.isNaN)).toBe(true);
    expect(course.means(coupling)[9]).toBeCloseTo(4 / 9, 12);
    expect(course.means(coupling)[20]).toBeCloseTo(0.5, 12);
    // Steps of +1 and −1: their deviation is 1.
    expect(course.chance(coupling)[29]).toBeCloseTo(2 / Math.sqrt(10), 1);
    expect(course.chance(coupling)[0]).toBe(0.05);
    expect(course.best(coupling)[8]).toBe(-1);
    expect(() => metricOf('no_such_metric')).toThrow(/no_such_metric/);
  });
});

describe('ways out', () => {
  const all = (preset: string) => {
    const found = presets.find(({ id }) => id === preset);
    if (!found) throw new Error(`There is no preset ${preset}.`);
    const e = presetExperiment(found);
    return signatures.flatMap((s) => remediesFor(e, s.remedies(e)).map((remedy) => ({ e, remedy })));
  };

  it.each(presets.map(({ id }) => id))('are legal and change something: %s', (id) => {
    for (const { e, remedy } of all(id)) {
      const parsed = parseExperiment({ ...e, ...remedy.changes });
      expect(parsed.ok && parsed.experiment).not.toEqual(e);
      expect(parsed.ok, remedy.label).toBe(true);
    }
  });

  it('leave out what is so already, cannot be, or has no effect', () => {
    const paid = signatures.find(({ id }) => id === 'paid-to-fail');
    const labels = (e: typeof defaultExperiment) =>
      remediesFor(e, paid?.remedies(e) ?? []).map(({ label }) => label);
    expect(labels(defaultExperiment)).toEqual(['γ = 1', 'Own credit for each turn']);
    expect(labels(withChanges(defaultExperiment, { gamma: 1 }))).toEqual(['Own credit for each turn']);
    expect(labels(withChanges(defaultExperiment, { objective: 'released-code' }))).toEqual([]);
    expect(
      labels(withChanges(defaultExperiment, { objective: 'released-code', estimator: 'reinforce' })),
    ).toEqual(['γ = 1']);
    expect(labels(withChanges(defaultExperiment, { accumulate: 'score' }))).toEqual([
      'Last answer only',
      'Own credit for each turn',
    ]);
  });

  it('say when a run has to begin again: a field that is fixed, or a model that is spoilt', () => {
    const of = (id: string) =>
      remediesFor(
        defaultExperiment,
        signatures.find((s) => s.id === id)?.remedies(defaultExperiment) ?? [],
      ).map(({ again }) => again);
    expect(of('paid-to-fail')).toEqual([false, false]);
    expect(of('collapse')).toEqual([true, true]);
    expect(of('truncation')).toEqual([true, false]);
  });
});
