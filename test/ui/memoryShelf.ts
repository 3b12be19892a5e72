/** A shelf of kept runs in memory, for tests and the page's test double: it survives whoever writes it. */
import type { Folder, FolderFacts, IndexedRun, RunIndex, Shelf } from '../../src/keep/shelf.ts';
import { MemoryStore, NoRoomError, type Bytes } from '../../src/train/store.ts';

interface Shelved {
  readonly store: MemoryStore;
  about: string | null;
  changed: number;
}

export class MemoryShelf implements Shelf {
  readonly folders = new Map<string, Shelved>();
  readonly using = new Set<string>();
  /** Bytes there is room for, all in all. */
  room = Infinity;

  async ids(): Promise<readonly string[]> {
    return [...this.folders.keys()];
  }

  async facts(id: string): Promise<FolderFacts> {
    const found = this.folders.get(id);
    return { logSize: found ? await logSizeOf(found) : 0, changed: found?.changed ?? 0 };
  }

  async open(id: string): Promise<Folder | null> {
    if (this.using.has(id)) return null;
    this.using.add(id);
    const shelved = this.folders.get(id) ?? { store: new MemoryStore(), about: null, changed: 0 };
    this.folders.set(id, shelved);
    return ShelfFolder.of(this, id, shelved, true);
  }

  async look(id: string): Promise<Folder> {
    const found = this.folders.get(id);
    if (!found) throw new Error('This run is not kept any more.');
    return ShelfFolder.of(this, id, found, false);
  }

  async about(id: string): Promise<string | null> {
    return this.folders.get(id)?.about ?? null;
  }

  async writeAbout(id: string, text: string): Promise<void> {
    const found = this.folders.get(id);
    if (found) found.about = text;
  }

  async remove(id: string): Promise<void> {
    this.folders.delete(id);
  }

  async inUse(): Promise<readonly string[]> {
    return [...this.using];
  }

  /** Whoever wrote is gone, as after a crash. */
  crash(): void {
    this.using.clear();
  }

  async used(): Promise<number> {
    const sizes = await Promise.all([...this.folders.values()].map(async (one) => sizeOf(one)));
    return sizes.reduce((a, b) => a + b, 0);
  }
}

class ShelfFolder extends MemoryStore implements Folder {
  logSize = 0;
  size = 0;
  readonly #shelf: MemoryShelf;
  readonly #id: string;
  readonly #shelved: Shelved;
  readonly #writable: boolean;

  private constructor(shelf: MemoryShelf, id: string, shelved: Shelved, writable: boolean) {
    super();
    this.#shelf = shelf;
    this.#id = id;
    this.#shelved = shelved;
    this.#writable = writable;
  }

  static async of(shelf: MemoryShelf, id: string, shelved: Shelved, writable: boolean): Promise<ShelfFolder> {
    const folder = new ShelfFolder(shelf, id, shelved, writable);
    await folder.#measure();
    return folder;
  }

  override readLog() {
    return this.#shelved.store.readLog();
  }
  override get(name: string) {
    return this.#shelved.store.get(name);
  }
  override list() {
    return this.#shelved.store.list();
  }
  override appendLog(text: string) {
    this.#shelved.changed = Date.now();
    return this.#write(text.length, () => this.#shelved.store.appendLog(text));
  }
  override async put(name: string, bytes: Bytes) {
    const before = (await this.list()).find((blob) => blob.name === name)?.size ?? 0;
    return this.#write(bytes.byteLength - before, () => this.#shelved.store.put(name, bytes));
  }
  override putOver(name: string, bytes: Bytes) {
    return this.put(name, bytes);
  }
  override async delete(name: string) {
    await this.#shelved.store.delete(name);
    await this.#measure();
  }
  override async close() {
    if (this.#writable) this.#shelf.using.delete(this.#id);
  }

  async #write(more: number, work: () => Promise<void>): Promise<void> {
    if (!this.#writable) throw new Error('This run was opened for reading only.');
    if (!this.#shelf.using.has(this.#id)) throw new Error('Whoever wrote this is gone.');
    if (more > 0 && (await this.#shelf.used()) + more > this.#shelf.room) {
      throw new NoRoomError('There is no room left.');
    }
    await work();
    await this.#measure();
  }

  async #measure(): Promise<void> {
    this.logSize = await logSizeOf(this.#shelved);
    this.size = await sizeOf(this.#shelved);
  }
}

const logSizeOf = async ({ store }: Shelved) => (await store.readLog()).length;
const sizeOf = async (shelved: Shelved) =>
  (await shelved.store.list()).reduce((sum, { size }) => sum + size, await logSizeOf(shelved));

export class MemoryIndex implements RunIndex {
  readonly rows = new Map<string, IndexedRun>();

  async all(): Promise<readonly IndexedRun[]> {
    return [...this.rows.values()];
  }
  async put(run: IndexedRun): Promise<void> {
    this.rows.set(run.row.id, run);
  }
  async delete(id: string): Promise<void> {
    this.rows.delete(id);
  }
}
