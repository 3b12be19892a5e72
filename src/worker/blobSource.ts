/** A file of the user's, or of the browser's own file system, read in parts. */
import type { ByteSource } from '../model/byteSource.ts';

/** @param name what it is called in its folder */
export function blobSource(name: string, file: Blob): ByteSource {
  return {
    ...{ file: name, size: file.size },
    read: async (begin, end) => {
      const bytes = await file
        .slice(begin, end)
        .arrayBuffer()
        .catch((cause: unknown) => {
          throw new Error(`${name} could not be read. Was it moved or changed meanwhile? Choose it again.`, {
            cause,
          });
        });
      return new Uint8Array(bytes);
    },
  };
}
