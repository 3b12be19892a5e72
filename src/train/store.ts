/**
 * Where a run's log and its blobs live. Three forms: in memory (below), a folder (cli/folderStore.ts), a browser's own file
 * system (worker/opfsStore.ts). A blob is written whole or not at all; the log only grows.
 */

export interface StoredBlob {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
}

export interface Store {
  /** Everything of the log, as it was appended; '' before the first. */
  readLog(): Promise<string>;
  /** Adds to the end of the log, durably: when the promise resolves, a crash loses nothing of it. */
  appendLog(text: string): Promise<void>;
  /** @returns null when there is none of that name */
  get(name: string): Promise<Uint8Array | null>;
  put(name: string, bytes: Uint8Array): Promise<void>;
  /** Nothing happens when there is none of that name. */
  delete(name: string): Promise<void>;
  list(): Promise<StoredBlob[]>;
}

export class MemoryStore implements Store {
  #log = '';
  readonly #blobs = new Map<string, Uint8Array>();

  async readLog(): Promise<string> {
    return this.#log;
  }

  async appendLog(text: string): Promise<void> {
    this.#log += text;
  }

  async get(name: string): Promise<Uint8Array | null> {
    return this.#blobs.get(name)?.slice() ?? null;
  }

  async put(name: string, bytes: Uint8Array): Promise<void> {
    this.#blobs.set(name, bytes.slice());
  }

  async delete(name: string): Promise<void> {
    this.#blobs.delete(name);
  }

  async list(): Promise<StoredBlob[]> {
    return [...this.#blobs].map(([name, bytes]) => ({ name, size: bytes.byteLength }));
  }
}
