/**
 * What WebAssembly may ask of JavaScript while foreign Python runs.
 *
 * Every import of Pyodide's module goes through `guard`. Outside a run all work as Pyodide made them. During a run
 * only the ones below work; another system call answers ENOSYS, and any other import ends the run with `Blocked`.
 * Time is virtual and random bytes come from a fixed sequence, so a program's results are the same on every run.
 */
import { Deadline } from './deadline.ts';
import { memoryCap, pathCap, stdoutCap } from './limits.ts';

/** Ends a run at its deadline. Python cannot catch it: it is not a Python exception. */
export class DeadlineError extends Error {
  override name = 'DeadlineError';
}

/** Ends a run that reached for the host. */
export class BlockedError extends Error {
  override name = 'BlockedError';
}

/** Imports that are harmless and work unchanged during a run: they tell nothing of the host, only of Emscripten's own files. */
const harmlessImports = new Set([
  '_PyEM_TrampolineCall_JS', // calls a C function pointer
  'Jsv_GetError_import',
  'JsvError_Check',
  'JsvNoValue_Check',
  'pyproxy_Check',
  'can_run_sync_js',
  '_timegm_js',
  '_gmtime_js',
  'environ_sizes_get', // the variables given in interpreter.ts and Emscripten's own constants
  'environ_get',
  'emscripten_get_heap_max', // a constant of the build
  'emscripten_runtime_keepalive_push',
  'emscripten_runtime_keepalive_pop',
  '__syscall_getcwd',
  '__syscall_faccessat',
  '__syscall_getdents64',
  '__syscall_readlinkat',
  'fd_fdstat_get',
  'fd_seek',
]);

/** Local time is UTC everywhere, or results would differ from place to place. */
const utcTwins: Readonly<Record<string, string>> = { _localtime_js: '_gmtime_js', _mktime_js: '_timegm_js' };

const ENOSYS = 52;
const EBADF = 8;
const EROFS = 69;
const ENOTTY = 59;
const ENAMETOOLONG = 37;

/** Imports that would tell a fact of the host: the same answer everywhere. */
const constantAnswers: Readonly<Record<string, number>> = {
  __syscall_getuid32_js: 0,
  __syscall_umask_js: 0, // Node's own would be asked, and changed
  __syscall_ioctl: -ENOTTY, // nothing is a terminal
};

/** Which argument of a system call is a path. */
const pathArguments: Readonly<Record<string, number>> = {
  __syscall_openat: 1,
  __syscall_chdir: 0,
  __syscall_stat64: 0,
  __syscall_lstat64: 0,
  __syscall_newfstatat: 1,
  __syscall_faccessat: 1,
  __syscall_readlinkat: 1,
};
/** open(2) flags that could change a file: O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_APPEND. */
const writingFlags = 0o1 | 0o2 | 0o100 | 0o1000 | 0o2000;
/** Where every run's clock starts: 2025-01-01 00:00 UTC, in milliseconds. */
const epochMs = 1_735_689_600_000;

/** The resolution of every clock, in nanoseconds; see #tick. */
const resolutionNs = 1000n;
/** Random bytes made between two looks at the clock. */
const randomStretch = 2 ** 16;

type Import = (...args: never[]) => unknown;
type Numeric = (...args: number[]) => number;

/** The state of the current run, and the guard around the imports. One per interpreter. */
export class Firewall {
  stdout = '';
  #running = false;
  /** What ended the run. The engine may tell us only that something did (stack.ts). */
  #ended: Error | null = null;
  #deadline = new Deadline(0);
  #virtual = 0; // milliseconds of Python's own clock since the run began
  #random = 0;
  #stdoutBytes = 0;
  readonly #decoder = new TextDecoder();
  readonly #asleepAfterMs: number;
  #lastRead = performance.now();
  #asleep = 0;
  #memory: WebAssembly.Memory | null = null;

  /** A jump of the clock by more than `asleepAfterMs` is taken for a sleep of the machine and not counted. */
  constructor(asleepAfterMs: number) {
    this.#asleepAfterMs = asleepAfterMs;
  }

