/** What the page says of the reward's gradient, and of where it goes. */
import { describe, expect, it } from 'vitest';
import { defaultExperiment, type Experiment } from '../../../src/config/experiment.ts';
import { charts } from '../../../src/ui/charts/catalogue.ts';
import { couplingWords, crossingsOf } from '../../../src/ui/charts/coupling.ts';
import { heatOf, shade } from '../../../src/ui/charts/heat.ts';
import { rewardGradientOf } from '../../../src/ui/rewardGradient.ts';

const of = (changes: Partial<Experiment>) => rewardGradientOf({ ...defaultExperiment, ...changes });

describe('the gradient of the reward', () => {
  it.each([
    [
      {},
      [-0.25, 1],
      'R = r₂ − 0.25·r₁',
      'Failing first earns +0.25 once it is repaired: R is 1.00, and 0.75 for',
    ],
    [{ gamma: 1 }, [0, 1], 'R = r₂', 'Failing first costs nothing once it is repaired'],
    [{ gamma: 2 }, [1, 1], 'R = r₂ + r₁', 'Failing first costs 1.00, even if it is repaired'],
    [{ turns: 3, gamma: 0.5 }, [-0.25, -0.5, 1], /0\.25·r₁/, 'Failing until the last turn earns +0.75'],
    [{ accumulate: 'score' }, [-9, 11], 'R = 11·r₂ − 9·r₁', 'Failing first earns +9.00'],
    [{ accumulate: 'best' }, null, 'R = max(r₁, r₂)', 'Failing first costs nothing'],
    [{ rewardScale: 'count' }, [-0.25, 1], 'R = r₂ − 0.25·r₁', 'Failing first earns +1.50'],
    [{ accumulate: 'formula', formula: 'r[1] * r[2]' }, null, 'R = r₁·r₂', 'Failing first costs 1.00'],
    [{ returns: 'per-turn' }, null, 'G₁ = r₁ + 0.75·r₂\nG₂ = r₂', 'Failing first never pays'],
    [{ objective: 'released-code' }, [-0.25, 1], 'R = r₂ − 0.25·r₁', 'All tries at a task share'],
    [{ turns: 1 }, [1], 'R = r₁', 'There is one answer'],
  ] as const)('%j: %j', (changes, weights, formula, sentence) => {
    const gradient = of(changes);
    expect(gradient.weights).toEqual(weights);
    if (typeof formula === 'string') expect(gradient.formula).toBe(formula);
    else expect(gradient.formula).toMatch(formula);
    expect(gradient.sentence).toContain(sentence);
  });
});

/** Updates whose coupling is c, under γ. */
const points = (c: readonly number[], gamma = 0.5) =>
  c.map((coupling, i) => ({
    step: i + 1,
    metrics: { 'train/coupling': coupling, 'train/weight@t1': gamma - 1, 'train/weight@t2': 1 },
  }));
const many = (n: number, c: number) => new Array<number>(n).fill(c);

describe('the coupling', () => {
  it('crosses its threshold where its mean over updates does', () => {
    expect(crossingsOf(points(many(9, 1)))).toEqual([]);
    expect(crossingsOf(points(many(20, 1)))).toEqual([{ step: 10, side: 'above' }]);
    // From 1 to 0: the mean of ten falls below a half with the sixth of them.
    expect(crossingsOf(points([...many(20, 1), ...many(20, 0)]))).toEqual([
      { step: 10, side: 'above' },
      { step: 26, side: 'below' },
    ]);
    expect(crossingsOf(points([NaN, ...many(12, 1)]))).toEqual([{ step: 10, side: 'above' }]);
  });
  it('is measured against each update’s own weights', () => {
    const before = points(many(15, 0.4), 0.75);
    const after = points(many(5, 0.4), 0.5).map((point) => ({ ...point, step: point.step + 15 }));
    expect(crossingsOf([...before, ...after]).map(({ step }) => step)).toEqual([10, 16]);
    expect(couplingWords([...before, ...after])).toBe(
      'Crossed its threshold at update 16 and has been below it since: a better first answer is pushed down more than it is repaid.',
    );
    expect(couplingWords(before)).toMatch(
      /^Above its threshold since update 10, the first with a mean of 10 updates/,
    );
    expect(couplingWords([])).toBe('');
  });
  it('has a threshold for two turns of their own and a weighted sum only', () => {
    const chart = charts.find(({ id }) => id === 'coupling');
    const level = (changes: Partial<Experiment>) =>
      chart?.level?.({ ...defaultExperiment, ...changes }) ?? null;
    expect(level({})).toEqual({ value: 0.25, label: '1 − γ = 0.25' });
    expect(level({ accumulate: 'score' })).toEqual({ value: 9 / 11, label: '−w₁/w₂ = 0.818' });
    expect(level({ accumulate: 'best' })).toBeNull();
    expect(level({ turns: 3 })).toBeNull();
    expect(level({ returns: 'per-turn' })).toBeNull();
    expect(level({ objective: 'released-code' })).toBeNull();
    expect(level({ accumulate: 'formula', formula: 'r[1] - r[2]' })).toBeNull();
  });
});

describe('the map of layers', () => {
  const layers = (step: number, embed: number, mlp: number) => ({
    step,
    metrics: { 'train/layer_grad_norm@embed': embed, 'train/layer_grad_norm@1.mlp': mlp, 'train/loss': 1 },
  });
  it('has a column an update, and rows in the order of the model', () => {
    const heat = heatOf([layers(1, 1, 2), layers(2, 3, 4)], { from: 1, to: 4 }, 160);
    expect(heat.columns.map(({ from, to }) => [from, to])).toEqual([1, 2, 3, 4].map((step) => [step, step]));
    expect(heat.rows).toEqual([
      { label: 'embedding', values: [1, 3, NaN, NaN] },
      { label: '1 MLP', values: [2, 4, NaN, NaN] },
    ]);
    expect(heat.max).toBe(4);
    expect([shade(0, 4), shade(1, 4), shade(4, 4), shade(0, 0)]).toEqual([0, 0.5, 1, 0]);
  });
  it('shows a part of all updates', () => {
    const heat = heatOf([layers(1, 1, 2), layers(2, 3, 4), layers(4, 5, 6)], { from: 2, to: 3 }, 160);
    expect(heat.columns.map(({ from, to }) => [from, to])).toEqual([
      [2, 2],
      [3, 3],
    ]);
    expect(heat.rows.map(({ values }) => values)).toEqual([
      [3, NaN],
      [4, NaN],
    ]);
  });
  it('puts updates together where there are too many, and shows their mean', () => {
    const heat = heatOf([layers(1, 1, 2), layers(2, 3, NaN), layers(3, 5, 6)], { from: 1, to: 5 }, 3);
    expect(heat.columns.map(({ from, to }) => [from, to])).toEqual([
      [1, 2],
      [3, 4],
      [5, 5],
    ]);
    expect(heat.rows.map(({ values }) => values)).toEqual([
      [2, 5, NaN],
      [2, 6, NaN],
    ]);
  });
  it('is empty without updates', () => {
    expect(heatOf([], { from: 1, to: 20 }, 160)).toMatchObject({ rows: [], max: 0 });
  });
});
