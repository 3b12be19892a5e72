/** Where the time of one whole CoCoS update goes. */
import { withChanges } from '../config/experiment.ts';
import type { Experiment } from '../config/fields.ts';
import { mean } from '../rl/statistics.ts';
import type { UpdateRecord } from '../rl/records.ts';
import type { Sandbox } from '../sandbox/types.ts';
import type { OpenBase } from '../train/base.ts';
import { createSession, type SessionOptions } from '../train/session.ts';

/** What is updated. */
export interface UpdateSubject {
  readonly experiment: Experiment;
  readonly base: OpenBase;
  /** The model's name, for the report. */
  readonly model: string;
}

/** Mean milliseconds of an update. `grade` is what is waited for after the last token. */
export interface UpdateReport extends Record<keyof UpdateRecord['timing'], number> {
  /** Time in which programs were being graded, whatever else went on. */
  readonly grading: number;
  /** The part of `grading` that went on while answers were being written: `grading` − `grade`. */
  readonly overlapped: number;
  /** Updates averaged over. */
  readonly updates: number;
  /** Answers sampled per update, all turns. */
  readonly answers: number;
  /** Mean tokens of an answer. */
  readonly answer_tokens: number;
  /** Verdicts asked for in all updates, and how many came from the cache. */
  readonly verdicts: number;
  readonly cache_hits: number;
  readonly model: string;
}

/** @param updates measured after one that warms up */
export async function measureUpdate(
  { experiment, base, model }: UpdateSubject,
  {
    backend,
    sandbox,
    signal,
  }: Pick<SessionOptions, 'backend' | 'sandbox'> & { readonly signal?: AbortSignal | undefined },
  updates: number,
  onShare?: (share: number) => void,
): Promise<UpdateReport> {
  // Fewer tasks change nothing in an update, and are made sooner.
  const few = Math.max(64, experiment.promptsPerUpdate);
  const watch = new GradingWatch(sandbox);
  const session = createSession(withChanges(experiment, { trainTasks: few, evalTasks: 16 }), {
    backend,
    base,
    sandbox: watch.sandbox,
    ...(signal ? { signal } : {}),
  });
  try {
    await session.trainer.update();
    watch.busyMs = 0;
    const before = sandbox.stats;
    const records: UpdateRecord[] = [];
    for (let i = 0; i < updates; i++) {
      records.push(await session.trainer.update());
      onShare?.((i + 2) / (updates + 1));
    }
    const turns = records.flatMap(({ groups }) =>
      groups.flatMap((group) => group.trajectories.flatMap((one) => one.turns)),
    );
    const part = (name: keyof UpdateRecord['timing']) => mean(records.map(({ timing }) => timing[name]));
    const grading = watch.busyMs / updates;
    const cache_hits = sandbox.stats.cacheHits - before.cacheHits;
    return {
      sample: part('sample'),
      grade: part('grade'),
      score: part('score'),
      update: part('update'),
      total: part('total'),
      grading,
      overlapped: Math.max(0, grading - part('grade')),
      updates,
      answers: turns.length / updates,
      answer_tokens: mean(turns.map(({ tokens }) => tokens.length)),
      verdicts: sandbox.stats.graded - before.graded + cache_hits,
      cache_hits,
      model,
    };
  } finally {
    session.dispose();
  }
}

/** Adds up the time in which a sandbox has something to grade. */
class GradingWatch {
  busyMs = 0;
  readonly sandbox: Sandbox;
  #waiting = 0;
  #since = 0;

  constructor(inner: Sandbox) {
    this.sandbox = {
      ready: () => inner.ready(),
      get stats() {
        return inner.stats;
      },
      grade: async (requests, signal) => {
        if (this.#waiting++ === 0) this.#since = performance.now();
        try {
          return await inner.grade(requests, signal);
        } finally {
          if (--this.#waiting === 0) this.busyMs += performance.now() - this.#since;
        }
      },
      dispose: () => inner.dispose(),
    };
  }
}
