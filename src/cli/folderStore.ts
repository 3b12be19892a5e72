/** A run's log and blobs in a folder: log.jsonl, and blobs/. */
import { appendFile, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkBlobName, unfinished, type Bytes, type Store, type StoredBlob } from '../train/store.ts';

export class FolderStore implements Store {
  /** Path of the log. */
  readonly log: string;
  readonly #blobs: string;

  /** The folder is made when something is written. */
  constructor(folder: string) {
    this.log = join(folder, 'log.jsonl');
    this.#blobs = join(folder, 'blobs');
  }

  async readLog(): Promise<string> {
    return (await ifThere(readFile(this.log, 'utf8'))) ?? '';
  }

  async appendLog(text: string): Promise<void> {
    await mkdir(join(this.log, '..'), { recursive: true });
    await appendFile(this.log, text, { flush: true });
  }

  async get(name: string): Promise<Bytes | null> {
    const bytes = await ifThere(readFile(this.#path(name)));
    return bytes && new Uint8Array(bytes);
  }

  async put(name: string, bytes: Bytes): Promise<void> {
    const path = this.#path(name);
    await mkdir(this.#blobs, { recursive: true });
    await writeFile(unfinished(path), bytes, { flush: true });
    await rename(unfinished(path), path);
  }

  putOver(name: string, bytes: Bytes): Promise<void> {
    return this.put(name, bytes);
  }

  async delete(name: string): Promise<void> {
    await rm(this.#path(name), { force: true });
  }

  async list(): Promise<StoredBlob[]> {
    const names = (await ifThere(readdir(this.#blobs))) ?? [];
    const whole = names.filter((name) => !name.endsWith(unfinished('')));
    return Promise.all(
      whole.map(async (name) => ({ name, size: (await stat(join(this.#blobs, name))).size })),
    );
  }

  async close(): Promise<void> {
    // nothing is held open
  }

  #path(name: string): string {
    return join(this.#blobs, checkBlobName(name));
  }
}

/** null when there is no such file or folder. */
async function ifThere<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
