/**
 * No silent skips: a test that finds that the machine lacks what it needs calls `notRun`. It is counted as skipped, never as
 * passed, and test/run.ts repeats the notice loudly after the results.
 */
import type { TestContext } from 'vitest';

declare module 'vitest' {
  interface TaskMeta {
    /** What this test could not test, and why. */
    notRun?: string;
  }
}

/**
 * Ends a test that cannot be run on this machine.
 * @param context of the test or its beforeEach
 * @param what the tests left out, e.g. "engine operations on webgpu"
 * @param why what was missing and how to get it
 */
export function notRun({ task, skip }: TestContext, what: string, why: string): never {
  const notice = `${what}: ${why}`;
  task.meta.notRun = notice;
  return skip(notice);
}
