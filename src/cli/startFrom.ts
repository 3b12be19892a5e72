/** `--experiment FILE` and `--link LINK`: an experiment of the page, or of another run, at the command line. */
import { readFileSync } from 'node:fs';
import { basename, dirname, extname, resolve } from 'node:path';
import { withChanges } from '../config/experiment.ts';
import { fieldNames, type Experiment } from '../config/fields.ts';
import { FlagError, parseFlags, type ExtraOptions, type ParsedFlags, type Start } from '../config/flags.ts';
import { readExperimentFile } from '../config/formats.ts';
import { readLink, type Shared } from '../receipts/shared.ts';
import type { ProblemSet } from '../tasks/problemSet.ts';
import { problemsBlob, readProblemsBlob } from '../train/log.ts';
import { FolderStore } from './folderStore.ts';
import { fromProblems, problemsFor, problemsOf, problemsOption } from './ownProblems.ts';

export const startOptions: ExtraOptions = {
  experiment: {
    value: 'FILE',
    help: 'Experiment to start from, in place of a preset: an experiment.json, as every run has one.',
  },
  link: {
    value: 'LINK',
    help: 'Experiment to start from, in place of a preset: a link of the page, or what stands behind its #.',
  },
  ...problemsOption,
};

export interface TrainingFlags extends ParsedFlags {
  /** The problems that the experiment names, as they are kept; undefined where its tasks are generated. */
  readonly problems: string | undefined;
}

/** Reads flags of a command that trains. @throws FlagError naming the flag or the file, what was wrong and what to do */
export async function parseTrainingFlags(
  argv: readonly string[],
  extra: ExtraOptions,
): Promise<TrainingFlags> {
  const accepted = fieldNames.filter((name) => !fromProblems.some((one) => one === name));
  let carried: string | null = null;
  const flags = parseFlags(argv, { ...startOptions, ...extra }, accepted, (options) => {
    const start = startFrom(options);
    carried = start?.problems ?? null;
    return start;
  });
  const { problems: file, link, resume } = flags.options;
  if (flags.help || resume !== undefined) return { ...flags, problems: undefined }; // a run has its own
  if (typeof file === 'string') return withProblems(flags, await problemsOf(file));
  const { experiment: beside } = flags.options;
  const given = typeof beside === 'string' ? await problemsBeside(beside) : carried;
  const from = typeof link === 'string' ? 'the link' : `the folder of ${String(beside)}`;
  return { ...flags, problems: await problemsFor(flags.experiment, given, from) };
}

/** The same with problems in the place of other tasks. */
function withProblems(flags: ParsedFlags, { name, text }: ProblemSet): TrainingFlags {
  const changes: Partial<Experiment> = { tasks: 'own', problems: name };
  return {
    ...flags,
    experiment: withChanges(flags.experiment, changes),
    changes: { ...flags.changes, ...changes },
    problems: text,
  };
}

/** What an experiment starts from, and the problems that came along. */
type StartWithProblems = Start & { readonly problems?: string | null };

function startFrom({ experiment: file, link }: ParsedFlags['options']): StartWithProblems | null {
  if (file !== undefined && link !== undefined)
    throw new FlagError('--experiment and --link both name an experiment to start from: leave one out.');
  if (typeof file === 'string') return fromFile(file);
  return typeof link === 'string' ? fromLink(link) : null;
}

function fromFile(file: string): Start {
  try {
    const { experiment, notes } = readExperimentFile(JSON.parse(readFileSync(file, 'utf8')));
    for (const note of notes) process.stderr.write(`${file}: ${note}.\n`);
    const name = basename(file, extname(file));
    // That of a run is called like all others.
    return { experiment, name: name === 'experiment' ? basename(dirname(resolve(file))) : name };
  } catch (error) {
    throw new FlagError(
      `--experiment: ${file} cannot be used (${error instanceof Error ? error.message : String(error)}).`,
      { cause: error },
    );
  }
}

/** The problems of the run that an experiment.json lies beside; null: there are none. @throws Error when they are damaged */
async function problemsBeside(file: string): Promise<string | null> {
  const bytes = await new FolderStore(dirname(file)).get(problemsBlob);
  return bytes && (await readProblemsBlob(bytes));
}

function fromLink(text: string): StartWithProblems {
  let shared: Shared;
  try {
    shared = readLink(text.replace(/^[^#]*#/, ''));
  } catch (error) {
    throw new FlagError(`--link: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
  const { link, problems } = shared;
  const { experiment, madeOn, notes } = link;
  for (const note of notes) process.stderr.write(`The link: ${note}.\n`);
  if (madeOn.backend && madeOn.backend !== 'wasm')
    process.stderr.write(`The link was made on ${madeOn.backend}; on another back end results may differ.\n`);
  return { experiment, name: 'link', problems };
}
