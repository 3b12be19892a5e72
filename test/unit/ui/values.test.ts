import fc from '../../property.ts';
import { describe, expect, it, vi } from 'vitest';
import { field, fieldNames, type Experiment } from '../../../src/config/fields.ts';
import type { NumberField } from '../../../src/config/types.ts';
import { defaultExperiment } from '../../../src/config/experiment.ts';
import { findMetric } from '../../../src/rl/metricTable.ts';
import { phases, stages, stations } from '../../../src/worker/protocol.ts';
import { besideLevel } from '../../../src/ui/charts/annotate.ts';
import { chartData, charts, formatOf, marksOf, metricOf } from '../../../src/ui/charts/catalogue.ts';
import {
  axisRange,
  joined,
  spread,
  summarise,
  logRange,
  trailingMean,
  turnLook,
} from '../../../src/ui/charts/series.ts';
import { fromSlider, sliderOf, toSlider } from '../../../src/ui/controls/slider.ts';
import { metricsOf } from '../../../src/ui/download.ts';
import {
  compact,
  durationWords,
  fixed,
  percent,
  plural,
  signed,
  significant,
} from '../../../src/ui/format.ts';
import { runTime } from '../../../src/ui/panels/models/words.ts';
import {
  announcement,
  cameTo,
  firstMeasured,
  howItWent,
  stageProgress,
  stationOf,
  endedText,
  statusText,
} from '../../../src/ui/status.ts';
import { throttled } from '../../../src/ui/throttled.ts';
import { fakeEvaluation, fakeUpdate } from '../../ui/mock/fakeRun.ts';

describe('format', () => {
  it('writes numbers with a true minus and no negative zero', () => {
    expect(significant(-0.25)).toBe('−0.25');
    expect(significant(3e-4)).toBe('3·10⁻⁴');
    expect(significant(1234.5)).toBe('1230');
    expect(fixed(-0.001)).toBe('0.00');
    expect(signed(0.004)).toBe('0.00');
    expect(signed(0.5)).toBe('+0.50');
    expect(signed(-0.5)).toBe('−0.50');
    expect(percent(0.317)).toBe('32\u00a0%');
    expect(compact(172_224)).toBe('172 k');
    expect(plural(1, 'change')).toBe('1 change');
    expect(plural(2, 'differs', 'differ')).toBe('2 differ');
  });

  it('shows what could not be measured as a dash', () => {
    for (const write of [significant, fixed, signed, percent, compact]) expect(write(NaN)).toBe('–');
  });
});

describe('slider', () => {
  const numbers = fieldNames
    .map(field)
    .filter((row): row is NumberField => row.kind === 'int' || row.kind === 'float');

  it('gives a legal value at every position', () => {
    for (const row of numbers) {
      const slider = sliderOf(row);
      if (!slider) continue;
      for (let position = slider.min; position <= slider.max; position += slider.step) {
        const value = fromSlider(row, position);
        expect(value).toBeGreaterThanOrEqual(row.min);
        expect(value).toBeLessThanOrEqual(row.max);
        if (row.kind === 'int') expect(Number.isInteger(value)).toBe(true);
      }
    }
  });

  it('stands where the value is', () => {
    fc.assert(
      fc.property(fc.constantFrom(...numbers), fc.double({ min: 0, max: 1, noNaN: true }), (row, share) => {
        const value = fromSlider(row, toSlider(row, row.min + share * (row.max - row.min)));
        expect(fromSlider(row, toSlider(row, value))).toBe(value);
      }),
    );
  });

  it('leaves the seed to be typed', () => {
    expect(sliderOf(numbers.find((row) => row.label === 'Seed') ?? numbers[0])).toBeNull();
  });
});

