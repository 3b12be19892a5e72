/** A run's folder that is made late: a run that never trained leaves nothing behind. Until then everything is in memory. */
import { MemoryStore, type Bytes, type StoredBlob, type Store } from '../train/store.ts';

export class LateFolder implements Store {
  readonly #make: () => Promise<Store>;
  #store: Store = new MemoryStore();
  #made: Promise<void> | null = null;

  /** @param make makes the folder */
  constructor(make: () => Promise<Store>) {
    this.#make = make;
  }

  /** Makes the folder, if that is not done yet, and puts into it what there is. @throws what went wrong, each time */
  make(): Promise<void> {
    return (this.#made ??= this.#move());
  }

  async #move(): Promise<void> {
    const memory = this.#store;
    const store = await this.#make();
    try {
      for (const { name } of await memory.list()) {
        const bytes = await memory.get(name);
        if (bytes) await store.put(name, bytes);
      }
      await store.appendLog(await memory.readLog()); // last: it names the blobs
    } catch (error) {
      await store.close();
      throw error;
    }
    this.#store = store;
  }

  readLog(): Promise<string> {
    return this.#store.readLog();
  }
  appendLog(text: string): Promise<void> {
    return this.#store.appendLog(text);
  }
  get(name: string): Promise<Bytes | null> {
    return this.#store.get(name);
  }
  put(name: string, bytes: Bytes): Promise<void> {
    return this.#store.put(name, bytes);
  }
  putOver(name: string, bytes: Bytes): Promise<void> {
    return this.#store.putOver(name, bytes);
  }
  delete(name: string): Promise<void> {
    return this.#store.delete(name);
  }
  list(): Promise<StoredBlob[]> {
    return this.#store.list();
  }
  close(): Promise<void> {
    return this.#store.close();
  }
}
