/** `--to node`: an experiment as a Node project. */
import { FlagError } from '../../config/flags.ts';
import { modelsOf, nodeProject } from '../../exports/nodeProject.ts';
import { modelFolderOf, shippedModel } from '../common.ts';
import { filesIn, type Asked } from '../pythonProject.ts';
import { makeKit } from './kit.ts';

/** @returns the project's files by path */
export async function nodeProjectOf({
  experiment,
  modelDir,
  from,
  problems,
}: Asked): Promise<Map<string, Uint8Array>> {
  if (from !== undefined)
    throw new FlagError(
      "--from is for the Python projects. For node, give the run's experiment.json with --experiment, and with --model-dir a model to " +
        'start from.',
    );
  const folder = await modelFolderOf(modelDir, experiment);
  const names = modelDir === undefined ? modelsOf(experiment) : [];
  const shipped = names.map(async (name) => [name, await filesIn(shippedModel(name))] as const);
  return nodeProject({
    ...{ experiment, kit: await makeKit(), models: new Map(await Promise.all(shipped)) },
    ...(problems === undefined ? {} : { problems }),
    ...(modelDir === undefined ? {} : { own: await filesIn(folder) }),
  });
}
