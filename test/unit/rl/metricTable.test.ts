import { describe, expect, it } from 'vitest';
import { defaultExperiment } from '../../../src/config/experiment.ts';
import { renderMetrics } from '../../../src/rl/metricDocs.ts';
import { evalMetrics, trainMetrics } from '../../../src/rl/metrics.ts';
import { findMetric, metricTable } from '../../../src/rl/metricTable.ts';
import { group, trajectory } from './fixtures.ts';

/** Declared in the table, measured by the training loop. */
const fromTheOptimiser = [
  ...['train/loss', 'train/grad_norm', 'train/learning_rate', 'train/clipped'],
  'train/layer_grad_norm@2.attention',
];

const emitted = [1, 2, 3, 4].flatMap((turns) => {
  const episode = trajectory(Array<string>(turns).fill('pf'));
  return Object.keys({
    ...trainMetrics([group([episode])], { ...defaultExperiment, turns }),
    ...evalMetrics([episode], { trainTests: '1' }),
  });
});

describe('the metric table', () => {
  it('declares every metric that is measured', () => {
    expect(emitted.filter((key) => !findMetric(key))).toEqual([]);
  });

  it('declares nothing that is not measured', () => {
    const measured = new Set([...emitted, ...fromTheOptimiser].map((key) => findMetric(key)?.metric));
    expect(metricTable.filter((metric) => !measured.has(metric))).toEqual([]);
  });

  it('declares each metric once, completely', () => {
    const names = metricTable.map((metric) => metric.name);
    expect(new Set(names).size).toBe(names.length);
    for (const metric of metricTable) {
      expect(metric.explanation).toMatch(/\.$/);
      expect(metric.formula && metric.label && metric.source).not.toBe('');
    }
  });

  it('has a unit for all that is measured in one', () => {
    const without = metricTable.filter(({ unit }) => unit === '').map(({ name }) => name);
    expect(without).toEqual(['loss', 'learning_rate', 'clipped']);
  });

  it('finds a metric and its turn by the full name', () => {
    expect(findMetric('eval/accuracy@t2')).toMatchObject({ metric: { name: 'accuracy@t' }, turn: 2 });
    expect(findMetric('train/delta')).toMatchObject({ metric: { name: 'delta' }, turn: null });
    for (const key of [
      'eval/kl@t1',
      'train/accuracy',
      'accuracy@t1',
      'train/toString',
      'train/accuracy@t0',
      'train/layer_grad_norm@0.mlp',
      'train/grad_norm@embed',
    ]) {
      expect(findMetric(key)).toBeUndefined();
    }
  });

  it('docs/metrics.md is up to date (update with -u)', async () => {
    await expect(renderMetrics()).toMatchFileSnapshot('../../../docs/metrics.md');
  });
});
