/** Messages between the page and the workers that look after models of others: each a call, answered through a port of its own. */
import * as v from 'valibot';
import { digestSchema } from '../hub/kept.ts';

const digest = digestSchema;
const text = (most: number) => v.pipe(v.string(), v.maxLength(most));
const file = v.custom<File>((data) => data instanceof File);

export const longestText = 20_000;

/** Page → worker; what each does and gives: `ModelTools`. */
export const modelCallSchema = v.variant('call', [
  v.object({ call: v.literal('list') }),
  v.object({ call: v.literal('look'), name: text(2000) }),
  v.object({ call: v.literal('fetch'), digest }),
  v.object({ call: v.literal('copy'), files: v.array(v.object({ path: text(2000), file })) }),
  v.object({ call: v.literal('remove'), digest }),
  v.object({ call: v.literal('inside'), digest }),
  v.object({ call: v.literal('tokens'), digest, text: text(longestText) }),
  v.object({ call: v.literal('shipped'), assets: v.string(), names: v.array(text(100)) }),
  v.object({ call: v.literal('probe'), assets: v.string(), width: v.number(), inner: v.number() }),
  v.object({
    call: v.literal('write'),
    ...{ digest, assets: v.string(), prompt: text(longestText), chat: v.boolean() },
    temperature: v.pipe(v.number(), v.minValue(0), v.maxValue(4)),
    most: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(2048)),
    seed: v.pipe(v.number(), v.integer(), v.minValue(0)),
  }),
]);
export type ModelCall = v.InferOutput<typeof modelCallSchema>;

/** Worker → page: how far it has come, and at last what the call gave, why it did not, or that nothing is kept here. */
export type ModelAnswer =
  | { readonly progress: unknown }
  | { readonly value: unknown }
  | { readonly problem: string }
  | { readonly refused: string };

/** Page → worker, through the port of a call: give it up. */
export const cancelMessage = 'cancel';

/** All tabs hear there that something about the kept models is different. */
export const modelsChannel = 'cocos-models';
