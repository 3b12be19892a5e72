/** Opens files that somebody chose or dropped: runs and experiments. What cannot be opened leaves the page as it was. */
import { readExperimentFile } from '../../../config/formats.ts';
import { isObject, shownText } from '../../../config/outside.ts';
import { readRunFile, runFileEnding } from '../../../exports/runFile.ts';
import type { AppState } from '../../state/app.svelte.ts';
import type { OpenRun } from '../../state/openRun.svelte.ts';
import { addRecalled } from '../../state/recalled.ts';

const maxExperiment = 1 << 20;

export interface Opening {
  /** What came of it, a sentence each. */
  readonly done: readonly string[];
  /** What could not be opened, and why, a sentence each. */
  readonly problems: readonly string[];
}

/** Runs become runs of the page, several at once side by side; an experiment is loaded, and waits for Run. */
export async function openFiles(files: readonly File[], app: AppState): Promise<Opening> {
  const done: string[] = [];
  const problems: string[] = [];
  const runs: OpenRun[] = [];
  for (const file of files) {
    try {
      const bytes = new Uint8Array(await file.arrayBuffer());
      if (isZip(bytes) || file.name.endsWith(runFileEnding)) {
        const run = await openRunFile(bytes, file.name, app);
        runs.push(run);
        done.push(`Run ${run.number} (${run.name}) is open, with ${run.told.step} updates.`);
      } else done.push(openExperimentFile(bytes, file.name, app));
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error));
    }
  }
  if (runs.length > 1) app.showTogether(runs);
  else if (runs[0]) app.select(runs[0]);
  return { done, problems };
}

async function openRunFile(bytes: Uint8Array, name: string, app: AppState): Promise<OpenRun> {
  const file = await readRunFile(bytes, name);
  const run = await addRecalled(app, file.opened, file.name).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`${shownText(name)} was not opened: ${why}.`, { cause: error });
  });
  const { store } = app.kept;
  // Where runs are kept it is one of them, and can go on.
  if (store && (await store.refused()) === '')
    await app.kept.attempt(async () => void (await store.write(file, file.name)));
  return run;
}

function openExperimentFile(bytes: Uint8Array, name: string, app: AppState): string {
  try {
    if (bytes.byteLength > maxExperiment) throw new Error('it is too large for an experiment');
    const data = parsed(bytes);
    if (!isObject(data)) throw new Error('it holds no experiment');
    const { experiment, notes } = readExperimentFile(data);
    app.openExperiment(experiment);
    return [
      `The experiment of ${shownText(name)} is loaded, and waits for Run.`,
      ...notes.map((note) => `${note}.`),
    ].join(' ');
  } catch (error) {
    const why = (error instanceof Error ? error.message : String(error)).replace(/\.$/, '');
    throw new Error(
      `${shownText(name)} cannot be opened: ${why}. Choose a run (${runFileEnding}) or an experiment.json.`,
      { cause: error },
    );
  }
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new Error('it is neither a run nor JSON');
  }
}

const isZip = (bytes: Uint8Array): boolean => bytes[0] === 0x50 && bytes[1] === 0x4b;
