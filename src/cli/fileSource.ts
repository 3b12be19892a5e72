/** Files of this machine, read in parts. */
import { open, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ByteSource } from '../model/byteSource.ts';
import type { OpenFile } from '../model/openCheckpoint.ts';

/** @throws when there is no such file. It is opened for each read: a model of many files leaves none open. */
export async function fileSource(path: string): Promise<ByteSource> {
  const { size } = await stat(path);
  const file = basename(path);
  return {
    ...{ file, size },
    read: async (begin, end) => {
      const handle = await open(path);
      try {
        const bytes = new Uint8Array(end - begin);
        for (let at = 0; at < bytes.length;) {
          const { bytesRead } = await handle.read(bytes, at, bytes.length - at, begin + at);
          if (bytesRead === 0)
            throw new Error(`${file} became shorter while it was read. Download it again.`);
          at += bytesRead;
        }
        return bytes;
      } finally {
        await handle.close();
      }
    },
  };
}

/** The files of a folder. */
export const filesOf =
  (folder: string): OpenFile =>
  async (name) => {
    try {
      return await fileSource(join(folder, name));
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
      throw error;
    }
  };
