/**
 * Rollouts: k multi-turn trajectories per task, sampled from the current policy and graded by unit tests.
 *
 * Grading runs elsewhere: an answer is graded from the moment it is seen to have ended (`lookEvery`), while others of its turn,
 * and the next turn, are being written (unless that turn must see the test results).
 */
import type { Llama } from '../model/llama.ts';
import { Generation, type Answer, type SamplingOptions } from '../model/generate.ts';
import type { Sandbox, Verdict } from '../sandbox/types.ts';
import {
  correctionIds,
  feedbackLine,
  promptIds,
  turnPromptIds,
  type EpisodeSequence,
} from '../tasks/episode.ts';
import type { Tokenizer } from '../tasks/tokenizer.ts';
import type { Task } from '../tasks/types.ts';

export interface SampledTurn extends Answer {
  readonly text: string;
  readonly verdict: Verdict;
}

export interface Trajectory {
  readonly task: Task;
  readonly turns: readonly SampledTurn[];
  /** One sequence while older answers stay in view; one more for each later turn under `history: 'latest'`. */
  readonly sequences: readonly EpisodeSequence[];
}

export interface RolloutOptions {
  readonly turns: number;
  /** Trajectories per task. */
  readonly k: number;
  /** How many of the first turns the k trajectories have in common (0 = none; 1 = the released code's objective). */
  readonly sharedTurns: number;
  readonly history: 'latest' | 'all';
  readonly feedback: 'none' | 'tests';
  readonly sampling: Omit<SamplingOptions, 'uniform' | 'eot' | 'allowedFrom' | 'signal'>;
  /** Uniform number in (0, 1) for (row, turn, position). */
  readonly uniform: (row: number, turn: number, position: number) => number;
  readonly signal?: AbortSignal;
  /** Called after each turn has been written. */
  readonly onProgress?: (stage: 'sample' | 'grade', done: number, total: number) => void;
}

export interface RolloutResult {
  /** [task][sample] */
  readonly groups: Trajectory[][];
  /** Milliseconds spent writing, and waiting for verdicts after the last token. */
  readonly sampleMs: number;
  readonly gradeMs: number;
}

/** Longest failing test shown, in characters, and so at most as many tokens; with its markers it fits `maxCorrection`. */
const maxFeedback = 60;
const maxCorrection = maxFeedback + 4;

export async function rollout(
  model: Llama,
  tokenizer: Tokenizer,
  sandbox: Sandbox,
  tasks: readonly Task[],
  options: RolloutOptions,
): Promise<RolloutResult> {
  const { turns, k, sharedTurns, sampling } = options;
  const { eot, pad } = tokenizer.specials;
  const began = performance.now();
  const prompts = tasks.map((task) => promptIds(tokenizer, task));

  // Everything below is per row; a row is one trajectory, or one task while its trajectories are still shared.
  let rows = tasks.map((task, i) => ({
    task,
    context: [...prompts[i]],
    answers: [] as { turn: number; start: number; length: number }[],
    closed: [] as EpisodeSequence[],
    turns: [] as { answer: Answer; text: string; verdict: Promise<Verdict> }[],
  }));
  let generation: Generation | undefined;
  const fork = () => {
    generation?.repeatRows(k);
    rows = rows.flatMap((row) =>
      Array.from({ length: k }, () => ({
        ...row,
        context: [...row.context],
        answers: [...row.answers],
        closed: [...row.closed],
        turns: [...row.turns],
      })),
    );
  };

  try {
    for (let turn = 1; turn <= turns; turn++) {
      if (turn > 1) {
        const feedback = await Promise.all(rows.map((row) => feedbackOn(row.turns[turn - 2])));
        if (turn > 2 && options.history === 'latest') {
          // Only the latest answer stays in view: begin again from prompt, latest answer, correction.
          generation?.dispose();
          generation = undefined;
          rows.forEach((row, r) => {
            row.closed.push({ ids: row.context, answers: row.answers });
            const latest = { ids: row.turns[turn - 2].answer.ids, feedback: feedback[r] };
            row.context = turnPromptIds(tokenizer, row.task, [latest], 'latest');
            row.answers = [];
          });
        } else {
          const corrections = feedback.map((line) => correctionIds(tokenizer, { feedback: line }));
          // The cache holds each answer without its end, sampled or not; the sequence only lacks that of a truncated one.
          generation?.append(corrections.map((ids) => [eot, ...ids]));
          rows.forEach((row, r) => {
            if (row.turns[turn - 2].answer.truncated) row.context.push(eot);
            row.context.push(...corrections[r]);
          });
        }
      }
      if (!generation) {
        const longest = Math.max(...rows.map((row) => row.context.length));
        const later = options.history === 'latest' && turn > 1 ? 1 : turns - turn + 1;
        const between = options.feedback === 'tests' ? maxCorrection : 2; // <eot> <fix>
        const slots = longest + later * (sampling.maxNewTokens + between);
        generation = Generation.start(
          model,
          rows.map((row) => row.context),
          slots,
          pad,
        );
      }
      if (turn === sharedTurns + 1) fork();
      const graded: { text: string; verdict: Promise<Verdict> }[] = [];
      const answers = await generation.turn({
        ...sampling,
        eot,
        allowedFrom: eot,
        uniform: (row, position) => options.uniform(row, turn, position),
        onEnded: async (ended) => {
          const texts = ended.map((answer) => tokenizer.decode(kept(answer)));
          const requests = ended.map(({ row }, i) => {
            const { setup, tests } = rows[row].task;
            return { code: texts[i], setup, tests };
          });
          const verdicts = gradeAll(sandbox, requests, options.signal);
          ended.forEach(({ row }, i) => (graded[row] = { text: texts[i], verdict: verdicts[i] }));
          await nextTask(); // so that the sandbox can go on with what is waiting there
        },
        ...(options.signal ? { signal: options.signal } : {}),
      });
      rows.forEach((row, r) => {
        row.answers.push({ turn, start: row.context.length, length: answers[r].ids.length });
        row.context.push(...answers[r].ids);
        row.turns.push({ answer: answers[r], ...graded[r] });
      });
      options.onProgress?.('sample', turn, turns);
    }
  } finally {
    generation?.dispose();
  }
  const wrote = performance.now();

  const trajectories = await Promise.all(
    rows.map(async (row): Promise<Trajectory> => ({
      task: row.task,
      turns: await Promise.all(
        row.turns.map(async ({ answer, text, verdict }) => ({ ...answer, text, verdict: await verdict })),
      ),
      sequences: [...row.closed, { ids: row.context, answers: row.answers }],
    })),
  );
  const groups = tasks.map((_, i) => trajectories.slice(i * k, (i + 1) * k));
  return { groups, sampleMs: wrote - began, gradeMs: performance.now() - wrote };

  /** What the model is told about an answer before it corrects it. */
  async function feedbackOn(turn: { verdict: Promise<Verdict> }): Promise<string> {
    return options.feedback === 'tests' ? feedbackLine((await turn.verdict).tests).slice(0, maxFeedback) : '';
  }

  /** An answer without its end-of-answer token. */
  function kept(answer: Answer): number[] {
    return answer.truncated ? answer.ids : answer.ids.slice(0, -1);
  }
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
