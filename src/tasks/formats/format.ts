/**
 * How an episode is written for a model: what it reads before each of its answers, which tokens end one, which it never writes,
 * and where the program is in what it wrote. `ours.ts` is that of the playground's own models, `chat.ts` that of models for
 * conversations. Whatever reads or writes tokens of an episode asks its format; no other file knows special tokens.
 */
import type { ModelReader, Task } from '../types.ts';

/** Ids from `first` to `last`, both included. */
export type IdRange = readonly [first: number, last: number];

/** What a prompt tells of a task. */
export type Asked = Pick<Task, 'instruction' | 'entryPoint'>;

/** Characters of an answer, from the first to before the last. */
export interface CodeSpan {
  readonly from: number;
  readonly to: number;
}

export interface EpisodeFormat {
  readonly name: 'ours' | 'chat';
  /** Tokens of the tokenizer. */
  readonly tokens: number;
  /** What a text begins with; null: nothing. */
  readonly bos: number | null;
  /** What rows are filled up with; its meaning is never used. */
  readonly pad: number;
  /** The ids that end an answer, few. */
  readonly stops: readonly number[];
  /** Ids that are never written, ascending, without overlaps. */
  readonly banned: readonly IdRange[];
  /** What an answer that was cut off is ended with. Its last id is one of `stops`. */
  readonly end: readonly number[];
  /** What the first turn reads. */
  prompt(task: Asked): number[];
  /**
   * What follows an answer and its end before the next one.
   * @param feedback a line of `feedbackLine`, cut off at `maxFeedback`; '' for intrinsic correction
   */
  correction(feedback: string): number[];
  /** Most tokens that `end` and `correction` can have. @param feedback whether a line of it is shown */
  longestCorrection(feedback: boolean): number;
  /** An answer to imitate: its tokens, without its end. */
  answer(code: string): number[];
  /** The text of ids without special tokens; bytes that are not UTF-8 become U+FFFD. @throws RangeError for an unknown id */
  text(ids: readonly number[]): string;
  /** One token for people to read: the name of a special one, else its text. */
  tokenText(id: number): string;
  /** What its models have read of some texts, where that is known; see `ModelReader`. */
  readonly familiarity?: ModelReader['familiarity'];
  /** Where the program is in an answer's text. */
  code(text: string): CodeSpan;
}

/** Whether an answer ended by itself. */
export const ended = ({ stops }: Pick<EpisodeFormat, 'stops'>, ids: readonly number[]): boolean =>
  stops.includes(ids.at(-1) ?? -1);

/** The program in an answer's text. */
export function codeOf(format: Pick<EpisodeFormat, 'code'>, text: string): string {
  const { from, to } = format.code(text);
  return text.slice(from, to);
}

/** What a saved model says of its tokens. */
export const specialIds = ({ bos, end, pad }: EpisodeFormat) => ({
  bos: bos ?? pad,
  eot: end[end.length - 1],
  pad,
});
