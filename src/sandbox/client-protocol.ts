/** Messages between the trainer (client.ts) and the pool in the sandbox's frame (supervisor.ts), over one MessagePort. */
import * as v from 'valibot';
import { EXPRESSION_CAP, MESSAGE_CAP, SHOWN_CAP, STDOUT_CAP, TESTS_CAP, TYPE_CAP } from './limits.ts';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const status = v.picklist(['pass', 'fail', 'error', 'timeout', 'infra']);

const request = v.object({ code: v.string(), setup: v.string(), tests: v.array(v.string()) });

/** A text of at most so many characters; the pool cuts longer ones (caps.ts). */
const text = (cap: number) => v.pipe(v.string(), v.maxLength(cap));

const exception = v.object({ type: text(TYPE_CAP), message: text(MESSAGE_CAP), line: v.number() });
const testVerdict = v.object({
  status,
  expression: text(EXPRESSION_CAP),
  expected: text(SHOWN_CAP),
  got: text(SHOWN_CAP),
  exception: v.nullable(exception),
  ms: v.number(),
  tier: v.optional(v.picklist(['inside'])),
});

const verdict = v.object({
  status,
  passed: count,
  total: count,
  tests: v.pipe(v.array(v.unknown()), v.maxLength(TESTS_CAP), v.array(testVerdict)),
  stdout: text(STDOUT_CAP),
  ms: v.number(),
  cached: v.boolean(),
});

const stats = v.object({
  graded: count,
  cacheHits: count,
  timeouts: count,
  respawns: count,
  infra: count,
  workers: count,
});

/** Trainer to pool. */
export const clientMessage = v.variant('kind', [
  v.object({ kind: v.literal('grade'), id: count, requests: v.array(request) }),
  v.object({ kind: v.literal('abort'), id: count }),
  /** Answered at once with 'alive', whatever the programs do. */
  v.object({ kind: v.literal('ping') }),
  v.object({ kind: v.literal('close') }),
]);
export type ClientMessage = v.InferOutput<typeof clientMessage>;

/** Pool to trainer. */
export const poolMessage = v.variant('kind', [
  v.object({ kind: v.literal('ready') }),
  /** The first message, and the answer to 'ping'. */
  v.object({ kind: v.literal('alive') }),
  v.object({ kind: v.literal('broken'), message: text(MESSAGE_CAP) }),
  v.object({ kind: v.literal('verdicts'), id: count, verdicts: v.array(verdict), stats }),
  v.object({ kind: v.literal('rejected'), id: count, message: text(MESSAGE_CAP) }),
]);
export type PoolMessage = v.InferOutput<typeof poolMessage>;
