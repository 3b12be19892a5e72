/** Where a run's log lives: the contract of every store, in memory and in a folder (in a browser: test/engine/opfs.test.ts). */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { FolderStore } from '../../../src/cli/folderStore.ts';
import { MemoryStore } from '../../../src/train/store.ts';
import { storeContract } from './storeContract.ts';

const root = mkdtempSync(join(tmpdir(), 'cocos-store-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;
const newFolder = () => join(root, String(folders++), 'run');

describe.each([
  [
    'in memory',
    () => {
      const store = new MemoryStore();
      return async () => store;
    },
  ],
  [
    'in a folder',
    () => {
      const folder = newFolder();
      return async () => new FolderStore(folder);
    },
  ],
])('a store %s', (_, newStore) => {
  it.each(Object.entries(storeContract))('%s', async (_, check) => {
    await check(newStore());
  });
});

describe('a store in a folder', () => {
  it('does not take for a blob what a crash left half written', async () => {
    const folder = newFolder();
    mkdirSync(join(folder, 'blobs'), { recursive: true });
    writeFileSync(join(folder, 'blobs', 'a.bin.writing'), 'half');
    const store = new FolderStore(folder);
    expect(await store.list()).toEqual([]);
    await store.put('a.bin', Uint8Array.of(1));
    expect(readdirSync(join(folder, 'blobs'))).toEqual(['a.bin']);
  });

  it('says what the system refuses', async () => {
    const folder = newFolder();
    mkdirSync(join(folder, 'log.jsonl'), { recursive: true });
    await expect(new FolderStore(folder).readLog()).rejects.toThrow('EISDIR');
  });
});
