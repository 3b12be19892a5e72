/** Opens files that somebody chose or dropped: runs, experiments, and what Share saved. What cannot be opened leaves the page as it was. */
import { backendTitles } from '../../../config/backends.ts';
import { modelNameOf } from '../../../config/experiment.ts';
import { readExperimentFile } from '../../../config/formats.ts';
import { isObject, shownText } from '../../../config/outside.ts';
import { readRunFile, runFileEnding, type NamedRun, type RunLog } from '../../../exports/runFile.ts';
import type { KeptRun } from '../../../keep/keptRuns.ts';
import { maxFileBytes, readSharedFile, saysShared } from '../../../receipts/shared.ts';
import { pluralInEnglish as plural } from '../../format.ts';
import type { AppState } from '../../state/app.svelte.ts';
import type { OpenRun } from '../../state/openRun.svelte.ts';
import { addRecalled } from '../../state/recalled.ts';

export interface Opening {
  /** What came of it, a sentence each. */
  readonly done: readonly string[];
  /** What could not be opened, and why, a sentence each. */
  readonly problems: readonly string[];
}

/**
 * A run goes on where it stood, if it is kept here and its model is the one that is loaded; else it is looked at. Several are put
 * side by side. An experiment is loaded, and waits for Run; so is that of a link that was saved as a file.
 */
export async function openFiles(files: readonly File[], app: AppState): Promise<Opening> {
  const done: string[] = [];
  const problems: string[] = [];
  const read: (NamedRun & { readonly opened: RunLog; readonly file: string })[] = [];
  for (const file of files) {
    try {
      const bytes = new Uint8Array(await file.arrayBuffer());
      if (isZip(bytes) || file.name.endsWith(runFileEnding))
        read.push({ ...(await readRunFile(bytes, file.name)), file: file.name });
      else done.push(await openJson(bytes, file.name, app));
    } catch (error) {
      problems.push(messageOf(error));
    }
  }
  const alone = read.length === 1;
  const looked: OpenRun[] = [];
  for (const run of read) {
    try {
      const own = await run.opened.problems();
      if (own !== undefined) await app.own.takeText(own, run.opened.manifest.experiment);
      const kept = await keptHere(run, app).catch((error: unknown) => {
        problems.push(
          `The run “${shownText(run.name)}” is not kept here: ${messageOf(error).replace(/\.?$/, '.')}`,
        );
        return null;
      });
      if (alone && kept && mayGoOn(run.opened, app)) {
        if (!app.resume(kept)) throw new Error(full);
        app.run.notify('info', originOf(run));
      } else {
        const open = await addRecalled(app, run.opened, run.name, kept?.id);
        open.told.notify('info', originOf(run));
        looked.push(open);
      }
      done.push(`The run “${run.name}” is open, with ${plural(run.opened.step, 'update')}.`);
    } catch (error) {
      problems.push(
        `The run “${shownText(run.name)}” was not opened: ${messageOf(error).replace(/\.?$/, '.')}`,
      );
    }
  }
  if (looked.length > 1) app.showTogether(looked);
  else if (looked[0]) app.select(looked[0]);
  return { done, problems };
}

/** Where runs are kept, it is one of them from now on. */
async function keptHere(run: NamedRun, { kept }: AppState): Promise<KeptRun | null> {
  if (!kept.store || (await kept.store.refused()) !== '') return null;
  return kept.store.write(run, run.name);
}

/** Where it comes from, as far as it says. */
function originOf({
  file,
  opened: { manifest, step },
}: {
  readonly file: string;
  readonly opened: RunLog;
}): string {
  const { build, backend, device, parent } = manifest;
  const forked = parent ? `, in a fork from update ${parent.step} of another run` : '';
  const made = `${plural(step, 'update')}, made by version ${shownText(build)} on ${backendTitles[backend]} (${shownText(device)})${forked}`;
  return `This run is from the file ${shownText(file)}: ${made}. Anyone may have written it.`;
}

/** Its model is that of this page, as far as that is known. */
function mayGoOn({ manifest }: RunLog, app: AppState): boolean {
  const here = app.madeOn(modelNameOf(manifest.experiment)).modelDigest;
  return here === undefined || manifest.model.digest === undefined || here === manifest.model.digest;
}

const full = 'too many runs are open: close one first';

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function openJson(bytes: Uint8Array, name: string, app: AppState): Promise<string> {
  try {
    if (bytes.byteLength > maxFileBytes) throw new Error('it is too large for an experiment');
    const data = parsed(bytes);
    if (saysShared(data)) {
      const shared = readSharedFile(data);
      await app.link.openShared(shared);
      const result = shared.receipt ? ', and what came of it,' : '';
      return `The experiment${result} of ${shownText(name)} is loaded, and waits for Run.`;
    }
    if (!isObject(data)) throw new Error('it holds no experiment');
    const { experiment, notes } = readExperimentFile(data);
    await app.own.recall(experiment);
    if (!app.openExperiment(experiment)) throw new Error(full);
    return [
      `The experiment of ${shownText(name)} is loaded, and waits for Run.`,
      ...notes.map((note) => `${note}.`),
    ].join(' ');
  } catch (error) {
    const why = shownText(messageOf(error).replace(/\.$/, ''), 240);
    throw new Error(
      `${shownText(name)} cannot be opened: ${why}. Choose a run (${runFileEnding}), an experiment.json, or a file that Share saved; problems are opened in Problem sets.`,
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
