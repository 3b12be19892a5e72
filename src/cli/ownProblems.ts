/** `--problems FILE`: problems of the user's own, to train and evaluate on. */
import { readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Experiment } from '../config/fields.ts';
import { FlagError, type ExtraOptions } from '../config/flags.ts';
import { problemSetOf, readProblemSet, type ProblemSet } from '../tasks/problemSet.ts';
import { problemsBlob, type RunLog } from '../train/log.ts';
import { checkProblemSize, fileText, readProblems, type ProblemFormat } from '../tasks/readers/index.ts';

export const problemsOption: ExtraOptions = {
  problems: {
    value: 'FILE',
    help:
      'Problems of your own, in place of generated tasks: a file that npm run grade reads, each record with its text, its tests ' +
      'and perhaps a solution. --held-out says how many of them are held out.',
  },
};

/** Fields that `--problems` decides. */
export const fromProblems = ['tasks', 'problems'] as const satisfies (keyof Experiment)[];

/** @throws FlagError naming the flag, the file and what is wrong with it as a whole */
export async function readProblemFile(flag: string, file: string, format: ProblemFormat | 'auto' = 'auto') {
  try {
    checkProblemSize((await stat(file)).size);
    const bytes = new Uint8Array(await readFile(file));
    return readProblems(await fileText(bytes), format, basename(file));
  } catch (error) {
    throw new FlagError(`${flag} ${file}: ${messageOf(error)}`, { cause: error });
  }
}

/** The problems of a file to train on; of records that cannot be read it is said why. @throws FlagError likewise */
export async function problemsOf(file: string): Promise<ProblemSet> {
  const { tasks, problems, notices, format } = await readProblemFile('--problems', file);
  process.stderr.write(`${file}: ${tasks.length} problems of the format ${format}\n`);
  for (const { line, message } of problems) process.stderr.write(`line ${line}: ${message}\n`);
  if (notices.length > 0)
    process.stderr.write(
      `${notices.length} remarks on these problems: npm run grade -- --data ${file} lists them.\n`,
    );
  try {
    return await problemSetOf(tasks);
  } catch (error) {
    throw new FlagError(`--problems ${file}: ${messageOf(error)}`, { cause: error });
  }
}

/**
 * The problems that an experiment names, where it names any.
 * @param given as they came along; null: they did not
 * @param from what the experiment came from: "the link"
 * @throws FlagError saying which problems are needed
 */
export async function problemsFor(
  { tasks, problems }: Experiment,
  given: string | null,
  from: string,
): Promise<string | undefined> {
  if (tasks !== 'own') return undefined;
  if (given === null)
    throw new FlagError(
      `The experiment is about problems of its author's own (${problems}), which ${from} does not carry: ` +
        'give the file they came from with --problems FILE.',
    );
  try {
    return (await readProblemSet(given, problems)).text;
  } catch (error) {
    throw new FlagError(`The problems that came with ${from} cannot be used: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/**
 * The problems of a run in a folder, which lie beside its log.
 * @throws Error naming the file that is missing
 */
export async function problemsOfRun(
  log: RunLog,
  path: string,
  { tasks }: Experiment,
): Promise<string | undefined> {
  const text = await log.problems();
  if (text !== undefined || tasks !== 'own') return text;
  throw new Error(
    `${join(path, 'blobs', problemsBlob)} is missing: it holds the problems that the run is about. Put it back from a copy of the ` +
      'run, or begin again with --problems FILE and another --out.',
  );
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
