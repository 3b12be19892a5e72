/** Grades many programs at once and hands out the verdicts in the order of the programs, as they come. */
import type { GradeRequest, Sandbox, Verdict } from './types.ts';

/** The part of the sandbox that is needed; a browser's stands behind the same. */
export interface Grading extends Pick<Sandbox, 'ready' | 'grade'> {
  dispose(): void | Promise<void>;
}

export interface InOrderOptions {
  /** Programs on their way at once; 64, enough to keep every worker busy, unless given. */
  readonly inFlight?: number;
  readonly signal?: AbortSignal;
}

/** @throws AbortError when the signal says so */
export async function* gradeInOrder(
  sandbox: Pick<Grading, 'grade'>,
  requests: readonly GradeRequest[],
  { inFlight = 64, signal }: InOrderOptions = {},
): AsyncGenerator<Verdict> {
  const running: Promise<Verdict[]>[] = [];
  let next = 0;
  const launch = (): void => {
    if (next >= requests.length) return;
    const verdict = sandbox.grade([requests[next++]!], signal);
    verdict.catch(() => undefined); // whoever awaits it sees it
    running.push(verdict);
  };
  for (let i = 0; i < inFlight; i++) launch();
  for (;;) {
    const oldest = running.shift();
    if (!oldest) return;
    yield* await oldest;
    launch();
  }
}
