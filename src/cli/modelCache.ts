/** Models that the command line has fetched: a folder each, where the user's programs keep what can be had again. */
import {
  open,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  statfs,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import type { Growing, ModelFolder, ModelShelf } from '../hub/shelf.ts';
import { NoRoomError, unfinished } from '../train/store.ts';
import { filesOf } from './fileSource.ts';

/** ~/.cache/cocos-playground/models, or below XDG_CACHE_HOME. */
export const cacheFolder = (env: NodeJS.ProcessEnv = process.env): string =>
  join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'cocos-playground', 'models');

/** Who writes a folder: the number of its process. */
const lockFile = 'writing.lock';

export class ModelCache implements ModelShelf {
  readonly #root: string;

  constructor(root = cacheFolder()) {
    this.#root = root;
  }

  async digests(): Promise<readonly string[]> {
    const names = await readdir(this.#root).catch(absent);
    return (names ?? []).filter((name) => /^[0-9a-f]{64}$/.test(name));
  }

  async peek(digest: string, name: string): Promise<Uint8Array | null> {
    return (await readFile(join(this.#root, digest, name)).catch(absent)) ?? null;
  }

  async take(digest: string): Promise<ModelFolder | null> {
    const folder = join(this.#root, digest);
    await mkdir(folder, { recursive: true });
    if (!(await this.#lock(folder))) return null;
    return this.#folder(folder, () => rm(join(folder, lockFile), { force: true }));
  }

  async look(digest: string): Promise<ModelFolder | null> {
    const folder = join(this.#root, digest);
    const there = await stat(folder).catch(absent);
    return there ? this.#folder(folder, () => Promise.resolve()) : null;
  }

  async remove(digest: string): Promise<boolean> {
    const folder = join(this.#root, digest);
    if (!(await stat(folder).catch(absent))) return true;
    if (!(await this.#lock(folder))) return false;
    await rm(folder, { recursive: true, force: true });
    return true;
  }

  async room(): Promise<number | null> {
    await mkdir(this.#root, { recursive: true });
    const { bavail, bsize } = await statfs(this.#root);
    return bavail * bsize;
  }

  /** One whose process is gone is no lock. */
  async #lock(folder: string): Promise<boolean> {
    const path = join(folder, lockFile);
    for (let tries = 0; tries < 2; tries++) {
      try {
        await writeFile(path, String(process.pid), { flag: 'wx' });
        return true;
      } catch (error) {
        if (codeOf(error) !== 'EEXIST') throw error;
        if (isAlive(Number(await readFile(path, 'utf8').catch(() => '')))) return false;
        await rm(path, { force: true });
      }
    }
    return false;
  }

  #folder(folder: string, close: () => Promise<void>): ModelFolder {
    return {
      open: filesOf(folder),
      write: async (name, bytes) => {
        const beside = join(folder, unfinished(name));
        await writing(() => writeFile(beside, bytes));
        await rename(beside, join(folder, name));
      },
      grow: (name) => growing(join(folder, name)),
      close,
    };
  }
}

async function growing(path: string): Promise<Growing> {
  const file = await open(path, 'a+');
  let { size } = await file.stat();
  return {
    get size() {
      return size;
    },
    read: async (begin, end) => {
      const bytes = new Uint8Array(end - begin);
      const { bytesRead } = await file.read(bytes, 0, end - begin, begin);
      return bytes.subarray(0, bytesRead);
    },
    append: async (bytes) => {
      await writing(() => file.appendFile(bytes));
      size += bytes.byteLength;
    },
    clear: async () => {
      await truncate(path, 0);
      size = 0;
    },
    close: () => file.close(),
  };
}

/** @throws NoRoomError where the disk is full */
async function writing(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const full = ['ENOSPC', 'EDQUOT'].includes(codeOf(error));
    throw full ? new NoRoomError('The disk is full.', { cause: error }) : error;
  }
}

function isAlive(id: number): boolean {
  if (!(id > 0)) return false;
  try {
    return process.kill(id, 0);
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';

function absent(error: unknown): undefined {
  if (codeOf(error) !== 'ENOENT') throw error;
}
