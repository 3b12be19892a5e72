/** The programs of the sandbox's tests: our own corpus, and larger ones that are not part of the repository. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import type { TestContext } from 'vitest';
import type { GradeRequest, Verdict } from '../../src/sandbox/types.ts';
import { notRun } from '../notRun.ts';

/** The files of our own corpus, one kind of attack each. Programs run in file order in one session. */
export const KINDS = ['honest', 'forgery', 'host', 'leftovers', 'memory', 'hangs'] as const;

const row = v.object({
  name: v.string(),
  code: v.string(),
  setup: v.optional(v.string(), ''),
  tests: v.array(v.string()),
  /** The status, or several with `|` where the time a machine takes decides. */
  expect: v.string(),
  /** How many tests pass, when that is known. */
  passed: v.optional(v.number()),
});
export type Row = v.InferOutput<typeof row>;

const rows = (text: string): Row[] =>
  text
    .trim()
    .split('\n')
    .map((line) => v.parse(row, JSON.parse(line)));

export const ownCorpus = (kind: (typeof KINDS)[number]): Row[] =>
  rows(readFileSync(new URL(`./corpus/${kind}.jsonl`, import.meta.url), 'utf8'));

/** Corpora that are no part of this repository, and where they come from. */
const EXTERNAL = {
  'mbpp.jsonl': 'google-research, 974 problems',
  'hostile.jsonl': 'the plain format and a field "expect"',
};

/** The path of a corpus in the folder that the environment variable COCOS_CORPORA names; null when it is not there. */
export function externalPath(name: keyof typeof EXTERNAL): string | null {
  const path = join(process.env['COCOS_CORPORA'] ?? '', name);
  return process.env['COCOS_CORPORA'] && existsSync(path) ? path : null;
}

/** The path of an external corpus; the test is not run where there is none. */
export const externalFor = (context: TestContext, name: keyof typeof EXTERNAL): string =>
  externalPath(name) ??
  notRun(context, `the corpus ${name}`, `set COCOS_CORPORA to the folder that holds it (${EXTERNAL[name]})`);

/** The programs of the external corpus of hostile programs; the test is not run where there is none. */
export const hostileFor = (context: TestContext): Row[] =>
  rows(readFileSync(externalFor(context, 'hostile.jsonl'), 'utf8'));

export const requests = (programs: readonly Row[]): GradeRequest[] =>
  programs.map(({ code, setup, tests }) => ({ code, setup, tests }));

const asExpected = (program: Row, verdict: Verdict | undefined): boolean =>
  verdict !== undefined &&
  program.expect.split('|').includes(verdict.status) &&
  (program.passed === undefined || program.passed === verdict.passed);

/**
 * The verdicts, but where a busy machine was too slow for a test that should have come to an end: these programs are graded again
 * with more time. No test depends on speed.
 */
export async function withTime(
  programs: readonly Row[],
  verdicts: readonly Verdict[],
  grade: (programs: GradeRequest[]) => Promise<Verdict[]>,
): Promise<Verdict[]> {
  const slow = programs.filter(
    (program, i) =>
      !asExpected(program, verdicts[i]) && verdicts[i]?.tests.some(({ status }) => status === 'timeout'),
  );
  const again = slow.length > 0 ? await grade(requests(slow)) : [];
  return verdicts.map((verdict, i) => again[slow.indexOf(programs[i]!)] ?? verdict);
}

/** What went otherwise than expected, one readable line per program. */
export function surprises(programs: readonly Row[], verdicts: readonly Verdict[]): string[] {
  return programs.flatMap((program, i) => {
    const verdict = verdicts[i];
    if (asExpected(program, verdict)) return [];
    const tests = verdict?.tests.map(
      (t) => `${t.expression} ${t.status} ${t.got} ${t.exception?.message ?? ''}`,
    );
    return [
      `${program.name}: expected ${program.expect}, got ${verdict?.status}: ${tests?.join('; ').slice(0, 400)}`,
    ];
  });
}
