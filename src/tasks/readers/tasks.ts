/** From records to tasks, whatever the format: a bad record is reported with its line and left out; good ones are kept. */
import * as v from 'valibot';
import { shown } from '../../config/outside.ts';
import { maxTests } from '../problemSet.ts';
import type { Task } from '../types.ts';
import { missingPackages } from './packages.ts';
import {
  boundNames,
  brokenTest,
  calledNames,
  children,
  hasNode,
  importsOf,
  isBroken,
  isPython,
  names,
  nodes,
  parsePython,
} from './python.ts';
import { parseRecord, recordTexts } from './records.ts';

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
  /** The records that were left out. */
  readonly problems: LineProblem[];
  /** What one should know about records that were kept. */
  readonly notices: LineProblem[];
}

/** What became of the test text of a record. */
export interface CutTests {
  /** Imports and helper code that the tests need. */
  readonly setup: string;
  readonly tests: string[];
  /** Which tests run whole next to the candidate, for people; '' when none. */
  readonly weaker: string;
}

/** What a reader makes of a record; the rest of a task is the same for every file. */
export type ReadTask = Pick<Task, 'instruction' | 'entryPoint' | 'reference' | 'setup' | 'tests'> & {
  /** What the record calls itself; without it, its line does. */
  readonly id?: string | undefined;
};

/**
 * @param text the whole file.
 * @param source what the tasks say about where they came from.
 * @param schema what a record must hold.
 * @param toTask makes the task of one record; what it throws becomes the record's problem, what it tells `notice` a
 * notice.
 */
export function readTasks<S extends v.GenericSchema>(
  text: string,
  source: string,
  schema: S,
  toTask: (record: v.InferOutput<S>, notice: (message: string) => void) => ReadTask,
): ReadTasks {
  const read: ReadTasks = { tasks: [], problems: [], notices: [] };
  const lineOfId = new Map<string, number>();
  for (const { line, content } of recordTexts(text)) {
    let name = '';
    try {
      const record = parseRecord(content);
      name = recordName(record);
      const notices: string[] = [];
      const { id: given, ...made } = toTask(checked(record, schema), (message) => notices.push(message));
      const id = given ?? `line ${line}`;
      const before = lineOfId.get(id);
      if (before !== undefined) throw new Error(`${id} is already on line ${before}; give it another name`);
      lineOfId.set(id, line);
      const left = made.tests.length - maxTests;
      if (left > 0) notices.push(`the first ${maxTests} of its tests are used, ${left} are left out`);
      const task = { ...made, id, source, tests: made.tests.slice(0, maxTests) };
      checkTests(task);
      notices.push(...packageNotices(task));
      read.tasks.push({ ...task, composition: '', family: '', level: 0 });
      read.notices.push(...notices.map((message) => ({ line, name: id, message })));
    } catch (error) {
      read.problems.push({ line, name, message: error instanceof Error ? error.message : String(error) });
    }
  }
  return read;
}

/** A program that is no Python fails its tests; tests that are none could judge nothing. @throws Error naming the first */
function checkTests({ setup, tests }: Pick<Task, 'setup' | 'tests'>): void {
  if (isBroken(setup)) throw new Error('its setup is not valid Python');
  const at = brokenTest(tests);
  if (at >= 0) throw new Error(`its test ${at + 1} is not valid Python: ${shown(tests[at])}`);
}

/** Names the packages that a record imports and the sandbox lacks. */
function packageNotices({ setup, tests, reference }: Pick<Task, 'setup' | 'tests' | 'reference'>): string[] {
  const say = (who: string, packages: readonly string[]): string[] =>
    packages.length > 0 ? [`${who} ${packages.join(', ')}, which the sandbox does not have`] : [];
  const ofTests = missingPackages([setup, ...tests]);
  const ofProgram = missingPackages([reference]).filter((name) => !ofTests.includes(name));
  return [...say('its tests import', ofTests), ...say('its program imports', ofProgram)];
}

/** What a record calls itself, in any format, so that a record which cannot be read is named too. */
function recordName(record: Readonly<Record<string, unknown>>): string {
  const name = ['name', 'task_id', 'question_id', 'conversation_id'].map((field) => record[field]);
  const first = name.find((value) => typeof value === 'string' || typeof value === 'number');
  return first === undefined ? '' : String(first).trim();
}

