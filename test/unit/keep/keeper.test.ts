/** Runs that are kept while they are made, by the real driver on a tiny model: crashes, a second tab, a full disk. */
import { beforeEach, describe, expect, it } from 'vitest';
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

const driving = oneAtATime();
let shelf: MemoryShelf;
let index: MemoryIndex;
let warnings: string[];

beforeEach(() => {
  shelf = new MemoryShelf();
  index = new MemoryIndex();
  warnings = [];
});

/** A page: whatever wrote before is gone. */
async function visit(options: DrivingOptions = {}): Promise<Driving> {
  shelf.crash();
  return besides(options);
}

/** Another tab, or the same page. */
function besides(options: DrivingOptions = {}): Promise<Driving> {
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
async function trainTo(step: number, changes: Partial<Experiment> = {}, id = 'a'): Promise<Driving> {
  const page = await visit();
  page.driver.obey(begin(id, changes));
  for (let at = 0; at < step; at++) {
    page.driver.obey({ type: 'step', runId: id });
    await page.driver.still(id);
  }
  return page;
}

async function goOn(id = 'a'): Promise<Driving> {
  const page = await visit();
  page.driver.obey({ type: 'resume', runId: id });
  await page.driver.still(id);
  return page;
}

async function toItsEnd({ driver }: Driving, id = 'a'): Promise<void> {
  driver.obey({ type: 'run', runId: id });
  await driver.still(id);
}

const logOf = async (id = 'a') => (await shelf.folders.get(id)?.store.readLog()) ?? '';
const entriesOf = async (id = 'a') => readLog(await logOf(id)).entries.map(({ entry }) => entry);
const blobsOf = async (id = 'a') =>
  ((await shelf.folders.get(id)?.store.list()) ?? []).map(({ name }) => name).toSorted();
/** What the page makes of all that it was told of a run. */
function toldOf({ events }: Driving, id = 'a'): RunState {
  const told = new RunState();
  for (const event of events) if (event.runId === id) told.apply(event);
  return told;
}
const shared = (told: RunState, began: Experiment = experiment) => receiptOf(soFar({ began, told }), 'test');
const notices = ({ of }: Driving, id = 'a') => of(id, 'notice').map(({ message }) => message);

/** The whole run, never interrupted: its updates, and the digest of its last state. */
async function whole(
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

describe('a run of the page', () => {
  it('leaves nothing behind before its first update, and everything from then on', async () => {
    const { driver } = await visit();
    driver.obey(begin('a'));
    await driver.still('a');
    expect([...shelf.folders.keys()]).toEqual([]);
    driver.obey({ type: 'step', runId: 'a' });
    await driver.still('a');
    expect((await entriesOf()).map(({ kind, step }) => `${kind} ${step}`)).toEqual([
      ...['evaluation 0', 'checkpoint 0', 'update 1', 'checkpoint 1'],
    ]);
  });

  it.each([1, 2, 3])('that was left after update %i goes on there, to the last bit', async (left) => {
    const wanted = await whole();
    const before = await trainTo(left);
    const told = before.updates('a').map(timeless);
    const page = await goOn();
    const [past] = page.of('a', 'past');
    expect([...(past?.steps ?? [])]).toEqual(told.map(({ step }) => step));
    expect(past?.metrics['train/loss']?.at(-1)).toEqual(told.at(-1)?.metrics['train/loss']);
    expect(page.phases('a').at(-1)).toBe('paused');
    expect(notices(page)).toEqual([]);
    await toItsEnd(page);
    expect([...told, ...page.updates('a').map(timeless)]).toEqual(wanted.updates);
    const [last] = (await entriesOf()).filter((entry) => entry.kind === 'checkpoint' && entry.step === 4);
    expect(last).toMatchObject({ sha256: wanted.sha256 });
    const steps = (await entriesOf()).filter(({ kind }) => kind === 'update').map(({ step }) => step);
    expect(steps).toEqual([1, 2, 3, 4]);
  });

  it('that went on is shared with the result that it would have had', async () => {
    const never = await visit();
    never.driver.obey(begin('whole'));
    await toItsEnd(never, 'whole');
    const wanted = await shared(toldOf(never, 'whole'));
    await trainTo(2);
    const page = await goOn();
    await toItsEnd(page);
    expect(page.updates('a')).toHaveLength(2);
    expect(await shared(toldOf(page))).toEqual(wanted);
  });

  it('that an older playground wrote is shared without a result, and why', async () => {
    await trainTo(2);
    const store = shelf.folders.get('a')?.store;
    const old = await shelf.open('old');
    for (const name of await blobsOf()) await old?.put(name, (await store?.get(name)) ?? new Uint8Array());
    await old?.appendLog(
      (await logOf()).replace('"format":2', '"format":1').replaceAll(/,"digests":\{[^}]*\}/g, ''),
    );
    const page = await goOn('old');
    await toItsEnd(page, 'old');
    await expect(shared(toldOf(page, 'old'))).rejects.toThrow(
      /^update 1 has no digests: an older playground made it/,
    );
  });

  it('whose last state a crash left half written goes on from the one before, and says so', async () => {
    const wanted = await whole();
    await trainTo(3);
    const store = shelf.folders.get('a')?.store;
    for (const name of await blobsOf()) {
      if (name.startsWith('checkpoint-') && name.endsWith('-3.safetensors')) await store?.delete(name);
    }
    await store?.put('last-1.safetensors', Uint8Array.of(1, 2, 3));
    const page = await goOn();
    expect(notices(page)).toEqual([
      'The last state that was kept is that of update 2; what came after it, up to update 3, is done again.',
    ]);
    expect([...(page.of('a', 'past')[0]?.steps ?? [])]).toEqual([1, 2]);
    await toItsEnd(page);
    expect(page.updates('a').map(timeless)).toEqual(wanted.updates.slice(2));
  });

  it('that trained before its evaluation at the start was whole has it made when it goes on', async () => {
    const changes = { evalTasks: 40 }; // more than are tried first
    const wanted = await whole(changes);
    let crashed = false;
    const page = await visit({
      readyEarly: true,
      hear: (event, driver) => {
        if (event.type === 'preview') driver.obey({ type: 'step', runId: 'a' });
        if (event.type !== 'update' || crashed) return;
        crashed = true;
        shelf.crash();
      },
    });
    page.driver.obey(begin('a', changes));
    await page.driver.still('a');
    expect((await entriesOf()).map(({ kind }) => kind)).toEqual(['checkpoint', 'update', 'checkpoint']);
    const again = await goOn();
    await toItsEnd(again);
    expect(again.evals('a').map(({ ms: _, ...record }) => record)).toEqual(wanted.evals);
    expect(again.updates('a').map(timeless)).toEqual(wanted.updates.slice(1));
  });

  it('goes on with what was changed, and with its past in one message', async () => {
    const page = await trainTo(2);
    page.driver.obey({ type: 'change', runId: 'a', experiment: { ...experiment, gamma: 0.25 } });
    page.driver.obey({ type: 'step', runId: 'a' });
    await page.driver.still('a');
    const told = page.updates('a');
    await page.driver.close('a'); // then all answers are put
    const next = await goOn();
    const [past] = next.of('a', 'past');
    expect(past).toMatchObject({
      changes: [{ step: 2, changes: [{ field: 'gamma', from: experiment.gamma, to: 0.25 }] }],
      began: experiment,
      experiment: { ...experiment, gamma: 0.25 },
      readOnly: '',
      digests: told.map(({ digests }) => digests),
      backends: ['wasm', 'wasm', 'wasm'],
    });
    const seen = new RunState();
    for (const event of next.of('a', 'past')) seen.apply(event);
    const { train: updates, changes, evals: evaluations } = seen;
    const receipt = await receiptOf(
      { experiment, changes, updates, evaluations, backends: ['wasm'] },
      'test',
    );
    expect(receipt).toMatchObject({ updates: 3 });
    expect(past?.evals.map(({ step, examples }) => [step, examples.length > 0])).toEqual([
      [0, true],
      [2, true],
    ]);
    expect(past?.latest).toEqual(told.slice(-1));
    next.driver.obey({ type: 'record', runId: 'a', step: 1 });
    await next.driver.still('a');
    expect(next.of('a', 'record').map(({ record }) => record)).toEqual(told.slice(0, 1));
  });
});

describe('what cannot go on', () => {
  it('is a run that another tab writes: it can be looked at and forked', async () => {
    await trainTo(2);
    const tab = await besides();
    shelf.using.add('a');
    tab.driver.obey({ type: 'resume', runId: 'a' });
    await tab.driver.still('a');
    expect(tab.of('a', 'past')[0]?.readOnly).toMatch(/^This run is open in another tab/);
    const log = await logOf();
    tab.driver.obey({ type: 'run', runId: 'a' });
    tab.driver.obey({ type: 'fork', runId: 'b', from: 'a', changes: { gamma: 0.25 } });
    await toItsEnd(tab, 'b');
    expect(tab.updates('a')).toEqual([]);
    expect(tab.updates('b').map(({ step }) => step)).toEqual([3, 4]);
    expect(notices(tab).at(-1)).toMatch(/^This run is open in another tab/);
    await tab.driver.close('a');
    expect(await logOf()).toBe(log);
    expect(shelf.using.has('a')).toBe(true);
  });

  it('is a run of another model, or one that is gone', async () => {
    await trainTo(1);
    const text = await logOf();
    await shelf.remove('a');
    const failures: string[] = [];
    const read = async (id: string) => {
      const page = await visit();
      page.driver.obey({ type: 'resume', runId: id });
      await page.driver.still(id).catch((error: unknown) => failures.push(String(error)));
      expect([...shelf.using]).toEqual([]); // nothing stays open
    };
    await read('a');
    const folder = await shelf.open('c');
    await folder?.appendLog(text.replace(`"name":"${experiment.model}"`, '"name":"repairer"'));
    await read('c');
    expect(failures.map((text) => text.replace(/^UnrecoverableError: /, ''))).toEqual([
      'This run is not kept any more.',
      `This run began with the model "repairer", and "${experiment.model}" is loaded. It cannot go on here.`,
    ]);
  });

  it('to the last bit is a run of another back end, which is said', async () => {
    await trainTo(1);
    const store = shelf.folders.get('a')?.store;
    const other = await shelf.open('w');
    for (const name of await blobsOf()) await other?.put(name, (await store?.get(name)) ?? new Uint8Array());
    await other?.appendLog(
      (await logOf()).replace('"backend":"wasm"', '"backend":"webgpu"').replaceAll(',"backend":"wasm"', ''),
    );
    const page = await goOn('w');
    expect(notices(page, 'w')).toEqual([
      expect.stringMatching(/^This run was computed on WebGPU, and goes on on WASM:/),
    ]);
  });
});

describe('a fork', () => {
  it('has the past of the run it comes from, while that is there, and goes on without it', async () => {
    const page = await trainTo(2);
    page.driver.obey({ type: 'fork', runId: 'b', from: 'a', changes: { gamma: 0.25 } });
    page.driver.obey({ type: 'step', runId: 'b' });
    await page.driver.still('b');
    const [third] = page.updates('b');
    await page.driver.close('b');
    const next = await goOn('b');
    expect([...(next.of('b', 'past')[0]?.steps ?? [])]).toEqual([1, 2, 3]);
    expect((await shared(toldOf(next, 'b'))).changes).toEqual([{ step: 2, field: 'gamma', to: 0.25 }]);
    expect(next.of('b', 'past')[0]).toMatchObject({
      began: experiment,
      changes: [{ step: 2, changes: [{ field: 'gamma', from: experiment.gamma, to: 0.25 }] }],
      evals: [{ step: 0 }, { step: 2 }],
    });
    await next.driver.close('b');
    await shelf.remove('a');
    const alone = await goOn('b'); // the answers were all put when it was closed
    expect([...(alone.of('b', 'past')[0]?.steps ?? [])]).toEqual([3]);
    expect(alone.of('b', 'past')[0]?.began.gamma).toBe(0.25);
    expect(alone.of('b', 'past')[0]?.latest).toEqual([third]);
    await expect(shared(toldOf(alone, 'b'))).rejects.toThrow(
      /made in another run, which is not open any more/,
    );
    await toItsEnd(alone, 'b');
    expect(alone.updates('b').map(({ step }) => step)).toEqual([4]);
  });
});

describe('a full disk', () => {
  /** Bytes of a state of the tiny model, as a file. */
  const stateSize = async () =>
    (await shelf.folders.get('a')?.store.get('last-1.safetensors'))?.byteLength ?? 0;

  it('drops the oldest checkpoints first, says so, and no line of a log', async () => {
    await trainTo(2, { steps: 9 }, 'old');
    const [first] = (await blobsOf('old')).filter((name) => name.startsWith('checkpoint-'));
    const page = await trainTo(3, { steps: 9 });
    await page.driver.still('a');
    shelf.room = (await shelf.used()) + 100; // no room for another state
    page.driver.obey({ type: 'step', runId: 'a' });
    await page.driver.still('a');
    expect(await blobsOf('old')).not.toContain(first);
    expect(warnings.at(-1)).toMatch(/no more room.*the oldest checkpoints of runs kept earlier were dropped/);
    for (let at = 5; at <= 9; at++) {
      page.driver.obey({ type: 'step', runId: 'a' });
      await page.driver.still('a');
    }
    expect(warnings.some((text) => text.includes('the oldest checkpoints of this run were dropped'))).toBe(
      true,
    );
    const updates = (await entriesOf()).filter(({ kind }) => kind === 'update');
    expect(updates.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(notices(page)).toEqual([]);
    expect(await stateSize()).toBeGreaterThan(1000);
    shelf.room = Infinity;
    expect([...((await goOn()).of('a', 'past')[0]?.steps ?? [])]).toHaveLength(9);
  });

  it('where nothing more can go, the run goes on without being kept, and says so', async () => {
    const page = await trainTo(2);
    shelf.room = 0;
    await toItsEnd(page);
    expect(page.updates('a').map(({ step }) => step)).toEqual([1, 2, 3, 4]);
    expect(notices(page)).toEqual([
      expect.stringMatching(
        /^This run is not kept from here on, because its log failed: .*The run itself goes on\.$/,
      ),
    ]);
    shelf.room = Infinity;
    expect([...((await goOn()).of('a', 'past')[0]?.steps ?? [])]).toEqual([1, 2]);
  });
});

describe('the library', () => {
  const library = () => new Library({ shelf, index, onChanged: () => undefined });

  it('lists runs from the index, and makes it again where it is lost or stale', async () => {
    await trainTo(3);
    const [row] = await library().list();
    expect(row).toMatchObject({ id: 'a', name: '', step: 3, steps: 4, underWay: false, backend: 'wasm' });
    expect(row?.curve.map(([step]) => step)).toEqual([0, 2]);
    index.rows.clear();
    const [again] = await library().list();
    expect(again).toMatchObject({ id: 'a', step: 3, underWay: true, curve: row?.curve, bytes: row?.bytes });
    await goOn(); // killed again before it has done anything
    expect((await library().list())[0]?.underWay).toBe(true);
    const stale = index.rows.get('a');
    if (!stale) throw new Error('There is no row.');
    index.rows.set('a', { logSize: stale.logSize - 1, row: { ...stale.row, step: 1 } });
    expect((await library().list())[0]?.step).toBe(1); // whoever writes it brings it up to date
    shelf.crash();
    expect((await library().list())[0]?.step).toBe(3);
  });

  it('keeps what the user says, forgets only what nobody has open, and tidies up', async () => {
    await (await trainTo(1)).driver.close('a');
    await library().rename('a', 'mine');
    await library().delete('a');
    expect((await library().list())[0]).toMatchObject({ name: 'mine', deleted: expect.any(Number) });
    await library().undelete('a');
    expect((await library().list())[0]).toMatchObject({ name: 'mine' });
    expect((await library().list())[0]).not.toHaveProperty('deleted');
    shelf.using.add('a');
    await expect(library().forget('a')).rejects.toThrow('The run is open');
    shelf.crash();
    await shelf.writeAbout('a', JSON.stringify({ deleted: Date.now() - 25 * 3600_000 }));
    await (await shelf.open('empty'))?.close();
    await library().tidy();
    expect(await library().list()).toEqual([]);
    expect(await shelf.ids()).toEqual([]);
  });

  it('gives a run as a file, and keeps one from elsewhere, which goes on', async () => {
    const wanted = await whole();
    await (await trainTo(2)).driver.close('a');
    const file = await library().read('a');
    shelf = new MemoryShelf();
    index = new MemoryIndex();
    const { id } = await library().write(file, 'from afar');
    expect(await library().list()).toMatchObject([{ id, name: 'from afar', step: 2, underWay: false }]);
    const page = await goOn(id);
    await toItsEnd(page, id);
    expect(page.updates(id).map(timeless)).toEqual(wanted.updates.slice(2));
    await expect(library().write({ log: '{}\n', blobs: new Map() })).rejects.toThrow('no manifest');
    shelf.room = 10;
    await expect(library().write(file)).rejects.toThrow('There is no room for this run');
    expect(await shelf.ids()).toEqual([id]);
  });
});

describe('a full disk', () => {
  it('leaves no other run locked whose checkpoints were dropped', async () => {
    const first = await trainTo(3, {}, 'old');
    await first.driver.close('old');
    const page = await trainTo(1, {}, 'new');
    const log = (await shelf.used()) - 1;
    shelf.room = log; // the next write must drop something
    page.driver.obey({ type: 'step', runId: 'new' });
    await page.driver.still('new');
    expect(warnings[0]).toContain('checkpoints of runs kept earlier were dropped');
    expect([...shelf.using]).toEqual(['new']);
  });

  it('leaves a paused run its state where its checkpoints are gone', async () => {
    const page = await trainTo(2);
    await page.driver.close('a');
    const store = shelf.folders.get('a')?.store;
    for (const name of await blobsOf()) if (name.startsWith('checkpoint-')) await store?.delete(name);
    const next = await goOn();
    expect(notices(next)).toEqual([]);
    expect(next.of('a', 'status').at(-1)?.step).toBe(2);
  });

  it('leaves a run unlocked whose log was given up', async () => {
    const page = await trainTo(2);
    shelf.room = 0;
    page.driver.obey({ type: 'step', runId: 'a' });
    await page.driver.still('a');
    expect(notices(page).at(-1)).toContain('is not kept from here on');
    expect([...shelf.using]).toEqual([]);
  });
});

describe('a run that rests', () => {
  it('rests still after it was opened, evaluated and closed', async () => {
    const library = new Library({ shelf, index, onChanged: () => undefined });
    const page = await trainTo(2);
    await page.driver.close('a');
    expect((await library.list()).map(({ underWay }) => underWay)).toEqual([false]);
    const again = await goOn();
    again.driver.obey({ type: 'evaluate', runId: 'a' });
    await again.driver.still('a');
    await again.driver.close('a');
    expect((await library.list()).map(({ underWay }) => underWay)).toEqual([false]);
  });
});
