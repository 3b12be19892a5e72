/** `--to pytorch` and `--to trl`: an experiment, or a run as it stands, as a Python project. */
import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { Program } from '../config/elsewhere.ts';
import { withChanges } from '../config/experiment.ts';
import type { Experiment } from '../config/fields.ts';
import { FlagError } from '../config/flags.ts';
import { checkCounterparts, pythonProject, type ProjectParts } from '../exports/pytorch/index.ts';
import type { ModelFiles } from '../exports/modelFolder.ts';
import type { WholeBase } from '../train/base.ts';
import { readerOf } from '../tasks/episode.ts';
import { readProblemSet } from '../tasks/problemSet.ts';
import { openTasks } from '../tasks/source.ts';
import { loadOurs, modelFolderOf, projectRoot, shippedModel } from './common.ts';
import { problemsOfRun } from './ownProblems.ts';
import { modelOf, openRunAt } from './packedRun.ts';

export interface Asked {
  readonly experiment: Experiment;
  /** What it is called. */
  readonly name: string;
  /** `--model-dir`, if it was given. */
  readonly modelDir: string | undefined;
  /** `--from`, if it was given: a run, in whose place the experiment's own changes are made. */
  readonly from: string | undefined;
  /** What the flags themselves set. */
  readonly changes: Partial<Experiment>;
  /** The problems that the experiment names, as they are kept, where its tasks are the user's own. */
  readonly problems: string | undefined;
}

/** @returns the project's files by path */
export async function pythonProjectOf(program: Program, asked: Asked): Promise<Map<string, Uint8Array>> {
  const check = (experiment: Experiment) => checkCounterparts(experiment, program);
  const parts = await (asked.from === undefined
    ? ofExperiment(asked, check)
    : ofRun(asked.from, asked, check));
  const { format, config } = parts.began;
  const reader = readerOf(format, config.max_position_embeddings);
  const problems = parts.problems === undefined ? null : await readProblemSet(parts.problems);
  const { train, heldOut } = openTasks(parts.experiment, reader, problems);
  const tasks = { train: train.slice(), heldOut: heldOut.slice() };
  return pythonProject({ program, sources: await sources(), ...tasks, ...parts });
}

interface Own extends Pick<ProjectParts, 'name' | 'experiment' | 'reference' | 'policy'> {
  /** The reference. */
  readonly began: WholeBase;
  readonly problems: string | undefined;
}

/** Refuses an experiment by the name of a field, before anything is read of its model. */
type Check = (experiment: Experiment) => void;

async function ofExperiment({ experiment, name, modelDir, problems }: Asked, check: Check): Promise<Own> {
  check(experiment);
  const folder = await modelFolderOf(modelDir, experiment);
  const [reference, began] = [await filesIn(folder), await loadOurs(folder)];
  const { initialPolicy } = experiment;
  const policy =
    initialPolicy === 'model'
      ? { files: reference, what: 'the model of `reference/`' }
      : { files: await filesIn(shippedModel(initialPolicy)), what: `a checkpoint, ${initialPolicy}` };
  return { name, experiment, reference, began, policy, problems };
}

/** A run as it was after its last saved state. */
async function ofRun(path: string, { modelDir, changes }: Asked, check: Check): Promise<Own> {
  if (!existsSync(path)) throw new FlagError(`--from: there is no ${path}.`);
  const { name, log, folder } = await openRunAt(path);
  check(withChanges(log.experimentAt(Infinity), changes));
  const reference = await modelOf(log.manifest, folder, modelDir);
  const state = await log.stateAt(Infinity);
  if (!state)
    throw new Error(`--from: no state of ${path} is kept. Export the experiment with --experiment instead.`);
  const began = await loadOurs(reference);
  const experiment = withChanges(log.experimentAt(state.step), changes);
  return {
    name,
    experiment,
    ...{ began, reference: await filesIn(reference), problems: await problemsOfRun(log, path, experiment) },
    policy: {
      files: new Map(Object.entries(began.files(experiment, state.weights))),
      what: `that run’s model after ${state.step} updates`,
    },
  };
}

const needed = ['config.json', 'model.safetensors', 'tokenizer.json'];

/** The files of a model. @throws Error naming the file that is missing */
export async function filesIn(folder: string): Promise<ModelFiles> {
  const missing = needed.find((name) => !existsSync(join(folder, name)));
  if (missing !== undefined) throw new Error(`${join(folder, missing)} is missing; a model needs it.`);
  const names = [...needed, 'generation_config.json'].filter((name) => existsSync(join(folder, name)));
  const read = names.map(async (name) => [name, await readFile(join(folder, name))] as const);
  return new Map(await Promise.all(read));
}

/** The Python of the projects, as it is written. */
export async function sources(): Promise<Map<string, string>> {
  const folder = join(projectRoot, 'src/exports/pytorch/project');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.endsWith('__pycache__'))
    .map((entry) => join(entry.parentPath, entry.name));
  const read = files.map(
    async (file) => [relative(folder, file).replaceAll(sep, '/'), await readFile(file, 'utf8')] as const,
  );
  return new Map(await Promise.all(read));
}
