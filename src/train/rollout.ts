/**
 * Rollouts: k multi-turn trajectories per task, sampled from the current policy and graded by unit tests.
 *
 * Grading runs elsewhere: an answer is graded from the moment it is seen to have ended (`lookEvery`), while others of its turn,
 * and the next turn, are being written (unless that turn must see the test results).
 */
import { answersInView, longestSequence } from '../config/episodeLength.ts';
import type { Experiment } from '../config/fields.ts';
import type { Llama } from '../model/llama.ts';
import { Generation, type Answer as Sampled, type SamplingOptions } from '../model/generate.ts';
import type { Place } from '../rl/algorithms/algorithm.ts';
import { programOf, type Answer, type Episode, type GradedAnswer, type Group } from '../rl/episode.ts';
import { reward } from '../rl/rewards.ts';
import { checkTests } from '../rl/unitTests.ts';
import type { Sandbox, Verdict } from '../sandbox/types.ts';
import { closingIds, type PastTurn } from '../tasks/episode.ts';
import { ended, type EpisodeFormat } from '../tasks/formats/format.ts';
import type { Task } from '../tasks/types.ts';
import type { RolloutWatch } from './live.ts';
import { beginsAnew, feedbackOn, viewBefore } from './placed.ts';
import type { Placed } from './policy.ts';

/**
 * A graded answer where it stands. While older answers stay in view, all answers of an episode share one sequence; under
 * `history: 'latest'` each later turn has one of its own.
 */
export type RolledOut = GradedAnswer & Placed;

export interface RolloutOptions extends Pick<Experiment, 'reward' | 'rewardScale' | 'trainTests'> {
  readonly turns: number;
  /** Trajectories per task. */
  readonly k: number;
  /** How many of the first turns the k trajectories have in common (0 = none; 1 = the released code's objective). */
  readonly sharedTurns: number;
  readonly history: 'latest' | 'all';
  readonly feedback: 'none' | 'tests';
  readonly sampling: Omit<SamplingOptions, 'uniform' | 'stops' | 'banned' | 'signal'>;
  /** Uniform number in (0, 1) for (row, turn, position). */
  readonly uniform: (row: number, turn: number, position: number) => number;
  readonly signal?: AbortSignal;
  /** Called after each turn has been written. */
  readonly onProgress?: (stage: 'sample' | 'grade', done: number, total: number) => void;
  /** Called with how many more answers have been written. */
  readonly onAnswers?: (count: number) => void;
  /** Is told what is written and graded; groups are counted from the first of these tasks. */
  readonly watch?: RolloutWatch;
  /** Milliseconds; by default those of the day. */
  readonly clock?: () => number;
}

export interface RolloutResult {
  /** One a task, in their order. */
  readonly groups: Group<Episode<RolledOut>>[];
  /** Milliseconds spent writing, and waiting for verdicts after the last token. */
  readonly sampleMs: number;
  readonly gradeMs: number;
}

