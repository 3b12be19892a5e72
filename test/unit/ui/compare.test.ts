/** Runs side by side: what charts draw of them, where they part, and that each is what it is alone. */
import { describe, expect, it, vi } from 'vitest';
import { defaultExperiment, withChanges, type Experiment } from '../../../src/config/experiment.ts';
import { titleIn, whereIn } from '../../../src/ui/charts/catalogue.ts';
import {
  comparedCharts,
  comparedData,
  leadOf,
  partingOf,
  runLook,
  valueBy,
} from '../../../src/ui/charts/comparison.ts';
import type { Point } from '../../../src/ui/charts/series.ts';
import { AppState } from '../../../src/ui/state/app.svelte.ts';
import { differing, inherited, maxCompared } from '../../../src/ui/state/compare.svelte.ts';
import { nameAmong } from '../../../src/ui/state/names.ts';
import type { OpenRun } from '../../../src/ui/state/openRun.svelte.ts';
import { FakeWorker } from '../../ui/mock/fakeWorker.ts';

const point = (step: number, metrics: Record<string, number>): Point => ({ step, metrics });

describe('a chart of what is measured', () => {
  it('speaks of no held-out tasks where none are', () => {
    const all = { ...defaultExperiment, tasks: 'own', heldOut: 0 } as const;
    expect(titleIn('Held-out accuracy', all)).toBe('Accuracy on the training problems');
    expect(whereIn('eval', all)).toBe('training problems, greedy');
    expect(titleIn('Held-out accuracy', { ...all, heldOut: 20 })).toBe('Held-out accuracy');
    expect(titleIn('Held-out accuracy', defaultExperiment)).toBe('Held-out accuracy');
  });
});

describe('how far a run is ahead', () => {
  /** Of each task one turn of one test, passed or not. */
  const evaluation = (step: number, passed: readonly number[]) => ({
    step,
    outcomes: passed.map((one) => [1, one]),
  });
  const all = [1, 1, 1, 1, 1, 1, 1, 1];
  const half = [1, 0, 1, 0, 1, 0, 1, 0];

  it('is told by the last update at which both were measured, task by task', () => {
    const lead = leadOf(
      [evaluation(0, half), evaluation(10, all)],
      [evaluation(0, half), evaluation(10, half)],
      1,
      12,
    );
    expect(lead).toMatchObject({ step: 10, count: 8, gain: 0.5, beyondChance: true });
    expect(lead?.error).toBeCloseTo(0.5345 / Math.sqrt(8), 3);
    expect(leadOf([evaluation(10, all)], [evaluation(10, half)], 1, 9)).toBeNull();
    expect(leadOf([evaluation(10, all)], [evaluation(20, half)], 1, 30)).toBeNull();
  });

  it('is chance where few tasks differ, and unknown of one task or of other tasks', () => {
    const one = [1, 0, 1, 0, 1, 0, 1, 1];
    expect(leadOf([evaluation(5, one)], [evaluation(5, half)], 1, 5)).toMatchObject({ beyondChance: false });
    expect(leadOf([evaluation(5, [1])], [evaluation(5, [0])], 1, 5)).toBeNull();
    expect(leadOf([evaluation(5, all)], [evaluation(5, [0])], 1, 5)).toBeNull();
    expect(leadOf([evaluation(5, half)], [evaluation(5, half)], 1, 5)).toBeNull();
  });
});

