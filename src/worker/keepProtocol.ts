/** Messages between the page and the worker that looks after kept runs: each a call, answered through a port of its own. */
import * as v from 'valibot';
import { isRunId } from '../keep/runId.ts';

const id = v.pipe(v.string(), v.check(isRunId, 'is no id of a run'));
const blob = v.custom<Uint8Array<ArrayBuffer>>((data) => data instanceof Uint8Array);

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
    file: v.object({ log: v.string(), blobs: v.map(v.string(), blob) }),
    name: v.pipe(v.string(), v.maxLength(200)),
  }),
]);
export type KeepCall = v.InferOutput<typeof keepCallSchema>;

/** Worker → page: what the call gave, why it did not, or that nothing is kept here. */
export type KeepAnswer =
  { readonly value: unknown } | { readonly problem: string } | { readonly refused: string };

/** All tabs hear there that something about the kept runs is different. */
export const keptChannel = 'cocos-kept';
