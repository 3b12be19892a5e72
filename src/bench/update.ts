/** Where the time of one whole CoCoS update goes. */
import { withChanges } from '../config/experiment.ts';
import type { Experiment } from '../config/fields.ts';
import { mean } from '../rl/statistics.ts';
import type { UpdateRecord } from '../rl/records.ts';
import { createSession, type SessionOptions } from '../train/session.ts';

/** Mean milliseconds. `grade` is what is waited for after the last token: grading runs beside sampling. */
export interface UpdateReport extends Record<keyof UpdateRecord['timing'], number> {
  /** Updates averaged over. */
  readonly updates: number;
  /** Answers sampled per update, all turns. */
  readonly answers: number;
  /** Mean tokens of an answer. */
  readonly answer_tokens: number;
}

/** @param updates measured after one that warms up */
export async function measureUpdate(
  experiment: Experiment,
  options: SessionOptions,
  updates: number,
): Promise<UpdateReport> {
  // Fewer tasks change nothing in an update, and are made sooner.
  const few = Math.max(64, experiment.promptsPerUpdate);
  const session = createSession(withChanges(experiment, { trainTasks: few, evalTasks: 16 }), options);
  try {
    await session.trainer.update();
    const records: UpdateRecord[] = [];
    for (let i = 0; i < updates; i++) records.push(await session.trainer.update());
    const turns = records.flatMap(({ groups }) =>
      groups.flatMap((group) => group.trajectories.flatMap((one) => one.turns)),
    );
    const part = (name: keyof UpdateRecord['timing']) => mean(records.map(({ timing }) => timing[name]));
    return {
      sample: part('sample'),
      grade: part('grade'),
      score: part('score'),
      update: part('update'),
      total: part('total'),
      updates,
      answers: turns.length / updates,
      answer_tokens: mean(turns.map(({ tokens }) => tokens.length)),
    };
  } finally {
    session.dispose();
  }
}
