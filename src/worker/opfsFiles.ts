/** Files of the browser's own file system (OPFS), as a run's folder has them. Writing is for dedicated workers only. */
import { NoRoomError, unfinished, type Bytes, type StoredBlob } from '../train/store.ts';

/** What TypeScript's declarations keep for programs made of workers only, or do not know at all. */
declare global {
  interface FileSystemFileHandle {
    createSyncAccessHandle(): Promise<SyncAccessHandle>;
    /** Not in every browser. */
    move?(name: string): Promise<void>;
  }
}
export interface SyncAccessHandle {
  read(into: Bytes, options: { at: number }): number;
  write(bytes: Bytes, options: { at: number }): number;
  getSize(): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}

export const logFile = 'log.jsonl';
/** What the user said of a run. */
export const aboutFile = 'about.json';

/** null: there is none of that name. */
export async function fileIn(
  folder: FileSystemDirectoryHandle,
  name: string,
): Promise<FileSystemFileHandle | null> {
  try {
    return await folder.getFileHandle(name);
  } catch (error) {
    if (nameOf(error) === 'NotFoundError') return null;
    throw error;
  }
}

/** null: there is none of that name. */
export async function folderIn(
  folder: FileSystemDirectoryHandle,
  name: string,
): Promise<FileSystemDirectoryHandle | null> {
  try {
    return await folder.getDirectoryHandle(name);
  } catch (error) {
    if (nameOf(error) === 'NotFoundError') return null;
    throw error;
  }
}

export async function readFile(folder: FileSystemDirectoryHandle, name: string): Promise<Bytes | null> {
  for (let tries = 1; ; tries++) {
    const handle = await fileIn(folder, name);
    try {
      return handle && new Uint8Array(await (await handle.getFile()).arrayBuffer());
    } catch (error) {
      if (nameOf(error) === 'NotFoundError') return null;
      if (nameOf(error) !== 'NotReadableError' || tries === 5) throw error; // somebody wrote it meanwhile
    }
  }
}

/** Its blobs: neither the log nor what the user said, nor what a crash left half written. */
export async function blobsIn(folder: FileSystemDirectoryHandle): Promise<StoredBlob[]> {
  const blobs: StoredBlob[] = [];
  for await (const [name, handle] of folder.entries()) {
    if (name === logFile || name === aboutFile || name.endsWith(unfinished('')) || !isFile(handle)) continue;
    blobs.push({ name, size: (await handle.getFile()).size });
  }
  return blobs;
}

/** Whole or not at all: beside the one before, then in its place. */
export async function writeFile(
  folder: FileSystemDirectoryHandle,
  name: string,
  bytes: Bytes,
): Promise<void> {
  const beside = await writeOver(folder, unfinished(name), bytes);
  if (beside.move) return beside.move(name);
  // A crash in the middle of this copy leaves half a file, which nothing names yet.
  await writeOver(folder, name, bytes);
  await folder.removeEntry(beside.name);
}

async function writeOver(
  folder: FileSystemDirectoryHandle,
  name: string,
  bytes: Bytes,
): Promise<FileSystemFileHandle> {
  const handle = await folder.getFileHandle(name, { create: true });
  const file = await handle.createSyncAccessHandle();
  try {
    file.truncate(0);
    writeAll(file, bytes, 0);
  } finally {
    file.close();
  }
  return handle;
}

/**
 * @param durably a crash loses nothing of it
 * @throws NoRoomError when there is no room for all of it
 */
export function writeAll(file: SyncAccessHandle, bytes: Bytes, at: number, durably = true): void {
  const written = file.write(bytes, { at });
  if (written < bytes.byteLength) {
    throw new NoRoomError(
      `Only ${written} of ${bytes.byteLength} bytes could be stored: there is no room left.`,
    );
  }
  if (durably) file.flush();
}

const isFile = (handle: FileSystemHandle): handle is FileSystemFileHandle => handle.kind === 'file';

export const nameOf = (error: unknown): string => (error instanceof DOMException ? error.name : '');
