/** The page that `npm run grade -- --in browser` opens: the app's own sandbox, asked from outside the page. */
import { createBrowserSandboxHost } from '../../sandbox/browser.ts';
import { connectSandbox } from '../../sandbox/client.ts';
import type { GradeRequest, Sandbox, Verdict } from '../../sandbox/types.ts';

export interface PageOptions {
  readonly workers: number;
  readonly perTestMs: number;
  readonly perProgramMs: number;
}

declare global {
  interface Window {
    /** Starts the sandbox; resolves when it can grade. */
    startGrading: (options: PageOptions) => Promise<void>;
    gradePrograms: (requests: readonly GradeRequest[]) => Promise<Verdict[]>;
  }
}

let sandbox: Sandbox | null = null;

window.startGrading = async (options) => {
  const host = createBrowserSandboxHost({ pyodide: '/pyodide/', ...options });
  sandbox = connectSandbox(await host.openPort());
  await sandbox.ready();
};
window.gradePrograms = async (requests) => {
  if (!sandbox) throw new Error('grading was not started');
  return sandbox.grade(requests);
};
