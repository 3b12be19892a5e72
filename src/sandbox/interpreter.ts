/**
 * One Python interpreter that forgets: boots Pyodide behind the firewall, calls the functions of grader.py with
 * text, and puts its memory back after each program.
 */
import { loadPyodide, type PyodideAPI } from 'pyodide';
import createPyodideModule from 'pyodide/pyodide.asm.mjs';
import { Files } from './files.ts';
import type { Deadline } from './deadline.ts';
import { Firewall } from './firewall.ts';
import { nestsDeeper } from './caps.ts';
import { answerCap, answerDepth, plansCap, recycleAbove, stackCap } from './limits.ts';
import { packPages, unpackPages } from './pages.ts';
import { DeepStack } from './stack.ts';
import { asFromSources, warmImports } from './warm.ts';

/** The functions of grader.py that the host calls. */
const graderEntries = [
  'prepare',
  'load',
  'setup',
  'leaf',
  'changed',
  'drain',
  'again',
  'inside',
  'replay',
] as const;
export type Entry = (typeof graderEntries)[number];

const homeFolder = '/home/pyodide';
/** Device files that would give real randomness, hang on the terminal, or complain on the host's console when they are read. */
const deviceFiles = ['/dev/random', '/dev/urandom', '/dev/tty', '/dev/tty1', '/dev/stdout', '/dev/stderr'];

/** The program made an answer too large to look at. */
export class TooMuchError extends Error {
  override name = 'TooMuchError';
}

export interface BootFiles {
  /** The compiled pyodide.asm.wasm. */
  readonly wasm: WebAssembly.Module;
  /** The text of grader.py. */
  readonly grader: string;
  /** Folder or address of the Pyodide files, with a closing slash. */
  readonly indexURL: string;
  /** See `asleepAfterMs`. */
  readonly asleepAfterMs: number;
  /** A snapshot from an interpreter with the same files, or null for a cold start. */
  readonly snapshot: Uint8Array | null;
}

/** Builtin types whose objects may hold each other in long chains. */
const containerTypes = [
  'List',
  'Tuple',
  'Dict',
  'Set',
  'Function',
  'Method',
  'Cell',
  'Gen',
  'TraceBack',
  'Frame',
].map((name) => `Py${name}_Type`);

/** Where CPython 3.14 keeps, on 32 bits: a type's tp_dealloc, tp_vectorcall_offset, tp_iternext; a builtin's method, its function. */
const TP_DEALLOC = 24;
const TP_REPR = 44;
const TP_RICHCOMPARE = 100;
const TP_VECTORCALL_OFFSET = 28;
const TP_ITERNEXT = 112;
const M_ML = 8;
const ML_METH = 4;

type Numeric = (...args: number[]) => number;

/** A part of memory as it was. */
interface Kept {
  readonly at: number;
  readonly bytes: Uint8Array;
}

export class Interpreter {
  readonly #firewall: Firewall;
  readonly #exports: WebAssembly.Exports;
  readonly #memory: WebAssembly.Memory;
  readonly #files: Files;
  readonly #stack: DeepStack;
  readonly #functions: ReadonlyMap<Entry, number>;
  readonly #image: readonly Kept[];
  /** Where the heap ended in the image. */
  readonly #heapEnd: number;
  readonly #stackTop: number;

