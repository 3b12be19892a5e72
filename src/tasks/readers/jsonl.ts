/** One reader for every JSONL task file: a bad line is reported with its number and left out; good lines are kept. */
import * as v from 'valibot';
import type { Task } from '../types.ts';

export interface LineProblem {
  /** From 1. */
  readonly line: number;
  /** What the record calls itself; '' when that cannot be read. */
  readonly name: string;
  /** What is wrong with it and in which field. */
  readonly message: string;
}

export interface ReadTasks {
  readonly tasks: Task[];
  /** The lines that were left out. */
  readonly problems: LineProblem[];
  /** What one should know about lines that were kept. */
  readonly notices: LineProblem[];
}

/** The file's lines that are not empty, with their numbers; LF or CRLF, with or without a byte order mark. */
export function* recordLines(text: string): Generator<{ line: number; content: string }> {
  let line = 0;
  for (const content of text.replace(/^\uFEFF/, '').split('\n')) {
    line++;
    if (content.trim() !== '') yield { line, content };
  }
}

/**
 * @param text the whole file; empty lines are skipped.
 * @param schema what a line must hold.
 * @param toTask makes the task of one line; what it throws becomes the line's problem, what it tells `notice` a notice.
 */
export function readTaskLines<S extends v.GenericSchema>(
  text: string,
  schema: S,
  toTask: (record: v.InferOutput<S>, notice: (message: string) => void) => Task,
): ReadTasks {
  const read: ReadTasks = { tasks: [], problems: [], notices: [] };
  const lineOfId = new Map<string, number>();
  for (const { line, content } of recordLines(text)) {
    let name = '';
    try {
      const json = parseObject(content);
      name = nameOf(json);
      const notices: string[] = [];
      const task = toTask(checked(json, schema), (message) => notices.push(message));
      const before = lineOfId.get(task.id);
      if (before !== undefined)
        throw new Error(`${task.id} is already on line ${before}; give it another name`);
      lineOfId.set(task.id, line);
      read.tasks.push(task);
      read.notices.push(...notices.map((message) => ({ line, name: task.id, message })));
    } catch (error) {
      read.problems.push({ line, name, message: error instanceof Error ? error.message : String(error) });
    }
  }
  return read;
}

/** @throws Error when the line holds no JSON object. */
export function parseObject(line: string): object {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (error) {
    throw new Error(`not JSON: ${(error as SyntaxError).message}`, { cause: error });
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new Error('not a JSON object');
  return json;
}

function nameOf(json: object): string {
  const name = 'name' in json ? json.name : 'task_id' in json ? json.task_id : '';
  return typeof name === 'string' || typeof name === 'number' ? String(name).trim() : '';
}

function checked<S extends v.GenericSchema>(json: object, schema: S): v.InferOutput<S> {
  const parsed = v.safeParse(schema, json);
  if (parsed.success) return parsed.output;
  const issue = parsed.issues[0];
  const what = issue.received === 'undefined' ? 'it is missing' : issue.message;
  throw new Error(`field ${v.getDotPath(issue)}: ${what}`);
}

/** Python source with Windows line ends made plain. */
export const pythonSource = v.pipe(
  v.string(),
  v.transform((code) => code.replace(/\r\n?/g, '\n')),
);

/** A program: not empty. */
export const programSource = v.pipe(pythonSource, v.regex(/\S/, 'the program is empty'));

/** At least one unit test, each an `assert`. */
export const testList = v.pipe(
  v.array(
    v.pipe(
      pythonSource,
      v.regex(/^\s*assert\b/, 'a test must be an assert statement, such as: assert f(1) == 2'),
    ),
  ),
  v.minLength(1, 'there must be at least one test'),
);

const keywords = new Set(['assert', 'not', 'and', 'or', 'in', 'is', 'if', 'else', 'lambda']);

/** The names called in a test, in order. */
function callsIn(test: string): string[] {
  return [...test.matchAll(/(\w+)\s*\(/g)].map(([, name]) => name!).filter((name) => !keywords.has(name));
}

/** The first name called in the first test that the program defines. */
function definedCall(code: string, tests: readonly string[]): string | undefined {
  const defined = new Set([...code.matchAll(/^(?:def|class)\s+(\w+)/gm)].map(([, name]) => name!));
  return callsIn(tests[0]!).find((called) => defined.has(called));
}

/**
 * The function that the tests call: the first name called in the first test that the program defines, so
 * `assert set(f(1)) == ...` gives `f`.
 * @throws Error when there is none.
 */
export function findEntryPoint(code: string, tests: readonly string[]): string {
  const name = definedCall(code, tests);
  if (name === undefined) {
    throw new Error(`the first test calls no function that the program defines: ${tests[0]!.slice(0, 80)}`);
  }
  return name;
}

/** The same for a program that may be wrong: without it, the first name called. @throws Error when there is none. */
export function firstCall(code: string, tests: readonly string[]): string {
  const name = definedCall(code, tests) ?? callsIn(tests[0]!)[0];
  if (name === undefined) throw new Error(`the first test calls no function: ${tests[0]!.slice(0, 80)}`);
  return name;
}
