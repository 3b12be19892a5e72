/** What is written in the editor of problems, and what is still wrong with it. */
import { brokenTest, isBroken, isReserved } from '../tasks/readers/python.ts';
import { isTest, type Problem } from '../worker/ownProblems.ts';

/** A problem as it stands in the editor. */
export interface Draft {
  readonly key: number;
  readonly name: string;
  readonly instruction: string;
  readonly entryPoint: string;
  /** Assert statements, one after the other, and other tests as `testsOf` tells them apart. */
  readonly tests: string;
  readonly reference: string;
  readonly setup: string;
}

export type DraftField = Exclude<keyof Draft, 'key'>;

/** What is wrong, by field; a field that is right is not in it. */
export type DraftErrors = Readonly<Partial<Record<DraftField, string>>>;

/**
 * The tests of a text. A line at the margin that does not only close brackets begins a statement: an assert is a test; other
 * statements in a row, such as a function and its call, are one. A comment at the margin is no part of any, and ends the one before.
 */
export function testsOf(text: string): string[] {
  const tests: string[] = [];
  let grows = false;
  for (const line of text.replace(/\r\n?/g, '\n').split('\n')) {
    if (line.trim() === '') continue;
    const begins = !/^[\s)\]}]/.test(line);
    if (begins && line.startsWith('#')) grows = false;
    else if (tests.length > 0 && (!begins || (grows && !isAssert(line))))
      tests.push(`${tests.pop() ?? ''}\n${line.trimEnd()}`);
    else {
      tests.push(line.trimEnd());
      grows = !isAssert(line);
    }
  }
  return tests;
}

/** Tests as a text of which `testsOf` makes the same, unless one has a line at the margin that ends it. */
export const textOfTests = (tests: readonly string[]): string =>
  tests.map((test, i) => `${i > 0 && !isAssert(test) ? '# another test\n' : ''}${test.trimEnd()}\n`).join('');

const isAssert = (text: string): boolean => /^assert\b/.test(text);

/** The first words of a test; it may have nothing but signs that nobody sees. */
const opening = (test = ''): string =>
  /[\p{L}\p{N}\p{P}\p{S}]/u.test(test)
    ? `“${test.trim().slice(0, 60)}”`
    : 'it has only signs that cannot be seen';

/** @param names those of the other problems */
export function errorsOf(draft: Draft, names: readonly string[]): DraftErrors {
  const { name, instruction, entryPoint, setup } = draft;
  const tests = testsOf(draft.tests);
  const errors: Partial<Record<DraftField, string>> = {};
  if (name.trim() === '') errors.name = 'is empty: give the problem a name of its own';
  else if (names.includes(name.trim())) errors.name = `is that of another problem: “${name.trim()}”`;
  if (instruction.trim() === '') errors.instruction = 'is empty: it is all that the model reads';
  if (entryPoint.trim() === '') errors.entryPoint = 'is empty: which function do the tests call?';
  else if (!/^[\p{L}_][\p{L}\p{M}\d_]*$/u.test(entryPoint.trim()))
    errors.entryPoint = `is no name that Python allows: “${entryPoint.trim()}”`;
  else if (isReserved(entryPoint.trim()))
    errors.entryPoint = `is a word that Python keeps for itself: “${entryPoint.trim()}”`;
  const wrong = tests.findIndex((test) => !isTest(test));
  const broken = brokenTest(tests);
  if (isBroken(setup)) errors.setup = 'is not valid Python';
  if (tests.length === 0) errors.tests = 'are missing: at least one, such as assert total([3]) == 0';
  else if (wrong >= 0)
    errors.tests = `must assert something, and number ${wrong + 1} does not: ${opening(tests[wrong])}`;
  else if (broken >= 0)
    errors.tests = `must be Python, and number ${broken + 1} is not: ${opening(tests[broken])}`;
  else if (!errors.entryPoint) {
    const called = tests.some((test) =>
      new RegExp(`(?<![\\p{L}\\d_.])${entryPoint.trim()}(?![\\p{L}\\d_])`, 'u').test(test),
    );
    if (!called) errors.tests = `do not call ${entryPoint.trim()}`;
  }
  return errors;
}

export const problemOf = (draft: Draft): Problem => ({
  id: draft.name.trim(),
  instruction: draft.instruction.trim(),
  entryPoint: draft.entryPoint.trim(),
  reference: draft.reference.trim() === '' ? '' : draft.reference.trimEnd(),
  setup: draft.setup.trimEnd(),
  tests: testsOf(draft.tests),
});

/** Names as they are compared. */
export const namesOf = (drafts: readonly Draft[]): ReadonlySet<string> =>
  new Set(drafts.map(({ name }) => name.trim()));

/** What is wrong with each, by its key. */
export const errorsByKey = (drafts: readonly Draft[]): ReadonlyMap<number, DraftErrors> =>
  new Map(
    drafts.map((draft) => {
      const others = drafts.filter((one) => one !== draft).map(({ name }) => name.trim());
      return [draft.key, errorsOf(draft, others)];
    }),
  );

/** "name 2": one that is not taken. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  const stem = name.replace(/ \d+$/, '');
  let n = 1;
  while (taken.has(n === 1 ? stem : `${stem} ${n}`)) n++;
  return n === 1 ? stem : `${stem} ${n}`;
}

/** The problems, each with a name that neither the taken ones nor one before it has. */
export function namedApart(problems: readonly Problem[], taken: ReadonlySet<string>): Problem[] {
  const names = new Set(taken);
  return problems.map((problem) => {
    const id = names.has(problem.id) ? freeName(problem.id, names) : problem.id;
    names.add(id);
    return { ...problem, id };
  });
}

/** "Tests are missing.": what is wrong with a field, with an end. */
export const ended = (words: string): string => (/[.?!]$/.test(words) ? words : `${words}.`);
