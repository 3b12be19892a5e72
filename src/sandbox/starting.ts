/** A sandbox that may still be on its way, so that all that needs none can be done meanwhile. */
import type { GradeRequest, Sandbox, SandboxStats, Verdict } from './types.ts';

const nothingYet: SandboxStats = { graded: 0, cacheHits: 0, timeouts: 0, respawns: 0, infra: 0, workers: 0 };

/**
 * What it is given to grade waits until the sandbox is there.
 * @param coming rejects when there will be none; then whoever grades is told
 */
export function startingSandbox(coming: Promise<Sandbox>): Sandbox {
  let here: Sandbox | null = null;
  const ready = coming.then(async (sandbox) => {
    here = sandbox;
    await sandbox.ready();
    return sandbox;
  });
  ready.catch(() => undefined); // whoever grades or asks sees it
  return {
    ready: async () => void (await ready),
    get stats() {
      return here?.stats ?? nothingYet;
    },
    async grade(requests: readonly GradeRequest[], signal?: AbortSignal): Promise<Verdict[]> {
      const sandbox = await unlessAborted(ready, signal);
      return sandbox.grade(requests, signal);
    },
    dispose() {
      void coming.then(
        (sandbox) => sandbox.dispose(),
        () => undefined,
      );
    },
  };
}

/** @throws the signal's reason as soon as it fires */
export function unlessAborted<T>(work: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
