/** A programming task: the same record whatever it came from (our families, MBPP, a dropped file). */
export interface Task {
  /** Unique within its source, stable for a given seed. */
  readonly id: string;
  /** Where it came from: 'families', the format of a problem set (such as 'mbpp'), or a file's name. */
  readonly source: string;
  /** What the model reads, in English, without special tokens. */
  readonly instruction: string;
  /** Name of the function the tests call. */
  readonly entryPoint: string;
  /** A program that passes every test. */
  readonly reference: string;
  /** Python run before the tests in the same namespace ('' for most). */
  readonly setup: string;
  /** Python `assert` statements (for some HumanEval tasks a function and its call), one unit test each; K = tests.length. */
  readonly tests: readonly string[];
  /** Composition without its constants: the unit of the train/held-out split ('' for imported tasks). */
  readonly composition: string;
  /** Family name for our tasks, '' otherwise. */
  readonly family: string;
  /** Difficulty 1..4 for our tasks: see families. 0 = unknown. */
  readonly level: number;
}

/** Tasks that are asked for by their place; a place always has the same one. */
export interface Tasks {
  readonly length: number;
  /** @throws RangeError when there is no such task */
  at(index: number): Task;
  /** Those from `first` up to, without it, `end`, as far as there are any. */
  slice(first?: number, end?: number): Task[];
}

/** How long texts are for the model that is to read and write them: what its tokenizer and its format of an episode say. */
export interface ModelReader {
  /** Tokens it reads before its first answer. */
  promptTokens(task: Pick<Task, 'instruction' | 'entryPoint'>): number;
  /** Tokens of a text within a prompt or an answer, without special ones. */
  textTokens(text: string): number;
  /** Most tokens between two answers. @param feedback whether a failing test is shown */
  longestCorrection(feedback: boolean): number;
  /** Tokens it can read at all. */
  readonly context: number;
  /** How many different words texts have, and how many of them it has never read; absent for a model that has read everything. */
  familiarity?(texts: readonly string[]): { readonly words: number; readonly unread: number };
}
