/** The picture of one group as plain data: bars that add up, one scale, words. */
import fc from '../../property.ts';
import { describe, expect, it } from 'vitest';
import { turnWeights } from '../../../src/rl/accumulated/cocos.ts';
import type { Comparison, Term } from '../../../src/rl/algorithms/algorithm.ts';
import type { TurnRecord } from '../../../src/rl/records.ts';
import { significant } from '../../../src/ui/format.ts';
import {
  advantageFormula,
  barsOf,
  changeOf,
  levelIn,
  pushSurprise,
  pushWord,
  readingOf,
  scaleOf,
  sumFormula,
  weightFormula,
  weightMeans,
} from '../../../src/ui/panels/loop/picture.ts';

const turn = (
  text: string,
  passed: number,
  total = 4,
  status: TurnRecord['verdict']['status'] = 'fail',
): TurnRecord => ({
  text,
  ids: [],
  tokens: [],
  logp: [],
  truncated: false,
  verdict: {
    status: passed === total ? 'pass' : status,
    passed,
    total,
    tests: [],
    stdout: '',
    ms: 1,
    cached: false,
  },
  reward: status === 'infra' ? NaN : passed / total,
});

const reward = (turn: number, factor: number, value: number): Term => ({
  kind: 'reward',
  turn,
  factor,
  value,
});
const kl = (turn: number, factor: number, value: number): Term => ({ kind: 'kl', turn, factor, value });

const comparison = (changes: Partial<Comparison> = {}): Comparison => ({
  name: 'R′',
  turns: [1, 2],
  terms: [reward(1, -0.25, 0.5), reward(2, 1, 1)],
  compared: 0.875,
  baseline: 0.25,
  comparedWith: 'others',
  count: 3,
  scale: 1,
  advantage: 0.625,
  divisor: 64,
  coefficient: 0.625 / 64,
  ...changes,
});

describe('changeOf', () => {
  it.each([
    ['unchanged', turn('a', 1), turn('a', 1)],
    ['repaired', turn('a', 1), turn('b', 4)],
    ['broke it', turn('a', 4), turn('b', 0)],
    ['better', turn('a', 1), turn('b', 2)],
    ['worse', turn('a', 2), turn('b', 1)],
    ['changed', turn('a', 1), turn('b', 1)],
    ['not judged', turn('a', 1), turn('b', 0, 4, 'infra')],
  ])('%s', (word, before, after) => expect(changeOf(before, after)).toBe(word));
});

describe('barsOf', () => {
  const number = fc.double({ min: -4, max: 4, noNaN: true });
  const termsArb = fc.array(
    fc.record({
      kind: fc.constantFrom('reward' as const, 'kl' as const),
      turn: fc.integer({ min: 1, max: 4 }),
      factor: number,
      value: number,
    }),
    { minLength: 1 },
  );

  it('lays the terms end to end, from 0 to the compared number, on a scale that holds them all', () => {
    fc.assert(
      fc.property(termsArb, (terms) => {
        const compared = terms.reduce((sum, { factor, value }) => sum + factor * value, 0);
        const one = comparison({ terms, compared });
        const bars = barsOf(one);
        expect(bars[0]?.from).toBe(0);
        bars.slice(1).forEach(({ from }, i) => expect(from).toBe(bars[i]?.to));
        expect(bars.at(-1)?.to).toBeCloseTo(compared, 9);
        const scale = scaleOf([{ formula: '', comparisons: [one], klPushes: [] }]);
        for (const x of [0, one.baseline, ...bars.flatMap(({ from, to }) => [from, to])]) {
          expect(scale.at(x)).toBeGreaterThanOrEqual(0);
          expect(scale.at(x)).toBeLessThanOrEqual(100);
        }
      }),
    );
  });

  it('draws what rounds to 0.00 as nothing, however small all else is', () => {
    const scale = scaleOf([
      {
        formula: '',
        comparisons: [comparison({ compared: -0.004, baseline: 0.002, terms: [kl(1, -0.5, 0.008)] })],
        klPushes: [],
      },
    ]);
    expect(Math.abs(scale.at(-0.004) - scale.at(0))).toBeLessThan(0.5);
  });

  it('shows the KL of all turns as one bar', () => {
    const bars = barsOf(comparison({ terms: [reward(1, 1, 1), kl(1, -0.5, 0.2), kl(2, -0.5, 0.4)] }));
    expect(bars.map(({ kind, from, to }) => [kind, from, to])).toEqual([
      ['reward', 0, 1],
      ['kl', 1, expect.closeTo(0.7)],
    ]);
  });

  it('has a scale although nothing was judged', () => {
    const scale = scaleOf([
      null,
      {
        formula: '',
        comparisons: [comparison({ compared: NaN, baseline: NaN, terms: [reward(1, 1, NaN)] })],
        klPushes: [],
      },
    ]);
    expect(scale.at(0)).toBeGreaterThan(0);
  });
});

