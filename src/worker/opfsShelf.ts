/**
 * Kept runs in the browser's own file system (OPFS), a folder each below runs/. For dedicated workers. Who writes one holds a lock
 * of its name, so that no other tab does; the browser lets go of it when the worker is gone, however that came.
 */
import type { Folder, FolderFacts, Shelf } from '../keep/shelf.ts';
import { checkBlobName, unfinished, type Bytes, type StoredBlob } from '../train/store.ts';
import { aboutFile, blobsIn, fileIn, folderIn, logFile, nameOf, readFile, writeFile } from './opfsFiles.ts';
import { lock, lockManager, patience } from './opfsLock.ts';
import { OpfsStore } from './opfsStore.ts';

const lockPrefix = 'cocos-run/';
const pause = 50;

export class OpfsShelf implements Shelf {
  readonly #runs: FileSystemDirectoryHandle;

  private constructor(runs: FileSystemDirectoryHandle) {
    this.#runs = runs;
  }

  /** @throws DOMException where the browser keeps nothing; TypeError where it cannot */
  static async open(): Promise<OpfsShelf> {
    const root = await navigator.storage.getDirectory();
    return new OpfsShelf(await root.getDirectoryHandle('runs', { create: true }));
  }

  async ids(): Promise<readonly string[]> {
    const ids: string[] = [];
    for await (const [name, { kind }] of this.#runs.entries()) if (kind === 'directory') ids.push(name);
    return ids;
  }

  async facts(id: string): Promise<FolderFacts> {
    const folder = await this.#folder(id);
    const file = await (folder && (await fileIn(folder, logFile)))?.getFile();
    return { logSize: file?.size ?? 0, changed: file?.lastModified ?? 0 };
  }

  async open(id: string): Promise<Folder | null> {
    const release = await lock(`${lockPrefix}${id}`);
    if (!release) return null;
    const folder = await this.#runs.getDirectoryHandle(id, { create: true }).catch((error: unknown) => {
      release();
      throw error;
    });
    for (let left = patience; ; left -= pause) {
      try {
        return await OpfsStore.open(folder, release);
      } catch (error) {
        const elsewhere = error instanceof Error && nameOf(error.cause) === 'NoModificationAllowedError';
        if (!elsewhere || left <= 0) release();
        if (!elsewhere) throw error;
        if (left <= 0) return null;
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
  }

  async look(id: string): Promise<Folder> {
    const folder = await this.#folder(id);
    const log = folder && (await readFile(folder, logFile));
    if (!log) throw new Error('This run is not kept any more.');
    return new Looking(folder, log, await blobsIn(folder));
  }

  async about(id: string): Promise<string | null> {
    const folder = await this.#folder(id);
    if (!folder) return null;
    const text = await textOf(folder, aboutFile);
    // Where files cannot be moved, a crash may leave half of it; then what was to take its place is whole beside it.
    return isJson(text) ? text : ((await textOf(folder, unfinished(aboutFile))) ?? text);
  }

  async writeAbout(id: string, text: string): Promise<void> {
    const folder = await this.#folder(id);
    if (!folder) throw new Error('This run is not kept any more.');
    await writeFile(folder, aboutFile, new TextEncoder().encode(text));
  }

  async remove(id: string): Promise<void> {
    await this.#runs.removeEntry(id, { recursive: true });
  }

  async inUse(): Promise<readonly string[]> {
    const { held = [] } = (await lockManager()?.query()) ?? {};
    const names = held.map(({ name = '' }) => name);
    return names.filter((name) => name.startsWith(lockPrefix)).map((name) => name.slice(lockPrefix.length));
  }

  #folder(id: string): Promise<FileSystemDirectoryHandle | null> {
    return folderIn(this.#runs, id);
  }
}

async function textOf(folder: FileSystemDirectoryHandle, name: string): Promise<string | null> {
  const bytes = await readFile(folder, name);
  return bytes && new TextDecoder().decode(bytes);
}

function isJson(text: string | null): boolean {
  try {
    return text === null || JSON.parse(text) !== undefined;
  } catch {
    return false;
  }
}

/** A run's folder as it is found, also while somebody else writes it. */
class Looking implements Folder {
  readonly #folder: FileSystemDirectoryHandle;
  readonly #log: Bytes;
  readonly #blobs: readonly StoredBlob[];

  constructor(folder: FileSystemDirectoryHandle, log: Bytes, blobs: readonly StoredBlob[]) {
    this.#folder = folder;
    this.#log = log;
    this.#blobs = blobs;
  }

  get logSize(): number {
    return this.#log.byteLength;
  }
  get size(): number {
    return this.#blobs.reduce((sum, { size }) => sum + size, this.logSize);
  }
  async readLog(): Promise<string> {
    return new TextDecoder().decode(this.#log);
  }
  get(name: string): Promise<Bytes | null> {
    return readFile(this.#folder, checkBlobName(name));
  }
  async list(): Promise<StoredBlob[]> {
    return [...this.#blobs];
  }
  appendLog = readOnly;
  put = readOnly;
  putOver = readOnly;
  delete = readOnly;
  async close(): Promise<void> {
    // nothing is held open
  }
}

const readOnly = (): Promise<void> => Promise.reject(new Error('This run was opened for reading only.'));
