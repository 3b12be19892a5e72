/** What the page needs to grade problem files: a reader, and a door of its own into the page's sandbox. */
import { connectSandbox } from '../sandbox/client.ts';
import { gradeInOrder } from '../sandbox/inOrder.ts';
import { defaultLimits } from '../sandbox/limits.ts';
import { gradedLine, unreadLine, type GradeLine } from '../sandbox/report.ts';
import type { GradeRequest, TestVerdict, Verdict } from '../sandbox/types.ts';
import { fieldsOf, problemFormats, titleOf } from '../tasks/readers/formats.ts';
import type { LineProblem } from '../tasks/readers/index.ts';
import type { ProblemSet } from './problemFile.ts';
import type { FileReading } from './problems.worker.ts';
import readerScript from './problems.worker.ts?worker&url';
import { startWorker } from './window.ts';

export { fieldsOf, gradedLine, problemFormats, titleOf, unreadLine };
export type { GradeLine, GradeRequest, LineProblem, ProblemSet, TestVerdict, Verdict };

/** Seconds that one test may take in the page's sandbox. The command line gives reference solutions more. */
export const secondsPerTest = defaultLimits.perTestMs / 1000;

/**
 * Programs on their way at once. The pool serves in the order of arrival, so this is how many programs of the file
 * a training update may have to wait for.
 */
const inFlight = 4;

export interface ProblemTools {
  /** Rejects, with what to do, when the file as a whole cannot be used; with AbortError on abort. */
  read(file: File, signal: AbortSignal): Promise<ProblemSet>;
  /** Verdicts in the order of the requests. Throws AbortError on abort, or an Error when Python does not start. */
  grade(requests: readonly GradeRequest[], signal: AbortSignal): AsyncGenerator<Verdict>;
}

/** @param openPort a fresh port into the page's sandbox. */
export function problemTools(openPort: () => Promise<MessagePort>): ProblemTools {
  return {
    read: readInWorker,
    async *grade(requests, signal) {
      const sandbox = connectSandbox(await openPort());
      signal.addEventListener('abort', () => sandbox.dispose(), { once: true });
      try {
        signal.throwIfAborted();
        await sandbox.ready();
        yield* gradeInOrder(sandbox, requests, { inFlight: inFlight, signal });
      } finally {
        sandbox.dispose();
      }
    },
  };
}

function readInWorker(file: File, signal: AbortSignal): Promise<ProblemSet> {
  const worker = startWorker(readerScript);
  return new Promise<ProblemSet>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    worker.addEventListener('message', ({ data }: MessageEvent<FileReading>) => {
      if ('set' in data) resolve(data.set);
      else reject(new Error(data.refused));
    });
    worker.addEventListener('error', (event) =>
      reject(new Error(`it could not be read: ${event.message || 'the reader stopped'}. Reload the page.`)),
    );
    worker.postMessage(file);
  }).finally(() => worker.terminate());
}
