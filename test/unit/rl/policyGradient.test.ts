import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clippedCoefficient, clippedCoefficients, tokenGradNorm } from '../../../src/rl/policyGradient.ts';

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

  it('is 0 for a masked advantage and for a certain token, despite rounding', () => {
    expect(tokenGradNorm(NaN, 0.5, 0.5)).toBe(0);
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

describe('clippedCoefficients', () => {
  const both = [true, true];

  it('per-turn returns: a turn that was pushed far enough is stopped, whatever the other turn did', () => {
    const perTurn = { returns: 'per-turn', clipRatio: 0.2 } as const;
    // Each turn has already moved by more than ε in the direction of its own advantage.
    expect(clippedCoefficients([1, -1], [0.3, -0.3], both, perTurn)).toEqual([0, 0]);
    // Each has moved against it: nothing is stopped, each has a ratio of its own.
    const back = clippedCoefficients([1, -1], [-0.3, 0.3], both, perTurn);
    expect(back[0]).toBeCloseTo(Math.exp(-0.3), 12);
    expect(back[1]).toBeCloseTo(-Math.exp(0.3), 12);
  });

  it('accumulated reward: the trained turns are one sample with one ratio', () => {
    const accumulated = { returns: 'accumulated', clipRatio: 0.2 } as const;
    expect(clippedCoefficients([1, 1], [0.3, -0.3], both, accumulated)).toEqual([1, 1]);
    expect(clippedCoefficients([1, 1], [0.1, 0.1], both, accumulated)).toEqual([0, 0]);
    // An untrained turn does not count, however far it has moved.
    expect(clippedCoefficients([0, 1], [5, 0.1], [false, true], accumulated)[1]).toBeCloseTo(
      Math.exp(0.1),
      12,
    );
  });

  it('are the slopes of the clipped objective in the log-probabilities of the turns', () => {
    const epsilon = 0.2;
    const clip = (A: number, s: number) => {
      const ratio = Math.exp(s);
      return Math.min(ratio * A, Math.min(Math.max(ratio, 1 - epsilon), 1 + epsilon) * A);
    };
    const total = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
    const corners = [Math.log(1 - epsilon), Math.log(1 + epsilon)];
    const push = fc.double({ min: -2, max: 2, noNaN: true });
    const moved = fc.double({ min: -0.6, max: 0.6, noNaN: true });
    const turns = fc.array(fc.tuple(push, moved), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(turns, fc.constantFrom('accumulated', 'per-turn' as const), (drawn, returns) => {
        const A = drawn.map(([a]) => (returns === 'per-turn' ? a : drawn[0][0]));
        const s = drawn.map(([, x]) => x);
        // Written anew: one min for each turn, or one for the whole trajectory.
        const objective = (at: readonly number[]) =>
          returns === 'per-turn' ? total(A.map((a, t) => clip(a, at[t]))) : clip(A[0], total(at));
        const places = returns === 'per-turn' ? s : [total(s)];
        fc.pre(places.every((place) => corners.every((corner) => Math.abs(place - corner) > 1e-3)));
        const h = 1e-6;
        const slopes = s.map((x, t) => (objective(s.with(t, x + h)) - objective(s.with(t, x - h))) / (2 * h));
        const trained = s.map(() => true);
        clippedCoefficients(A, s, trained, { returns, clipRatio: epsilon }).forEach((c, t) =>
          expect(c).toBeCloseTo(slopes[t], 4),
        );
      }),
    );
  });
});