describe('words', () => {
  it('say which way a push goes, and when it is too small to speak of', () => {
    expect([0.3, -0.3, 0, 0.004, -0.004, NaN].map(pushWord)).toEqual([
      'more likely',
      'less likely',
      'left as it is',
      'hardly moved',
      'hardly moved',
      'not judged',
    ]);
  });

  it('read a whole lane', () => {
    const explanation = { formula: '', comparisons: [comparison()], klPushes: [] };
    expect(readingOf(3, { turns: [turn('a', 2), turn('b', 4)], explanation })).toBe(
      'Try 3: wrong, then repaired; R′ 0.88, 0.63 above the mean of the 3 other tries, more likely.',
    );
    expect(readingOf(1, { turns: [turn('a', 4)], explanation: null })).toBe('Try 1: right.');
    const masked = {
      formula: '',
      comparisons: [comparison({ compared: NaN, advantage: NaN })],
      klPushes: [],
    };
    expect(readingOf(2, { turns: [turn('a', 0, 4, 'infra')], explanation: masked })).toBe(
      'Try 2: not judged; R′ not judged.',
    );
    const alone = { formula: '', comparisons: [comparison({ count: 0, advantage: 0 })], klPushes: [] };
    expect(readingOf(1, { turns: [turn('a', 4)], explanation: alone })).toContain('nobody to compare with');
  });

  it('say how far a lane has come while it is being filled', () => {
    const writing = { ...turn('a', 0), verdict: null, reward: NaN };
    expect(readingOf(1, { turns: [], explanation: null })).toBe('Try 1: not written yet.');
    expect(readingOf(1, { turns: [writing], explanation: null })).toBe('Try 1: being written or tested.');
    expect(readingOf(1, { turns: [turn('a', 2), writing], explanation: null })).toBe(
      'Try 1: wrong, then being corrected.',
    );
  });

  it('put the numbers into the formulas', () => {
    expect(advantageFormula(comparison({ baseline: -0.25, advantage: 1.125 }))).toBe(
      'A = R′ − b = 0.875 − (−0.250) = +1.125',
    );
    expect(advantageFormula(comparison({ scale: 2, advantage: 1.25 }))).toBe(
      'A = (R′ − b) · s = (0.875 − 0.250) · 2.000 = +1.250',
    );
    expect(sumFormula(comparison())).toBe('R′ = (−0.25) × 0.500 + 1 × 1.000 = 0.875');
  });
});

describe('a weight', () => {
  it('says how it comes about and what it does to a right answer', () => {
    for (const turns of [1, 2, 3, 4]) {
      for (const gamma of [0, 0.5, 0.75, 1, 1.5]) {
        turnWeights(turns, gamma).forEach((factor, t) => {
          const words = weightFormula(reward(t + 1, factor, 1), { turns, accumulate: 'cocos' });
          const [, formula] = /^w. = (?:(.*) = )?[^=]+$/.exec(words) ?? [];
          expect(words.endsWith(` = ${significant(factor)}`)).toBe(true);
          const value = {
            'γ − 1': gamma - 1,
            '−γ(1 − γ)': -gamma * (1 - gamma),
            '−γ²(1 − γ)': -gamma * gamma * (1 - gamma),
          }[formula ?? ''];
          expect(value ?? 1).toBeCloseTo(factor, 12);
        });
      }
    }
    expect(weightFormula(reward(1, -9, 1), { turns: 2, accumulate: 'score' })).toBe('w₁ = −9');
    const share = { reward: 'progressive', rewardScale: 'fraction' } as const;
    expect(weightMeans({ turn: 1, factor: -0.25 }, 'R′', share)).toBe(
      'an answer of turn 1 that passes every test lowers R′ by 0.25',
    );
    expect(weightMeans({ turn: 1, factor: 0.5 }, 'R′', { ...share, rewardScale: 'count' })).toBe(
      'each test passed at turn 1 raises R′ by 0.5',
    );
    expect(weightMeans({ turn: 1, factor: 0 }, 'R′', share)).toBe('what turn 1 earns is left out of R′');
  });
});

