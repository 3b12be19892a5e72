/** Runs the contract of every store on the browser's own file system, in the worker where such a store lives. */
import { openDB } from 'idb';
import { defaultExperiment } from '../../src/config/experiment.ts';
import type { Row } from '../../src/keep/row.ts';
import { OpfsShelf } from '../../src/worker/opfsShelf.ts';
import { BrowserRunIndex } from '../../src/worker/runIndex.ts';
import { OpfsStore } from '../../src/worker/opfsStore.ts';
import { storeContract } from '../unit/train/storeContract.ts';

const row: Row = {
  id: 'a-run',
  experiment: defaultExperiment,
  backend: 'wasm',
  device: 'a test',
  model: { name: 'boost' },
  begun: 1,
  changed: 2,
  step: 3,
  steps: 4,
  underWay: true,
  curve: [[0, 0.5]],
  bytes: 5,
};

async function run(): Promise<Record<string, string>> {
  const root = await navigator.storage.getDirectory();
  const results: Record<string, string> = {};
  const attempt = async (name: string, work: () => Promise<void>) => {
    results[name] = await work().then(
      () => 'ok',
      (error: unknown) => String(error),
    );
  };
  const contract = async (suffix: string) => {
    for (const [at, [name, check]] of Object.entries(storeContract).entries()) {
      const folder = await root.getDirectoryHandle(`run-${at}${suffix}`, { create: true });
      await attempt(`${name}${suffix}`, () => check(() => OpfsStore.open(folder)));
    }
  };
  await contract('');
  await attempt('two at once are refused', async () => {
    const folder = await root.getDirectoryHandle('twice', { create: true });
    const first = await OpfsStore.open(folder);
    const second = await OpfsStore.open(folder).catch((error: unknown) => String(error));
    if (typeof second !== 'string' || !second.includes('twice is open in another tab'))
      throw new Error('it opened');
    await first.close();
    await (await OpfsStore.open(folder)).close();
  });
  await attempt('a run is open for one writer, and for readers', async () => {
    const [shelf, other] = [await OpfsShelf.open(), await OpfsShelf.open()];
    const folder = await shelf.open('a-run');
    await folder?.appendLog('a line\n');
    await folder?.putOver('last-0.safetensors', Uint8Array.of(1, 2, 3));
    await folder?.putOver('last-0.safetensors', Uint8Array.of(4));
    await other.writeAbout('a-run', '{"name":"mine"}');
    const reader = await other.look('a-run');
    const found: unknown[][] = [
      [await other.open('a-run'), await other.inUse(), await other.ids(), await other.about('a-run')],
      [await reader.readLog(), [...((await reader.get('last-0.safetensors')) ?? [])], await reader.list()],
      [reader.size, folder?.size, (await other.facts('a-run')).logSize],
      [(await other.facts('nobody')).logSize, await other.about('nobody')],
    ];
    await folder?.close();
    const again = await other.open('a-run');
    found.push([await again?.readLog(), await shelf.inUse()]);
    await again?.close();
    await other.remove('a-run');
    found.push([await other.ids(), await other.inUse()]);
    const wanted = [
      [null, ['a-run'], ['a-run'], '{"name":"mine"}'],
      ['a line\n', [4], [{ name: 'last-0.safetensors', size: 1 }]],
      [8, 8, 7],
      [0, null],
      ['a line\n', ['a-run']],
      [[], []],
    ];
    if (JSON.stringify(found) !== JSON.stringify(wanted)) throw new Error(JSON.stringify(found));
  });
  await attempt('the index gives what was put, and leaves out what it cannot read', async () => {
    const index = new BrowserRunIndex();
    await index.put({ row, logSize: 7 });
    await index.put({ row: { ...row, id: 'other' }, logSize: 8 });
    await index.delete('other');
    const database = await openDB('cocos-runs');
    await database.put('rows', { row: { id: 'of another version' } });
    const found = await new BrowserRunIndex().all();
    if (JSON.stringify(found) !== JSON.stringify([{ row, logSize: 7 }]))
      throw new Error(JSON.stringify(found));
  });
  // A browser whose files cannot be moved.
  if (!Reflect.deleteProperty(FileSystemFileHandle.prototype, 'move')) throw new Error('move is still there');
  await contract(' (without move)');
  return results;
}

run().then(
  (results) => postMessage(results),
  (error: unknown) => postMessage({ run: String(error) }),
);
