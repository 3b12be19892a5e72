/**
 * Per-turn returns, ours: each turn is a sample of its own. G_t = Σ_{i≥t} γ^(i−t) r_i, R'_t = G_t − β KL_t, compared with the same
 * turn of the other tries; the clipped ratio is the turn's own too. An answer to the paper's open question on credit assignment.
 */
import { perTurnReturns } from '../accumulated.ts';
import { comparing } from './comparing.ts';
import { subscript } from './formula.ts';

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
      };
    }),
});
