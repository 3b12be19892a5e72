/** Messages between the page and the workers that look after models of others: each a call, answered through a port of its own. */
import * as v from 'valibot';
import { digestSchema, factsSchema, keptModelSchema } from '../hub/kept.ts';

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
export const modelAnswerSchema = v.union([
  v.object({ progress: v.unknown() }),
  v.object({ value: v.unknown() }),
  v.object({ problem: v.string() }),
  v.object({ refused: v.string() }),
]);
export type ModelAnswer = v.InferOutput<typeof modelAnswerSchema>;

const list = <S extends v.GenericSchema>(item: S) => v.pipe(v.array(item), v.readonly());
const texts = list(v.string());

/** What each call gives. */
export const modelValues = {
  list: v.object({
    models: list(keptModelSchema),
    unreadable: list(v.object({ digest: v.string(), problem: v.string() })),
  }),
  model: keptModelSchema,
  nothing: v.undefined(),
  shipped: list(factsSchema),
  inside: v.object({
    config: list(v.pipe(v.tuple([v.string(), v.string()]), v.readonly())),
    tensors: list(v.object({ name: v.string(), shape: list(v.number()), dtype: v.string() })),
    rendered: v.nullable(v.string()),
    ...{ whyNoTemplate: v.string(), tokens: v.number(), special: texts, stops: texts },
  }),
  tokens: list(v.object({ id: v.number(), text: v.string() })),
  rates: v.object({ few: v.number(), many: v.number() }),
  written: v.object({ pieces: texts, promptTokens: v.number(), seconds: v.number(), ended: v.boolean() }),
} as const;

/** How far a call has come. */
export const modelProgress = {
  files: v.object({
    ...{ done: v.number(), total: v.number() },
    what: v.picklist(['fetching', 'checking', 'copying']),
  }),
  writing: v.variant('what', [
    v.object({ what: v.literal('loading'), done: v.number(), total: v.number() }),
    v.object({ what: v.literal('writing'), pieces: texts, seconds: v.number() }),
  ]),
} as const;

/** Page → worker, through the port of a call: give it up. */
export const cancelMessage = 'cancel';

/** All tabs hear there that something about the kept models is different. */
export const modelsChannel = 'cocos-models';
