/** Runs that are kept while they are made: crashes, a second tab, a full disk. */
import { describe, expect, it } from 'vitest';
import { begin, experiment, timeless } from '../train/driving.ts';
import {
  besides,
  blobsOf,
  entriesOf,
  goOn,
  logOf,
  notices,
  shared,
  shelf,
  toItsEnd,
  toldOf,
  trainTo,
  visit,
  warnings,
  whole,
  eachAnew,
} from './visits.ts';

eachAnew();

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
