import fc from '../../property.ts';
import { describe, expect, it } from 'vitest';
import { defaultExperiment, withChanges, type Experiment } from '../../../src/config/experiment.ts';
import { field, fieldNames } from '../../../src/config/fields.ts';
import {
  countChanges,
  movesNothing,
  reachOfGamma,
  scoringFields,
  whatIf,
  withRules,
} from '../../../src/rl/whatIf.ts';
import { anyEpisodes, group, trajectory, turn } from './fixtures.ts';

const e = (changes: Partial<Experiment> = {}) => withChanges(defaultExperiment, { beta: 0, ...changes });
const changesOf = (pushes: ReturnType<typeof whatIf>['pushes']) => pushes.flat(2).map((one) => one.change);

describe('whatIf', () => {
  it('marks what other rules turn round: a first answer that is right is pushed down at γ = 0, up at γ = 1', () => {
    const groups = [group([trajectory(['pppp', 'pppp']), trajectory(['ffff', 'pppf'])])];
    const { pushes, largest } = whatIf(groups, e({ gamma: 1 }), e({ gamma: 0 }));
    expect(
      pushes[0]?.map((some) => some.map(({ turns, now, then }) => [turns, now.advantage, then.advantage])),
    ).toEqual([[[[1, 2], 0.25, -0.75]], [[[1, 2], -0.25, 0.75]]]);
    expect(changesOf(pushes)).toEqual(['flips', 'flips']);
    expect(largest).toBe(1);
    expect(pushes[0]?.[0]?.[0]?.now.coefficients).toEqual([0.125, 0.125]);
  });

  it('is refused of a run whose rewards were shuffled: its answers’ tests do not say what they earned', () => {
    const groups = [group([trajectory(['pppp', 'pppp']), trajectory(['ffff', 'pppf'])])];
    const control = e({ control: 'shuffled' });
    expect(() => whatIf(groups, control, { ...control, gamma: 0 })).toThrow(
      /^control: rewards were shuffled/,
    );
  });

  it('makes the rewards again from the verdicts: all tests or nothing', () => {
    const groups = [
      group([trajectory(['ppff', 'pppf']), trajectory(['ppff', 'ppff'])]),
      group([trajectory(['ffff', 'pppp']), trajectory(['ffff', 'ppff'])]),
    ];
    const { pushes } = whatIf(groups, e(), e({ reward: 'binary' }));
    expect(changesOf(pushes)).toEqual(['ends', 'ends', 'keeps', 'keeps']);
    expect(countChanges(pushes.flat(2))).toEqual({ keeps: 2, flips: 0, ends: 2, begins: 0, unjudged: 0 });
    expect(changesOf(whatIf(groups, e({ reward: 'binary' }), e()).pushes)).toEqual([
      'begins',
      'begins',
      'keeps',
      'keeps',
    ]);
  });

  it('compares turn by turn where either rules push turn by turn', () => {
    const groups = [group([trajectory(['ppff', 'pppf']), trajectory(['pppf', 'ppff'])])];
    const { pushes } = whatIf(groups, e({ gamma: 0 }), e({ gamma: 0, returns: 'per-turn' }));
    expect(pushes[0]?.[0]?.map(({ turns, change }) => [turns, change])).toEqual([
      [[1], 'flips'],
      [[2], 'keeps'],
    ]);
  });

  it('has the KL pushes too, where a KL is in the loss', () => {
    const drifted = () => turn('ppff', { logp: [-0.1, -2], refLogp: [-0.5, -0.5] });
    const groups = [group([trajectory([drifted(), drifted()]), trajectory([drifted(), drifted()])])];
    const now = e({ estimator: 'grpo', beta: 0.1 });
    const [push] = whatIf(groups, now, { ...now, beta: 0.2 }).pushes[0]?.[0] ?? [];
    expect(push?.change).toBe('keeps');
    expect(push?.now.coefficients[0]).toBeLessThan(0);
    expect(push?.now.coefficients[1]).toBeGreaterThan(0);
    for (const end of [0, 1] as const)
      expect(push?.then.coefficients[end]).toBeCloseTo(2 * (push?.now.coefficients[end] ?? NaN), 12);
  });

  it('leaves out what could not be judged', () => {
    const groups = [
      group([trajectory(['pppi', 'pppp']), trajectory(['ppff', 'pppp']), trajectory(['pppp', 'pppp'])]),
    ];
    const { pushes, largest } = whatIf(groups, e(), e({ gamma: 0 }));
    expect(changesOf(pushes)[0]).toBe('unjudged');
    expect(largest).toBeGreaterThan(0);
  });

  it('offers no field that changes what is sampled, above all not the objective, and says so when asked', () => {
    expect(scoringFields).not.toContain('objective');
    expect(scoringFields.every((name) => field(name).when === 'live')).toBe(true);
    const groups = [group([trajectory(['ppff', 'pppp']), trajectory(['ppff', 'pppf'])])];
    expect(() => whatIf(groups, e(), e({ objective: 'released-code' }))).toThrow(/^objective: /);
    expect(() => whatIf(groups, e(), e({ temperature: 2 }))).toThrow(/^temperature: /);
    expect(withRules(e({ objective: 'released-code' }), { returns: 'per-turn' })).toBeNull();
  });

  it('knows every field of the method: a new one either only changes the scoring, or is left out with a reason', () => {
    const others = [
      'turns',
      'k',
      'promptsPerUpdate',
      'objective',
      'control',
      'feedback',
      'history',
      'clipRatio',
      'innerEpochs',
    ];
    const method = fieldNames.filter((name) => field(name).group === 'method');
    expect(method.filter((name) => !others.includes(name)).sort()).toEqual([...scoringFields].sort());
  });
});

