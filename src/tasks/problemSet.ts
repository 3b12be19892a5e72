/**
 * Problems of the user's own, as they are kept and passed on, whatever file they came from: JSON Lines in the plain format
 * (readers/plain.ts), each problem written in one way only. The SHA-256 of that text is their name in an experiment.
 */
import * as v from 'valibot';
import { sha256 } from '../config/sha256.ts';
import type { Task } from './types.ts';

/** What a problem is; the rest of a task is the same for all of them. */
export type Problem = Pick<Task, 'id' | 'instruction' | 'entryPoint' | 'reference' | 'setup' | 'tests'>;

export interface ProblemSet {
  /** `sha256-` and 64 digits: the value of the experiment's field `problems`. */
  readonly name: string;
  readonly problems: readonly Problem[];
  /** The problems as they are kept. */
  readonly text: string;
}

/** Most problems that are trained on at once, and most characters that they have together: MBPP many times over. */
export const maxProblems = 20_000;
const maxCharacters = 64 * 2 ** 20;
/** Most unit tests of a problem. EvalPlus has up to 1,100 inputs; every test is a call into the sandbox, and a program should take no minute. */
export const maxTests = 250;

const line = v.strictObject({
  name: v.pipe(v.string(), v.nonEmpty()),
  instruction: v.pipe(v.string(), v.regex(/\S/)),
  entry_point: v.pipe(v.string(), v.nonEmpty()),
  code: v.optional(v.string(), ''),
  setup: v.optional(v.string(), ''),
  tests: v.pipe(v.array(v.pipe(v.string(), v.regex(/\S/))), v.minLength(1), v.maxLength(maxTests)),
});

/** A statement at the margin that only defines something. */
const defines = /^(@|class\b|def\b|async\b)/;

/**
 * Whether Python can be a unit test of a problem: an assert, or statements that assert something, such as HumanEval's function
 * `check` and its call. What only computes, or defines a function that nobody calls, every program would pass.
 */
export function isTest(text: string): boolean {
  const last = text.split('\n').findLast((line) => /^[^\s)\]}#]/.test(line)) ?? '';
  return /^\s*assert\b/.test(text) || (/\b(assert|raise)/.test(text) && !defines.test(last));
}

/** One problem, without the end of the line. */
export const problemLine = ({ id, instruction, entryPoint, reference, setup, tests }: Problem): string =>
  JSON.stringify({
    ...{ name: id, instruction, entry_point: entryPoint },
    ...(reference === '' ? {} : { code: reference }),
    ...(setup === '' ? {} : { setup }),
    tests,
  });

/** @throws Error when there are none or too many, or no name can be computed for them */
export async function problemSetOf(problems: readonly Problem[]): Promise<ProblemSet> {
  if (problems.length === 0) throw new Error('there are no problems.');
  if (problems.length > maxProblems)
    throw new Error(`there are ${problems.length} problems; at most ${maxProblems} are trained on at once.`);
  const long = problems.find(({ tests }) => tests.length > maxTests);
  if (long) throw new Error(`“${long.id}” has ${long.tests.length} tests; at most ${maxTests} are used.`);
  const text = problems.map((problem) => `${problemLine(problem)}\n`).join('');
  if (text.length > maxCharacters) throw new Error('the problems are too long: 64 MB at most.');
  const digest = await sha256(new TextEncoder().encode(text));
  if (digest === undefined)
    throw new Error(
      'this window has no cryptography, which names the problems: open the page over https or on localhost.',
    );
  return { name: `sha256-${digest}`, problems, text };
}

/**
 * Reads problems that were kept or sent along.
 * @param expected their name, where it is known
 * @throws Error naming the line and the field, or saying that they are others than those expected
 */
export async function readProblemSet(text: string, expected?: string): Promise<ProblemSet> {
  if (text.length > maxCharacters) throw new Error('the problems are too long: 64 MB at most.');
  const problems = text
    .split('\n')
    .map((content, at) => ({ content, at: at + 1 }))
    .filter(({ content }) => content !== '')
    .map(({ content, at }) => readLine(content, at));
  const set = await problemSetOf(problems);
  if (expected !== undefined && set.name !== expected)
    throw new Error(`the problems are not those of the experiment: they were changed or cut short.`);
  return set;
}

function readLine(content: string, at: number): Problem {
  let json: unknown;
  try {
    json = JSON.parse(content);
  } catch (cause) {
    throw new Error(`line ${at} of the problems is not JSON.`, { cause });
  }
  const parsed = v.safeParse(line, json);
  if (!parsed.success) {
    const issue = parsed.issues[0];
    throw new Error(`line ${at} of the problems: field ${v.getDotPath(issue) ?? ''}: ${issue.message}`);
  }
  const { name: id, entry_point: entryPoint, code: reference, ...rest } = parsed.output;
  return { id, entryPoint, reference, ...rest };
}

/** The task of a problem. */
export const taskOf = (problem: Problem): Task => ({
  ...problem,
  source: 'own',
  composition: '',
  family: '',
  level: 0,
});