describe('a push that looks wrong', () => {
  const lane = (...passed: number[]) => ({
    turns: passed.map((n, t) => turn(`answer ${t}`, n)),
    explanation: null,
  });
  const pushed = (advantage: number, changes: Partial<Comparison> = {}) =>
    comparison({ advantage, ...changes });

  const said = (...of: Parameters<typeof pushSurprise>) => pushSurprise(...of)?.join(' ');

  it('is said of a right try that is pushed down, and of one that passes nothing and is pushed up', () => {
    expect(said(lane(4, 4), pushed(-0.1))).toBe('right, but below the others’ average R′');
    expect(said(lane(2, 4), pushed(-0.1))).toBe('ends right, but below the others’ average R′');
    expect(said(lane(2, 0), pushed(0.1, { comparedWith: 'group' }))).toBe(
      'wrong, but above the group’s average R′',
    );
  });

  it('is said of the turns that the push is for', () => {
    const second = { turns: [2], name: 'G₂', comparedWith: 'batch' } as const;
    expect(said(lane(1, 4), pushed(-0.1, second))).toBe('right, but below the update’s average G₂');
    expect(said(lane(4, 1), pushed(-0.1, second))).toBeUndefined();
  });

  it('is said of nothing else', () => {
    expect(said(lane(4, 4), pushed(0.1))).toBeUndefined();
    expect(said(lane(0, 0), pushed(-0.1))).toBeUndefined();
    expect(said(lane(2, 3), pushed(0.1))).toBeUndefined();
    expect(said(lane(4, 4), pushed(0))).toBeUndefined();
    expect(said(lane(4, 4), pushed(NaN))).toBeUndefined();
    expect(said(lane(0, 0), pushed(0.1, { count: 0 }))).toBeUndefined();
    expect(
      said({ turns: [turn('x', 0, 4, 'infra')], explanation: null }, pushed(0.1, { turns: [1] })),
    ).toBeUndefined();
  });
});

describe('what is looked at, when another try is selected', () => {
  const explanation = { formula: '', comparisons: [comparison()], klPushes: [] };
  const marks = (count: number) => ({
    ...turn('x', 1),
    verdict: { ...turn('x', 1).verdict, tests: Array.from({ length: count }, () => test) },
  });
  const test = { status: 'pass', expression: '', expected: '', got: '', exception: null, ms: 1 } as const;

  it('goes with it as far as it has the same', () => {
    const lane = { turns: [marks(2), marks(4)], explanation };
    expect(levelIn(lane, { of: 'push', comparison: 0 })).toEqual({ of: 'push', comparison: 0 });
    expect(levelIn(lane, { of: 'sum', comparison: 1 })).toBeNull();
    expect(levelIn(lane, { of: 'turn', turn: 2 })).toEqual({ of: 'turn', turn: 2 });
    expect(levelIn(lane, { of: 'turn', turn: 3 })).toBeNull();
    expect(levelIn(lane, { of: 'test', turn: 2, test: 3 })).toEqual({ of: 'test', turn: 2, test: 3 });
    expect(levelIn(lane, { of: 'test', turn: 1, test: 3 })).toEqual({ of: 'turn', turn: 1 });
    expect(levelIn({ ...lane, explanation: null }, { of: 'push', comparison: 0 })).toBeNull();
    expect(levelIn(lane, null)).toBeNull();
  });
});
