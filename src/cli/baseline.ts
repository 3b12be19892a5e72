/** How good a model is before a run, as another run that began with it has found out: minutes, for a large one. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { diff } from '../config/experiment.ts';
import type { Experiment, FieldName } from '../config/fields.ts';
import type { OpenedBackend } from '../engine/index.ts';
import type { EvalRecord } from '../rl/records.ts';
import { RunLog } from '../train/log.ts';
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
  { name, device }: Pick<OpenedBackend, 'name' | 'device'>,
): Promise<EvalRecord | null> {
  if (experiment.tasks !== 'own' || experiment.initialPolicy !== 'model') return null;
  const runs = (await Promise.all((await foldersIn(out)).map(foldersIn))).flat();
  for (const path of runs) {
    if (!existsSync(join(path, 'log.jsonl'))) continue;
    const log = await RunLog.open(new FolderStore(path));
    const { manifest } = log;
    const differs = Object.keys(diff(manifest.experiment, experiment));
    if (differs.some((name) => !ofTraining.some((one) => one === name))) continue;
    if (manifest.build !== version || manifest.backend !== name) continue;
    if (name === 'webgpu' && manifest.device !== device) continue; // elsewhere it says how many threads
    const known = await log.evalRecord(0);
    if (known) return { ...known, experiment };
  }
  return null;
}

async function foldersIn(path: string): Promise<string[]> {
  if (!existsSync(path)) return [];
  const entries = await readdir(path, { withFileTypes: true });
  return entries.filter((one) => one.isDirectory()).map(({ name }) => join(path, name));
}
