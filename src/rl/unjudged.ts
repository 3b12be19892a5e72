/** Why an answer was not judged: a test that cannot be run, which is the fault of a problem, or a sandbox that was lost. */
import type { GradedAnswer } from './episode.ts';

type Answers = readonly { readonly verdict: GradedAnswer['verdict'] | null }[];

export interface Unjudged {
  /** From 1. */
  readonly test: number;
  /** A clause: "the test is not valid Python: '[' was never closed"; '' where that is not known. */
  readonly why: string;
  /** Whatever the answer is, that test cannot be run. */
  readonly always: boolean;
}

/** How the sandbox begins when it speaks of the tests themselves. */
const ofTests = /^the (tests?|setup) /;

/** The first test of some answers that could not be run; null where all could. */
export function unjudgedIn(answers: Answers): Unjudged | null {
  for (const { verdict } of answers) {
    const at = verdict?.tests.findIndex(({ status }) => status === 'infra') ?? -1;
    if (at < 0) continue;
    const why = verdict?.tests[at]?.exception?.message ?? '';
    return { test: at + 1, why, always: ofTests.test(why) };
  }
  return null;
}

/** The same in words: "test 2 could not be run: the test is not valid Python"; "a test could not be run" where it is not known which. */
export function unjudgedWords(answers: Answers): string {
  const found = unjudgedIn(answers);
  if (!found) return 'a test could not be run';
  return `test ${found.test} could not be run${found.why ? `: ${found.why}` : ''}`;
}
