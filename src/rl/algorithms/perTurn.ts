/**
 * Per-turn returns, ours: each turn is a sample of its own. G_t = Σ_{i≥t} γ^(i−t) r_i, R'_t = G_t − β KL_t, compared with the same
 * turn of the other tries; the clipped ratio is the turn's own too. An answer to the paper's open question on credit assignment.
 */
import { subscript } from '../symbols.ts';
import { comparing } from './comparing.ts';

/**
 * Per-turn discounted returns G_t = Σ_{i≥t} γ^(i−t) r_i, one per turn.
 * Source: our answer to the paper's open question on credit assignment.
 */
export function perTurnReturns(r: readonly number[], gamma: number): number[] {
  const G: number[] = [];
  let next = 0;
  for (let t = r.length - 1; t >= 0; t--) {
    // Not r + γ·next: 0·NaN is NaN, and γ = 0 must not look at later turns at all.
    next = r[t] + (gamma === 0 ? 0 : gamma * next);
    G[t] = next;
  }
  return G;
}

export const perTurn = comparing({
  title: 'Per-turn returns',
  sharedTurns: 0,
  trainedTurns: (turns) => new Array<boolean>(turns).fill(true),
  weights: () => null,
  earns: (rewards, { gamma }) =>
    perTurnReturns(rewards, gamma).map((G, t) => {
      // γ = 0 does not look at later turns at all, not even at a masked one.
      const ahead = gamma === 0 ? [rewards[t]] : rewards.slice(t);
      return {
        name: `G${subscript(t + 1)}`,
        comparedAs: `R′${subscript(t + 1)}`,
        turns: [t + 1],
        value: G,
        terms: ahead.map((value, i) => ({ kind: 'reward', turn: t + i + 1, factor: gamma ** i, value })),
        written: '',
      };
    }),
});
