/**
 * Puts Emscripten's file system back after a program. It lives in JavaScript, outside the memory that is rolled back.
 *
 * During a run the firewall lets a program open, read, seek, list and close files and change the directory; nothing
 * else there can change. All of it is put back by value, never by asking the file system to undo it: a program may
 * have used up the stack in the middle of a system call and left it half done.
 */

/** An open file. Descriptors that were duplicated share `shared`. */
interface Stream {
  fd: number | null;
  readonly shared: object;
  /** What was read of a directory so far. */
  getdents?: unknown;
}

/** The part of Emscripten's FS that a program can change. */
interface FileSystem {
  /** By descriptor. */
  readonly streams: (Stream | null | undefined)[];
  currentPath: string;
  nextInode: number;
}

const isStream = (x: unknown): x is Stream =>
  typeof x === 'object' && x !== null && 'fd' in x && 'shared' in x && typeof x.shared === 'object';

function isFileSystem(fs: object): fs is FileSystem {
  return (
    'streams' in fs &&
    Array.isArray(fs.streams) &&
    fs.streams.every((stream) => stream === null || stream === undefined || isStream(stream)) &&
    'currentPath' in fs &&
    typeof fs.currentPath === 'string' &&
    'nextInode' in fs &&
    typeof fs.nextInode === 'number'
  );
}

/** The files as they were when this was made. */
export class Files {
  readonly #fs: FileSystem;
  readonly #streams: readonly (Stream | null | undefined)[];
  /** Position and flags of each open file. */
  readonly #shared: readonly object[];
  readonly #path: string;
  readonly #nextInode: number;

  /** @throws Error when this is not the file system of the pinned Pyodide */
  constructor(fs: object) {
    if (!isFileSystem(fs))
      throw new Error('this Pyodide keeps its files otherwise: pin the version in package.json');
    this.#fs = fs;
    this.#streams = [...fs.streams];
    this.#shared = fs.streams.map((stream) => ({ ...stream?.shared }));
    this.#path = fs.currentPath;
    this.#nextInode = fs.nextInode;
  }

  /** Closes what was opened since, opens again what was closed, and puts positions and the directory back. */
  restore(): void {
    const { streams } = this.#fs;
    streams.length = this.#streams.length;
    for (const [fd, stream] of this.#streams.entries()) {
      streams[fd] = stream;
      if (!stream) continue;
      stream.fd = fd;
      Object.assign(stream.shared, this.#shared[fd]);
      delete stream.getdents;
    }
    this.#fs.currentPath = this.#path;
    this.#fs.nextInode = this.#nextInode;
  }
}
