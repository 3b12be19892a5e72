/** Reads one problem file away from the page's thread: 64 MB of JSON would stop the page for seconds. */
import { readProblemFile, type ProblemSet } from './problemFile.ts';

/** The only message there is: what came of the file. */
export type FileReading = { readonly set: ProblemSet } | { readonly refused: string };

const answer = (reading: FileReading): void => self.postMessage(reading);

self.addEventListener('message', (event: MessageEvent<File>) => {
  readProblemFile(event.data).then(
    (set) => answer({ set }),
    (error: unknown) => answer({ refused: error instanceof Error ? error.message : String(error) }),
  );
});
