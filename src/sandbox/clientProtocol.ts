/** Messages between the trainer (client.ts) and the pool in the sandbox's frame (supervisor.ts), over one MessagePort. */
import * as v from 'valibot';
import { messageCap } from './limits.ts';
import { cappedText, verdictSchema } from './types.ts';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

const request = v.object({ code: v.string(), setup: v.string(), tests: v.array(v.string()) });

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
  v.object({ kind: v.literal('broken'), message: cappedText(messageCap) }),
  v.object({ kind: v.literal('verdicts'), id: count, verdicts: v.array(verdictSchema), stats }),
  v.object({ kind: v.literal('rejected'), id: count, message: cappedText(messageCap) }),
]);
export type PoolMessage = v.InferOutput<typeof poolMessage>;
