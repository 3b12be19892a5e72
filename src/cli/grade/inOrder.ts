/** Grades many programs at once and hands out the verdicts in the order of the programs, as they come. */
import type { GradeRequest, Sandbox, Verdict } from '../../sandbox/types.ts';

/** The part of the sandbox that is needed; a browser's stands behind the same. */
export interface Grading extends Pick<Sandbox, 'ready' | 'grade'> {
  dispose(): void | Promise<void>;
}

/** Programs on their way at once: enough to keep every worker busy. */
const IN_FLIGHT = 64;

export async function* gradeInOrder(
  sandbox: Pick<Grading, 'grade'>,
  requests: readonly GradeRequest[],
): AsyncGenerator<Verdict> {
  const running: Promise<Verdict[]>[] = [];
  let next = 0;
  const launch = (): void => {
    if (next >= requests.length) return;
    const verdict = sandbox.grade([requests[next++]!]);
    verdict.catch(() => undefined); // whoever awaits it sees it
    running.push(verdict);
  };
  for (let i = 0; i < IN_FLIGHT; i++) launch();
  for (;;) {
    const oldest = running.shift();
    if (!oldest) return;
    yield* await oldest;
    launch();
  }
}
