/**
 * What every store does, as plain functions: in Node they are tests, in a browser a worker runs them (test/engine/opfsWorker.ts).
 * Each gets `open`, which opens the same store again, as a later session would.
 */
import type { Bytes, Store } from '../../../src/train/store.ts';

export type Opener = () => Promise<Store>;

const bytes = (...values: number[]): Bytes => Uint8Array.from(values);

function expectEqual(found: unknown, wanted: unknown): void {
  const [a, b] = [found, wanted].map((value) =>
    JSON.stringify(value, (_, item: unknown) => (item instanceof Uint8Array ? [...item] : item)),
  );
  if (a !== b) throw new Error(`${a} is not ${b}`);
}

async function expectRefused(work: () => Promise<unknown>, words: string): Promise<void> {
  const refused = await work().then(
    () => 'nothing',
    (error: unknown) => String(error),
  );
  if (!refused.includes(words)) throw new Error(`expected to be refused with "${words}", got ${refused}`);
}

/** Runs `work` on the store as it is when opened again. */
async function reopened<T>(open: Opener, work: (store: Store) => Promise<T>): Promise<T> {
  const store = await open();
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

const names = async (store: Store) => (await store.list()).map(({ name }) => name).sort();

export const storeContract: Readonly<Record<string, (open: Opener) => Promise<void>>> = {
  'an empty one has no log and no blobs': (open) =>
    reopened(open, async (store) => {
      expectEqual(await store.readLog(), '');
      expectEqual(await store.list(), []);
      expectEqual(await store.get('a.json'), null);
      await store.delete('a.json'); // nothing happens
    }),

  'the log grows, character for character, over several sessions': async (open) => {
    const parts = ['{"a":1}\n', 'ein „Gruß“ 🐍\n', 'half a li', '\nwhole\n'];
    for (const [at, part] of parts.entries()) {
      await reopened(open, async (store) => {
        expectEqual(await store.readLog(), parts.slice(0, at).join(''));
        await store.appendLog(part);
        expectEqual(await store.readLog(), parts.slice(0, at + 1).join(''));
      });
    }
  },

  'a blob is what was put last, also in a later session': async (open) => {
    await reopened(open, async (store) => {
      await store.put('state-1.bin', bytes(1, 2, 3, 4, 5));
      await store.put('state-1.bin', bytes(0, 255));
      await store.put('empty', bytes());
    });
    await reopened(open, async (store) => {
      expectEqual(await store.get('state-1.bin'), bytes(0, 255));
      expectEqual(await store.get('empty'), bytes());
      const list = (await store.list()).toSorted((a, b) => (a.name < b.name ? -1 : 1));
      expectEqual(list, [
        { name: 'empty', size: 0 },
        { name: 'state-1.bin', size: 2 },
      ]);
      expectEqual(await store.readLog(), '');
    });
  },

  'a blob is a copy: whoever gave or got it may change theirs': (open) =>
    reopened(open, async (store) => {
      const mine = bytes(1);
      await store.put('a', mine);
      mine[0] = 2;
      const got = await store.get('a');
      expectEqual(got, bytes(1));
      if (got) got[0] = 3;
      expectEqual(await store.get('a'), bytes(1));
    }),

  'a blob that is written over is what was written last, shorter or longer': async (open) => {
    await reopened(open, async (store) => {
      await store.putOver('last', bytes(1, 2, 3));
      await store.putOver('last', bytes(4));
      expectEqual(await store.get('last'), bytes(4));
      await store.putOver('last', bytes(5, 6));
      await store.putOver('put', bytes(1, 2));
      await store.put('put', bytes(3));
      await store.putOver('gone', bytes(1));
      await store.delete('gone');
      expectEqual(await names(store), ['last', 'put']);
    });
    await reopened(open, async (store) => {
      expectEqual(await store.get('last'), bytes(5, 6));
      expectEqual(await store.get('put'), bytes(3));
      expectEqual(await store.get('gone'), null);
    });
  },

  'a part of a larger buffer is put as that part': (open) =>
    reopened(open, async (store) => {
      await store.put('part', bytes(1, 2, 3, 4).subarray(1, 3));
      expectEqual(await store.get('part'), bytes(2, 3));
    }),

  'a deleted blob is gone, and no other': async (open) => {
    await reopened(open, async (store) => {
      for (const name of ['a', 'b', 'c']) await store.put(name, bytes(1));
      await store.delete('b');
    });
    await reopened(open, async (store) => {
      expectEqual(await names(store), ['a', 'c']);
      expectEqual(await store.get('b'), null);
    });
  },

  'names that could lead elsewhere are refused': (open) =>
    reopened(open, async (store) => {
      for (const name of [
        '',
        '.',
        '..',
        '../a',
        'a/b',
        'a\\b',
        '.hidden',
        'A',
        'a b',
        'é',
        'a.writing',
        'a'.repeat(101),
      ]) {
        await expectRefused(() => store.put(name, bytes(1)), 'A blob cannot be called');
        await expectRefused(() => store.get(name), 'A blob cannot be called');
        await expectRefused(() => store.delete(name), 'A blob cannot be called');
      }
      expectEqual(await store.list(), []);
    }),
};
