/** The programs of the sandbox's tests: our own corpus, and larger ones that are not part of the repository. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import type { GradeRequest, Verdict } from '../../src/sandbox/types.ts';

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

/** A file of the folder that the environment variable COCOS_CORPORA names, or null when there is none. */
export function externalFile(name: string): string | null {
  const folder = process.env['COCOS_CORPORA'];
  if (folder === undefined || !existsSync(join(folder, name))) {
    console.warn(`NOT RUN: ${name}. Set COCOS_CORPORA to the folder that holds it to grade it too.`);
    return null;
  }
  return readFileSync(join(folder, name), 'utf8');
}

export function externalCorpus(name: string): Row[] | null {
  const text = externalFile(name);
  return text === null ? null : rows(text);
}

export const requests = (programs: readonly Row[]): GradeRequest[] =>
  programs.map(({ code, setup, tests }) => ({ code, setup, tests }));

/** What went otherwise than expected, one readable line per program. */
export function surprises(programs: readonly Row[], verdicts: readonly Verdict[]): string[] {
  return programs.flatMap((program, i) => {
    const verdict = verdicts[i];
    const right =
      verdict &&
      program.expect.split('|').includes(verdict.status) &&
      (program.passed === undefined || program.passed === verdict.passed);
    if (right) return [];
    const tests = verdict?.tests.map(
      (t) => `${t.expression} ${t.status} ${t.got} ${t.exception?.message ?? ''}`,
    );
    return [
      `${program.name}: expected ${program.expect}, got ${verdict?.status}: ${tests?.join('; ').slice(0, 400)}`,
    ];
  });
}
