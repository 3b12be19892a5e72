/** The rules of accumulation: what they come to, their weights, and how they are written. */
import fc from '../../property.ts';
import { describe, expect, it } from 'vitest';
import { defaultExperiment } from '../../../src/config/experiment.ts';
import type { Experiment } from '../../../src/config/fields.ts';
import { accumulate, linearOf, weightsAt, writtenOf } from '../../../src/rl/accumulated/index.ts';

const settings = (changes: Partial<Experiment>): Experiment => ({ ...defaultExperiment, ...changes });
const rules = ['cocos', 'last', 'best', 'score', 'formula'] as const;
const formula = 'max(r[1], r[2]) - gamma * r[1] ** 2 + alpha';

describe('accumulate', () => {
  it.each([
    ['cocos', 0.5 - 0.25 * 0.25],
    ['last', 0.5],
    ['best', 0.5],
    ['score', 0.75 + 10 * 0.25],
    ['formula', 0.5 - 0.75 * 0.25 ** 2 + 10],
  ] as const)('%s', (rule, R) => {
    expect(accumulate([0.25, 0.5], settings({ accumulate: rule, formula }))).toBeCloseTo(R, 12);
  });

  it('is NaN where a turn is masked, even where that would not matter', () => {
    for (const rule of rules)
      for (const r of [
        [NaN, 1],
        [1, NaN],
      ])
        expect(accumulate(r, settings({ accumulate: rule, gamma: 1, formula: '1' })), rule).toBeNaN();
  });

  it('has as weights its numeric derivatives', () => {
    const rewards = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 2 });
    fc.assert(
      fc.property(fc.constantFrom(...rules), rewards, fc.constantFrom(0, 0.5, 2), (rule, r, gamma) => {
        fc.pre(Math.abs(r[0] - r[1]) > 1e-3); // no tie
        const e = settings({ accumulate: rule, gamma, formula });
        const R = (t: number, h: number) => accumulate(r.with(t, r[t] + h), e);
        weightsAt(r, e).forEach((w, t) => {
          expect(w).toBeCloseTo((R(t, 1e-5) - R(t, -1e-5)) / 2e-5, 4);
        });
        const sum = linearOf(e);
        expect(sum === null).toBe(rule === 'best' || rule === 'formula');
        if (!sum) return;
        expect(sum.weights).toEqual(weightsAt(r, e));
        const total = sum.weights.reduce((a, w, t) => a + w * r[t], sum.constant);
        expect(total).toBeCloseTo(accumulate(r, e), 10);
      }),
    );
  });

  it('the first of several best turns has the weight', () => {
    expect(weightsAt([0.5, 1, 1], settings({ accumulate: 'best' }))).toEqual([0, 1, 0]);
    expect(weightsAt([1, 1], settings({ accumulate: 'best' }))).toEqual([1, 0]);
    expect(weightsAt([NaN, 1], settings({ accumulate: 'best' }))).toEqual([NaN, NaN]);
  });
});

describe('what is no weighted sum', () => {
  it.each([
    [{ accumulate: 'best', turns: 3 }, 'max(r₁, r₂, r₃)'],
    [{ accumulate: 'formula', formula }, 'max(r₁, r₂) − 0.75·r₁^2 + 10'],
    [{ accumulate: 'formula', formula: 'r[1]*r[2]/(r[1]+1)' }, 'r₁·r₂ / (r₁ + 1)'],
    [{ accumulate: 'formula', formula: '(1 - r[1]) * -r[2] - (r[1] - γ)' }, '(1 − r₁)·−r₂ − (r₁ − 0.75)'],
    [{ accumulate: 'formula', formula: '(-r[1]) ** 2 + 2 ** (r[1] * 2)' }, '(−r₁)^2 + 2^(r₁·2)'],
    [{ accumulate: 'formula', formula: 'r[2] > r[1] ? 1 : r[1]' }, '(1 if r₂ > r₁, else r₁)'],
    [{ accumulate: 'formula', formula: 'abs(r[1] - r[2]) / 3' }, 'abs(r₁ − r₂) / 3'],
  ] as const)('%j: %s', (changes, text) => {
    expect(writtenOf(settings(changes))).toBe(text);
  });
});
