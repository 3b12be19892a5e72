/** One reader for every JSONL task file: a bad line is reported with its number and left out; good lines are kept. */
import * as v from 'valibot';
import type { Task } from '../types.ts';

export interface LineProblem {
  /** From 1. */
  readonly line: number;
  /** What is wrong with it and in which field. */
  readonly message: string;
}

export interface ReadTasks {
  readonly tasks: Task[];
  readonly problems: LineProblem[];
}

/**
 * @param text the whole file; lines end in LF or CRLF, empty lines are skipped.
 * @param schema what a line must hold.
 * @param toTask makes the task of one line; what it throws becomes the line's problem.
 */
export function readTaskLines<S extends v.GenericSchema>(
  text: string,
  schema: S,
  toTask: (record: v.InferOutput<S>) => Task,
): ReadTasks {
  const tasks: Task[] = [];
  const problems: LineProblem[] = [];
  const lineOfId = new Map<string, number>();
  text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .forEach((content, index) => {
      if (content.trim() === '') return;
      const line = index + 1;
      try {
        const task = toTask(parseRecord(content, schema));
        const before = lineOfId.get(task.id);
        if (before !== undefined)
          throw new Error(`${task.id} is already on line ${before}; give it another name`);
        lineOfId.set(task.id, line);
        tasks.push(task);
      } catch (error) {
        problems.push({ line, message: error instanceof Error ? error.message : String(error) });
      }
    });
  return { tasks, problems };
}

function parseRecord<S extends v.GenericSchema>(line: string, schema: S): v.InferOutput<S> {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (error) {
    throw new Error(`not JSON: ${(error as SyntaxError).message}`, { cause: error });
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new Error('not a JSON object');
  const parsed = v.safeParse(schema, json);
  if (parsed.success) return parsed.output;
  const issue = parsed.issues[0];
  throw new Error(`field ${v.getDotPath(issue)}: ${issue.message}`);
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
  v.array(v.pipe(pythonSource, v.regex(/^\s*assert\b/, 'a test must be an assert statement'))),
  v.minLength(1, 'there must be at least one test'),
);

/** The names called in a test, in order. */
function callsIn(test: string): string[] {
  return [...test.matchAll(/(\w+)\s*\(/g)].map(([, name]) => name!).filter((name) => name !== 'assert');
}

/**
 * The function that the tests call: the first name called in the first test that the program defines, so
 * `assert set(f(1)) == ...` gives `f`.
 * @throws Error when there is none.
 */
export function findEntryPoint(code: string, tests: readonly string[]): string {
  const defined = new Set([...code.matchAll(/^(?:def|class)\s+(\w+)/gm)].map(([, name]) => name!));
  const name = callsIn(tests[0]!).find((called) => defined.has(called));
  if (name === undefined) {
    throw new Error(`the first test calls no function that the program defines: ${tests[0]!.slice(0, 80)}`);
  }
  return name;
}

/** The first name called in the first test, for a program that may be wrong. @throws Error when there is none. */
export function firstCall(tests: readonly string[]): string {
  const name = callsIn(tests[0]!)[0];
  if (name === undefined) throw new Error(`the first test calls no function: ${tests[0]!.slice(0, 80)}`);
  return name;
}
