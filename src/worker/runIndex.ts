/** The index of kept runs in the browser's database. What it has can be made again from the runs themselves. */
import { openDB, type IDBPDatabase } from 'idb';
import * as v from 'valibot';
import { rowSchema } from '../keep/rowSchema.ts';
import type { IndexedRun, RunIndex } from '../keep/shelf.ts';

const rows = 'rows';
/** Rows of another version are not read. */
const indexedSchema = v.object({ row: rowSchema, logSize: v.number() });

export class BrowserRunIndex implements RunIndex {
  #opened: Promise<IDBPDatabase> | null = null;

  async all(): Promise<readonly IndexedRun[]> {
    const found: unknown[] = await (await this.#database()).getAll(rows);
    return found.flatMap((one) => {
      const parsed = v.safeParse(indexedSchema, one);
      return parsed.success ? [parsed.output] : [];
    });
  }

  async put(run: IndexedRun): Promise<void> {
    await (await this.#database()).put(rows, run);
  }

  async delete(id: string): Promise<void> {
    await (await this.#database()).delete(rows, id);
  }

  #database(): Promise<IDBPDatabase> {
    if (this.#opened) return this.#opened;
    const opened = openDB('cocos-runs', 1, {
      upgrade: (database) => void database.createObjectStore(rows, { keyPath: 'row.id' }),
      terminated: () => (this.#opened = null),
    });
    opened.catch(() => (this.#opened = null)); // whoever asks next tries again
    return (this.#opened = opened);
  }
}
