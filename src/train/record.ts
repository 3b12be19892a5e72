/** Turns what an update computed into the records that charts, panels and files read. */
import type { Experiment } from '../config/fields.ts';
import { lengthDivisor, type Credit } from '../rl/objective.ts';
import { tokenGradNorm } from '../rl/policyGradient.ts';
import type { GroupRecord, TurnRecord } from '../rl/records.ts';
import type { Tokenizer } from '../tasks/tokenizer.ts';
import type { AnswerStats } from './policy.ts';
import type { Trajectory } from './rollout.ts';

/** Greedy episodes have only rewards; [group][trajectory] or [trajectory over all groups], then [turn]. */
interface Computed {
  readonly rewards: number[][][];
  readonly kls?: number[][];
  readonly refLogp?: number[][][];
  readonly stats?: AnswerStats[][];
  readonly credits?: Credit[][];
}

export function groupRecords(
  tokenizer: Tokenizer,
  groups: Trajectory[][],
  computed: Computed,
  e: Experiment,
): GroupRecord[] {
  let flat = -1;
  return groups.map((group, g) => ({
    task: { ...group[0].task, tests: [...group[0].task.tests] },
    trajectories: group.map((trajectory, i) => {
      flat++;
      const credit = computed.credits?.[g][i];
      const divisor = lengthDivisor(
        trajectory.turns.map(({ ids }) => ids.length),
        e,
      );
      const turns = trajectory.turns.map((turn, t): TurnRecord => {
        const stats = computed.stats?.[flat][t];
        const A = (credit?.advantages[t] ?? 0) / divisor;
        return {
          text: turn.text,
          tokens: turn.ids.map((id) => tokenizer.tokenText(id)),
          logp: turn.logp,
          refLogp: computed.refLogp?.[flat][t] ?? [],
          entropy: stats ? Array.from(stats.entropy) : [],
          // float32, as its logarithm: the last digits of Math.exp differ between browsers.
          gradNorm: stats
            ? Array.from(stats.logp, (lp, n) =>
                tokenGradNorm(A, Math.fround(Math.exp(lp)), stats.sumSq[n], e.temperature),
              )
            : [],
          truncated: turn.truncated,
          verdict: {
            ...turn.verdict,
            tests: turn.verdict.tests.map((test) => ({ ...test })),
          },
          reward: computed.rewards[g][i][t],
          kl: computed.kls?.[flat][t] ?? NaN,
        };
      });
      return {
        turns,
        R: credit?.R ?? NaN,
        adjusted: credit?.adjusted ?? NaN,
        baseline: credit?.baseline ?? NaN,
        advantages: credit?.advantages ?? [],
      };
    }),
  }));
}
