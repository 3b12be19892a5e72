/**
 * Where kept runs lie, whatever that is: a folder each, with its log, its blobs and what the user said of it; and beside them an
 * index of rows, which may be lost at any time. In the browser worker/opfsShelf.ts and worker/runIndex.ts, in tests memory.
 */
import type { Store } from '../train/store.ts';
import type { Row } from './row.ts';

/** Of one run. */
export interface Folder extends Store {
  /** Bytes of its log now, and of all that lies in it. */
  readonly logSize: number;
  readonly size: number;
}

/** What is known of a folder without reading it. */
export interface FolderFacts {
  /** Bytes of its log; 0: there is none. */
  readonly logSize: number;
  /** When the log was written last, ms since 1970. */
  readonly changed: number;
}

export interface Shelf {
  /** Of every folder. */
  ids(): Promise<readonly string[]>;
  facts(id: string): Promise<FolderFacts>;
  /**
   * Opens a folder for writing, which is made if it is not there. Nobody else can until it is closed, or whoever has it is gone.
   * @returns null when somebody else has it
   */
  open(id: string): Promise<Folder | null>;
  /** Opens it for reading only, also while somebody writes it. */
  look(id: string): Promise<Folder>;
  /** What the user said of it, as it was written; null: nothing. */
  about(id: string): Promise<string | null>;
  writeAbout(id: string, text: string): Promise<void>;
  /** The folder and all in it. */
  remove(id: string): Promise<void>;
  /** Those that are open for writing, here or elsewhere. */
  inUse(): Promise<readonly string[]>;
}

/** A row, and the size of the log that it was made from: of another size, the row is stale. */
export interface IndexedRun {
  readonly row: Row;
  readonly logSize: number;
}

export interface RunIndex {
  all(): Promise<readonly IndexedRun[]>;
  put(run: IndexedRun): Promise<void>;
  delete(id: string): Promise<void>;
}
