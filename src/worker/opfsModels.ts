/**
 * Kept models in the browser's own file system (OPFS), a folder each below models/, called by its digest. For dedicated workers. Who
 * writes or deletes one has its lock alone, whoever reads it shares it with others.
 */
import { digestSchema } from '../hub/kept.ts';
import type { Growing, ModelFolder, ModelShelf } from '../hub/shelf.ts';
import * as v from 'valibot';
import { blobSource } from './blobSource.ts';
import { fileIn, folderIn, nameOf, readFile, writeAll, writeFile } from './opfsFiles.ts';
import { lock } from './opfsLock.ts';

const lockPrefix = 'cocos-model/';

export class OpfsModels implements ModelShelf {
  readonly #models: FileSystemDirectoryHandle;

  private constructor(models: FileSystemDirectoryHandle) {
    this.#models = models;
  }

  /** @throws DOMException where the browser keeps nothing; TypeError where it cannot */
  static async open(): Promise<OpfsModels> {
    const root = await navigator.storage.getDirectory();
    return new OpfsModels(await root.getDirectoryHandle('models', { create: true }));
  }

  async digests(): Promise<readonly string[]> {
    const names: string[] = [];
    for await (const [name, { kind }] of this.#models.entries()) {
      if (kind === 'directory' && v.is(digestSchema, name)) names.push(name);
    }
    return names;
  }

  async peek(digest: string, name: string): Promise<Uint8Array | null> {
    const folder = await folderIn(this.#models, digest);
    return folder && readFile(folder, name);
  }

  async take(digest: string): Promise<ModelFolder | null> {
    const release = await lock(lockPrefix + digest);
    if (!release) return null;
    try {
      return new OpfsModel(await this.#models.getDirectoryHandle(digest, { create: true }), release);
    } catch (error) {
      release();
      throw error;
    }
  }

  async look(digest: string): Promise<ModelFolder | null> {
    const release = await lock(lockPrefix + digest, 'shared');
    const folder = release && (await folderIn(this.#models, digest));
    if (folder) return new OpfsModel(folder, release);
    release?.();
    return null;
  }

  async remove(digest: string): Promise<boolean> {
    const release = await lock(lockPrefix + digest);
    if (!release) return false;
    try {
      await this.#models.removeEntry(digest, { recursive: true });
      return true;
    } catch (error) {
      if (nameOf(error) === 'NotFoundError') return true;
      throw error;
    } finally {
      release();
    }
  }

  async room(): Promise<number | null> {
    const { quota, usage } = await navigator.storage.estimate();
    return quota === undefined || usage === undefined ? null : quota - usage;
  }
}

class OpfsModel implements ModelFolder {
  readonly #folder: FileSystemDirectoryHandle;
  readonly #release: () => void;

  constructor(folder: FileSystemDirectoryHandle, release: () => void) {
    this.#folder = folder;
    this.#release = release;
  }

  async open(name: string) {
    const handle = await fileIn(this.#folder, name);
    return handle && blobSource(name, await handle.getFile());
  }

  write(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    return writeFile(this.#folder, name, bytes);
  }

  async grow(name: string): Promise<Growing> {
    const handle = await this.#folder.getFileHandle(name, { create: true });
    const file = await handle.createSyncAccessHandle();
    let size = file.getSize();
    return {
      get size() {
        return size;
      },
      read: async (begin, end) => {
        const bytes = new Uint8Array(end - begin);
        file.read(bytes, { at: begin });
        return bytes;
      },
      append: async (bytes) => {
        writeAll(file, bytes, size, false);
        size += bytes.byteLength;
      },
      clear: async () => {
        file.truncate(0);
        size = 0;
      },
      close: async () => {
        file.flush();
        file.close();
      },
    };
  }

  async close(): Promise<void> {
    this.#release();
  }
}
