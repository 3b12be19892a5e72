/**
 * A run's log and blobs in the browser's own file system (OPFS), a folder for each run. For dedicated workers: only they may
 * write there with a flush (createSyncAccessHandle). Nothing of it is to be seen in the user's folders.
 */
import type { Folder } from '../keep/shelf.ts';
import { checkBlobName, type Bytes, type StoredBlob } from '../train/store.ts';
import {
  blobsIn,
  logFile,
  nameOf,
  readFile,
  writeAll,
  writeFile,
  type SyncAccessHandle,
} from './opfsFiles.ts';

export class OpfsStore implements Folder {
  readonly #folder: FileSystemDirectoryHandle;
  /** Held as long as the store is open, so that no other tab writes the same log. */
  readonly #log: SyncAccessHandle;
  /** Blobs that are written over again and again: opening one takes longer than writing it. */
  readonly #over = new Map<string, SyncAccessHandle>();
  /** Bytes of each blob. */
  readonly #sizes: Map<string, number>;
  readonly #onClosed: () => void;

  private constructor(
    folder: FileSystemDirectoryHandle,
    log: SyncAccessHandle,
    blobs: readonly StoredBlob[],
    onClosed: () => void,
  ) {
    this.#folder = folder;
    this.#log = log;
    this.#sizes = new Map(blobs.map(({ name, size }) => [name, size]));
    this.#onClosed = onClosed;
  }

  /**
   * @param folder of this run and nothing else
   * @throws Error when another tab or worker has the run open; DOMException where the browser keeps nothing
   */
  static async open(
    folder: FileSystemDirectoryHandle,
    onClosed: () => void = () => undefined,
  ): Promise<OpfsStore> {
    const file = await folder.getFileHandle(logFile, { create: true });
    try {
      const blobs = await blobsIn(folder); // first: what fails leaves nothing open
      return new OpfsStore(folder, await file.createSyncAccessHandle(), blobs, onClosed);
    } catch (error) {
      if (nameOf(error) !== 'NoModificationAllowedError') throw error;
      throw new Error(`The run ${folder.name} is open in another tab. Close it there first.`, {
        cause: error,
      });
    }
  }

  get logSize(): number {
    return this.#log.getSize();
  }

  get size(): number {
    return [...this.#sizes.values()].reduce((sum, size) => sum + size, this.logSize);
  }

  async readLog(): Promise<string> {
    const bytes = new Uint8Array(this.#log.getSize());
    this.#log.read(bytes, { at: 0 });
    return new TextDecoder().decode(bytes);
  }

  async appendLog(text: string): Promise<void> {
    const before = this.#log.getSize();
    try {
      writeAll(this.#log, new TextEncoder().encode(text), before);
    } catch (error) {
      this.#log.truncate(before); // no half line
      throw error;
    }
  }

  async get(name: string): Promise<Bytes | null> {
    const over = this.#over.get(checkBlobName(name));
    if (!over) return readFile(this.#folder, name);
    const bytes = new Uint8Array(over.getSize());
    over.read(bytes, { at: 0 });
    return bytes;
  }

  async put(name: string, bytes: Bytes): Promise<void> {
    this.#letGo(checkBlobName(name));
    await writeFile(this.#folder, name, bytes);
    this.#sizes.set(name, bytes.byteLength);
  }

  async putOver(name: string, bytes: Bytes): Promise<void> {
    let file = this.#over.get(checkBlobName(name));
    if (!file) {
      const handle = await this.#folder.getFileHandle(name, { create: true });
      file = await handle.createSyncAccessHandle();
      this.#over.set(name, file);
    }
    writeAll(file, bytes, 0);
    file.truncate(bytes.byteLength);
    this.#sizes.set(name, bytes.byteLength);
  }

  async delete(name: string): Promise<void> {
    this.#letGo(checkBlobName(name));
    this.#sizes.delete(name);
    try {
      await this.#folder.removeEntry(name);
    } catch (error) {
      if (nameOf(error) !== 'NotFoundError') throw error;
    }
  }

  async list(): Promise<StoredBlob[]> {
    return [...this.#sizes].map(([name, size]) => ({ name, size }));
  }

  async close(): Promise<void> {
    for (const name of [...this.#over.keys()]) this.#letGo(name);
    this.#log.close();
    this.#onClosed();
  }

  #letGo(name: string): void {
    this.#over.get(name)?.close();
    this.#over.delete(name);
  }
}
