/**
 * A store on a disk that may be full. Where there is no room for something, what can be made again is dropped, and it is tried once
 * more: checkpoints first, the oldest before the others, then answers. Never a line of a log, and never the last states.
 */
import { noRoom, type Bytes, type Store, type StoredBlob } from '../train/store.ts';

/** What had to go. */
export type Dropped = 'checkpoints of other runs' | 'checkpoints' | 'answers';

/** Something that can go. */
export interface Spare {
  readonly what: Dropped;
  drop(): Promise<void>;
}

export interface MakingRoomOptions {
  /** What can go beside this store's own blobs, before them; the oldest first. */
  readonly elsewhere: () => AsyncIterable<Spare>;
  readonly onDropped: (what: Dropped) => void;
}

/** What of a run can be made again, by how its blobs' names begin; first what goes first. */
const spareKinds = [
  ['checkpoint-', 'checkpoints'],
  ['rollouts-', 'answers'],
] as const;

export class MakingRoom implements Store {
  readonly #store: Store;
  readonly #options: MakingRoomOptions;

  constructor(store: Store, options: MakingRoomOptions) {
    this.#store = store;
    this.#options = options;
  }

  appendLog(text: string): Promise<void> {
    return this.#write(() => this.#store.appendLog(text));
  }
  /** What could go goes at once where there is no room for it, when everything else that could has gone. */
  async put(name: string, bytes: Bytes): Promise<void> {
    try {
      await this.#write(() => this.#store.put(name, bytes));
    } catch (error) {
      const what = spareKinds.find(([kind]) => name.startsWith(kind))?.[1];
      if (what === undefined || !noRoom(error)) throw error;
      this.#options.onDropped(what);
    }
  }
  putOver(name: string, bytes: Bytes): Promise<void> {
    return this.#write(() => this.#store.putOver(name, bytes));
  }
  readLog(): Promise<string> {
    return this.#store.readLog();
  }
  get(name: string): Promise<Bytes | null> {
    return this.#store.get(name);
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

  async #write(work: () => Promise<void>): Promise<void> {
    const more = this.#spare();
    try {
      for (;;) {
        try {
          return await work();
        } catch (error) {
          if (!noRoom(error)) throw error;
          const next = await more.next();
          if (next.done === true) throw error;
          await next.value.drop();
          this.#options.onDropped(next.value.what);
        }
      }
    } finally {
      await more.return(); // it may hold another run open
    }
  }

  async *#spare(): AsyncGenerator<Spare, void, void> {
    yield* this.#options.elsewhere();
    const blobs = await this.#store.list();
    for (const [kind, what] of spareKinds) {
      for (const name of inOrder(blobs, kind)) yield { what, drop: () => this.#store.delete(name) };
    }
  }
}

/** Names of blobs of a kind, oldest first: behind the kind stands the number of a line. */
export const inOrder = (blobs: readonly StoredBlob[], kind: string): string[] =>
  blobs
    .map(({ name }) => name)
    .filter((name) => name.startsWith(kind))
    .toSorted();
