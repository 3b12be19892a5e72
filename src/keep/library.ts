/** What is done with kept runs beside training them: which there are, their names, taking them away, and as files in and out. */
import { RunLog } from '../train/log.ts';
import { readLog } from '../train/logFormat.ts';
import { noRoom, type Bytes } from '../train/store.ts';
import { sentence } from '../train/failure.ts';
import type { KeptRun, RunFile, UnreadableRun } from './keptRuns.ts';
import { readAbout, rowOfText, type About, type Row } from './row.ts';
import { madeAt, newRunId } from './runId.ts';
import type { FolderFacts, RunIndex, Shelf } from './shelf.ts';

export interface LibraryOptions {
  readonly shelf: Shelf;
  readonly index: RunIndex;
  /** Something is different. */
  readonly onChanged: () => void;
}

/** A deleted run can be had back for as long, ms. */
const keptDeleted = 24 * 60 * 60 * 1000;

export class Library {
  readonly #options: LibraryOptions;

  constructor(options: LibraryOptions) {
    this.#options = options;
  }

  /** Takes away what was deleted long ago, and folders that a crash left without a log. */
  async tidy(): Promise<void> {
    const { shelf } = this.#options;
    const inUse = await shelf.inUse();
    for (const id of await shelf.ids()) {
      if (inUse.includes(id)) continue;
      const { deleted = Infinity } = readAbout(await shelf.about(id));
      const empty = (await shelf.facts(id)).logSize === 0;
      if (empty || deleted < Date.now() - keptDeleted) await this.#remove(id);
    }
  }

  /** The one changed last first. A run whose log cannot be read is among the `unreadable`, and stays as it is. */
  async list(): Promise<KeptRun[]> {
    const { shelf, index } = this.#options;
    const known = new Map((await index.all().catch(() => [])).map((run) => [run.row.id, run]));
    const ids = await shelf.ids();
    const inUse = new Set(await shelf.inUse());
    const found = await Promise.all(
      ids.map(async (id) => {
        const facts = await shelf.facts(id);
        const there = known.get(id);
        // Whoever writes a run brings its row up to date now and then.
        const fresh = there && (there.logSize === facts.logSize || inUse.has(id));
        const row = fresh ? there.row : await this.#rowFromLog(id, facts);
        return row && { ...row, ...readAbout(await shelf.about(id)) };
      }),
    );
    const gone = [...known.keys()].filter((id) => !ids.includes(id));
    for (const id of gone) void index.delete(id).catch(() => undefined);
    return found.filter((run) => run !== null).sort((a, b) => b.changed - a.changed);
  }

  async unreadable(): Promise<UnreadableRun[]> {
    const { shelf } = this.#options;
    const listed = new Set((await this.list()).map(({ id }) => id));
    const others = (await shelf.ids()).filter((id) => !listed.has(id));
    const found = await Promise.all(
      others.map(async (id) => {
        const { logSize, changed } = await shelf.facts(id);
        if (logSize === 0) return null; // nothing was written yet
        const folder = await shelf.look(id);
        try {
          readLog(await folder.readLog());
          return null; // it came while this looked
        } catch (error) {
          return { id, changed, bytes: folder.size, why: sentence(error) };
        }
      }),
    );
    return found.filter((run) => run !== null);
  }

  async log(id: string): Promise<string> {
    return (await this.#options.shelf.look(id)).readLog();
  }

  inUse(): Promise<readonly string[]> {
    return this.#options.shelf.inUse();
  }

  rename(id: string, name: string): Promise<void> {
    return this.#say(id, (about) => ({ ...about, name }));
  }

  delete(id: string): Promise<void> {
    return this.#say(id, (about) => ({ ...about, deleted: Date.now() }));
  }

  undelete(id: string): Promise<void> {
    return this.#say(id, ({ name }) => ({ name }));
  }

  /** @throws Error when it is open */
  async forget(id: string): Promise<void> {
    if ((await this.inUse()).includes(id)) {
      throw new Error('The run is open, here or in another tab. Close it first.');
    }
    await this.#remove(id);
    this.#options.onChanged();
  }

  async read(id: string): Promise<RunFile> {
    const folder = await this.#options.shelf.look(id);
    const text = await folder.readLog();
    const log = text.slice(0, text.lastIndexOf('\n') + 1); // a line may be under way
    if (log === '') throw new Error('This run is not kept any more.');
    const blobs = new Map<string, Bytes>();
    for (const { name } of await folder.list()) {
      const bytes = await folder.get(name);
      if (bytes) blobs.set(name, bytes);
    }
    return { log, blobs };
  }

  /** @throws Error when the log cannot be read, or there is no room */
  async write({ log, blobs }: RunFile, name = ''): Promise<KeptRun> {
    const { damage } = readLog(log);
    if (damage) throw damage;
    const id = newRunId();
    const folder = await this.#options.shelf.open(id);
    if (!folder) throw new Error('The run could not be kept. Try again.'); // nobody else can have made that id
    try {
      for (const [blob, bytes] of blobs) await folder.put(blob, bytes);
      await folder.appendLog(log);
      await (await RunLog.open(folder)).close(); // what a fresh reader makes of it
      await this.#options.shelf.writeAbout(id, JSON.stringify({ name }));
    } catch (error) {
      await folder.close();
      await this.#remove(id);
      if (!noRoom(error)) throw error;
      throw new Error(
        'There is no room for this run: the device is full, or the browser grants no more. Delete others first.',
        { cause: error },
      );
    }
    const row = await this.#rowFromLog(id, await this.#options.shelf.facts(id), false);
    if (!row) throw new Error('The run could not be kept.');
    this.#options.onChanged();
    return { ...row, name };
  }

  async #say(id: string, change: (about: About) => About): Promise<void> {
    const { shelf, onChanged } = this.#options;
    if ((await shelf.facts(id)).logSize === 0) throw new Error('This run is not kept any more.');
    await shelf.writeAbout(id, JSON.stringify(change(readAbout(await shelf.about(id)))));
    onChanged();
  }

  async #remove(id: string): Promise<void> {
    await this.#options.shelf.remove(id);
    await this.#options.index.delete(id).catch(() => undefined); // a row without a folder is no run
  }

  /**
   * @param underWay else whoever let it rest would have put a row
   * @returns null when nothing can be read
   */
  async #rowFromLog(id: string, facts: FolderFacts, underWay = true): Promise<Row | null> {
    const { shelf, index } = this.#options;
    if (facts.logSize === 0) return null;
    try {
      const folder = await shelf.look(id);
      const { changed } = facts;
      const row = rowOfText(id, await folder.readLog(), {
        ...{ begun: madeAt(id) || changed, changed, bytes: folder.size },
        underWay,
      });
      void index.put({ row, logSize: facts.logSize }).catch(() => undefined);
      return row;
    } catch {
      return null; // `unreadable` says why
    }
  }
}
