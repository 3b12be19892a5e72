/** After a program memory is what it was: all of it but the part of the stack that nobody uses. */
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { Deadline } from '../../src/sandbox/deadline.ts';
import { Interpreter } from '../../src/sandbox/interpreter.ts';
import { recycleAbove } from '../../src/sandbox/limits.ts';
import { prepare } from '../../src/sandbox/nodeFiles.ts';

let python: Interpreter;
let memory: WebAssembly.Memory;
/** Where the part of the stack begins that is free between programs, and where it ends. */
let free: readonly [number, number];

afterAll(() => vi.unstubAllGlobals());
beforeAll(async () => {
  // As in a worker of the sandbox (workerPrelude.ts).
  vi.stubGlobal(
    'FinalizationRegistry',
    class {
      register(): void {}
      unregister(): void {}
    },
  );
  const { files, store } = prepare();
  const instantiate = vi.spyOn(WebAssembly, 'instantiate');
  python = await Interpreter.boot({ ...files, asleepAfterMs: 60_000, snapshot: await store.load() });
  const started: unknown = await instantiate.mock.results[0]?.value;
  instantiate.mockRestore();
  if (!(started instanceof WebAssembly.Instance)) throw new Error('Python was not started');
  const { exports } = started;
  memory = exports['memory'] as WebAssembly.Memory;
  const place = (name: string) => (exports[name] as () => number)() >>> 0;
  free = [place('emscripten_stack_get_end'), place('emscripten_stack_get_current')];
});

/** Runs a program, and puts back what it did. */
function run(source: string): void {
  python.begin();
  try {
    python.call('load', source, new Deadline(python.now() + 20_000));
  } catch {
    // Some break the interpreter.
  }
  python.rollBack();
}

const parts = (): Uint8Array[] => {
  const heap = new Uint8Array(memory.buffer);
  return [heap.slice(0, free[0]), heap.slice(free[1])];
};

it.each([
  ['does a little', 'x = [i * i for i in range(1000)]'],
  ['recurses until it is stopped', 'def f(n):\n    return f(n + 1)\nf(0)'],
  ['recurses through C', 'def f(x):\n    return max([x], key=f)\nf(1)'],
  ['chains what dies', 'x = None\nfor i in range(100000):\n    x = [x]\ndel x'],
  ['changes what is shared', 'import random, sys\nrandom.seed = None\nsys.modules.clear()\nint.__doc__'],
  ['takes memory that was there', 'x = bytearray(b"\\xff") * 3_000_000'],
  ['takes memory, and some of it again', 'x = b"\\xff" * 12_000_000\ndel x\ny = b"\\xee" * 9_000_000'],
])('when a program %s', (_, source) => {
  const before = parts();
  run(source);
  const heap = new Uint8Array(memory.buffer);
  for (const [place, at] of [
    [0, 0],
    [1, free[1]],
  ] as const) {
    const was = before[place] ?? new Uint8Array();
    expect(Buffer.compare(was, heap.subarray(at, at + was.length)), String(place)).toBe(0);
  }
  const beyond = heap.subarray(free[1] + (before[1]?.length ?? 0));
  expect(Buffer.compare(beyond, new Uint8Array(beyond.length))).toBe(0);
  expect(heap.length).toBeLessThan(recycleAbove);
});

it('leaves half of memory alone, which is the free part of the stack', () => {
  expect((free[1] - free[0]) / 2 ** 20).toBeGreaterThan(9);
});
