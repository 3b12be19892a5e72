/**
 * Where kept models lie, whatever that is: a folder each, called by its digest. In the browser worker/opfsModels.ts, on the command
 * line cli/modelCache.ts, in tests memory.
 */
import type { ByteSource } from '../model/byteSource.ts';

/** A file that grows at its end. */
export interface Growing {
  /** Bytes that are there. */
  readonly size: number;
  read(begin: number, end: number): Promise<Uint8Array>;
  /** @throws NoRoomError when there is no room for all of it */
  append(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Begins again. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

export interface ModelFolder {
  /** null: there is none of that name. */
  open(name: string): Promise<ByteSource | null>;
  /** Whole or not at all. */
  write(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  grow(name: string): Promise<Growing>;
  /** Lets others have it. */
  close(): Promise<void>;
}

export interface ModelShelf {
  /** Of every folder. */
  digests(): Promise<readonly string[]>;
  /** A small file of a folder, whoever has it; null: it is not there. */
  peek(digest: string, name: string): Promise<Uint8Array | null>;
  /**
   * For writing; the folder is made if it is not there. Until it is closed nobody else has it, here or in another tab.
   * @returns null when somebody has it
   */
  take(digest: string): Promise<ModelFolder | null>;
  /** For reading, as others may meanwhile. @returns null when it is not there, or somebody writes it */
  look(digest: string): Promise<Pick<ModelFolder, 'open' | 'close'> | null>;
  /** @returns false when somebody has it */
  remove(digest: string): Promise<boolean>;
  /** Bytes that may still be written, as far as that is known. */
  room(): Promise<number | null>;
}