describe('charts', () => {
  const update = fakeUpdate(defaultExperiment, 1);
  const evaluation = fakeEvaluation(defaultExperiment, 0);

  it('name metrics of the table that the records hold', () => {
    for (const chart of charts.filter(({ applies }) => applies?.(defaultExperiment) ?? true)) {
      const metrics = chart.where === 'eval' ? evaluation.metrics : update.metrics;
      const data = chartData(chart, [{ step: 1, metrics }], defaultExperiment.turns);
      expect(data.series.length).toBeGreaterThan(0);
      for (const line of data.series) expect(line.values).toEqual([expect.any(Number)]);
      for (const line of data.series) expect(Number.isFinite(line.values[0])).toBe(true);
      for (const name of chart.metrics) expect(formatOf(metricOf(chart, name))(0.5)).not.toBe('–');
    }
  });

  it('are left out where they would say nothing, as the algorithm says', () => {
    const left = (changes: Partial<Experiment>) =>
      charts.flatMap(({ id, applies }) =>
        applies?.({ ...defaultExperiment, ...changes }) === false ? [id] : [],
      );
    const hidden = ['paid-tests', 'hidden-tests'];
    expect(left({})).toEqual(hidden);
    expect(left({ trainTests: '1' })).toEqual([]);
    expect(left({ returns: 'per-turn' })).toEqual([...hidden, 'weight']);
    expect(left({ objective: 'released-code' })).toEqual([...hidden, 'coupling']);
    expect(left({ turns: 1 })).toEqual([...hidden, 'delta', 'edit', 'coupling']);
  });

  it('have one line per turn, told apart without colour', () => {
    const data = chartData(charts[0], [], 4);
    expect(data.series.map((line) => line.label)).toEqual(['turn 1', 'turn 2', 'turn 3', 'turn 4']);
    expect(new Set(data.series.map((line) => line.look.dash.join())).size).toBe(4);
  });

  it('refuse a metric that the table does not have', () => {
    expect(() => metricOf({ id: 'x', where: 'train', metrics: [] }, 'nonsense')).toThrow(/nonsense/);
  });

  it('smooth over the last ten known values', () => {
    expect(trailingMean([1, 3, NaN, 5])).toEqual([1, 2, 2, 3]);
    expect(trailingMean([NaN])).toEqual([NaN]);
    expect(trailingMean([1, 3, NaN, NaN])).toEqual([1, 2, NaN, NaN]); // a run that stands before others do
    expect(trailingMean([1, 3, 5], 1)).toEqual([1, 3, 5]);
    expect(trailingMean([1, 3, 5], 2)).toEqual([1, 2, 4]);
    expect(trailingMean(Array.from({ length: 20 }, (_, i) => i)).at(-1)).toBe(14.5);
  });

  it('have 0 in sight on their axis, and do not magnify rounding', () => {
    expect(axisRange(0.2, 1)).toEqual([0, 1.08]);
    expect(axisRange(-1, -0.5)).toEqual([-1.08, 0.08]);
    for (const [min, max] of [
      [-2e-8, 3e-9],
      [0, 0],
      [null, null],
    ] as const) {
      expect(axisRange(min, max)).toEqual([0, 0.5]);
    }
  });

  it('lay the run before on the same steps', () => {
    const line = (steps: number[], values: number[]) => ({
      steps,
      series: [{ label: 'turn 1', look: turnLook(1), values }],
    });
    const now = line([0, 10], [0.1, 0.2]);
    expect(joined(now, null)).toEqual({ steps: [0, 10], lines: [[0.1, 0.2]], ghosts: [] });
    expect(joined(now, line([0, 4, 20], [0.3, 0.4, 0.5]))).toEqual({
      steps: [0, 4, 10, 20],
      lines: [[0.1, NaN, 0.2, NaN]],
      ghosts: [[0.3, 0.4, NaN, 0.5]],
    });
  });

  it('keep the names at the ends of lines apart, in order and in the frame', () => {
    expect(spread([50, 20], 10, 0, 100)).toEqual([50, 20]);
    expect(spread([50, 52, 51], 10, 0, 100)).toEqual([50, 70, 60]);
    expect(spread([98, 99], 10, 0, 100)).toEqual([90, 100]);
    expect(spread([], 10, 0, 100)).toEqual([]);
  });

  it('mark what was changed under way, but not how long the run is', () => {
    const marks = marksOf([
      {
        step: 12,
        changes: [
          { field: 'gamma', from: 0.75, to: 0.5 },
          { field: 'learningRate', from: 0.0003, to: 0.001 },
        ],
      },
      { step: 20, changes: [{ field: 'steps', from: 20, to: 40 }] },
    ]);
    expect(marks).toEqual([{ step: 12, text: 'γ 0.75 → 0.5, Learning rate 0.0003 → 0.001' }]);
  });

  it('draw the coupling’s threshold where there is one', () => {
    const level = (changes: Partial<Experiment>) =>
      charts.find(({ id }) => id === 'coupling')?.level?.({ ...defaultExperiment, ...changes }) ?? null;
    expect(level({ gamma: 0.75 })).toEqual({ value: 0.25, label: '1 − γ = 0.25' });
    expect(level({ gamma: 1 })?.value).toBe(0);
    expect(level({ turns: 3 })).toBeNull();
    expect(level({ returns: 'per-turn' })).toBeNull();
    expect(level({ objective: 'released-code' })).toBeNull();
  });

  it('write a level’s label where it is not cut off: below a line at the upper edge', () => {
    expect(besideLevel(100, 12, 8)).toBe(91);
    expect(besideLevel(12, 12, 8)).toBe(21);
  });

  it('summarise only what was measured', () => {
    expect(summarise([NaN, 2, 1, NaN])).toEqual({ first: 2, latest: 1, min: 1, max: 2 });
    expect(summarise([]).latest).toBeNaN();
  });

  it('download one object per step, with evaluations where they were made', () => {
    const lines = metricsOf({
      train: [update],
      evals: [evaluation, { ...evaluation, step: 1 }],
      changes: [],
    })
      .trim()
      .split('\n');
    const rows = lines.map((text) => JSON.parse(text) as Record<string, number>);
    expect(rows.map((row) => row.step)).toEqual([0, 1]);
    expect(rows[0]).not.toHaveProperty('train/reward@t1');
    expect(rows[1]).toHaveProperty('train/reward@t1');
    expect(rows[1]).toHaveProperty('eval/accuracy@t2');
    const metrics = Object.keys(rows[1]).filter((key) => key !== 'step' && !key.startsWith('time/'));
    for (const key of metrics) expect(findMetric(key)).toBeDefined();
  });
});

