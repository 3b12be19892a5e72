/** What is known of a model that is kept, and written beside its files. */
import * as v from 'valibot';
import { fields } from '../config/fields.ts';
import { readJson } from '../config/outside.ts';
import { sha256Hex } from './hashing.ts';

/** The file that says it. No file of a model is called so. */
export const keptFile = 'kept.json';
const maxBytes = 1 << 20;
const format = 1;

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const text = v.pipe(v.string(), v.maxLength(500));
export const digestSchema = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'is no digest'));
export const fileName = v.pipe(
  v.string(),
  v.maxLength(200),
  v.regex(/^[\w][\w .-]*$/, 'is no name of a file'),
);

export const factsSchema = v.object({
  family: v.picklist(['llama', 'qwen2']),
  ...{ parameters: count, layers: count, width: count, vocabulary: count, context: count },
  dtypes: v.pipe(v.array(text), v.readonly()),
  storedBytes: v.optional(v.pipe(v.number(), v.minValue(0))),
});

export const keptModelSchema = v.object({
  format: v.literal(format),
  /** See `digestOf`; with an adapter, `boostedDigest` in boosted.ts. */
  digest: digestSchema,
  /** What the user calls it. */
  name: text,
  origin: v.variant('kind', [
    v.object({
      kind: v.literal('hub'),
      /** As `hubNameText` writes it, and the commit that its revision was. */
      ...{ endpoint: text, model: text },
      commit: v.pipe(v.string(), v.regex(/^[0-9a-f]{40,64}$/)),
    }),
    v.object({ kind: v.literal('dropped') }),
    /** An adapter that runs begin with: the model it is over, and what an experiment says of it (model/lora.ts). */
    v.object({
      kind: v.literal('adapter'),
      ...{ over: digestSchema, model: text },
      lora: v.object({
        ...{ loraRank: count, loraAlpha: v.pipe(v.number(), v.finite()) },
        loraTargets: v.picklist(fields.loraTargets.choices.map(({ value }) => value)),
      }),
    }),
  ]),
  /** As its card or file names it; null: not known. */
  licence: v.nullable(text),
  files: v.pipe(v.array(v.object({ name: fileName, size: count, sha256: digestSchema })), v.minLength(1)),
  /** Every file is there and has its hash. */
  complete: v.boolean(),
  /** ms since 1970. */
  added: count,
  facts: factsSchema,
});
export type KeptModel = v.InferOutput<typeof keptModelSchema>;
export type KeptFileEntry = KeptModel['files'][number];

/** Whoever has the same one has the same files: what `sha256sum FILES | sha256sum` prints, the files in order of their names. */
export function digestOf(files: readonly Omit<KeptFileEntry, 'size'>[]): string {
  const sorted = [...files].sort((a, b) => (a.name < b.name ? -1 : 1));
  const lines = sorted.map(({ name, sha256 }) => `${sha256}  ${name}\n`);
  return sha256Hex(new TextEncoder().encode(lines.join('')));
}

export const bytesOf = ({ files }: Pick<KeptModel, 'files'>): number =>
  files.reduce((sum, { size }) => sum + size, 0);

/** @throws Error when it is not what was written */
export function readKept(bytes: Uint8Array): KeptModel {
  const parsed = v.safeParse(keptModelSchema, readJson(bytes, keptFile, maxBytes));
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new Error(`${keptFile}: ${v.getDotPath(issue) ?? 'the file'}: ${issue.message}`);
}

export const writtenKept = (model: KeptModel): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(`${JSON.stringify({ ...model, format }, null, 2)}\n`);
