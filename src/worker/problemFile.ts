/** Reads a problem file from the user's disk. */
import {
  checkProblemSize,
  fileText,
  readProblems,
  type ProblemFormat,
  type ReadTasks,
} from '../tasks/readers/index.ts';

/** The good records of a file, and what is to be said of its lines. */
export interface ProblemSet extends ReadTasks {
  readonly file: string;
  readonly format: ProblemFormat;
}

/**
 * @throws Error when the file is empty, too large, no text, or of no known format: the message says what to do.
 */
export async function readProblemFile(file: File): Promise<ProblemSet> {
  checkProblemSize(file.size);
  const bytes = await file.arrayBuffer().catch((cause: unknown) => {
    throw new Error('it could not be read. Is it a folder, or was it moved? Choose the file again.', {
      cause,
    });
  });
  return { file: file.name, ...readProblems(await fileText(new Uint8Array(bytes)), 'auto', file.name) };
}
