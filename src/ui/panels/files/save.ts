/** What of a run is saved as a file. */
import type { Program } from '../../../config/elsewhere.ts';
import { experimentFile } from '../../../config/formats.ts';
import type { Experiment } from '../../../config/fields.ts';
import { metricsCsv, metricsJsonLines, type Measured, type Names } from '../../../exports/metrics.ts';
import { modelArchive } from '../../../exports/modelFolder.ts';
import { rolloutLines } from '../../../exports/rollouts.ts';
import { openRun, packRun, runFileEnding } from '../../../exports/runFile.ts';
import { unipoHeader, unipoStep } from '../../../exports/unipo.ts';
import type { KeptRuns } from '../../../keep/keptRuns.ts';
import type { UpdateRecord } from '../../../rl/records.ts';
import { download } from '../../download.ts';
import type { OpenRun } from '../../state/openRun.svelte.ts';
import type { OwnProblemsState } from '../../state/ownProblems.svelte.ts';
import type { RunState } from '../../state/run.svelte.ts';

const measuredOf = (run: OpenRun): Measured => ({
  updates: run.told.train,
  evaluations: run.told.evals,
  changes: run.told.changes,
  experimentAt: (step) => run.experimentAfter(step),
});

export function saveMetrics(run: OpenRun, as: 'csv' | 'jsonl', under: Names): void {
  const name = `${run.fileName}-metrics${under === 'trl' ? '-trl' : ''}.${as}`;
  if (as === 'csv') download(name, metricsCsv(measuredOf(run), under), 'text/csv');
  else download(name, metricsJsonLines(measuredOf(run), under), 'application/jsonl');
}

export function saveExperiment(experiment: Experiment): void {
  const text = `${JSON.stringify(experimentFile(experiment), null, 2)}\n`;
  download('experiment.json', text, 'application/json');
}

/**
 * Episodes of the updates of which they are kept.
 * @param store null: only those that the page holds
 * @returns of how many updates
 */
export async function saveEpisodes(
  run: OpenRun,
  as: 'ours' | 'unipo',
  store: KeptRuns | null,
): Promise<number> {
  const records = await recordsOf(run, store);
  const name = `${run.fileName}-${as === 'unipo' ? 'unipo' : 'episodes'}.jsonl`;
  const lines =
    as === 'ours'
      ? records.map(rolloutLines)
      : [unipoHeader(run.began, run.told.model?.name ?? run.began.model), ...records.map(unipoStep)];
  download(name, new Blob(lines), 'application/jsonl');
  return records.length;
}

async function recordsOf(run: OpenRun, store: KeptRuns | null): Promise<readonly UpdateRecord[]> {
  const held = new Map([...run.told.fetched, ...run.told.updates].map((record) => [record.step, record]));
  // A run that is not kept has what the page holds; one that is kept and cannot be read is no smaller for that.
  if (store && (await store.list()).some(({ id }) => id === run.id)) {
    const log = await openRun(await store.read(run.id));
    for (const { step } of log.entriesOf('update')) {
      const record = held.has(step) ? null : await log.updateRecord(step);
      if (record) held.set(step, record);
    }
  }
  return [...held.values()].sort((a, b) => a.step - b.step);
}

/** @throws Error when the run is not kept */
export async function saveRun(run: OpenRun, store: KeptRuns): Promise<void> {
  const bytes = await packRun({ ...(await store.read(run.id)), name: run.name });
  download(run.fileName + runFileEnding, bytes, 'application/zip');
}

/** @param model the answer to `files` */
export function saveModel(run: OpenRun, { step, files }: NonNullable<RunState['files']>): void {
  const { told } = run;
  const archive = modelArchive(new Map(Object.entries(files)), {
    name: run.name,
    model: { name: told.model?.name ?? run.began.model, digest: told.model?.digest },
    experiment: run.experimentAfter(step),
    step,
    evaluated: told.evals.findLast((record) => record.step <= step) ?? null,
    backend: told.backend?.name ?? 'an unknown back end',
  });
  download(`${run.fileName}-model-${step}.zip`, archive, 'application/zip');
}

/**
 * @param model the answer to `files`
 * @param own knows the problems of the user's own
 * @throws Error naming the field that has no counterpart there, or saying that the problems are not here
 */
export async function saveProject(
  run: OpenRun,
  program: Program,
  { step, files }: NonNullable<RunState['files']>,
  own: Pick<OwnProblemsState, 'parted'>,
): Promise<void> {
  const { projectArchive } = await import('./pythonProject.ts');
  const archive = await projectArchive({
    ...{ program, step, name: run.name, experiment: run.experimentAfter(step) },
    ...{ files: new Map(Object.entries(files)), began: run.told.model?.name },
    own: (experiment) => own.parted(experiment),
  });
  download(`${run.fileName}-${program}.zip`, archive, 'application/zip');
}