describe('a chart of several runs', () => {
  const run = (label: string, place: number, evals: readonly Point[]) => ({
    ...{ label, look: runLook(place), train: [], evals },
  });
  const [accuracy] = comparedCharts([defaultExperiment]);

  it('has a line a run, each with a look of its own, on one axis', () => {
    if (!accuracy) throw new Error('There is no chart.');
    expect([accuracy.title, accuracy.metric]).toEqual(['Held-out accuracy, turn 1', 'eval/accuracy@t1']);
    const at = (step: number, value: number) => point(step, { 'eval/accuracy@t1': value });
    const runs = [run('1', 0, [at(0, 0.25), at(10, 0.5)]), run('2', 1, [at(0, 0.75), at(5, 1)])];
    const { steps, series } = comparedData(accuracy, runs);
    expect(steps).toEqual([0, 5, 10]);
    expect(series.map(({ label, values }) => [label, values])).toEqual([
      ['1', [0.25, NaN, 0.5]],
      ['2', [0.75, 1, NaN]],
    ]);
    const mean = comparedData(accuracy, runs, true).series[0];
    expect([mean?.label, mean?.values]).toEqual(['mean', [0.5, 1, 0.5]]);
    const looks = [0, 1, 2, 3].map((place) => JSON.stringify(runLook(place)));
    expect(new Set(looks).size).toBe(4);
  });

  it('is there for every turn that one of the runs has, and for what one of them measures', () => {
    const titles = (...experiments: Experiment[]) => comparedCharts(experiments).map(({ title }) => title);
    const one = { ...defaultExperiment, turns: 1 };
    expect(titles(one)).not.toContain('Held-out accuracy, turn 2');
    expect(titles(one, defaultExperiment)).toContain('Held-out accuracy, turn 2');
    expect(new Set(titles(defaultExperiment)).size).toBe(titles(defaultExperiment).length);
  });

  it('says what was measured last by then, and leaves out what is not known', () => {
    const points = [point(0, { a: 1 }), point(5, { a: NaN }), point(10, { a: 3 })];
    expect([0, 7, 10].map((step) => valueBy(points, 'a', step))).toEqual([1, 1, 3]);
  });
});

describe('where two runs part', () => {
  it('is the first update in which anything differs, and the first whose answers do', () => {
    const a = [1, 2, 3].map((step) =>
      point(step, { 'train/length@t1': 9, 'train/loss': step, 'train/x': NaN }),
    );
    const b = a.map(({ step, metrics }) =>
      point(step, {
        ...metrics,
        ...(step > 1 ? { 'train/loss': 0 } : {}),
        ...(step > 2 ? { 'train/length@t1': 8 } : {}),
      }),
    );
    expect(partingOf(a, b)).toEqual({ answers: 3, anything: 2 });
    expect(partingOf(a, a)).toEqual({ answers: null, anything: null });
    expect(partingOf(a, [])).toEqual({ answers: null, anything: null });
  });

  it('comes from the fields that differ', () => {
    const experiments = [0, 1].map((gamma) => ({ ...defaultExperiment, gamma }));
    expect(differing(experiments)).toEqual(['gamma']);
    expect(experiments.map((one) => nameAmong(one, ['gamma']))).toEqual(['γ 0', 'γ 1']);
  });
});

describe('what runs that are compared inherit', () => {
  it('is named: every setting that a first run has not, but where they begin and how long they are', () => {
    const names = (changes: Partial<Experiment>) =>
      inherited(withChanges(defaultExperiment, changes)).map(({ field }) => field);
    expect(names({})).toEqual([]);
    expect(
      names({ initialPolicy: 'cheating', gamma: 0, learningRate: 6e-4, steps: 20, evalEvery: 10 }),
    ).toEqual(['gamma', 'learningRate']);
  });
});

