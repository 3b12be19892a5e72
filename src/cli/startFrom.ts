/** `--experiment FILE` and `--link LINK`: an experiment of the page, or of another run, at the command line. */
import { readFileSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { defaultExperiment, withChanges } from '../config/experiment.ts';
import { fieldNames, type Experiment } from '../config/fields.ts';
import { FlagError, parseFlags, presetOption } from '../config/flags.ts';
import type { ExtraOptions, ParsedFlags, Start } from '../config/flags.ts';
import { readExperimentFile } from '../config/formats.ts';
import { decisionSettings, shortProblemSettings, type BroughtPreset } from '../config/presets.ts';
import { readLink, type Shared } from '../receipts/shared.ts';
import type { ProblemSet } from '../tasks/problemSet.ts';
import { problemsBlob, readProblemsBlob } from '../train/log.ts';
import { FolderStore } from './folderStore.ts';
import { fromProblems, problemsFor, problemsOf, problemsOption } from './ownProblems.ts';
import { projectRoot } from './places.ts';

/** Experiments on problems that come with the playground, over a model of the user's. */
const onProblems: Readonly<
  Record<string, { readonly settings: Partial<Experiment>; readonly file: string }>
> = {
  ['short-problems' satisfies BroughtPreset['id']]: { settings: shortProblemSettings, file: 'short.jsonl' },
  decisions: { settings: decisionSettings, file: 'decisions.jsonl' },
};
const onProblemsNames = Object.keys(onProblems);

const onProblemsOf = (preset: string | true | undefined) =>
  typeof preset === 'string' && Object.hasOwn(onProblems, preset) ? onProblems[preset] : undefined;

export const startOptions: ExtraOptions = {
  preset: {
    ...presetOption,
    help: `${presetOption.help} ${onProblemsNames.join(' and ')} go with --model PATH.`,
    choices: [...(presetOption.choices ?? []), ...onProblemsNames],
  },
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

/** The fields that are flags of a command that trains. */
export const trainingFields = fieldNames.filter((name) => !fromProblems.some((one) => one === name));

export interface TrainingFlags extends ParsedFlags {
  /** The problems that the experiment names, as they are kept; undefined where its tasks are generated. */
  readonly problems: string | undefined;
}

/** Reads flags of a command that trains. @throws FlagError naming the flag or the file, what was wrong and what to do */
export async function parseTrainingFlags(
  argv: readonly string[],
  extra: ExtraOptions,
): Promise<TrainingFlags> {
  let carried: string | null = null;
  let own: (typeof onProblems)[string] | undefined;
  const flags = parseFlags(argv, { ...startOptions, ...extra }, trainingFields, (options) => {
    own = onProblemsOf(options['preset']);
    const start = startFrom(options);
    carried = start?.problems ?? null;
    return start;
  });
  const { problems: file, link, resume } = flags.options;
  if (flags.help || resume !== undefined) return { ...flags, problems: undefined }; // a run has its own
  if (own) checkIsOther(flags.experiment);
  if (typeof file === 'string') return withProblems(flags, await problemsOf(file));
  if (own) return withProblems(flags, await problemsOf(join(projectRoot, 'public/problems', own.file)));
  const { experiment: beside } = flags.options;
  const given = typeof beside === 'string' ? await problemsBeside(beside) : carried;
  const from = typeof link === 'string' ? 'the link' : `the folder of ${String(beside)}`;
  return { ...flags, problems: await problemsFor(flags.experiment, given, from) };
}

/** @throws FlagError when the experiment is about a model of the playground's own, which cannot read problems in sentences */
export function checkIsOther({ model }: Experiment): void {
  if (model === 'other') return;
  throw new FlagError(
    '--model PATH is missing: these problems are for a model that others trained. Give its folder or .gguf file, best the folder ' +
      'that npm run boost -- --model wrote.',
  );
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

function startFrom({ experiment: file, link, preset }: ParsedFlags['options']): StartWithProblems | null {
  const named = Object.entries({ experiment: file, link, preset }).filter(([, value]) => value !== undefined);
  if (named.length > 1) {
    const flags = named.map(([name]) => `--${name}`).join(' and ');
    throw new FlagError(`${flags} each name an experiment to start from: leave all but one out.`);
  }
  const own = onProblemsOf(preset);
  if (own && typeof preset === 'string')
    return { experiment: withChanges(defaultExperiment, own.settings), name: preset };
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
