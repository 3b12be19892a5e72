/** Charts and lanes as drawings that stand for themselves. */
import { describe, expect, it } from 'vitest';
import { defaultExperiment } from '../../../src/config/experiment.ts';
import { chartSvg } from '../../../src/exports/chart.ts';
import { heatSvg } from '../../../src/exports/heat.ts';
import { heatOf, shade } from '../../../src/ui/charts/heat.ts';
import { pictureOf } from '../../../src/ui/charts/pictureOf.ts';
import { joined, plainAxes, turnLook, type ChartData } from '../../../src/ui/charts/series.ts';
import { lanesSvg } from '../../../src/ui/panels/loop/drawing.ts';
import { viewOf } from '../../../src/ui/panels/loop/picture.ts';
import { fakeUpdate } from '../../ui/mock/fakeRun.ts';

/** Every colour says which one it is. */
const color = (name: string) => `#${name.length.toString(16).padStart(6, '0')}`;

/** What holds for a file that any program reads: well-formed, of numbers and colours, without the page's own names. */
function expectWhole(svg: string): void {
  const open: string[] = [];
  for (const [, close, name = '', own] of svg.matchAll(/<(\/?)([a-zA-Z]+)(?:\s[^<>]*?)?(\/?)>/g)) {
    if (close) expect(open.pop()).toBe(name);
    else if (!own) open.push(name);
  }
  expect(open).toEqual([]);
  expect(svg).not.toMatch(/NaN|undefined|Infinity|var\(|class=/);
  expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 [\d.]+ [\d.]+"/);
}

const data: ChartData = {
  steps: [1, 2, 3],
  series: [
    { label: 'turn 1', look: turnLook(1), values: [0.1, NaN, 0.3] },
    { label: 'a < b & "c"', look: turnLook(2), values: [0.2, 0.4, 0] },
  ],
};
const chart = (more: Partial<Parameters<typeof pictureOf>[0]> = {}) => {
  const plotted = joined(data, null);
  return pictureOf({
    ...{ title: 'Reward r', unit: 'reward', data, ghost: null, smooth: false, marks: [], level: null },
    ...{
      axes: plainAxes,
      range: undefined,
      share: false,
      points: false,
      lastStep: 20,
      plotted,
      drawn: plotted.lines,
    },
    ...more,
  });
};

describe('a map of layers', () => {
  it('has its title, its rows, a cell for what was measured, and its ends', () => {
    const heat = heatOf(
      [1, 2, 3].map((step) => ({
        step,
        metrics: { 'train/layer_grad_norm@embed': step, 'train/layer_grad_norm@1.mlp': step === 2 ? NaN : 1 },
      })),
      { from: 1, to: 3 },
      160,
    );
    const svg = heatSvg(
      { title: 'Where <it> goes', note: 'a note', ...heat, shade: (v) => shade(v, heat.max) },
      color,
    );
    expectWhole(svg);
    for (const words of ['>Where &#60;it&#62; goes<', '>a note<', '>embedding<', '>1 MLP<', '>1<', '>3<'])
      expect(svg).toContain(words);
    expect(svg.match(/fill-opacity/g)).toHaveLength(5);
  });
});

describe('a chart', () => {
  it('has its title, its unit, its lines and a legend', () => {
    const svg = chartSvg(chart(), color);
    expectWhole(svg);
    for (const words of ['>Reward r<', '>reward<', '>turn 1<', '>a &#60; b &#38; &#34;c&#34;<', '>updates<'])
      expect(svg).toContain(words);
  });

  it('says what is bold and what is faint, its marks and its level', () => {
    const ghost = { label: 'run 1', data };
    const svg = chartSvg(
      chart({
        ...{
          smooth: true,
          ghost,
          plotted: joined(data, data),
          drawn: data.series.map(({ values }) => values),
        },
        ...{ marks: [{ step: 2, text: 'γ 0' }], level: { value: 0.25, label: '1 − γ = 0.25' } },
      }),
      color,
    );
    expectWhole(svg);
    for (const words of ['Bold: the mean of 10 updates. Faint: run 1.', '>γ 0<', '>1 − γ = 0.25<'])
      expect(svg).toContain(words);
  });

  it('is whole on a logarithmic axis, of a part, and with nothing to show', () => {
    expectWhole(chartSvg(chart({ axes: { ...plainAxes, log: true, span: [2, 3] } }), color));
    const none: ChartData = { steps: [], series: data.series.map((line) => ({ ...line, values: [] })) };
    const plotted = joined(none, null);
    expectWhole(chartSvg(chart({ data: none, plotted, drawn: plotted.lines }), color));
  });
});

describe('lanes', () => {
  const picture = (changes: Partial<typeof defaultExperiment>, mask = false) => {
    const experiment = { ...defaultExperiment, promptsPerUpdate: 2, ...changes };
    const { groups } = fakeUpdate(experiment, 7);
    const some = mask
      ? groups.map(({ task, trajectories }) => ({
          task,
          trajectories: trajectories.map((one) => ({
            ...one,
            turns: one.turns.map((turn) => ({ ...turn, reward: NaN })),
          })),
        }))
      : groups;
    const view = viewOf(some[0], { groups: some, index: 0 }, experiment, 'live');
    return { title: some[0].task.instruction, subtitle: 'update 7', view };
  };

  it('have the task, the stations, every try, and a legend', () => {
    const shown = picture({ k: 3 });
    const svg = lanesSvg(shown, color);
    expectWhole(svg);
    for (const words of [
      '1 Write',
      '2 Correct',
      '3 Reward',
      '4 Compare',
      '5 Push',
      '>mean of the 2 other tries<',
    ])
      expect(svg).toContain(words);
    expect(svg).toContain(shown.view.lanes[0]?.explanation?.formula.split('\n')[0]);
    for (const { turns } of shown.view.lanes) for (const { text } of turns) expect(text).not.toBe('');
  });

  it('are whole with one turn, four turns, shared answers, and what could not be judged', () => {
    for (const turns of [1, 4]) expectWhole(lanesSvg(picture({ turns }), color));
    const shared = lanesSvg(picture({ objective: 'released-code' }), color);
    expectWhole(shared);
    expect(shared).toContain('the same answer as try 1');
    const masked = lanesSvg(picture({}, true), color);
    expect(masked).toContain('not judged');
    expectWhole(masked);
  });
});
