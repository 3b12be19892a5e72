import { afterEach, describe, expect, it, vi } from 'vitest';
import { Deadline } from '../../src/sandbox/deadline.ts';
import { BlockedError, DeadlineError, Firewall } from '../../src/sandbox/firewall.ts';
import { hurriedLooks, pathCap } from '../../src/sandbox/limits.ts';

let time = 1000;
const clock = () => vi.spyOn(performance, 'now').mockImplementation(() => time);
afterEach(() => vi.restoreAllMocks());

/** A firewall around imports that note their calls. */
function guarded(names: string[]) {
  const called: string[] = [];
  const entries = Object.fromEntries(names.map((name) => [name, () => (called.push(name), 0)]));
  const firewall = new Firewall(5000);
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 10_000 });
  firewall.attach(memory);
  const imports = firewall.guard({ env: entries })['env'] ?? {};
  const call = (name: string, ...args: number[]): unknown => {
    const found = imports[name];
    return typeof found === 'function' ? Reflect.apply(found, null, args) : undefined;
  };
  return { firewall, called, call, memory };
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
    firewall.run(new Deadline(Infinity), () => {
      expect(() => call('raw_call_js')).toThrow(BlockedError);
      expect(() => call('ffi_call_js')).toThrow(BlockedError);
      expect(call('__syscall_socket')).toBe(-52);
      expect(call('__syscall_getcwd')).toBe(0);
    });
    expect(called).toEqual(['raw_call_js', '__syscall_getcwd']);
  });

  it('opens files for reading only', () => {
    const { firewall, called, call } = guarded(['__syscall_openat']);
    firewall.run(new Deadline(Infinity), () => {
      for (const flags of [1, 2, 0o100, 0o1000, 0o2000])
        expect(call('__syscall_openat', -100, 0, flags, 0)).toBe(-69);
      expect(called).toEqual([]);
      expect(call('__syscall_openat', -100, 0, 0, 0)).toBe(0);
    });
  });

  it('tells nothing of the host', () => {
    const names = ['__syscall_getuid32_js', '__syscall_umask_js', '__syscall_ioctl'];
    const { firewall, called, call } = guarded(names);
    firewall.run(new Deadline(Infinity), () =>
      expect(names.map((name) => call(name, 0, 0, 0))).toEqual([0, 0, -59]),
    );
    expect(called).toEqual([]);
  });

  it.each([
    ['__syscall_openat', 1],
    ['__syscall_chdir', 0],
    ['__syscall_stat64', 0],
    ['__syscall_lstat64', 0],
    ['__syscall_newfstatat', 1],
    ['__syscall_faccessat', 1],
    ['__syscall_readlinkat', 1],
  ] as const)('%s takes a path up to the cap, and none above', (name, at) => {
    const { firewall, call, memory } = guarded([name]);
    const bytes = new Uint8Array(memory.buffer);
    const args = [0, 0, 0, 0];
    args[at] = 100;
    firewall.run(new Deadline(Infinity), () => {
      bytes.fill(1, 100, 100 + pathCap - 1);
      expect(call(name, ...args)).toBe(0);
      bytes.fill(1, 100, 100 + pathCap);
      expect(call(name, ...args)).toBe(-37);
    });
  });

  it('looks at the clock while it makes random bytes', () => {
    clock();
    const { firewall, call } = guarded(['random_get']);
    firewall.run(new Deadline(firewall.now() + 100), () => {
      expect(call('random_get', 0, 8)).toBe(0);
      time += 101;
      expect(() => call('random_get', 0, 8)).toThrow(DeadlineError);
      time -= 101;
    });
  });

  it('ends a run that is late, even when it returns', () => {
    clock();
    const { firewall, call } = guarded(['_Py_CheckEmscriptenSignals_Helper']);
    const late = () => firewall.run(new Deadline(firewall.now() + 100), () => (time += 101));
    expect(late).toThrow(DeadlineError);
    firewall.run(new Deadline(firewall.now() + 100), () =>
      expect(call('_Py_CheckEmscriptenSignals_Helper')).toBe(0),
    );
  });

  it('ends a hurried run early only once Python has really run', () => {
    clock();
    const { firewall, call } = guarded(['_Py_CheckEmscriptenSignals_Helper']);
    const look = () => call('_Py_CheckEmscriptenSignals_Helper');
    const hurried = () => new Deadline(firewall.now() + 25, firewall.now() + 100);
    firewall.run(hurried(), () => {
      time += 90; // the machine was busy
      expect(look()).toBe(0);
      time += 11;
      expect(look).toThrow(DeadlineError);
      time -= 101;
    });
    firewall.run(hurried(), () => {
      for (let n = 1; n < hurriedLooks; n++) look();
      time += 26;
      expect(look).toThrow(DeadlineError);
      time -= 26;
    });
  });

  it('does not count the time the machine slept', () => {
    clock();
    const { firewall, call } = guarded(['_Py_CheckEmscriptenSignals_Helper']);
    firewall.run(new Deadline(firewall.now() + 100), () => {
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
