import fc from '../../property.ts';
import { describe, expect, it } from 'vitest';
import { defaultExperiment } from '../../../src/config/experiment.ts';
import { editDistance } from '../../../src/rl/editDistance.ts';
import { coupling, episodeMetrics, evalMetrics, trainMetrics } from '../../../src/rl/metrics.ts';
import { anyEpisodes, group, trajectory, turn } from './fixtures.ts';

describe('editDistance', () => {
  it('is Levenshtein over the longer length', () => {
    expect(editDistance('kitten', 'sitting')).toBeCloseTo(3 / 7, 12);
    expect(editDistance('', '')).toBe(0);
    expect(editDistance('', 'ab')).toBe(1);
  });
});

describe('episodeMetrics', () => {
  const episodes = [
    trajectory(['ppff', 'pppp']), // repaired: two tests fixed
    trajectory(['pppp', 'fppp']), // broken: one test
    trajectory(['pppp', 'pppp']), // kept, a copy
    trajectory(['ffff', 'pfff']), // still wrong, one test fixed
    trajectory(['pppp', 'ppip']), // not gradable
  ];

  it('counts by hand', () => {
    const m = episodeMetrics(episodes, defaultExperiment);
    expect(m).toMatchObject({
      masked: 0.2,
      'accuracy@t1': 0.5,
      'accuracy@t2': 0.5,
      'tests_passed@t1': 10 / 16,
      'tests_passed@t2': 12 / 16,
      'reward@t1': 10 / 16,
      delta: 0,
      delta_i_to_c: 0.25,
      delta_c_to_i: 0.25,
      delta_i_to_c_unit: 3 / 16,
      delta_c_to_i_unit: 1 / 16,
      fix_rate_unit: 3 / 6,
      break_rate_unit: 1 / 10,
      edit_distance: (0.5 + 0.25 + 0 + 0.25) / 4,
      copy_rate: 0.25,
      'length@t1': 2,
      'truncated@t1': 0,
      'timeout@t1': 0,
    });
  });

  it('an episode that could not be graded changes nothing but `masked`', () => {
    const { masked: some, ...withIt } = episodeMetrics(episodes, defaultExperiment);
    const { masked: none, ...without } = episodeMetrics(episodes.slice(0, 4), defaultExperiment);
    expect(withIt).toEqual(without);
    expect([some, none]).toEqual([0.2, 0]);
  });

  it('delta = i_to_c − c_to_i, over the whole episode and over each step', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 4 }).chain(anyEpisodes), (all) => {
        const m = episodeMetrics(all, defaultExperiment);
        const suffixes = ['', '@t2', '@t3', '@t4'].filter((suffix) => `delta${suffix}` in m);
        for (const suffix of suffixes) {
          const difference = m[`delta_i_to_c${suffix}`] - m[`delta_c_to_i${suffix}`];
          if (m.masked === 1) expect(m[`delta${suffix}`]).toBeNaN();
          else expect(m[`delta${suffix}`]).toBeCloseTo(difference, 12);
        }
        expect(suffixes.length).toBe(all[0].turns.length === 2 ? 1 : all[0].turns.length);
      }),
    );
  });

  it('unit rates agree with the tests passed', () => {
    fc.assert(
      fc.property(anyEpisodes(2), (all) => {
        const m = episodeMetrics(all, defaultExperiment);
        fc.pre(m.masked < 1);
        expect(m.delta_i_to_c_unit - m.delta_c_to_i_unit).toBeCloseTo(
          m['tests_passed@t2'] - m['tests_passed@t1'],
          12,
        );
        if (m['tests_passed@t1'] > 0) {
          expect(m.break_rate_unit * m['tests_passed@t1']).toBeCloseTo(m.delta_c_to_i_unit, 12);
        }
      }),
    );
  });

  it('says NaN where there is nothing to measure', () => {
    expect(episodeMetrics([trajectory(['pppi', 'pppp'])], defaultExperiment)['accuracy@t1']).toBeNaN();
    expect(episodeMetrics([trajectory(['pppp', 'pppp'])], defaultExperiment).fix_rate_unit).toBeNaN();
    expect(episodeMetrics([], defaultExperiment)).toEqual({ masked: NaN });
  });

  it('has no correction metrics with one turn', () => {
    expect(
      Object.keys(episodeMetrics([trajectory(['pp'])], defaultExperiment)).filter(
        (name) => !name.includes('@'),
      ),
    ).toEqual(['masked']);
  });

  it('counts truncated and timed-out answers per turn', () => {
    const m = episodeMetrics(
      [trajectory([turn('pf', { truncated: true }), 'pt']), trajectory(['pf', 'pp'])],
      defaultExperiment,
    );
    expect(m).toMatchObject({ 'truncated@t1': 0.5, 'truncated@t2': 0, 'timeout@t1': 0, 'timeout@t2': 0.5 });
  });
});

