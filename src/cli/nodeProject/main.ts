/** The engine of an exported project: what its train.ts and tasks.ts import as #engine. kit.ts bundles it. */
import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { fieldNames } from '../../config/fields.ts';
import { FlagError, flagOf } from '../../config/flags.ts';
import { readExperimentFile } from '../../config/formats.ts';
import { decidedBy } from '../../exports/nodeProject.ts';
import { makeTasks as make } from '../../tasks/makeTasks.ts';
import { readProblemSet } from '../../tasks/problemSet.ts';
import { sha256 } from '../../sandbox/nodeStore.ts';
import { runCommand, type Command } from '../common.ts';
import { projectRoot } from '../places.ts';
import { train } from '../trainCommand.ts';
import { problemTasks, useOwn, useProblems } from './own.ts';
import type { Own, Task, TaskOptions } from './parts/api.ts';

export { problemTasks };

/** Tasks of the built-in families; the same options always give the same tasks. */
export const makeTasks = (options: TaskOptions): Task[] => make(options);

/** Trains as the command line says, with the user's own tasks, reward and algorithm; ends the process. */
export async function start(own: Own): Promise<void> {
  await runCommand(async (argv) => {
    useOwn(own);
    const shipped = v.parse(
      shippedSchema,
      JSON.parse(readFileSync(join(projectRoot, 'engine/shipped.json'), 'utf8')),
    );
    const problems = join(projectRoot, 'problems.jsonl');
    if (existsSync(problems)) useProblems(await readProblemSet(await readFile(problems, 'utf8')));
    checkDecided(argv, shipped.fields);
    const edited = await editedFiles(shipped.files);
    if (edited.length > 0) process.stderr.write(`edited since the project was made: ${edited.join(', ')}\n`);
    await projectCommand(argv);
  });
}

/** `npm start -- FLAGS`: the flags of `npm run train`, from this project's experiment.json, into the next folder of runs/. */
const projectCommand: Command = async (argv) => {
  const has = (flag: string) => argv.some((word) => word === flag || word.startsWith(`${flag}=`));
  if (has('--help') || has('-h') || has('--resume')) return train(argv);
  const out = has('--out') ? null : nextRun();
  if (out) await keepSources(out);
  try {
    const problems = existsSync('problems.jsonl') ? ['--problems', 'problems.jsonl'] : [];
    await train(['--experiment', 'experiment.json', ...problems, ...(out ? ['--out', out] : []), ...argv]);
  } finally {
    if (out && !existsSync(join(out, 'log.jsonl'))) await rm(out, { recursive: true, force: true });
  }
};

/** runs/1, runs/2, … */
function nextRun(): string {
  for (let n = 1; ; n++) if (!existsSync(join('runs', String(n)))) return join('runs', String(n));
}

const ownFiles = ['tasks.ts', 'reward.ts', 'algorithm.ts', 'train.ts'];

/** A run keeps the files that it was made with. */
async function keepSources(out: string): Promise<void> {
  await mkdir(join(out, 'source'), { recursive: true });
  for (const file of ownFiles) await copyFile(join(projectRoot, file), join(out, 'source', file));
}

/** Which of the user's files are not as they were exported. */
async function editedFiles(shipped: Readonly<Record<string, string>>): Promise<string[]> {
  const edited: string[] = [];
  for (const file of ownFiles)
    if (sha256(await readFile(join(projectRoot, file))) !== shipped[file]) edited.push(file);
  return edited;
}

const shippedSchema = v.object({
  /** SHA-256 of each of the user's files as it was exported. */
  files: v.record(v.string(), v.string()),
  /** What experiment.json said of what the files now decide. */
  fields: v.record(v.string(), v.unknown()),
});

/** Fields that the user's files have taken the place of are refused: changed, they would do nothing. @throws FlagError */
function checkDecided(argv: readonly string[], exported: Readonly<Record<string, unknown>>): void {
  const { experiment } = readExperimentFile(
    JSON.parse(readFileSync(join(projectRoot, 'experiment.json'), 'utf8')),
  );
  for (const name of fieldNames) {
    const file = decidedBy[name];
    if (file === undefined) continue;
    const flag = flagOf(name);
    if (argv.some((word) => word === flag || word.startsWith(`${flag}=`)))
      throw new FlagError(`${flag} does nothing here: ${file} decides. Edit that file.`);
    if (experiment[name] !== exported[name])
      throw new FlagError(
        `experiment.json: ${name}: was changed from ${String(exported[name])} to ${experiment[name]}, which does nothing here: ` +
          `${file} decides. Edit that file, and put ${String(exported[name])} back.`,
      );
  }
}