/** @throws Error naming the field when a task has too few tests to train on some and be judged by others */
export async function rollout(
  model: Llama,
  format: EpisodeFormat,
  sandbox: Sandbox,
  tasks: readonly Task[],
  options: RolloutOptions,
): Promise<RolloutResult> {
  const { turns, k, sharedTurns, sampling, watch, clock = () => performance.now() } = options;
  for (const task of tasks) checkTests(task, options);
  const began = clock();
  const prompts = tasks.map((task) => format.prompt(task));

  // Everything below is per row; a row is one trajectory, or one task while its trajectories are still shared.
  let rows = tasks.map((task, i): Row => ({ task, sequence: [...prompts[i]], turns: [] }));
  let generation: Generation | undefined;
  const fork = () => {
    generation?.repeatRows(k);
    rows = rows.flatMap((row) => Array.from({ length: k }, () => copyOf(row)));
  };

  try {
    for (let turn = 1; turn <= turns; turn++) {
      if (turn > 1) {
        const past = await Promise.all(rows.map((row) => pastTurn(row.turns[turn - 2])));
        if (beginsAnew(turn, options)) {
          generation?.dispose();
          generation = undefined;
        } else {
          // The cache holds each answer without the token that ended it; the sequence has that.
          generation?.append(
            past.map((before) => [
              ...(ended(format, before.ids) ? before.ids.slice(-1) : []),
              ...closingIds(format, before),
            ]),
          );
        }
        rows.forEach((row, r) => {
          row.sequence = viewBefore(format, row.task, turn, past[r], row.sequence, options);
        });
      }
      if (!generation) {
        const longest = Math.max(...rows.map((row) => row.sequence.length));
        // Begun again, it ends with the turn; begun at the prompt, it goes on as long as one sequence does.
        const slots = longestSequence(
          { ...options, ...sampling },
          longest,
          format.longestCorrection(options.feedback === 'tests'),
          turn > 1 ? 1 : answersInView(options),
        );
        generation = Generation.start(
          model,
          rows.map((row) => row.sequence),
          slots,
          format.pad,
        );
      }
      if (turn === sharedTurns + 1) fork();
      const answered: Pick<Turn, 'answer' | 'verdict'>[] = [];
      await generation.turn({
        ...sampling,
        stops: format.stops,
        banned: format.banned,
        uniform: (row, position) => options.uniform(row, turn, position),
        onEnded: async (ended) => {
          const answers = ended.map((sampled) => written(sampled));
          const requests = ended.map(({ row }, i) => {
            const { setup, tests } = rows[row].task;
            return { code: programOf(answers[i]), setup, tests };
          });
          const verdicts = gradeAll(sandbox, requests, options.signal);
          ended.forEach(({ row }, i) => (answered[row] = { answer: answers[i], verdict: verdicts[i] }));
          if (watch) ended.forEach(({ row }, i) => watchEnded(watch, turn, row, answers[i], verdicts[i]));
          options.onAnswers?.(ended.length);
          await nextTask(); // so that the sandbox can go on with what is waiting there
        },
        ...(options.signal ? { signal: options.signal } : {}),
        ...(watch ? { onWritten: (all) => watch.written(turn, (at) => textOf(all[rowOf(at, turn)])) } : {}),
      });
      rows.forEach((row, r) => {
        const { ids } = answered[r].answer;
        const place = { sequence: row.sequence, start: row.sequence.length, length: ids.length };
        row.sequence.push(...ids);
        row.turns.push({ ...answered[r], place });
      });
      options.onProgress?.('sample', turn, turns);
      await watch?.turnWritten(turn);
    }
  } finally {
    generation?.dispose();
  }
  const wrote = clock();

  const episodes = await Promise.all(
    rows.map(async ({ turns }): Promise<Episode<RolledOut>> => ({
      turns: await Promise.all(turns.map(graded)),
    })),
  );
  const groups = tasks.map((task, i) => ({ task, trajectories: episodes.slice(i * k, (i + 1) * k) }));
  return { groups, sampleMs: wrote - began, gradeMs: clock() - wrote };

  /** An answer as the next turn sees it; where that tells of no tests, it does not wait for them. */
  async function pastTurn({ answer: { ids }, verdict }: Turn): Promise<PastTurn> {
    return { ids, feedback: options.feedback === 'none' ? '' : feedbackOn(await verdict, options) };
  }

  /** The row that writes a turn of a trajectory. */
  function rowOf({ group, trajectory }: Place, turn: number): number {
    return turn > sharedTurns ? group * k + trajectory : group;
  }

  /** The answer of a row, and its grade to come, for each trajectory that it belongs to. */
  function watchEnded(
    watch: RolloutWatch,
    turn: number,
    row: number,
    answer: Answer,
    verdict: Promise<Verdict>,
  ): void {
    const own = turn > sharedTurns;
    const group = own ? Math.floor(row / k) : row;
    const at = own
      ? [{ group, trajectory: row % k }]
      : Array.from({ length: k }, (_, trajectory) => ({ group, trajectory }));
    const graded = verdict.then((verdict) => ({ ...answer, verdict, reward: rewardOf(verdict, options) }));
    watch.ended(at, turn, answer, graded);
  }

  function textOf({ ids, truncated }: Sampled): string {
    return format.text(truncated ? ids : ids.slice(0, -1));
  }

  function written(sampled: Sampled): Answer {
    const { ids, logp, truncated } = sampled;
    const text = textOf(sampled);
    const { from, to } = format.code(text);
    const whole = from === 0 && to === text.length;
    const tokens = ids.map((id) => format.tokenText(id));
    return { text, ids, tokens, logp, truncated, ...(whole ? {} : { code: [from, to] }) };
  }

  async function graded(turn: Turn): Promise<RolledOut> {
    const verdict = await turn.verdict;
    return { ...turn.answer, place: turn.place, verdict, reward: rewardOf(verdict, options) };
  }
}

/** r_t of a graded answer. */
export function rewardOf({ tests }: Pick<Verdict, 'tests'>, e: Parameters<typeof reward>[1]): number {
  return reward(
    tests.map(({ status }) => status),
    e,
  );
}

/** A turn whose verdict may still be on its way. */
interface Turn extends Placed {
  readonly answer: Answer;
  readonly verdict: Promise<Verdict>;
}

interface Row {
  readonly task: Task;
  /** What the model has read and written, as far as it is in view. */
  sequence: number[];
  readonly turns: Turn[];
}

/** Another row that has come the same way; what it writes from here on is its own. */
function copyOf({ task, sequence, turns }: Row): Row {
  const own = [...sequence];
  const moved = ({ place, ...turn }: Turn): Turn => ({
    ...turn,
    place: place.sequence === sequence ? { ...place, sequence: own } : place,
  });
  return { task, sequence: own, turns: turns.map(moved) };
}

/** Starts grading; each program gets its own promise, so that nothing waits for the slowest before it must. */
function gradeAll(
  sandbox: Sandbox,
  requests: Parameters<Sandbox['grade']>[0],
  signal?: AbortSignal,
): Promise<Verdict>[] {
  const all = sandbox.grade(requests, signal);
  return requests.map((_, i) => {
    const verdict = all.then((verdicts) => verdicts[i]);
    verdict.catch(() => undefined); // a rejection is met where the verdict is awaited, not as an unhandled one before that
    return verdict;
  });
}

/** Lets messages through that have come in the meantime. A channel, not a timer: timers are slowed down in hidden tabs. */
function nextTask(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
