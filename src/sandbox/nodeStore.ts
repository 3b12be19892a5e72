/** Keeps the memory snapshot in a file between sessions of the command line and the tests. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SnapshotStore } from './pool.ts';

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** A file per key in `folder`: 64 characters of SHA-256, then the snapshot. A file that does not match its hash is not used. */
export function fileStore(folder: string, key: string): SnapshotStore {
  const file = join(folder, `${key}.snapshot`);
  return {
    async load() {
      if (!existsSync(file)) return null;
      const bytes = readFileSync(file);
      const snapshot = new Uint8Array(bytes.subarray(64)); // a copy, because a snapshot must start at an aligned address
      return bytes.subarray(0, 64).toString('latin1') === sha256(snapshot) ? snapshot : null;
    },
    save(snapshot) {
      try {
        mkdirSync(folder, { recursive: true });
        const unfinished = `${file}.${process.pid}`;
        writeFileSync(unfinished, Buffer.concat([Buffer.from(sha256(snapshot), 'latin1'), snapshot]));
        renameSync(unfinished, file);
        // Snapshots of other versions are of no use any more.
        for (const name of readdirSync(folder))
          if (join(folder, name) !== file) rmSync(join(folder, name), { force: true });
      } catch (error) {
        // A read-only installation only starts more slowly.
        console.warn(`The Python snapshot could not be kept in ${folder}: ${String(error)}`);
      }
    },
  };
}
