/**
 * The text format of an episode; no other file knows it.
 *
 *     <bos> instruction <code> y_1 <eot> <fix> y_2 <eot>                     correction without outside help
 *     <bos> instruction <code> y_1 <eot> <fb> failing test <fix> y_2 <eot>   with feedback 'tests'
 *
 * Each turn's prompt extends the text of the turn before, so one forward pass scores a whole episode (history
 * 'all', and any two turns). With history 'latest', turn t + 1 shows only y_t, as in the released code of CoCoS
 * (arXiv 2505.23060): from the third turn on the sequence is rebuilt.
 *
 * Lengths of the built-in families with the shipped tokenizer, in tokens with their special ones (mean, 95 %,
 * longest): first prompt 24, 33, 43; answer 26, 36, 45; episode of two turns without feedback 78, 102, 121.
 */
import { maxFeedback } from '../config/episodeLength.ts';
import { familiarity } from './familiar.ts';
import type { ModelReader, Task } from './types.ts';
import type { Tokenizer } from './tokenizer.ts';

export type History = 'latest' | 'all';

/** `<bos> instruction <code>`: what the first turn reads. */
export function promptIds(tokenizer: Tokenizer, task: Pick<Task, 'instruction'>): number[] {
  const { bos, code } = tokenizer.specials;
  return [bos, ...tokenizer.encode(task.instruction), code];
}

/** What `openTasks` asks of a model that reads this format. */
export const readerOf = (tokenizer: Tokenizer, context: number): ModelReader => ({
  promptTokens: (task) => promptIds(tokenizer, task).length,
  textTokens: (text) => tokenizer.encode(text).length,
  context,
  familiarity,
});

/**
 * What follows an answer and its <eot> before the next answer: `<fix>`, or `<fb> line <fix>`.
 * @param feedback a line of `feedbackLine`, cut off at `maxFeedback`; '' for intrinsic correction.
 */
export function correctionIds(tokenizer: Tokenizer, { feedback = '' }: { feedback?: string } = {}): number[] {
  const { fb, fix } = tokenizer.specials;
  if (feedback === '') return [fix];
  // A character takes at most one token, unless it is outside ASCII.
  return [fb, ...tokenizer.encode(feedback.slice(0, maxFeedback)).slice(0, maxFeedback), fix];
}

/** An earlier answer as the next turns see it. */
export interface PastTurn {
  /** Tokens of the answer. The closing <eot> is added where a truncated answer lacks it. */
  readonly ids: readonly number[];
  /** See `correctionIds`; '' for none. */
  readonly feedback?: string;
}

/** What follows an answer before the next one: its end where it was cut off, and the correction. */
export function closingIds(tokenizer: Tokenizer, { ids, feedback }: PastTurn): number[] {
  const { eot } = tokenizer.specials;
  return [...(ids.at(-1) === eot ? [] : [eot]), ...correctionIds(tokenizer, { feedback })];
}

/** Everything the model reads before its next answer, given the turns so far (none: the first turn's prompt). */
export function turnPromptIds(
  tokenizer: Tokenizer,
  task: Pick<Task, 'instruction'>,
  turns: readonly PastTurn[],
  history: History,
): number[] {
  const shown = history === 'latest' ? turns.slice(-1) : turns;
  return [
    ...promptIds(tokenizer, task),
    ...shown.flatMap((past) => [...past.ids, ...closingIds(tokenizer, past)]),
  ];
}

/** What feedback says about one test; the sandbox's verdicts have this shape. */
export interface TestOutcome {
  readonly expression: string;
  readonly expected: string;
  readonly got: string;
  readonly passed?: boolean;
  readonly status?: string;
  readonly exception?: { readonly type: string } | null;
}

/** Longest `got` shown, in characters: a program may return anything. */
const maxGot = 24;

/** The shortest failing test as `total([2]) == 2 got 4` (an exception's name where there is no value); 'ok' if none fails. */
export function feedbackLine(outcomes: readonly TestOutcome[]): string {
  const lines = outcomes
    .filter(({ passed, status }) => !(passed ?? status === 'pass'))
    .map(({ expression, expected, got, exception, status }) => {
      const given = (got || exception?.type || status || 'nothing').slice(0, maxGot);
      return expected === '' ? `${expression} got ${given}` : `${expression} == ${expected} got ${given}`;
    });
  if (lines.length === 0) return 'ok';
  return lines.reduce((shortest, line) => (line.length < shortest.length ? line : shortest));
}

/** An episode to imitate. */
export interface SupervisedExample {
  /** What the model reads. */
  readonly instruction: string;
  /** The answers y_1, y_2, ... as text. */
  readonly answers: readonly string[];
  /** What the tests said after each answer but the last ('' without feedback); see `feedbackLine`. */
  readonly feedback: readonly string[];
}

/** Tokens as the model sees them, and where its own answers stand: only those are learned from. */
export interface EpisodeSequence {
  readonly ids: readonly number[];
  /** Turn (from 1), first token and length of each answer, its end-of-answer token included. */
  readonly answers: readonly { readonly turn: number; readonly start: number; readonly length: number }[];
}

/** One supervised episode, every answer in view (history 'all'). */
export function supervisedSequence(tokenizer: Tokenizer, example: SupervisedExample): EpisodeSequence {
  const ids = promptIds(tokenizer, example);
  const answers = example.answers.map((answer, i) => {
    if (i > 0) ids.push(...correctionIds(tokenizer, { feedback: example.feedback[i - 1] }));
    const start = ids.length;
    ids.push(...tokenizer.encode(answer), tokenizer.specials.eot);
    return { turn: i + 1, start, length: ids.length - start };
  });
  return { ids, answers };
}
