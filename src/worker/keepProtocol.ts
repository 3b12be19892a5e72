/** Messages between the page and the worker that looks after kept runs: each a call, answered through a port of its own. */
import * as v from 'valibot';
import { keptRunSchema } from '../keep/rowSchema.ts';
import { isRunId } from '../keep/runId.ts';

const id = v.pipe(v.string(), v.check(isRunId, 'is no id of a run'));
const blob = v.custom<Uint8Array<ArrayBuffer>>((data) => data instanceof Uint8Array);
const runFile = v.object({ log: v.string(), blobs: v.map(v.string(), blob) });

/** Page → worker; what each does and gives: `KeptRuns`. */
export const keepCallSchema = v.variant('call', [
  v.object({ call: v.literal('list') }),
  v.object({ call: v.literal('unreadable') }),
  v.object({ call: v.literal('inUse') }),
  v.object({ call: v.literal('rename'), id, name: v.pipe(v.string(), v.maxLength(200)) }),
  v.object({ call: v.literal('delete'), id }),
  v.object({ call: v.literal('undelete'), id }),
  v.object({ call: v.literal('forget'), id }),
  v.object({ call: v.literal('log'), id }),
  v.object({ call: v.literal('read'), id }),
  v.object({
    call: v.literal('write'),
    file: runFile,
    name: v.pipe(v.string(), v.maxLength(200)),
  }),
]);
export type KeepCall = v.InferOutput<typeof keepCallSchema>;

/** What each call gives. */
export const keptValues = {
  list: v.array(keptRunSchema),
  unreadable: v.array(v.object({ id: v.string(), changed: v.number(), bytes: v.number(), why: v.string() })),
  inUse: v.array(v.string()),
  rename: v.undefined(),
  delete: v.undefined(),
  undelete: v.undefined(),
  forget: v.undefined(),
  log: v.string(),
  read: runFile,
  write: keptRunSchema,
} satisfies Record<KeepCall['call'], v.GenericSchema>;
export type KeptValue<C extends KeepCall['call']> = v.InferOutput<(typeof keptValues)[C]>;

/** Worker → page: what the call gave (`keptValues`), why it did not, or that nothing is kept here. */
export const keepAnswerSchema = v.union([
  v.strictObject({ value: v.unknown() }),
  v.strictObject({ problem: v.string() }),
  v.strictObject({ refused: v.string() }),
]);
export type KeepAnswer = v.InferOutput<typeof keepAnswerSchema>;

/** All tabs hear there that something about the kept runs is different. */
export const keptChannel = 'cocos-kept';
