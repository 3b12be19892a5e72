/** `--experiment FILE` and `--link LINK`: an experiment of the page, or of another run, at the command line. */
import { readFileSync } from 'node:fs';
import { basename, dirname, extname, resolve } from 'node:path';
import { fieldNames } from '../config/fields.ts';
import { FlagError, parseFlags, type ExtraOptions, type ParsedFlags, type Start } from '../config/flags.ts';
import { readExperimentFile } from '../config/formats.ts';
import { decodeLink } from '../config/link.ts';

export const startOptions: ExtraOptions = {
  experiment: {
    value: 'FILE',
    help: 'Experiment to start from, in place of a preset: an experiment.json, as every run has one.',
  },
  link: {
    value: 'LINK',
    help: 'Experiment to start from, in place of a preset: a link of the page, or what stands behind its #.',
  },
};

/** Reads flags of a command that trains. @throws FlagError naming the flag or the file, what was wrong and what to do */
export const parseTrainingFlags = (argv: readonly string[], extra: ExtraOptions): ParsedFlags =>
  parseFlags(argv, { ...startOptions, ...extra }, fieldNames, startFrom);

function startFrom({ experiment: file, link }: ParsedFlags['options']): Start | null {
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

function fromLink(link: string): Start {
  const { experiment, madeOn, problem, notes } = decodeLink(link.replace(/^[^#]*#/, ''));
  if (problem !== null) throw new FlagError(`--link: ${problem}`);
  for (const note of notes) process.stderr.write(`The link: ${note}.\n`);
  if (madeOn.backend && madeOn.backend !== 'wasm')
    process.stderr.write(`The link was made on ${madeOn.backend}; on another back end results may differ.\n`);
  return { experiment, name: 'link' };
}
