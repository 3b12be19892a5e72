/** Every limit of the sandbox, in one place. */
export interface Limits {
  /** Wall time for one test, and for the candidate's own module code, in milliseconds. */
  readonly perTestMs: number;
  /** Wall time for all of one program, in milliseconds. */
  readonly perProgramMs: number;
}

export const DEFAULT_LIMITS: Limits = { perTestMs: 1000, perProgramMs: 3000 };

export const withDefaults = ({ perTestMs, perProgramMs }: Partial<Limits>): Limits => ({
  perTestMs: perTestMs ?? DEFAULT_LIMITS.perTestMs,
  perProgramMs: perProgramMs ?? DEFAULT_LIMITS.perProgramMs,
});

/** After a program's first timeout its other tests get this part of perTestMs: what hangs once mostly hangs again. */
export const AFTER_TIMEOUT = 0.25;

/** Memory a program may reach, in bytes; above it Python sees a MemoryError. */
export const MEMORY_CAP = 128 * 2 ** 20;
/** A worker whose memory passed this is replaced: WebAssembly memory never shrinks. */
export const RECYCLE_ABOVE = 64 * 2 ** 20;
/** Bytes of output kept per program; the rest is dropped. */
export const STDOUT_CAP = 4000;
/** Characters of a repr kept in a verdict. */
export const REPR_CAP = 300;
/** Programs sent to a worker at once. */
export const BATCH = 16;
/** The watchdog ends a worker that stayed silent for perTestMs · 1.1 + this. */
export const WATCHDOG_GRACE_MS = 500;
/**
 * A runner whose clock jumped by more than this was asleep with the whole machine: had only a C call taken so long,
 * the watchdog would have ended it. Must be larger than any patience of the watchdog.
 */
export const asleepAfterMs = (limits: Limits): number => 2 * (limits.perProgramMs + WATCHDOG_GRACE_MS);
/** Verdicts kept in the cache. */
export const CACHE_SIZE = 5_000;
