/** Kept runs as the page's list has them, runs from elsewhere, a full disk, a run that rests. */
import { describe, expect, it } from 'vitest';
import { timeless } from '../train/driving.ts';
import {
  anew,
  blobsOf,
  eachAnew,
  goOn,
  index,
  library,
  notices,
  shelf,
  toItsEnd,
  trainTo,
  warnings,
  whole,
} from './visits.ts';

eachAnew();

describe('the library', () => {
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
    anew();
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

  it('spares the newest checkpoint of another run that has no later state', async () => {
    await (await trainTo(3, {}, 'old')).driver.close('old');
    const old = shelf.folders.get('old')?.store;
    for (const name of await blobsOf('old')) if (name.startsWith('last-')) await old?.delete(name);
    const page = await trainTo(1, {}, 'new');
    shelf.room = (await shelf.used()) - 1;
    page.driver.obey({ type: 'step', runId: 'new' });
    await page.driver.still('new');
    expect((await goOn('old')).of('old', 'status').at(-1)?.step).toBe(3);
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
    const page = await trainTo(2);
    await page.driver.close('a');
    expect((await library().list()).map(({ underWay }) => underWay)).toEqual([false]);
    const again = await goOn();
    again.driver.obey({ type: 'evaluate', runId: 'a' });
    await again.driver.still('a');
    await again.driver.close('a');
    expect((await library().list()).map(({ underWay }) => underWay)).toEqual([false]);
  });
});
