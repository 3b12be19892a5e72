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

/**
 * The evaluation at step 0 of a run in `out/SETTING/SEED` that is asked the same by the same build: the likeliest answers to the same
 * problems of the user's own.
 * @param free fields in which the two may differ, because nothing before the first update depends on them
 * @returns as a record of `experiment`; null when there is none
 */
export async function baselineIn(
  out: string,
  free: readonly FieldName[],
  experiment: Experiment,
  { name, device }: Pick<OpenedBackend, 'name' | 'device'>,
): Promise<EvalRecord | null> {
  if (experiment.tasks !== 'own' || experiment.initialPolicy !== 'model') return null;
  const runs = (await Promise.all((await foldersIn(out)).map(foldersIn))).flat();
  for (const path of runs) {
    if (!existsSync(join(path, 'log.jsonl'))) continue;
    const log = await RunLog.open(new FolderStore(path));
    const { manifest } = log;
    if (Object.keys(diff(manifest.experiment, experiment)).some((one) => !free.some((f) => f === one)))
      continue;
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
