/** Every limit of the sandbox, in one place. */
export interface Limits {
  /** Wall time for one test, and for the candidate's own module code, in milliseconds. */
  readonly perTestMs: number;
  /** Wall time for all of one program, in milliseconds. */
  readonly perProgramMs: number;
}

export const defaultLimits: Limits = { perTestMs: 1000, perProgramMs: 3000 };

export const withDefaults = ({ perTestMs, perProgramMs }: Partial<Limits>): Limits => ({
  perTestMs: perTestMs ?? defaultLimits.perTestMs,
  perProgramMs: perProgramMs ?? defaultLimits.perProgramMs,
});

/** After a program's first timeout its other tests get this part of perTestMs: what hangs once mostly hangs again. */
export const afterTimeout = 0.25;
/**
 * … unless Python looked less often than this whether it was interrupted: a tenth of a second of an endless loop on a desktop.
 * A machine that is busy otherwise may stand still for longer than `afterTimeout` leaves, and verdicts shall not depend on it.
 */
export const hurriedLooks = 5000;

/** Memory a program may reach, in bytes; above it Python sees a MemoryError. */
export const memoryCap = 128 * 2 ** 20;
/** A worker whose memory passed this is replaced: WebAssembly memory never shrinks. */
export const recycleAbove = 64 * 2 ** 20;
/** Bytes of Python's stack in memory; above it Python sees a RecursionError. */
export const stackCap = 2 * 2 ** 20;
/** Bytes that a call through C takes of it besides its own (stack.ts). A multiple of 16. */
export const stackStep = 256;
/** Bytes of Python's stack in memory after which a call continues on another stack of the engine (stack.ts). */
export const stackStretch = 128 * 2 ** 10;
/** Megabytes of a worker's stack in Node, where there is no other to continue on. */
export const nodeStackMb = 32;
/** Bytes of output kept per program; the rest is dropped. At most as many characters. */
export const stdoutCap = 4000;
/** Characters of a repr kept in a verdict. */
export const reprCap = 300;
/** Characters of a verdict's `got` and `expected`: a repr or two, and the words around them. */
export const shownCap = 1000;
/** Characters of an exception's type, and of its message. */
export const typeCap = 100;
export const messageCap = 1000;
/** Characters of a test as it is shown; it comes from the task, never from the program. */
export const expressionCap = 2 ** 16;
/** Tests of one program; a program with more is refused. */
export const testsCap = 20_000;
/** Bytes (UTF-8) of one answer about a program; a longer one is not even decoded. */
export const answerCap = 4 * 2 ** 20;
/** Bytes of the plans for all tests of a task, which are made before any program runs. */
export const plansCap = 64 * 2 ** 20;
/** Values in one answer. */
export const valuesCap = 200_000;
/** How deep an answer may nest; one that nests deeper is not parsed. */
export const answerDepth = 250;
/** Bytes of a path, with the zero at its end, as Linux has it. */
export const pathCap = 4096;
/** Programs sent to a worker at once. */
export const batchSize = 16;
/** The watchdog ends a worker that stayed silent for perTestMs · 1.1 + this. */
export const watchdogGraceMs = 500;
/**
 * A runner whose clock jumped by more than this was asleep with the whole machine: had only a C call taken so long,
 * the watchdog would have ended it. Must be larger than any patience of the watchdog.
 */
export const asleepAfterMs = (limits: Limits): number => 2 * (limits.perProgramMs + watchdogGraceMs);
/** Verdicts kept in the cache, and bytes of their texts. */
export const cacheSize = 5_000;
export const cacheBytes = 64 * 2 ** 20;

/**
 * Interpreters that grade at once, some 120 MB each. Two keep up with a model that writes on the processor; one on a GPU waited for
 * them two thirds of an update, so there are four where the machine has room for them.
 *
 * @param cores of the machine
 * @param left how many of them are left to the trainer
 * @param gigabytes of memory, as far as they are known
 */
export function usefulWorkers(cores: number, left: number, gigabytes: number): number {
  if (cores >= 8 && gigabytes >= 8) return 4;
  return Math.min(2, Math.max(1, cores - left));
}
