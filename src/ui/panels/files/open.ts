/** Opens files that somebody chose or dropped: runs, experiments, and what Share saved. What cannot be opened leaves the page as it was. */
import { backendTitles } from '../../../config/backends.ts';
import { modelNameOf } from '../../../config/experiment.ts';
import { readExperimentFile } from '../../../config/formats.ts';
import { isObject, shownText } from '../../../config/outside.ts';
import { readRunFile, runFileEnding, type NamedRun, type RunLog } from '../../../exports/runFile.ts';
import type { KeptRun } from '../../../keep/keptRuns.ts';
import { maxFileBytes, readSharedFile, saysShared } from '../../../receipts/shared.ts';
import { plural } from '../../format.ts';
import { say, told } from '../../say.svelte.ts';
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
          say('The run “{name}” is not kept here: {why}.', {
            name: shownText(run.name),
            why: messageOf(error),
          }),
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
      done.push(
        say('The run “{name}” is open, with {updates}.', {
          name: run.name,
          updates: plural(run.opened.step, 'update'),
        }),
      );
    } catch (error) {
      problems.push(
        say('The run “{name}” was not opened: {why}.', { name: shownText(run.name), why: messageOf(error) }),
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
  const where = {
    file: shownText(file),
    updates: plural(step, 'update'),
    build: shownText(build),
    backend: backendTitles[backend],
    device: shownText(device),
  };
  return parent
    ? say(
        'This run is from the file {file}: {updates}, made by version {build} on {backend} ({device}), in a fork from update {from} of another run. Anyone may have written it.',
        {
          ...where,
          from: parent.step,
        },
      )
    : say(
        'This run is from the file {file}: {updates}, made by version {build} on {backend} ({device}). Anyone may have written it.',
        where,
      );
}

/** Its model is that of this page, as far as that is known. */
function mayGoOn({ manifest }: RunLog, app: AppState): boolean {
  const here = app.madeOn(modelNameOf(manifest.experiment)).modelDigest;
  return here === undefined || manifest.model.digest === undefined || here === manifest.model.digest;
}

const full = 'too many runs are open: close one first';

/** For the end of a sentence. */
const messageOf = (error: unknown): string =>
  told((error instanceof Error ? error.message : String(error)).replace(/\.$/, '')).replace(/\.$/, '');

async function openJson(bytes: Uint8Array, name: string, app: AppState): Promise<string> {
  try {
    if (bytes.byteLength > maxFileBytes) throw new Error('it is too large for an experiment');
    const data = parsed(bytes);
    if (saysShared(data)) {
      const shared = readSharedFile(data);
      await app.link.openShared(shared);
      return shared.receipt
        ? say('The experiment of {name}, and what came of it, is loaded, and waits for Run.', {
            name: shownText(name),
          })
        : say('The experiment of {name} is loaded, and waits for Run.', { name: shownText(name) });
    }
    if (!isObject(data)) throw new Error('it holds no experiment');
    const { experiment, notes } = readExperimentFile(data);
    await app.own.recall(experiment);
    if (!app.openExperiment(experiment)) throw new Error(full);
    return [
      say('The experiment of {name} is loaded, and waits for Run.', { name: shownText(name) }),
      ...notes.map((note) => `${told(note)}.`),
    ].join(' ');
  } catch (error) {
    const why = shownText(messageOf(error), 240);
    throw new Error(
      say(
        '{name} cannot be opened: {why}. Choose a run ({ending}), an experiment.json, or a file that Share saved; problems are opened in Problem sets.',
        {
          name: shownText(name),
          why,
          ending: runFileEnding,
        },
      ),
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
