/**
 * Room for recursion that goes through C, as under functools.lru_cache, sorted(key=…), or when a chain of objects dies.
 *
 * WebAssembly runs on JavaScript's stack: about 500 kB in a browser's worker, where CPython's 1,000 nested calls take up to 1.5 MB.
 * Python cannot see that stack; what it sees, and limits, is a second one, in memory. So functions that C reaches through the table of
 * functions and that may nest are replaced there by ones that
 *
 * - take a little of the stack in memory, so that it grows with JavaScript's, and Python's own limit comes first, in every engine
 *   after the same number of calls;
 * - go on, after a stretch of it, on a fresh stack, which engines give to a call that might wait (JavaScript Promise Integration;
 *   nothing here ever waits). An engine without that has one stack: Node's is made large instead (node.ts).
 *
 * In WebAssembly text, for n parameters:
 *
 *     (func (export "call") (param i32 …) (result i32)
 *       (global.set $pointer (i32.sub (global.get $pointer) (i32.const stackStep)))
 *       (if (result i32) (i32.lt_u (global.get $pointer) (global.get $floor))
 *         (then (call $more (local.get 0) …))
 *         (else (call $original (local.get 0) …)))
 *       (global.set $pointer (i32.add (global.get $pointer) (i32.const stackStep))))
 *     (func (export "run") (param i32 …)
 *       (global.set $result (call $original (local.get 0) …))
 *       (global.set $done (i32.const 1)))
 *
 * and the same without a result.
 */
import { stackStep, stackStretch } from './limits.ts';

const I32 = 0x7f;
type Numeric = (...args: number[]) => number;
/** A function of WebAssembly that may be called on a stack of its own; the promise tells only that it failed. */
type Promising = (run: unknown) => (...args: number[]) => Promise<unknown>;

const section = (id: number, ...items: number[][]): number[] => {
  const body = [items.length, ...items.flat()];
  return [id, body.length, ...body];
};
const name = (text: string): number[] => [text.length, ...new TextEncoder().encode(text)];

/** How a function of C is called: all is i32. */
export interface Signature {
  readonly parameters: number;
  readonly results: 0 | 1;
}

/** A number in LEB128, signed; for small ones that are not negative the same as unsigned. */
const number = (value: number): number[] =>
  value < 64 ? [value] : [(value & 0x7f) | 0x80, ...number(value >> 7)];

/** The module above. All its indices and lengths are below 128, so each takes one byte. */
function shim({ parameters, results }: Signature): Uint8Array<ArrayBuffer> {
  const types = Array<number>(parameters).fill(I32);
  const result = Array<number>(results).fill(I32);
  const all = types.flatMap((_, i) => [0x20, i]); // local.get
  const global = (text: string): number[] => [...name('shim'), ...name(text), 0x03, I32, 1];
  const globals = ['pointer', 'floor', 'result', 'done'];
  const get = (text: string): number[] => [0x23, globals.indexOf(text)];
  const set = (text: string): number[] => [0x24, globals.indexOf(text)];
  const move = (operator: number): number[] => [
    ...[...get('pointer'), 0x41, ...number(stackStep), operator],
    ...set('pointer'),
  ];
  const look = [...get('pointer'), ...get('floor'), 0x49, 0x04, result[0] ?? 0x40]; // lt_u, if
  const call = [...move(0x6b), ...look, ...all, 0x10, 1, 0x05, ...all, 0x10, 0, 0x0b, ...move(0x6a)];
  const run = [...all, 0x10, 0, ...(results === 1 ? set('result') : []), 0x41, 1, ...set('done')];
  const body = (code: number[]): number[] => [code.length + 2, 0, ...code, 0x0b];
  return new Uint8Array([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [0x60, parameters, ...types, results, ...result], [0x60, parameters, ...types, 0]),
    ...section(
      2,
      [...name('shim'), ...name('original'), 0, 0],
      [...name('shim'), ...name('more'), 0, 0],
      ...globals.map(global),
    ),
    ...section(3, [0], [1]),
    ...section(7, [...name('call'), 0, 2], [...name('run'), 0, 3]),
    ...section(10, body(call), body(run)),
  ]);
}

export class DeepStack {
  readonly #table: WebAssembly.Table;
  readonly #pointer: WebAssembly.Global;
  readonly #promising: Promising | null;
  readonly #replaced = new Set<number>();
  readonly #floor = new WebAssembly.Global({ value: 'i32', mutable: true }, 0);
  readonly #result = new WebAssembly.Global({ value: 'i32', mutable: true }, 0);
  readonly #done = new WebAssembly.Global({ value: 'i32', mutable: true }, 0);

  /** @throws Error when this is not the module of the pinned Pyodide */
  constructor(exports: WebAssembly.Exports) {
    const { __indirect_function_table: table, __stack_pointer: pointer } = exports;
    if (!(table instanceof WebAssembly.Table) || !(pointer instanceof WebAssembly.Global))
      throw new Error('this Pyodide has no table or stack pointer: pin the version in package.json');
    this.#table = table;
    this.#pointer = pointer;
    this.#promising = promising();
  }

  /** From now on a call of the function at this place of the table goes on where there is room. */
  extend(place: number, signature: Signature): void {
    if (this.#replaced.has(place)) return;
    const original: unknown = this.#table.get(place);
    if (typeof original !== 'function' || original.length !== signature.parameters)
      throw new Error('this Pyodide calls Python otherwise: pin the version in package.json');
    const imports = {
      original: original as Numeric,
      more: (...args: number[]) => run && this.#more(run, args),
      pointer: this.#pointer,
      floor: this.#floor,
      result: this.#result,
      done: this.#done,
    };
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(shim(signature)), { shim: imports });
    const run = this.#promising?.(exports['run']);
    this.#table.set(place, exports['call']);
    this.#replaced.add(place);
  }

  /** Before a call from outside: its first step into Python takes a fresh stack. */
  begin(): void {
    this.#floor.value = this.#promising ? -1 : 0;
  }

  #more(run: (...args: number[]) => Promise<unknown>, args: number[]): number {
    const before: number = this.#floor.value;
    this.#floor.value = this.#pointer.value - stackStretch;
    this.#done.value = 0;
    run(...args).catch(() => undefined); // it has ended already; that it failed is seen below
    this.#floor.value = before;
    if (this.#done.value === 0) throw new Error('it used up its stack, or what it needs is destroyed');
    this.#done.value = 0; // or an outer call that fails later would seem done
    return this.#result.value;
  }
}

function promising(): Promising | null {
  const found: unknown = Reflect.get(WebAssembly, 'promising');
  return typeof found === 'function' ? (run) => Reflect.apply(found, WebAssembly, [run]) : null;
}
