import { afterEach, describe, expect, it, vi } from 'vitest';
import { BlockedError, DeadlineError, Firewall } from '../../src/sandbox/firewall.ts';

let time = 1000;
const clock = () => vi.spyOn(performance, 'now').mockImplementation(() => time);
afterEach(() => vi.restoreAllMocks());

/** A firewall around imports that note their calls. */
function guarded(names: string[]) {
  const called: string[] = [];
  const entries = Object.fromEntries(names.map((name) => [name, () => (called.push(name), 0)]));
  const firewall = new Firewall(5000);
  firewall.attach(new WebAssembly.Memory({ initial: 1, maximum: 10_000 }));
  const imports = firewall.guard({ env: entries })['env'] ?? {};
  const call = (name: string, ...args: number[]): unknown => {
    const found = imports[name];
    return typeof found === 'function' ? Reflect.apply(found, null, args) : undefined;
  };
  return { firewall, called, call };
}

describe('Firewall', () => {
  it('lets everything through outside a run and little during one', () => {
    const { firewall, called, call } = guarded([
      'raw_call_js',
      '__syscall_socket',
      '__syscall_getcwd',
      'ffi_call_js',
    ]);
    call('raw_call_js');
    expect(called).toEqual(['raw_call_js']);
    firewall.run(Infinity, () => {
      expect(() => call('raw_call_js')).toThrow(BlockedError);
      expect(() => call('ffi_call_js')).toThrow(BlockedError);
      expect(call('__syscall_socket')).toBe(-52);
      expect(call('__syscall_getcwd')).toBe(0);
    });
    expect(called).toEqual(['raw_call_js', '__syscall_getcwd']);
  });

  it('opens files for reading only', () => {
    const { firewall, called, call } = guarded(['__syscall_openat']);
    firewall.run(Infinity, () => {
      for (const flags of [1, 2, 0o100, 0o1000, 0o2000])
        expect(call('__syscall_openat', -100, 0, flags, 0)).toBe(-69);
      expect(called).toEqual([]);
      expect(call('__syscall_openat', -100, 0, 0, 0)).toBe(0);
    });
  });

  it('ends a run that is late, even when it returns', () => {
    clock();
    const { firewall, call } = guarded(['_Py_CheckEmscriptenSignals_Helper']);
    const late = () => firewall.run(firewall.now() + 100, () => (time += 101));
    expect(late).toThrow(DeadlineError);
    firewall.run(firewall.now() + 100, () => expect(call('_Py_CheckEmscriptenSignals_Helper')).toBe(0));
  });

  it('does not count the time the machine slept', () => {
    clock();
    const { firewall, call } = guarded(['_Py_CheckEmscriptenSignals_Helper']);
    firewall.run(firewall.now() + 100, () => {
      time += 3_600_000;
      expect(call('_Py_CheckEmscriptenSignals_Helper')).toBe(0);
    });
  });

  it('keeps memory below the cap', () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 10_000 });
    new Firewall(1).attach(memory);
    expect(() => memory.grow(5000)).toThrow(RangeError);
    expect(memory.grow(1)).toBe(1);
  });
});