describe('γ in the released code', () => {
  const own = ['rloo', 'grpo', 'dr-grpo'] as const;
  /** Tries that share their first answer, as that code samples them. */
  const shared = (T: number) =>
    fc.array(
      anyEpisodes(T).map((some) =>
        group(some.map(({ turns }) => trajectory([some[0]?.turns[0] ?? turns[0], ...turns.slice(1)]))),
      ),
      { minLength: 1, maxLength: 4 },
    );

  it.each(own)(
    'changes no push by more than 1e-12 with two turns and a group’s own baseline: %s',
    (estimator) => {
      fc.assert(
        fc.property(shared(2), fc.double({ min: 0, max: 2, noNaN: true }), (groups, gamma) => {
          const now = e({ objective: 'released-code', estimator, beta: 0.01 });
          const { largest, pushes } = whatIf(groups, now, { ...now, gamma });
          expect(largest).toBeLessThanOrEqual(1e-12);
          expect(changesOf(pushes).every((change) => change === 'keeps' || change === 'unjudged')).toBe(true);
          expect(movesNothing(reachOfGamma(groups, now))).toBe(true);
        }),
      );
    },
  );

  const two = [
    group([trajectory(['pppp', 'pppp']), trajectory(['pppp', 'ppff'])]),
    group([trajectory(['ffff', 'pppf']), trajectory(['ffff', 'ffff'])]),
  ];
  it('does change them where the baseline spans prompts with other first answers', () => {
    const now = e({ objective: 'released-code', estimator: 'reinforce', gamma: 1 });
    expect(whatIf(two, now, { ...now, gamma: 0 }).largest).toBe(0.5);
    expect(reachOfGamma(two, now)).toBe(1);
  });

  it('does change them with three turns: the second answer is each try’s own', () => {
    const three = [group([trajectory(['ppff', 'pppp', 'pppp']), trajectory(['ppff', 'ffff', 'pppf'])])];
    const now = e({ objective: 'released-code', turns: 3 });
    expect(movesNothing(whatIf(three, now, { ...now, gamma: 0 }).largest)).toBe(false);
    expect(reachOfGamma(three, now)).toBeGreaterThan(0.5);
  });

  it('does change them in the paper’s objective', () => {
    const groups = [group([trajectory(['pppp', 'pppp']), trajectory(['ffff', 'pppp'])])];
    expect(reachOfGamma(groups, e())).toBe(2);
  });
});
