/** A run as a Python project. Fetched when it is wanted: it has the project's Python in it. */
import type { Program } from '../../../config/elsewhere.ts';
import type { Experiment } from '../../../config/fields.ts';
import { checkCounterparts, projectFolder, pythonProject } from '../../../exports/pytorch/index.ts';
import type { ModelFiles } from '../../../exports/modelFolder.ts';
import { zip } from '../../../exports/zip.ts';
import { generatedLists } from '../../../tasks/taskList.ts';
import type { Task } from '../../../tasks/types.ts';
import type { Parted } from '../../../worker/ownProblems.ts';

const texts: Readonly<Record<string, string>> = import.meta.glob(
  '../../../exports/pytorch/project/**/*.{py,md,toml,yaml}',
  {
    query: '?raw',
    import: 'default',
    eager: true,
  },
);
const sources = new Map(
  Object.entries(texts).map(([path, text]) => [
    path.slice(path.indexOf('/project/') + '/project/'.length),
    text,
  ]),
);

interface Asked {
  readonly program: Program;
  readonly name: string;
  /** In force after `step` updates. */
  readonly experiment: Experiment;
  readonly step: number;
  /** The model after them. */
  readonly files: ModelFiles;
  /** The model that the run began with, by its name. */
  readonly began: string | undefined;
  /** Parts the problems of the user's own. @throws Error when they are not here */
  readonly own: (experiment: Experiment) => Promise<Parted>;
}

/** @throws Error naming the field, the model or the file, and what to do */
export async function projectArchive({
  program,
  name,
  experiment,
  step,
  files,
  began,
  own,
}: Asked): Promise<Uint8Array<ArrayBuffer>> {
  checkCounterparts(experiment, program);
  if (began !== undefined && began !== experiment.model)
    throw new Error(
      `The run began with ${began}, which does not lie beside the page. Export it with npm run export -- --to ${program} OUT --from RUN.`,
    );
  const tasks = experiment.tasks === 'own' ? await own(experiment) : await generated(experiment);
  const project = pythonProject({
    ...{ program, sources, name, experiment },
    ...tasks,
    reference: await shipped(experiment.model),
    policy: {
      files,
      what: step === 0 ? 'the model that the run starts with' : `the run’s model after ${step} updates`,
    },
  });
  return zip(new Map([...project].map(([path, bytes]) => [`${projectFolder[program]}/${path}`, bytes])));
}

async function generated(experiment: Experiment): Promise<Parted> {
  const { train, heldOut } = generatedLists(experiment);
  return { train: await made(train), heldOut: await made(heldOut) };
}

/** All tasks, some at a time: the page is to stay responsive. */
async function made(tasks: {
  readonly length: number;
  slice(first: number, end: number): Task[];
}): Promise<Task[]> {
  const all: Task[] = [];
  for (let first = 0; first < tasks.length; first += 20) {
    all.push(...tasks.slice(first, first + 20));
    await new Promise((done) => setTimeout(done));
  }
  return all;
}

async function shipped(model: string): Promise<ModelFiles> {
  const names = ['config.json', 'generation_config.json', 'model.safetensors', 'tokenizer.json'];
  const read = names.map(async (name) => {
    const response = await fetch(new URL(`models/${model}/${name}`, document.baseURI));
    if (!response.ok)
      throw new Error(`${name} of the model ${model}: ${response.status} ${response.statusText}`);
    return [name, new Uint8Array(await response.arrayBuffer())] as const;
  });
  return new Map(await Promise.all(read));
}
