/** A shelf in memory, of so much room. */
import { bytesInMemory } from '../../../src/model/byteSource.ts';
import type { Growing, ModelFolder, ModelShelf } from '../../../src/hub/shelf.ts';
import { NoRoomError } from '../../../src/train/store.ts';

type Files = Map<string, Uint8Array<ArrayBuffer>>;

export class MemoryShelf implements ModelShelf {
  readonly folders = new Map<string, Files>();
  readonly taken = new Set<string>();
  /** Bytes that fit in all; what is said of it beforehand may be another number. */
  capacity = Infinity;
  said: number | null = null;

  get bytes(): number {
    return [...this.folders.values()]
      .flatMap((files) => [...files.values()])
      .reduce((sum, { length }) => sum + length, 0);
  }

  async digests(): Promise<readonly string[]> {
    return [...this.folders.keys()];
  }
  async room(): Promise<number | null> {
    return this.said;
  }
  async peek(digest: string, name: string): Promise<Uint8Array | null> {
    return this.folders.get(digest)?.get(name) ?? null;
  }
  async remove(digest: string): Promise<boolean> {
    return !this.taken.has(digest) && this.folders.delete(digest);
  }
  async look(digest: string): Promise<ModelFolder | null> {
    const files = this.folders.get(digest);
    return files ? this.#folder(files, () => undefined) : null;
  }
  async take(digest: string): Promise<ModelFolder | null> {
    if (this.taken.has(digest)) return null;
    this.taken.add(digest);
    const files = this.folders.get(digest) ?? new Map<string, Uint8Array<ArrayBuffer>>();
    this.folders.set(digest, files);
    return this.#folder(files, () => this.taken.delete(digest));
  }

  #folder(files: Files, close: () => void): ModelFolder {
    return {
      open: async (name) => {
        const bytes = files.get(name);
        return bytes ? bytesInMemory(name, bytes) : null;
      },
      write: async (name, bytes) => void files.set(name, bytes),
      grow: async (name) => this.#growing(files, name),
      close: async () => close(),
    };
  }

  #growing(files: Files, name: string): Growing {
    const now = () => files.get(name) ?? new Uint8Array();
    return {
      get size() {
        return now().length;
      },
      read: async (begin, end) => now().subarray(begin, end),
      append: async (bytes) => {
        if (this.bytes + bytes.length > this.capacity) throw new NoRoomError('no room');
        const before = now();
        const after = new Uint8Array(before.length + bytes.length);
        after.set(before);
        after.set(bytes, before.length);
        files.set(name, after);
      },
      clear: async () => void files.set(name, new Uint8Array()),
      close: async () => undefined,
    };
  }
}