  /** The clock that decides deadlines: milliseconds, without the time the machine slept. */
  now(): number {
    const read = performance.now();
    if (read - this.#lastRead > this.#asleepAfterMs) this.#asleep += read - this.#lastRead;
    this.#lastRead = read;
    return read - this.#asleep;
  }

  attach(memory: WebAssembly.Memory): void {
    this.#memory = memory;
    const grow = memory.grow.bind(memory);
    memory.grow = (pages) => {
      if (memory.buffer.byteLength + pages * 65536 > memoryCap) throw new RangeError('memory cap reached');
      return grow(pages);
    };
  }

  /** Starts a program: fresh clock, random sequence and output. */
  begin(): void {
    this.#virtual = 0;
    this.#random = 0x9e3779b9;
    this.#stdoutBytes = 0;
    this.stdout = '';
  }

  /** Runs `work` behind the closed firewall. Throws DeadlineError when it is late, even if it came to an end. */
  run<T>(deadline: Deadline, work: () => T): T {
    this.#deadline = deadline;
    this.#running = true;
    this.#ended = null;
    try {
      const result = work();
      this.#check();
      return result;
    } catch (error) {
      throw this.#ended ?? error;
    } finally {
      this.#running = false;
    }
  }

  /** The import object with every function guarded. */
  guard(imports: WebAssembly.Imports): WebAssembly.Imports {
    const guarded: WebAssembly.Imports = {};
    for (const [module, entries] of Object.entries(imports)) {
      if (module !== 'env' && module !== 'wasi_snapshot_preview1') {
        guarded[module] = entries;
        continue;
      }
      const copy: WebAssembly.ModuleImports = {};
      for (const name of Reflect.ownKeys(entries)) {
        if (typeof name !== 'string') continue;
        const value = entries[name];
        // Where the engine can suspend WebAssembly, Pyodide gives objects for what may wait; nothing here may.
        copy[name] =
          typeof value === 'function'
            ? this.#guardOne(name, value as Import, entries)
            : () => this.#refuse(name);
      }
      guarded[module] = copy;
    }
    return guarded;
  }

  #guardOne(name: string, original: Import, all: WebAssembly.ModuleImports): Import {
    const path = pathArguments[name];
    const passed = path === undefined ? original : this.#withShortPath(original as Numeric, path);
    if (harmlessImports.has(name)) return passed;
    const call = (utcTwins[name] ? all[utcTwins[name]] : passed) as Numeric;
    if (utcTwins[name]) return call;
    if (name === '_Py_emscripten_runtime') return () => 0; // the browser's name; Python takes NULL for unknown
    if (name === '_tzset_js') return (...args: number[]) => this.#utc(call, args);
    const constant = constantAnswers[name];
    if (constant !== undefined) return () => constant;
    const special = this.#special(name, call);
    if (special) return (...args: number[]) => (this.#running ? special(...args) : call(...args));
    const isSystemCall = name.startsWith('__syscall_') || name.startsWith('fd_');
    return (...args: number[]) => {
      if (!this.#running) return call(...args);
      if (isSystemCall) return name.startsWith('fd_') ? ENOSYS : -ENOSYS;
      return this.#refuse(name);
    };
  }

  /** Refuses a path that is too long, before Emscripten takes it apart. */
  #withShortPath(original: Numeric, at: number): Numeric {
    return (...args) => {
      const start = (args[at] ?? 0) >>> 0;
      if (!this.#running) return original(...args);
      const path = new Uint8Array(this.#view().buffer).subarray(start, start + pathCap);
      return path.includes(0) ? original(...args) : -ENAMETOOLONG;
    };
  }

  /** Imports that work during a run in a tamed form. */
  #special(name: string, original: Numeric): Numeric | null {
    switch (name) {
      case '__syscall_stat64':
      case '__syscall_lstat64':
      case '__syscall_fstat64':
        return (what, buffer) => this.#timeless(original(what ?? 0, buffer ?? 0), buffer ?? 0);
      case '__syscall_newfstatat':
        return (...args) => this.#timeless(original(...args), args[2] ?? 0);
      case '_Py_CheckEmscriptenSignals_Helper': // Python asks regularly whether it was interrupted
        return () => {
          this.#deadline.look();
          return this.#check();
        };
      case 'emscripten_get_now':
        return () => this.#sleep();
      case 'emscripten_date_now':
        return () => epochMs + this.#tick();
      case 'clock_time_get':
        return (_id, _lowPrecision, ...rest) => this.#clock(rest[rest.length - 1] ?? 0);
      case 'random_get':
        return (pointer, length) => this.#randomBytes(pointer ?? 0, length ?? 0);
      case 'fd_write':
        return (fd, vectors, count, written) => this.#write(fd ?? 0, vectors ?? 0, count ?? 0, written ?? 0);
      case 'fd_read':
      case 'fd_pread':
        return (...args) =>
          (args[0] ?? 0) <= 2 ? this.#endOfFile(args[args.length - 1] ?? 0) : original(...args);
      case 'fd_close':
        return (fd) => ((fd ?? 0) <= 2 ? 0 : original(fd ?? 0));
      case '__syscall_openat':
        return (directory, path, flags, varargs) => {
          if (((flags ?? 0) & writingFlags) !== 0) return -EROFS;
          return original(directory ?? 0, path ?? 0, flags ?? 0, varargs ?? 0);
        };
      case '__syscall_chdir':
        return original;
      case 'clock_res_get':
        return (_id, pointer) => {
          this.#view().setBigUint64((pointer ?? 0) >>> 0, resolutionNs, true);
          return 0;
        };
      case '__syscall_fcntl64':
        return (fd, command, ...rest) => {
          if (command === 1 || command === 3) return original(fd ?? 0, command, ...rest); // F_GETFD, F_GETFL
          return command === 2 ? 0 : -ENOSYS; // F_SETFD means nothing here
        };
      case 'emscripten_resize_heap':
        return (size) => {
          this.#check();
          return (size ?? 0) >>> 0 > memoryCap ? 0 : original(size ?? 0);
        };
      default:
        return null;
    }
  }

  #check(): number {
    if (this.#deadline.passed(this.now())) this.#end(new DeadlineError('out of time'));
    return 0;
  }

  #refuse(name: string): never {
    this.#end(new BlockedError(`the program tried to use ${name}, which the sandbox does not allow`));
  }

  #end(why: Error): never {
    this.#ended = why;
    throw why;
  }

