/** A run of a file in the page: its past, as its log tells it. It is looked at and compared; what trains goes on. */
import { pastOf } from '../../keep/past.ts';
import type { RunLog } from '../../train/log.ts';
import type { AppState } from './app.svelte.ts';
import { maxRuns } from './runs.svelte.ts';
import type { OpenRun } from './openRun.svelte.ts';
import { say } from '../say.svelte.ts';

/** What is read in full: the updates that a page would show first, and every evaluation, for nothing can be made again. */
const inFull = { updates: 50, evaluations: Infinity };

/**
 * Adds a run to the page, as one that has ended.
 * @param name as somebody gave it; '' = by what differs
 * @param id under which it is kept, if it is: then it can go on
 * @throws Error when no more can be open
 */
export async function addRecalled(app: AppState, log: RunLog, name: string, id?: string): Promise<OpenRun> {
  if (app.runs.room(false) < 1)
    throw new Error(`${maxRuns} runs are open, and none can be spared: close one first`);
  const past = await pastOf(log, log.step, { inFull });
  const form = app.experiment.copy();
  form.open(past.experiment);
  const run = app.runs.make(form, { id });
  run.begin(past.began);
  run.goOn(past);
  if (name !== '') run.rename(name);
  run.alive = false;
  app.runs.add(run);
  const { backend, device } = log.manifest;
  const why = say('It was made there; this page only shows it.');
  run.told.recall(past, log.step, { name: backend, device, why });
  for (let old = app.runs.surplus; old; old = app.runs.surplus) app.close(old);
  return run;
}
