/**
 * A run's log and blobs in the browser's own file system (OPFS), a folder for each run. For dedicated workers: only they may
 * write there with a flush (createSyncAccessHandle). Nothing of it is to be seen in the user's folders.
 */
import { checkBlobName, unfinished, type Bytes, type Store, type StoredBlob } from '../train/store.ts';

/** What TypeScript's declarations keep for programs made of workers only, or do not know at all. */
declare global {
  interface FileSystemFileHandle {
    createSyncAccessHandle(): Promise<SyncAccessHandle>;
    /** Not in every browser. */
    move?(name: string): Promise<void>;
  }
}
interface SyncAccessHandle {
  read(into: Bytes, options: { at: number }): number;
  write(bytes: Bytes, options: { at: number }): number;
  getSize(): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}

const logFile = 'log.jsonl';

export class OpfsStore implements Store {
  readonly #folder: FileSystemDirectoryHandle;
  /** Held as long as the store is open, so that no other tab writes the same log. */
  readonly #log: SyncAccessHandle;

  private constructor(folder: FileSystemDirectoryHandle, log: SyncAccessHandle) {
    this.#folder = folder;
    this.#log = log;
  }

  /**
   * @param folder of this run and nothing else
   * @throws Error when another tab or worker has the run open; DOMException where the browser keeps nothing
   */
  static async open(folder: FileSystemDirectoryHandle): Promise<OpfsStore> {
    const file = await folder.getFileHandle(logFile, { create: true });
    try {
      return new OpfsStore(folder, await file.createSyncAccessHandle());
    } catch (error) {
      if (nameOf(error) !== 'NoModificationAllowedError') throw error;
      throw new Error(`The run ${folder.name} is open in another tab. Close it there first.`, {
        cause: error,
      });
    }
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
    const handle = await this.#file(checkBlobName(name));
    return handle && new Uint8Array(await (await handle.getFile()).arrayBuffer());
  }

  async put(name: string, bytes: Bytes): Promise<void> {
    const beside = await this.#write(unfinished(checkBlobName(name)), bytes);
    if (beside.move) return beside.move(name);
    // A crash in the middle of this copy leaves half a blob, which no entry names yet.
    await this.#write(name, bytes);
    await this.#folder.removeEntry(beside.name);
  }

  async delete(name: string): Promise<void> {
    try {
      await this.#folder.removeEntry(checkBlobName(name));
    } catch (error) {
      if (nameOf(error) !== 'NotFoundError') throw error;
    }
  }

  async list(): Promise<StoredBlob[]> {
    const blobs: StoredBlob[] = [];
    for await (const [name, handle] of this.#folder.entries()) {
      if (name === logFile || name.endsWith(unfinished('')) || !isFile(handle)) continue;
      blobs.push({ name, size: (await handle.getFile()).size });
    }
    return blobs;
  }

  async close(): Promise<void> {
    this.#log.close();
  }

  async #file(name: string): Promise<FileSystemFileHandle | null> {
    try {
      return await this.#folder.getFileHandle(name);
    } catch (error) {
      if (nameOf(error) === 'NotFoundError') return null;
      throw error;
    }
  }

  async #write(name: string, bytes: Bytes): Promise<FileSystemFileHandle> {
    const handle = await this.#folder.getFileHandle(name, { create: true });
    const file = await handle.createSyncAccessHandle();
    try {
      file.truncate(0);
      writeAll(file, bytes, 0);
    } finally {
      file.close();
    }
    return handle;
  }
}

/** @throws Error when there is no room for all of it */
function writeAll(file: SyncAccessHandle, bytes: Bytes, at: number): void {
  const written = file.write(bytes, { at });
  if (written < bytes.byteLength) {
    throw new Error(`Only ${written} of ${bytes.byteLength} bytes could be stored: there is no room left.`);
  }
  file.flush();
}

const isFile = (handle: FileSystemHandle): handle is FileSystemFileHandle => handle.kind === 'file';

const nameOf = (error: unknown): string => (error instanceof DOMException ? error.name : '');