  #view(): DataView {
    if (!this.#memory) throw new Error('the firewall has no memory attached');
    return new DataView(this.#memory.buffer);
  }

  /** Python's clock goes forward by a microsecond each time it is read. */
  #tick(): number {
    this.#check();
    return (this.#virtual += 0.001);
  }

  /** time.sleep() polls this clock: each poll is a virtual millisecond, so sleeping costs no real time. */
  #sleep(): number {
    this.#check();
    this.#virtual += 1;
    this.#deadline.sleep();
    return this.#virtual;
  }

  #clock(pointer: number): number {
    this.#view().setBigUint64(pointer >>> 0, BigInt(Math.round((epochMs + this.#tick()) * 1e6)), true);
    return 0;
  }

  /** Overwrites the three times of a struct stat: they would tell the real time. */
  #timeless(result: number, buffer: number): number {
    if (result !== 0) return result;
    const view = this.#view();
    for (const offset of [40, 56, 72]) {
      view.setBigInt64((buffer >>> 0) + offset, BigInt(epochMs / 1000), true);
      view.setUint32((buffer >>> 0) + offset + 8, 0, true);
    }
    return result;
  }

  #randomBytes(pointer: number, length: number): number {
    const view = this.#view();
    for (let i = 0; i < length; i++) {
      if (i % randomStretch === 0) this.#check();
      this.#random = (Math.imul(this.#random, 1664525) + 1013904223) >>> 0; // Numerical Recipes' generator
      view.setUint8((pointer >>> 0) + i, this.#random >>> 24);
    }
    return 0;
  }

  /** tzset(timezone*, daylight*, standard name*, daylight name*): overwritten with UTC. */
  #utc(original: Numeric, args: number[]): void {
    original(...args);
    const view = this.#view();
    const [timezone = 0, daylight = 0, standard = 0, summer = 0] = args.map((x) => x >>> 0);
    view.setInt32(timezone, 0, true);
    view.setInt32(daylight, 0, true);
    for (const name of [standard, summer])
      [85, 84, 67, 0].forEach((byte, i) => view.setUint8(name + i, byte));
  }

  #write(fd: number, vectors: number, count: number, written: number): number {
    this.#check();
    if (fd !== 1 && fd !== 2) return EBADF;
    const view = this.#view();
    let total = 0;
    for (let i = 0; i < count; i++) {
      const start = view.getUint32((vectors >>> 0) + 8 * i, true);
      const length = view.getUint32((vectors >>> 0) + 8 * i + 4, true);
      const room = Math.min(length, stdoutCap - this.#stdoutBytes);
      if (room > 0) {
        this.stdout += this.#decoder.decode(new Uint8Array(view.buffer, start, room));
        this.#stdoutBytes += room;
      }
      total += length;
    }
    view.setUint32(written >>> 0, total, true);
    return 0;
  }

  #endOfFile(read: number): number {
    this.#view().setUint32(read >>> 0, 0, true);
    return 0;
  }
}
