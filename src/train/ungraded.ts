/** Why episodes could not be graded: tests that cannot be run, which is the fault of a problem, or a sandbox that was lost. */
import type { GradedAnswer, Group } from '../rl/episode.ts';
import { UnrecoverableError } from './failure.ts';

/** How the sandbox begins when it speaks of the tests themselves; of whatever else, it was lost. */
const ofTests = /^the (tests?|setup) /;

type Judged = Group<{ readonly turns: readonly Pick<GradedAnswer, 'verdict'>[] }>;

/** The first task of them whose tests cannot be run whatever the answer is, and why; null where there is none. */
function unrunnable(
  groups: readonly Judged[],
): { readonly task: Judged['task']; readonly why: string } | null {
  for (const { task, trajectories } of groups)
    for (const { turns } of trajectories)
      for (const { verdict } of turns) {
        const at = verdict.tests.findIndex(
          ({ status, exception }) => status === 'infra' && ofTests.test(exception?.message ?? ''),
        );
        const test = verdict.tests[at];
        if (test) return { task, why: `test ${at + 1}: ${test.exception?.message ?? ''}` };
      }
  return null;
}

/** What ends a run of which so many episodes could not be graded: who is to blame, and what to do. */
export function ungradedError(groups: readonly Judged[], masked: number, all: number): UnrecoverableError {
  const count = `${masked} of ${all} episodes could not be graded:`;
  const found = unrunnable(groups);
  return found
    ? new UnrecoverableError(
        `${count} the problem “${found.task.id}” has tests that cannot be run (${found.why}). Nothing was learned from them.`,
        'Mend the problem or leave it out, and begin a new run.',
        null,
      )
    : new UnrecoverableError(
        `${count} the sandbox keeps being lost, perhaps because memory ran out. Nothing was learned from them.`,
        'Close other programs, then reload the page or resume the command.',
        null,
      );
}