function checked<S extends v.GenericSchema>(record: object, schema: S): v.InferOutput<S> {
  const parsed = v.safeParse(schema, record);
  if (parsed.success) return parsed.output;
  const issue = parsed.issues[0];
  throw new Error(`field ${v.getDotPath(issue)}: ${wrongness(issue)}`);
}

/** What a value should be, by valibot's name for it. */
const wanted: Readonly<Record<string, string>> = {
  Array: 'a list',
  Object: 'an object',
  string: 'a string',
  number: 'a number',
  boolean: 'true or false',
};

function wrongness({ received, expected, input, message }: v.BaseIssue<unknown>): string {
  if (received === 'undefined') return 'it is missing';
  const should = wanted[expected ?? ''];
  return should ? `it must be ${should}, not ${shown(input)}` : message;
}

/** Python source with Windows line ends made plain. */
export const pythonSource = v.pipe(
  v.string(),
  v.transform((code) => code.replace(/\r\n?/g, '\n')),
);

/** A program: not empty. */
export const programSource = v.pipe(pythonSource, v.regex(/\S/, 'the program is empty'));

/** What the problem says, in English. */
export const problemText = v.pipe(v.string(), v.regex(/\S/, 'the problem text is empty'));

/** Lines of Python in a list, such as imports that the tests need. */
export const sourceLines = v.optional(v.array(pythonSource), []);

/** At least one unit test, each of which is as it must be. */
export const someTests = (must: v.GenericValidation<string>) =>
  v.pipe(v.array(v.pipe(pythonSource, must)), v.minLength(1, 'there must be at least one test'));

/** At least one unit test, each an `assert`. */
export const testList = someTests(
  v.regex(/^\s*assert\b/, 'a test must be an assert statement, such as: assert f(1) == 2'),
);

/** Parts of a program, the empty ones left out. */
export const joined = (...parts: readonly string[]): string =>
  parts.filter((part) => part.trim() !== '').join('\n');

/** The names that tests may mean, the likeliest first: those they call, those they mention, those of their setup. */
function tested(tests: readonly string[], setup: string): string[] {
  const trees = tests.map((test) => ({ tree: parsePython(test), test }));
  return [
    ...trees.flatMap(({ tree, test }) => calledNames(tree, test)),
    ...trees.flatMap(({ tree, test }) => names(tree, test)),
    ...names(parsePython(setup), setup),
  ];
}

/**
 * What the tests test: the first name they call, or else mention, that the program binds, so
 * `assert set(f(1)) == ...` gives `f`, and `assert LIMIT == 5` gives `LIMIT`.
 * @param setup Python that is run before the tests.
 * @returns undefined when the program is known to bind none of their names.
 */
export function findEntryPoint(code: string, tests: readonly string[], setup = ''): string | undefined {
  const program = parsePython(code);
  const bound = new Set(children(program).flatMap((node) => boundNames(node, code)));
  const meant = tested(tests, setup);
  const found = meant.find((name) => bound.has(name));
  return found ?? (mayBindMore(program, code) ? meant[0] : undefined);
}

/** Whether a program may bind names that its statements do not show. */
function mayBindMore(program: ReturnType<typeof parsePython>, code: string): boolean {
  const ways = new Set(['exec', 'eval', 'globals', 'locals', 'vars', 'setattr']);
  return (
    !isPython(program) ||
    ['NamedExpression', 'ScopeStatement', 'MatchStatement'].some((name) => hasNode(program, name)) ||
    names(program, code).some((name) => ways.has(name)) ||
    nodes(program).some(
      (node) => node.name === 'ImportStatement' && importsOf(node, code).some(({ member }) => member === '*'),
    )
  );
}

/**
 * The same for a program that may be wrong: without it, the first name of the tests.
 * @throws Error when they mention none.
 */
export function firstName(code: string, tests: readonly string[], setup = ''): string {
  const name = findEntryPoint(code, tests, setup) ?? tested(tests, '')[0];
  if (name === undefined) throw new Error(`the tests use no name: ${tests[0]!.slice(0, 80)}`);
  return name;
}
