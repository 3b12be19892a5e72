/**
 * Where a run's log and its blobs live. Three forms: in memory (below), a folder (cli/folderStore.ts), a browser's own file
 * system (worker/opfsStore.ts). A blob is written whole or not at all; the log only grows.
 */

export type Bytes = Uint8Array<ArrayBuffer>;

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
  get(name: string): Promise<Bytes | null>;
  put(name: string, bytes: Bytes): Promise<void>;
  /**
   * Writes a blob in the place of the one before, as fast as can be. A crash may leave it half written, so whoever reads it must be
   * able to tell.
   */
  putOver(name: string, bytes: Bytes): Promise<void>;
  /** Nothing happens when there is none of that name. */
  delete(name: string): Promise<void>;
  list(): Promise<StoredBlob[]>;
  /** Lets go of what it holds open. Nothing is written afterwards. */
  close(): Promise<void>;
}

/** There is no room for what was to be written. */
export class NoRoomError extends Error {
  override readonly name = 'NoRoomError';
}

/** Whether something could not be written because the disk is full, or the browser grants no more. */
export const noRoom = (error: unknown): boolean =>
  error instanceof NoRoomError || (error instanceof Error && error.name === 'QuotaExceededError');

/** What a blob is called while it is written; such a file is no blob yet. */
export const unfinished = (name: string): string => `${name}.writing`;

/** @throws Error when the name could not be that of a file in every form of store, or is an unfinished one's */
export function checkBlobName(name: string): string {
  if (/^[a-z0-9][a-z0-9.-]{0,99}$/.test(name) && !name.endsWith(unfinished(''))) return name;
  throw new Error(
    `A blob cannot be called ${JSON.stringify(name)}: use small letters, digits, - and ., at most 100.`,
  );
}

export class MemoryStore implements Store {
  #log = '';
  readonly #blobs = new Map<string, Bytes>();

  async readLog(): Promise<string> {
    return this.#log;
  }

  async appendLog(text: string): Promise<void> {
    this.#log += text;
  }

  async get(name: string): Promise<Bytes | null> {
    return this.#blobs.get(checkBlobName(name))?.slice() ?? null;
  }

  async put(name: string, bytes: Bytes): Promise<void> {
    this.#blobs.set(checkBlobName(name), bytes.slice());
  }

  putOver(name: string, bytes: Bytes): Promise<void> {
    return this.put(name, bytes);
  }

  async delete(name: string): Promise<void> {
    this.#blobs.delete(checkBlobName(name));
  }

  async list(): Promise<StoredBlob[]> {
    return [...this.#blobs].map(([name, bytes]) => ({ name, size: bytes.byteLength }));
  }

  async close(): Promise<void> {
    // nothing is held open
  }
}
