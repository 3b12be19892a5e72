/** The episodes of updates as JSON lines, with token ids and log-probabilities; docs/export-formats.md says what each field is. */
import type { TrajectoryRecord, UpdateRecord } from '../rl/records.ts';
import { jsonLine } from './metrics.ts';

/** Raised with whatever a reader of an older one would misread. */
export const rolloutsFormat = 1;

/** An update's episodes, a line each. NaN is null. */
export function rolloutLines({ step, backend, experiment, groups }: UpdateRecord): string {
  return groups
    .flatMap(({ task, trajectories }, group) =>
      trajectories.map((episode, trajectory) =>
        jsonLine({
          format: rolloutsFormat,
          ...{ step, group, trajectory, backend },
          gamma: experiment.gamma,
          task: { id: task.id, instruction: task.instruction, tests: task.tests },
          R: episode.R,
          adjusted: episode.adjusted,
          baseline: episode.baseline,
          turns: episode.turns.map(turnOf),
        }),
      ),
    )
    .join('');
}

const turnOf = (turn: TrajectoryRecord['turns'][number]) => ({
  text: turn.text,
  /** Where the code that was graded stands in the text, where that is not all of it. */
  ...(turn.code ? { code: turn.code } : {}),
  ids: turn.ids,
  tokens: turn.tokens,
  logp: turn.logp,
  ref_logp: turn.refLogp,
  entropy: turn.entropy,
  grad_norm: turn.gradNorm,
  kl: turn.kl,
  reward: turn.reward,
  advantage: turn.advantage,
  truncated: turn.truncated,
  verdict: {
    status: turn.verdict.status,
    passed: turn.verdict.passed,
    total: turn.verdict.total,
    tests: turn.verdict.tests.map(({ status }) => status),
  },
});
