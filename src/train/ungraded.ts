/** What is said of episodes that could not be graded: tests that cannot be run, which is the fault of a problem, or a sandbox that was lost. */
import type { GradedAnswer, Group } from '../rl/episode.ts';
import type { UpdateRecord } from '../rl/records.ts';
import { unjudgedIn, type Unjudged } from '../rl/unjudged.ts';
import { UnrecoverableError } from './failure.ts';

type Judged = Group<{ readonly turns: readonly Pick<GradedAnswer, 'verdict'>[] }>;

/** The first task of them that has a test which cannot be run whatever the answer is: "the problem “p” has …"; '' where there is none. */
function unrunnable(groups: readonly Judged[]): string {
  for (const { task, trajectories } of groups)
    for (const { turns } of trajectories) {
      const found: Unjudged | null = unjudgedIn(turns);
      if (found?.always)
        return `the problem “${task.id}” has tests that cannot be run (test ${found.test}: ${found.why})`;
    }
  return '';
}

/** What ends a run of which so many episodes could not be graded: who is to blame, and what to do. */
export function ungradedError(groups: readonly Judged[], masked: number, all: number): UnrecoverableError {
  const count = `${masked} of ${all} episodes could not be graded:`;
  const problem = unrunnable(groups);
  return problem
    ? new UnrecoverableError(
        `${count} ${problem}. Nothing was learned from them.`,
        'Mend the problem or leave it out, and begin a new run.',
        null,
      )
    : new UnrecoverableError(
        `${count} the sandbox keeps being lost, perhaps because memory ran out. Nothing was learned from them.`,
        'Close other programs, then reload the page or resume the command.',
        null,
      );
}

const because = (groups: readonly Judged[]): string =>
  unrunnable(groups) || 'a test of theirs could not be run or the Python sandbox was lost';

/** What the user is told of an update's episodes that could not be graded, where there are any. */
export function ungradedInUpdate({ step, metrics, groups }: UpdateRecord): string {
  const masked = metrics['train/masked'] ?? 0;
  const share = `${(100 * masked).toFixed(0)} % of the episodes of update ${step} could not be graded`;
  return `${share}, because ${because(groups)}. They were left out of the update.`;
}

/** The same of an evaluation; '' where all could be. @param groups all of its held-out tasks */
export function ungradedHeldOut(groups: readonly Judged[]): string {
  const masked = groups.filter(({ trajectories }) =>
    trajectories.some(({ turns }) => unjudgedIn(turns)),
  ).length;
  if (masked === 0) return '';
  return `${masked} of ${groups.length} held-out tasks could not be graded, because ${because(groups)}. They are left out of what is measured.`;
}
