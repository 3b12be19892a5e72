import fc from '../../property.ts';
import { describe, expect, it } from 'vitest';
import { clippedCoefficient, tokenGradNorm } from '../../../src/rl/policyGradient.ts';

function logSoftmax(z: readonly number[]): number[] {
  const max = Math.max(...z);
  const log = Math.log(z.reduce((sum, x) => sum + Math.exp(x - max), 0));
  return z.map((x) => x - max - log);
}

describe('tokenGradNorm', () => {
  it('is the norm of a numerical gradient of −A log softmax(z/τ)', () => {
    const logits = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 2, maxLength: 6 });
    const advantage = fc.double({ min: -2, max: 2, noNaN: true });
    const temperature = fc.double({ min: 0.5, max: 2, noNaN: true });
    fc.assert(
      fc.property(logits, advantage, temperature, (z, A, tau) => {
        const h = 1e-5;
        const logp = (logits: readonly number[]) => logSoftmax(logits.map((x) => x / tau));
        const loss = (logits: readonly number[]) => -A * logp(logits)[0];
        const gradient = z.map((x, i) => (loss(z.with(i, x + h)) - loss(z.with(i, x - h))) / (2 * h));
        const p = logp(z).map(Math.exp);
        const sumSq = p.reduce((sum, x) => sum + x * x, 0);
        expect(tokenGradNorm(A, p[0], sumSq, tau)).toBeCloseTo(Math.hypot(...gradient), 6);
      }),
    );
  });

  it('is 0 without a coefficient and for a certain token, despite rounding', () => {
    expect(tokenGradNorm(0, 0.5, 0.5)).toBe(0);
    expect(tokenGradNorm(1, 1, 1 - 1e-9)).toBe(0);
  });
});

describe('clippedCoefficient', () => {
  it('is A on the policy that sampled', () => {
    for (const A of [-1, 0, 2]) expect(clippedCoefficient(A, 0, 0.2)).toBe(A);
  });

  it('is the slope of min(ρA, clip(ρ)A) in log π', () => {
    const epsilon = 0.2;
    const objective = (A: number, s: number) => {
      const ratio = Math.exp(s);
      return Math.min(ratio * A, Math.min(Math.max(ratio, 1 - epsilon), 1 + epsilon) * A);
    };
    const corners = [Math.log(1 - epsilon), Math.log(1 + epsilon)];
    fc.assert(
      fc.property(
        fc.double({ min: -2, max: 2, noNaN: true }),
        fc.double({ min: -1, max: 1, noNaN: true }),
        (A, s) => {
          fc.pre(corners.every((corner) => Math.abs(s - corner) > 1e-3));
          const slope = (objective(A, s + 1e-6) - objective(A, s - 1e-6)) / 2e-6;
          expect(clippedCoefficient(A, s, epsilon)).toBeCloseTo(slope, 4);
        },
      ),
    );
  });
});
