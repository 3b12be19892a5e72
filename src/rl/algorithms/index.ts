import type { Experiment } from '../../config/fields.ts';
import { turnWeights } from '../accumulated.ts';
import { advantages } from '../advantages.ts';
import type { Episode, Group } from '../episode.ts';
import type { Algorithm, Earned, Explanation, Place } from './algorithm.ts';

export function algorithmOf(e: Experiment): Pick<Algorithm, 'sharedTurns' | 'explain' | 'weights'> {
  const trained = Array.from({ length: e.turns }, (_, t) => e.objective === 'paper' || t > 0);
  return {
    sharedTurns: e.objective === 'paper' ? 0 : 1,
    weights: () => turnWeights(e.turns, e.gamma),
    explain(groups: readonly Group<Episode<Earned>>[], at: Place): Explanation {
      const w = turnWeights(e.turns, e.gamma);
      const terms = (turns: readonly Earned[]) => [
        ...turns.map((turn, t) => ({ kind: 'reward' as const, turn: t + 1, factor: w[t] ?? 0, value: turn.reward })),
        ...turns.flatMap((turn, t) => (trained[t] ? [{ kind: 'kl' as const, turn: t + 1, factor: -e.beta, value: turn.kl }] : [])),
      ];
      const R = groups.map((g) => g.trajectories.map(({ turns }) => terms(turns).reduce((s, x) => s + x.factor * x.value, 0)));
      const a = advantages(R, e.estimator)[at.group]![at.trajectory]!;
      const compared = R[at.group]![at.trajectory]!;
      const N = R.flat().filter((x) => !Number.isNaN(x)).length;
      return {
        formula: `R′ = r₂ − ${1 - e.gamma}·r₁ − ${e.beta}·(KL₁ + KL₂)`,
        comparisons: [{
          name: 'R′', turns: [1, 2], terms: terms(groups[at.group]!.trajectories[at.trajectory]!.turns), compared,
          baseline: a.baseline, comparedWith: 'others', count: e.k - 1, scale: 1, advantage: a.advantage, divisor: N, coefficient: a.advantage / N,
        }],
        klPushes: [],
      };
    },
  };
}
