/** A run of a file in the page: its past, as its log tells it. It is looked at and compared; what trains goes on. */
import type { EvalRecord, UpdateRecord } from '../../rl/records.ts';
import type { openRun } from '../../exports/runFile.ts';
import type { AppState } from './app.svelte.ts';
import { maxRuns } from './runs.svelte.ts';
import type { OpenRun } from './openRun.svelte.ts';
import type { RecalledPast } from './run.svelte.ts';

type RunLog = Awaited<ReturnType<typeof openRun>>;

/** Updates whose episodes are read: those that a page would show first. */
const withEpisodes = 50;

/**
 * Adds a run to the page, as one that has ended.
 * @param name as somebody gave it; '' = by what differs
 * @param id under which it is kept, if it is: then it can go on
 * @throws Error when no more can be open
 */
export async function addRecalled(app: AppState, log: RunLog, name: string, id?: string): Promise<OpenRun> {
  if (app.runs.room(false) < 1)
    throw new Error(`${maxRuns} runs are open, and none can be spared: close one first`);
  const past = await pastOf(log);
  const form = app.experiment.copy();
  form.open(log.experimentAt(log.step));
  const run = app.runs.make(form, { id });
  run.begin(log.manifest.experiment);
  form.applyAll(log.experimentAt(log.step));
  if (name !== '') run.name = name;
  run.alive = false;
  app.runs.add(run);
  run.told.recall(past);
  for (let old = app.runs.surplus; old; old = app.runs.surplus) app.close(old);
  return run;
}

async function pastOf(log: RunLog): Promise<RecalledPast> {
  const updates = log.entriesOf('update');
  const records: UpdateRecord[] = [];
  for (const { step } of updates.slice(-withEpisodes)) {
    const record = await log.updateRecord(step);
    if (record) records.push(record);
  }
  const evals: EvalRecord[] = [];
  for (const { step, metrics, ms, backend = log.manifest.backend } of log.entriesOf('evaluation')) {
    const whole = await log.evalRecord(step);
    const bare = { experiment: log.experimentAt(step), backend, step, metrics, examples: [], ms };
    evals.push(whole ?? bare);
  }
  const { backend: computed, device } = log.manifest;
  return {
    step: log.step,
    train: updates.map(({ step, metrics, digests, backend = computed }) => ({
      step,
      metrics,
      digests,
      backend,
    })),
    evals: evals.sort((a, b) => a.step - b.step),
    changes: log.entriesOf('change').map(({ step, changes }) => ({ step, changes })),
    updates: records,
    backend: { name: computed, device, why: 'It was made there; this page only shows it.' },
    finished: log.step >= log.experimentAt(log.step).steps,
  };
}
