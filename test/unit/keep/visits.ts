/** Visits of a page that keeps its runs, by the real driver on a tiny model. */
import { beforeEach } from 'vitest';
import type { Experiment } from '../../../src/config/experiment.ts';
import { Keeper } from '../../../src/keep/keeper.ts';
import { Library } from '../../../src/keep/library.ts';
import { receiptOf } from '../../../src/receipts/receipt.ts';
import { readLog } from '../../../src/train/logFormat.ts';
import type { Loaded } from '../../../src/train/trainable.ts';
import { soFar } from '../../../src/ui/state/link.svelte.ts';
import { RunState } from '../../../src/ui/state/run.svelte.ts';
import { MemoryIndex, MemoryShelf } from '../../ui/memoryShelf.ts';
import {
  begin,
  experiment,
  oneAtATime,
  timeless,
  type Driving,
  type DrivingOptions,
} from '../train/driving.ts';

let driving: ReturnType<typeof oneAtATime>;
/** What the browser keeps, and what the page was warned of; made anew for each test. */
export let shelf: MemoryShelf;
export let index: MemoryIndex;
export let warnings: string[];

/** A browser that has kept nothing. */
export function anew(): void {
  shelf = new MemoryShelf();
  index = new MemoryIndex();
  warnings = [];
}
/** Call it in each file of tests: a browser for each of them, and one page at a time. */
export function eachAnew(): void {
  driving = oneAtATime();
  beforeEach(anew);
}

/** A page: whatever wrote before is gone. */
export async function visit(options: DrivingOptions = {}): Promise<Driving> {
  shelf.crash();
  return besides(options);
}

/** Another tab, or the same page. */
export function besides(options: DrivingOptions = {}): Promise<Driving> {
  const keeper = new Keeper({
    ...{ shelf, index, build: 'test', onChanged: () => undefined },
    warn: (_, message) => warnings.push(message),
  });
  return driving({
    newLog: (run) => keeper.newLog(run),
    openKept: (id, loaded: Loaded) => keeper.open(id, loaded),
    ...options,
  });
}

/** Trains up to an update; the page is then left in the middle of the next. */
export async function trainTo(step: number, changes: Partial<Experiment> = {}, id = 'a'): Promise<Driving> {
  const page = await visit();
  page.driver.obey(begin(id, changes));
  for (let at = 0; at < step; at++) {
    page.driver.obey({ type: 'step', runId: id });
    await page.driver.still(id);
  }
  return page;
}

export async function goOn(id = 'a'): Promise<Driving> {
  const page = await visit();
  page.driver.obey({ type: 'resume', runId: id });
  await page.driver.still(id);
  return page;
}

export async function toItsEnd({ driver }: Driving, id = 'a'): Promise<void> {
  driver.obey({ type: 'run', runId: id });
  await driver.still(id);
}

export const library = () => new Library({ shelf, index, onChanged: () => undefined });

export const logOf = async (id = 'a') => (await shelf.folders.get(id)?.store.readLog()) ?? '';
export const entriesOf = async (id = 'a') => readLog(await logOf(id)).entries.map(({ entry }) => entry);
export const blobsOf = async (id = 'a') =>
  ((await shelf.folders.get(id)?.store.list()) ?? []).map(({ name }) => name).toSorted();
/** What the page makes of all that it was told of a run. */
export function toldOf({ events }: Driving, id = 'a'): RunState {
  const told = new RunState();
  for (const event of events) if (event.runId === id) told.apply(event);
  return told;
}
export const shared = (told: RunState, began: Experiment = experiment) =>
  receiptOf(soFar({ began, told }), 'test');
export const notices = ({ of }: Driving, id = 'a') => of(id, 'notice').map(({ message }) => message);

/** The whole run, never interrupted: its updates, and the digest of its last state. */
export async function whole(
  changes: Partial<Experiment> = {},
): Promise<{ updates: unknown[]; evals: unknown[]; sha256: string | undefined }> {
  const page = await visit();
  page.driver.obey(begin('whole', changes));
  await toItsEnd(page, 'whole');
  const state = (await entriesOf('whole')).findLast((entry) => entry.kind === 'checkpoint');
  return {
    updates: page.updates('whole').map(timeless),
    evals: page.evals('whole').map(({ ms: _, ...record }) => record),
    sha256: state?.kind === 'checkpoint' ? state.sha256 : undefined,
  };
}
