/**
 * An episode as a model sees it, in any format (formats/format.ts): prompt, y_1, correction, y_2, …
 *
 * Each turn's prompt extends the text of the turn before, so one forward pass scores a whole episode (history
 * 'all', and any two turns). With history 'latest', turn t + 1 shows only y_t, as in the released code of CoCoS
 * (arXiv 2505.23060): from the third turn on the sequence is rebuilt.
 */
import { ended, type Asked, type EpisodeFormat } from './formats/format.ts';
import type { ModelReader } from './types.ts';

export type History = 'latest' | 'all';

/** What `openTasks` asks of a model that reads a format. */
export const readerOf = (format: EpisodeFormat, context: number): ModelReader => ({
  promptTokens: (task) => format.prompt(task).length,
  textTokens: (text) => format.answer(text).length,
  longestCorrection: format.longestCorrection,
  context,
  ...(format.familiarity ? { familiarity: format.familiarity } : {}),
});

/** An earlier answer as the next turns see it. */
export interface PastTurn {
  /** Tokens of the answer. Its end is added where a truncated answer lacks it. */
  readonly ids: readonly number[];
  /** See `EpisodeFormat.correction`; '' for none. */
  readonly feedback?: string;
}

/** What follows an answer before the next one: its end where it was cut off, and the correction. */
export function closingIds(format: EpisodeFormat, { ids, feedback = '' }: PastTurn): number[] {
  return [...(ended(format, ids) ? [] : format.end), ...format.correction(feedback)];
}

/** Everything the model reads before its next answer, given the turns so far (none: the first turn's prompt). */
export function turnPromptIds(
  format: EpisodeFormat,
  task: Asked,
  turns: readonly PastTurn[],
  history: History,
): number[] {
  const shown = history === 'latest' ? turns.slice(-1) : turns;
  return [...format.prompt(task), ...shown.flatMap((past) => [...past.ids, ...closingIds(format, past)])];
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
export interface SupervisedExample extends Asked {
  /** The answers y_1, y_2, ... as text. */
  readonly answers: readonly string[];
  /** What the tests said after each answer but the last ('' without feedback); see `feedbackLine`. */
  readonly feedback: readonly string[];
  /** So many of the first answers are only shown: wrong ones, of which the correction is to be learned. 0 unless given. */
  readonly shown?: number;
}

/** Tokens as the model sees them, and where its own answers stand: only those are learned from. */
export interface EpisodeSequence {
  readonly ids: readonly number[];
  /** Turn (from 1), first token and length of each answer to learn from, its end-of-answer token included. */
  readonly answers: readonly { readonly turn: number; readonly start: number; readonly length: number }[];
}

/** One supervised episode, every answer in view (history 'all'). */
export function supervisedSequence(format: EpisodeFormat, example: SupervisedExample): EpisodeSequence {
  const ids = format.prompt(example);
  const answers = example.answers.map((answer, i) => {
    if (i > 0) ids.push(...format.correction(example.feedback[i - 1] ?? ''));
    const start = ids.length;
    ids.push(...format.answer(answer), ...format.end);
    return { turn: i + 1, start, length: ids.length - start };
  });
  return { ids, answers: answers.slice(example.shown ?? 0) };
}