describe('tests that only judge', () => {
  const hidden = { trainTests: '2' } as const;
  const episodes = [trajectory(['ppff', 'pfpp']), trajectory(['ffpp', 'pppf'])];

  it('accuracy and every count of tests leave out those trained on, which have a metric of their own', () => {
    expect(episodeMetrics(episodes, hidden)).toMatchObject({
      'accuracy@t1': 0.5, // the second, which fails what it is paid for
      'accuracy@t2': 0.5,
      'tests_passed@t1': 2 / 4,
      'tests_passed@t2': 3 / 4,
      'trained_tests_passed@t1': 2 / 4,
      'trained_tests_passed@t2': 3 / 4,
      delta_i_to_c: 0.5,
      delta_c_to_i: 0.5,
      fix_rate_unit: 1,
      break_rate_unit: 0.5,
    });
    expect(Object.keys(episodeMetrics(episodes, defaultExperiment)).join()).not.toContain('trained_tests');
  });

  it('a test that could not be run masks its episode, whichever it is', () => {
    for (const answer of ['ppip', 'ippp']) {
      const reward = NaN;
      const m = episodeMetrics([trajectory([turn(answer, { reward })])], hidden);
      expect(m.masked).toBe(1);
    }
  });
});

describe('trainMetrics and evalMetrics', () => {
  const groups = [
    group([trajectory(['pf', 'pp'], 1), trajectory(['ff', 'fp'], 0)]),
    group([trajectory(['pp', 'pp'], 0.5), trajectory(['pp', 'pp'], 0.5)]),
    group([trajectory(['pi', 'pp'], NaN), trajectory(['pi', 'pp'], NaN)]),
  ];

  it('adds what only training knows', () => {
    const m = trainMetrics(groups, defaultExperiment);
    expect(m).toMatchObject({
      'train/kl@t1': 0.5,
      'train/entropy@t2': 0.5,
      'train/weight@t1': -0.25,
      'train/weight@t2': 1,
      'train/return': 0.5,
      'train/return_std': Math.SQRT1_2 / 2,
      'train/zero_std': 0.5,
      'train/masked': 1 / 3,
    });
    expect(m['train/grad_norm@t1']).toBeCloseTo(Math.sqrt(6 * 25), 12);
  });

  it('has weights where rewards are added up to one number, and none where they are not', () => {
    const names = Object.keys(trainMetrics(groups, { ...defaultExperiment, returns: 'per-turn' }));
    expect(names.filter((name) => name.includes('weight'))).toEqual([]);
    expect(names).toContain('train/grad_norm@t2');
  });

  it('keeps the two kinds apart by their prefix', () => {
    const evaluated = evalMetrics(
      groups.flatMap((g) => g.trajectories),
      defaultExperiment,
    );
    expect(Object.keys(evaluated).every((key) => key.startsWith('eval/'))).toBe(true);
    expect(Object.keys(evaluated)).not.toContain('eval/kl@t1');
  });
});

describe('coupling', () => {
  it('is the within-group slope of r_2 on r_1, blind to differences between groups', () => {
    const rewards = (r1: number, r2: number) =>
      trajectory([turn('pf', { reward: r1 }), turn('pf', { reward: r2 })]);
    const steep = [
      [rewards(0, 0.5), rewards(0.5, 0.6), rewards(1, 0.7)],
      [rewards(0.5, 0), rewards(1, 0.1)],
    ];
    expect(coupling(steep)).toBeCloseTo(0.2, 12);
    expect(coupling([[rewards(1, 0), rewards(1, 1)]])).toBeNaN();
  });
});
