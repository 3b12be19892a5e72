/** How good a model is before a run, as another run that began with it has found out: minutes, for a large one. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { diff } from '../config/experiment.ts';
import type { Experiment, FieldName } from '../config/fields.ts';
import type { OpenedBackend } from '../engine/index.ts';
import type { EvalRecord } from '../rl/records.ts';
import { RunLog } from '../train/log.ts';
import type { Manifest } from '../train/logFormat.ts';
import { FolderStore } from './folderStore.ts';
import { version } from './places.ts';

/** Fields that nothing depends on before the first update: how what is learned is drawn, credited and descended. */
const ofTraining: readonly FieldName[] = [
  ...([
    'seed',
    'control',
    'steps',
    'evalEvery',
    'promptsPerUpdate',
    'k',
    'temperature',
    'topP',
    'beta',
  ] as const),
  ...(['learningRate', 'lrSchedulerType', 'warmupSteps', 'maxGradNorm', 'weightDecay'] as const),
];

/**
 * The evaluation at step 0 of a run in `out/SETTING/SEED` that is asked the same by the same build: the likeliest answers to the same
 * problems of the user's own.
 * @returns as a record of `experiment`; null when there is none
 */
export async function baselineIn(
  out: string,
  experiment: Experiment,
  backend: Pick<OpenedBackend, 'name' | 'device'>,
): Promise<EvalRecord | null> {
  const { model, tasks, initialPolicy } = experiment;
  // Only of these an experiment says by digests what they are.
  if (model !== 'other' || tasks !== 'own' || initialPolicy !== 'model') return null;
  const isSame = (of: Manifest) =>
    Object.keys(diff(of.experiment, experiment)).every((name) => ofTraining.some((one) => one === name)) &&
    of.build === version &&
    of.backend === backend.name &&
    (of.backend !== 'webgpu' || of.device === backend.device); // elsewhere it says how many threads
  const runs = (await Promise.all((await foldersIn(out)).map(foldersIn))).flat();
  for (const path of runs) {
    if (!existsSync(join(path, 'log.jsonl'))) continue;
    // What cannot be read is not known here; a run whose log is damaged says so itself.
    const known = await evaluationIn(path, isSame).catch(() => null);
    if (known) return { ...known, experiment };
  }
  return null;
}

/** Where every task was judged: what could not be may be another time. */
async function evaluationIn(path: string, isSame: (of: Manifest) => boolean): Promise<EvalRecord | null> {
  const log = await RunLog.open(new FolderStore(path));
  const known = isSame(log.manifest) ? await log.evalRecord(0) : null;
  return known?.outcomes?.some((task) => task.includes(null)) ? null : known;
}

async function foldersIn(path: string): Promise<string[]> {
  if (!existsSync(path)) return [];
  const entries = await readdir(path, { withFileTypes: true });
  return entries.filter((one) => one.isDirectory()).map(({ name }) => join(path, name));
}