it('a run’s time is said an update and in all', () => {
  expect(runTime(540, 96)).toBe('9.0 minutes an update, 14.4 hours for all 96');
  expect(runTime(4, 20)).toBe('4 seconds an update, 80 seconds for all 20');
  expect(durationWords(3.2 * 86_400)).toBe('3.2 days');
});

describe('status line', () => {
  it('has words for every phase and stage', () => {
    for (const phase of phases) {
      for (const stage of stages) {
        const at = { phase, stage, done: 3, total: 10, step: 7 };
        expect(statusText(at)).toMatch(/^[A-Z].*\S$/);
        expect(announcement(at)).toMatch(/\.$/);
      }
    }
    const at = (step: number, first: number, second: number) => ({
      step,
      metrics: { 'eval/accuracy@t1': first, 'eval/accuracy@t2': second },
    });
    const evals = [at(0, 0.3, 0.34), at(10, 0.4, 0.41), at(20, 0.539, 0.63)];
    expect(howItWent(evals)).toBe('turn 1 30 → 54\u00a0%, turn 2 34 → 63\u00a0%, held-out');
    expect(howItWent(evals.slice(0, 1))).toBe('');
    expect(howItWent([])).toBe('');
    const solved = 'Held-out tasks solved at the last turn:';
    expect(cameTo(evals, 20)).toBe(`${solved} 34\u00a0% → 63\u00a0%.`);
    expect(cameTo(evals, 23)).toBe(`${solved} 34\u00a0% → 63\u00a0% after update 20.`);
    expect(cameTo(evals.slice(0, 1), 6)).toBe(`${solved} 34\u00a0% before training; not measured since.`);
    expect(cameTo([at(5, NaN, NaN), at(10, 0.5, 0.5)], 10)).toBe(`${solved} 50\u00a0% after update 10.`);
    expect(cameTo([], 6)).toBe('');
    const done = { phase: 'finished', stage: 'idle', done: 0, total: 0, step: 20 } as const;
    expect(statusText({ ...done, evals })).toMatch(
      /^Finished after 20 updates: turn 1 30 → .*held-out\. Raise/,
    );
    expect(statusText(done)).toMatch(/^Finished after 20 updates\. Raise/);
    const ended = endedText({ ...done, phase: 'paused' }, true);
    expect(ended).toBe('Ended after update 20. To go on with it, open it in “Runs”.');
    expect(endedText({ ...done, evals }, false)).toMatch(/^Finished .*held-out\. It can be looked at and/);
    expect(statusText({ phase: 'running', stage: 'grade', done: 3, total: 10, step: 7 })).toBe(
      'Update 8: running unit tests (3 of 10)',
    );
    const again = { stage: 'again', done: 3, total: 10, step: 20 } as const;
    const words = 'making updates again, from the last state that was kept (3 of 10)';
    expect(statusText({ ...again, phase: 'loading' })).toBe(`Loading: ${words}`);
    expect(statusText({ ...again, phase: 'running' })).toBe(`Training: ${words}`);
  });

  it('says that the first evaluation is under way, how far it is, and that an update begins after it', () => {
    const measuring = { phase: 'ready', stage: 'evaluate', done: 23, total: 128, step: 0 } as const;
    const secondsLeft = 150;
    expect(statusText(measuring)).toBe('Ready. Measuring held-out tasks, 23 of 128. Press Run to train.');
    const left = '23 of 128, about 2.5 minutes left';
    expect(statusText({ ...measuring, secondsLeft })).toContain(`held-out tasks, ${left}. Press Run`);
    const begins = `Update 1 begins when the held-out tasks are measured: ${left}.`;
    expect(statusText({ ...measuring, secondsLeft }, true)).toBe(begins);
    expect(statusText({ ...measuring, secondsLeft, phase: 'running' })).toBe(begins);
    expect(announcement({ ...measuring, secondsLeft })).toBe('Ready. Press Run to train.');
    expect(statusText({ ...measuring, stage: 'idle', done: 0, total: 0 })).toBe('Ready. Press Run to train.');
    expect(firstMeasured({ ...measuring, evals: [{ step: 0, metrics: {} }] })).toBe('');
  });

  it('says after which station of an update the run stands', () => {
    const standing = { phase: 'paused', stage: 'idle', done: 0, total: 0, step: 11 } as const;
    for (const station of stations) {
      expect(statusText({ ...standing, at: { station, turn: 2 } })).toMatch(
        /^Update 12, after .+: press Next station to go on\.$/,
      );
      expect(stationOf({ ...standing, at: { station, turn: 2 } })).toBe(station);
    }
    expect(statusText({ ...standing, at: null })).toBe('Paused after update 11.');
    expect(stationOf({ ...standing, at: null })).toBeNull();
    expect(stationOf({ ...standing, phase: 'running', stage: 'sample', done: 1 })).toBe('correct');
  });

  it('knows progress only while something is under way', () => {
    const at = { stage: 'grade', done: 5, total: 10, step: 0 } as const;
    expect(stageProgress({ ...at, phase: 'running' })).toBe(0.5);
    expect(stageProgress({ ...at, phase: 'paused' })).toBeNull();
    expect(stageProgress({ ...at, phase: 'running', total: 0 })).toBeNull();
  });

  it('speaks at once when the kind changes, else rarely, and says the latest', () => {
    vi.useFakeTimers();
    try {
      const said: string[] = [];
      const say = throttled(1000, (words) => said.push(words));
      say('one', 'a');
      say('two', 'a');
      say('three', 'a');
      expect(said).toEqual(['one']);
      vi.advanceTimersByTime(1000);
      expect(said).toEqual(['one', 'three']);
      say('four', 'b');
      expect(said).toEqual(['one', 'three', 'four']);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('a logarithmic axis', () => {
  it('holds all values above 0, with air, and is there when there are none', () => {
    expect(logRange(0.1, 10)).toEqual([0.08, 12.5]);
    for (const [low, high] of [logRange(0, 5), logRange(-1, 0), logRange(null, null), logRange(2, 2)]) {
      expect(low).toBeGreaterThan(0);
      expect(high).toBeGreaterThan(low);
    }
  });
});