describe('runs side by side', () => {
  const micro = '#v=1&trainTasks=32&promptsPerUpdate=2&k=2&steps=4&evalEvery=2&evalTasks=4';
  function openApp(): AppState {
    const app = new AppState({
      createWorker: () => new FakeWorker({ delay: 0 }),
      createSandboxPort: async () => new MessageChannel().port1,
      assets: 'https://example.org/',
    });
    void app.link.open(micro);
    return app;
  }
  const reaches = (run: OpenRun, phase: string) =>
    vi.waitFor(() => expect(run.told.phase).toBe(phase), { timeout: 10_000, interval: 2 });
  const gammas = (base: Experiment) => [0, 0.5, 0.75, 1].map((gamma) => withChanges(base, { gamma }));

  it('train in turns and measure what each measures alone', async () => {
    const alone = openApp();
    await reaches(alone.runs.selected, 'ready');
    alone.set('gamma', 0.5);
    alone.start();
    await reaches(alone.runs.selected, 'finished');

    const app = openApp();
    await reaches(app.runs.selected, 'ready');
    app.runTogether(gammas(app.experiment.applied), null);
    expect(app.compare.on).toBe(true);
    expect(app.runs.all.map(({ number, name }) => `${number} ${name}`)).toEqual([
      '1 γ 0', // the run that had not begun has left
      '2 γ 0.5',
      '3 γ 0.75',
      '4 γ 1',
    ]);
    const most = { apart: 0 };
    const watching = setInterval(() => {
      const steps = app.compare.runs.map(({ told }) => told.step);
      most.apart = Math.max(most.apart, Math.max(...steps) - Math.min(...steps));
    }, 1);
    for (const run of app.compare.runs) await reaches(run, 'finished');
    clearInterval(watching);
    expect(most.apart).toBeLessThanOrEqual(1);
    const [, half] = app.compare.runs;
    expect(half?.told.train).toEqual(alone.run.train);
    expect(half?.told.evals.map(({ metrics }) => metrics)).toEqual(
      alone.run.evals.map(({ metrics }) => metrics),
    );
  });

  it('are run, paused and stepped together, and those that are behind go first', async () => {
    const app = openApp();
    await reaches(app.runs.selected, 'ready');
    app.step();
    const first = app.runs.selected;
    await reaches(first, 'paused');
    app.fork(0, first.experimentAfter(0), false);
    const second = app.runs.selected;
    await reaches(second, 'ready');
    app.showTogether([first, second]);
    app.step();
    await reaches(second, 'paused');
    expect([first.told.step, second.told.step]).toEqual([1, 1]);
    app.step();
    await vi.waitFor(() => expect([first.told.step, second.told.step]).toEqual([2, 2]));
    await reaches(second, 'paused');
    app.start();
    await reaches(first, 'finished');
    await reaches(second, 'finished');
    app.select(second);
    expect(app.compare.on).toBe(false);
  });

  it('stand at the same update after a pause: the round that was under way is ended', async () => {
    const app = openApp();
    await reaches(app.runs.selected, 'ready');
    app.runTogether(gammas(withChanges(app.experiment.applied, { steps: 500, evalEvery: 500 })), null);
    const { runs } = app.compare;
    const steps = () => runs.map(({ told }) => told.step);
    const stands = () => runs.every(({ told }) => told.phase === 'paused');
    for (const reached of [2, 4, 6]) {
      // In the middle of a round: some have made an update more than others.
      await vi.waitFor(() => expect(new Set(steps()).size).toBeGreaterThan(1), {
        timeout: 10_000,
        interval: 1,
      });
      await vi.waitFor(() => expect(Math.max(...steps())).toBeGreaterThanOrEqual(reached), {
        timeout: 10_000,
        interval: 1,
      });
      app.pause();
      await vi.waitFor(() => expect(stands() && new Set(steps()).size === 1).toBe(true), { timeout: 10_000 });
      const at = steps();
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(steps()).toEqual(at); // nothing follows
      app.start();
    }
    app.pause();
    app.compare.on = false; // what is not looked at together is left as it is
    await vi.waitFor(() => expect(stands()).toBe(true));
  });

  it('can begin where a run stood, are four at most, and are fewer when one is closed', async () => {
    const app = openApp();
    const origin = app.runs.selected;
    await reaches(origin, 'ready');
    app.start();
    await reaches(origin, 'finished');
    app.runTogether(gammas(origin.experimentAfter(2)).slice(0, 2), 2);
    const [left, right] = app.compare.runs;
    if (!left || !right) throw new Error('Nothing is compared.');
    expect([left, right].map(({ name }) => name)).toEqual(['γ 0.75 → 0 · from 2', 'γ 0.75 → 0.5 · from 2']);
    await reaches(left, 'finished');
    await reaches(right, 'finished');
    app.compare.toggle(left);
    app.compare.toggle(right); // one stays
    expect(app.compare.drawn).toEqual([right]);
    app.showTogether([...app.runs.all, ...app.runs.all]);
    expect(app.compare.runs).toHaveLength(maxCompared);
    app.showTogether([left, right, origin]);
    app.compare.toggle(left);
    app.compare.toggle(origin);
    app.close(right); // the only one whose lines were drawn
    expect(app.compare.drawn).toEqual([left, origin]);
    app.runs.undoClose();
    app.showTogether([left, right]);
    app.close(right);
    expect(app.compare).toMatchObject({ on: false, runs: [left] });
  });
});