  private constructor({ pyodide, firewall, exports, memory }: Started) {
    this.#firewall = firewall;
    this.#exports = exports;
    this.#memory = memory;
    this.#stackTop = this.#call('emscripten_stack_get_current');
    const functions = new Map<Entry, number>();
    const grader = this.#withText('_sandbox_grader', (name) => this.#call('PyImport_AddModule', name));
    for (const entry of graderEntries) {
      const pointer = this.#withText(entry, (name) => this.#call('PyObject_GetAttrString', grader, name));
      if (pointer === 0) throw new Error(`grader.py has no function ${entry}`);
      functions.set(entry, pointer);
    }
    this.#functions = functions;
    const lockdown = this.#withText('lockdown', (name) => this.#call('PyObject_GetAttrString', grader, name));
    if (this.#call('PyObject_CallNoArgs', lockdown) === 0)
      throw new Error('the grader could not lock itself down');
    this.#stack = this.#deepStack();
    this.#heapEnd = this.#currentHeapEnd();
    this.#image = this.#keep();
    this.#files = new Files(pyodide.FS);
  }

  /** Loads Pyodide. A cold start takes seconds; from a snapshot a quarter of a second. */
  static async boot(files: BootFiles): Promise<Interpreter> {
    const started = await start(files);
    if (!files.snapshot) warm(started.pyodide, files.grader);
    started.pyodide.setInterruptBuffer(new Uint8Array(1)); // makes Python ask; the firewall answers
    return new Interpreter(started);
  }

  /** A memory snapshot for later boots; the interpreter it came from is thrown away. */
  static async makeSnapshot(files: BootFiles): Promise<Uint8Array> {
    const { pyodide } = await start(files, true);
    warm(pyodide, files.grader);
    return packPages(pyodide.makeMemorySnapshot());
  }

  /** What the program printed so far. */
  get stdout(): string {
    return this.#firewall.stdout;
  }

  /** True when the memory grew so far that the worker should be replaced. */
  get outgrown(): boolean {
    return this.#memory.buffer.byteLength > recycleAbove;
  }

  /** The clock that decides deadlines, in milliseconds. */
  now(): number {
    return this.#firewall.now();
  }

  /** Starts a program: fresh output, clock and random numbers. */
  begin(): void {
    this.#firewall.begin();
  }

  /**
   * Calls a function of grader.py behind the firewall and returns its text.
   * Throws DeadlineError, BlockedError, TooMuchError, or whatever broke the interpreter (RuntimeError, RangeError);
   * after any throw the caller must `rollBack`.
   */
  call(entry: Entry, argument: string, deadline: Deadline): string {
    return this.#firewall.run(deadline, () => {
      this.#stack.begin();
      const text = this.#withText(argument, (pointer, length) =>
        this.#call('PyUnicode_FromStringAndSize', pointer, length),
      );
      const answer =
        text === 0 ? 0 : this.#call('PyObject_CallOneArg', this.#functions.get(entry) ?? 0, text);
      const utf8 = answer === 0 ? 0 : this.#call('PyUnicode_AsUTF8', answer);
      if (utf8 === 0) throw new Error('the grader was broken by the program');
      return this.#readText(utf8, entry === 'prepare' ? plansCap : answerCap);
    });
  }

  /** Puts memory and files back to what they were before the program. */
  rollBack(): void {
    this.#files.restore();
    const heap = new Uint8Array(this.#memory.buffer);
    const reached = this.#currentHeapEnd();
    for (const { at, bytes } of this.#image) heap.set(bytes, at);
    if (reached > this.#heapEnd) heap.fill(0, this.#heapEnd, reached);
    this.#call('_emscripten_stack_restore', this.#stackTop);
  }

  /**
   * What is to be put back: half of the memory. Between the data and the stack in use lies the rest of the stack, ten megabytes that
   * are nobody's: what a program leaves there is written before it is read. And beyond the heap is nothing.
   */
  #keep(): Kept[] {
    const [stackEnd, stackBase] = [
      this.#call('emscripten_stack_get_end') >>> 0,
      this.#call('emscripten_stack_get_base') >>> 0,
    ];
    const top = this.#stackTop >>> 0;
    if (!(0 < stackEnd && stackEnd < top && top <= stackBase && stackBase < this.#heapEnd))
      throw new Error("this Pyodide's memory is laid out otherwise: pin the version in package.json");
    const keep = (at: number, end: number): Kept => ({
      at,
      bytes: new Uint8Array(this.#memory.buffer).slice(at, end),
    });
    return [keep(0, stackEnd), keep(top, this.#heapEnd)];
  }

  /** The heap only grows, and nothing lies beyond. */
  #currentHeapEnd(): number {
    const end = new DataView(this.#memory.buffer).getUint32(this.#call('emscripten_get_sbrk_ptr'), true);
    return Math.min(end, this.#memory.buffer.byteLength);
  }

  /** Limits Python's stack, and lets what nests go on where there is room: calls of Python by C, and the end of containers. */
  #deepStack(): DeepStack {
    const thread = this.#call('PyThreadState_Get');
    const base = (this.#stackTop >>> 0) - stackCap;
    if (this.#call('PyUnstable_ThreadState_SetStackProtection', thread, base, stackCap) !== 0)
      throw new Error("Python's stack could not be limited");
    const stack = new DeepStack(this.#exports);
    const word = (pointer: number): number =>
      new DataView(this.#memory.buffer).getUint32(pointer >>> 0, true);
    const attribute = (module: string, name: string): number => {
      const found = this.#withText(module, (text) => this.#call('PyImport_AddModule', text));
      return this.#withText(name, (text) => this.#call('PyObject_GetAttrString', found, text));
    };
    const [anyFunction] = this.#functions.values();
    const offset = word(this.#address('PyFunction_Type') + TP_VECTORCALL_OFFSET);
    stack.extend(word((anyFunction ?? 0) + offset), { parameters: 4, results: 1 });
    stack.extend(word(this.#address('PyGen_Type') + TP_ITERNEXT), { parameters: 1, results: 1 });
    for (const name of ['eval', 'exec'])
      stack.extend(word(word(attribute('builtins', name) + M_ML) + ML_METH), { parameters: 4, results: 1 });
    const classes = [attribute('_frozen_importlib', 'ModuleSpec')]; // stands for every class made in Python
    const containers = containerTypes.map((name) => this.#address(name));
    for (const type of [...containers, ...classes]) {
      stack.extend(word(type + TP_DEALLOC), { parameters: 1, results: 0 });
      stack.extend(word(type + TP_REPR), { parameters: 1, results: 1 });
      const compare = word(type + TP_RICHCOMPARE);
      if (compare !== 0) stack.extend(compare, { parameters: 3, results: 1 });
    }
    return stack;
  }

  /** Where a variable of C is. */
  #address(name: string): number {
    const found = this.#exports[name];
    if (!(found instanceof WebAssembly.Global))
      throw new Error(`this Pyodide has no ${name}: pin the version in package.json`);
    return Number(found.value);
  }

  #call(name: string, ...args: number[]): number {
    const found = this.#exports[name];
    if (typeof found !== 'function')
      throw new Error(`this Pyodide has no ${name}: pin the version in package.json`);
    return Number((found as Numeric)(...args));
  }

  #withText<T>(text: string, use: (pointer: number, length: number) => T): T {
    const bytes = new TextEncoder().encode(text);
    const pointer = this.#call('malloc', bytes.length + 1) >>> 0;
    if (pointer === 0) throw new RangeError('no memory for the text');
    const heap = new Uint8Array(this.#memory.buffer);
    heap.set(bytes, pointer);
    heap[pointer + bytes.length] = 0;
    const result = use(pointer, bytes.length);
    this.#call('free', pointer);
    return result;
  }

  /** The JSON that ends with a zero, of at most `cap` bytes; a longer one is not decoded. */
  #readText(pointer: number, cap: number): string {
    const start = pointer >>> 0;
    const bytes = new Uint8Array(this.#memory.buffer).subarray(start, start + cap + 1);
    const length = bytes.indexOf(0);
    if (length < 0) throw new TooMuchError(`the program made an answer of more than ${cap / 2 ** 20} MB`);
    const json = bytes.subarray(0, length);
    if (nestsDeeper(json, answerDepth))
      throw new TooMuchError('the program made an answer that nests too deep');
    return new TextDecoder().decode(json);
  }
}

function warm(pyodide: PyodideAPI, grader: string): void {
  pyodide.runPython(warmImports);
  pyodide.runPython(asFromSources);
  pyodide.globals.set('_source', grader);
  pyodide.runPython(
    "import sys, types\n_m = types.ModuleType('_sandbox_grader')\nsys.modules['_sandbox_grader'] = _m\n" +
      "exec(compile(_source, 'grader.py', 'exec'), _m.__dict__)\n_m.warm_up()\ndel _m, _source",
  );
}

interface Started {
  readonly pyodide: PyodideAPI;
  readonly firewall: Firewall;
  readonly exports: WebAssembly.Exports;
  readonly memory: WebAssembly.Memory;
}

async function start(files: BootFiles, makeSnapshot = false): Promise<Started> {
  const firewall = new Firewall(files.asleepAfterMs);
  const started: { exports: WebAssembly.Exports | null } = { exports: null };
  const pyodide = await loadPyodide({
    indexURL: files.indexURL,
    jsglobals: { Object, setTimeout: () => 0, clearTimeout: () => undefined, setInterval: () => 0 },
    env: { PYTHONHASHSEED: '0', HOME: homeFolder, LANG: 'C.UTF-8' },
    stdin: () => null,
    stdout: () => undefined, // during a run the firewall collects the output
    stderr: () => undefined,
    ...(makeSnapshot ? { _makeSnapshot: true } : {}),
    ...(files.snapshot ? { _loadSnapshot: unpackPages(files.snapshot) } : {}),
    createPyodideModule: (settings) => {
      const instantiateWasm: typeof settings.instantiateWasm = (imports, done) => {
        const marker = Symbol('error');
        const env = {
          ...imports['env'],
          Jsv_GetError_import: () => marker,
          JsvError_Check: (x: unknown) => x === marker,
        };
        void WebAssembly.instantiate(files.wasm, firewall.guard({ ...imports, env })).then((instance) => {
          started.exports = instance.exports;
          if (instance.exports['memory'] instanceof WebAssembly.Memory)
            firewall.attach(instance.exports['memory']);
          done(instance, files.wasm);
        });
        return {};
      };
      return createPyodideModule({ ...settings, instantiateWasm });
    },
  });
  const { exports } = started;
  const memory = exports?.['memory'];
  if (!exports || !(memory instanceof WebAssembly.Memory))
    throw new Error('Pyodide started without its memory');
  for (const device of deviceFiles) pyodide.FS.unlink(device);
  return { pyodide, firewall, exports, memory };
}
