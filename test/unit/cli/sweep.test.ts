import fc from '../../property.ts';
import { describe, expect, it } from 'vitest';
import { axesOf, folderNameOf, planOf, seedsOf } from '../../../src/cli/sweep/plan.ts';
import { defaultExperiment, diff } from '../../../src/config/experiment.ts';
import { intervalOf } from '../../../src/rl/statistics.ts';

describe('the plan of a sweep', () => {
  it('has every combination of the values, for every seed', () => {
    const plan = planOf(defaultExperiment, axesOf('gamma=0,0.5;k=2,8'), seedsOf('1..3'));
    expect(plan.map(({ name }) => name)).toEqual([
      'gamma=0, k=2',
      'gamma=0, k=8',
      'gamma=0.5, k=2',
      'gamma=0.5, k=8',
    ]);
    expect(plan.map(folderNameOf)).toContain('gamma-0.5-k-8');
    const experiments = plan.flatMap((setting) => setting.experiments);
    expect(experiments.map(({ seed }) => seed)).toEqual([1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3]);
    expect(diff(experiments[0], { ...defaultExperiment, seed: 1 })).toEqual({ gamma: 0, k: 2 });
  });

  it('takes seeds one by one or as a range', () => {
    expect(seedsOf('4')).toEqual([4]);
    expect(seedsOf('3,1')).toEqual([3, 1]);
    expect(seedsOf('2..4')).toEqual([2, 3, 4]);
  });

  it('parts values outside brackets only, and keeps formulas apart', () => {
    const axes = axesOf('formula=max(r[1], r[2]),r[2]+r[1]*1,r[2]+r[1]/1');
    expect(axes[0]?.values).toEqual(['max(r[1], r[2])', 'r[2]+r[1]*1', 'r[2]+r[1]/1']);
    const plan = planOf({ ...defaultExperiment, accumulate: 'formula' }, axes, [1]);
    expect(new Set(plan.map(folderNameOf)).size).toBe(3);
  });

  it.each([
    ['alpha=1,10', 'alpha has no effect here'],
    ['gama=0', 'there is no field "gama". Did you mean gamma?'],
    ['gamma', 'must be like gamma=0,0.5,1, not "gamma"'],
    ['gamma=0,0', 'gamma has a value twice'],
    ['gamma=0;gamma=1', 'names a field twice'],
    ['seed=1,2', 'seeds are varied by --seeds'],
    ['gamma=0,7', 'gamma: must be a number from 0 to 2, not 7'],
    ['estimator=rloo,reinforced', 'estimator: must be one of'],
  ])('refuses %s', (vary, why) => {
    expect(() => planOf(defaultExperiment, axesOf(vary), [1])).toThrow(why);
  });

  it.each(['', '1,x', '3..1', '1,1', '-1'])('refuses the seeds "%s"', (seeds) => {
    expect(() => seedsOf(seeds)).toThrow('--seeds');
  });
});

describe('an interval', () => {
  it('is that of Student’s t', () => {
    // Three values: t = 4.303, standard deviation 1.
    const { mean, half } = intervalOf([1, 2, 3]);
    expect(mean).toBe(2);
    expect(half).toBeCloseTo(4.303 / Math.sqrt(3), 10);
    expect(intervalOf([5]).half).toBeNaN();
    expect(intervalOf([NaN, 1, 3]).mean).toBe(2);
  });

  it('narrows with more of the same', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 2, maxLength: 40 }),
        (values) => {
          expect(intervalOf([...values, ...values]).half).toBeLessThanOrEqual(
            intervalOf(values).half + 1e-12,
          );
        },
      ),
    );
  });
});
