/**
 * A model with an adapter that runs over it begin with: what its boost left, or PEFT saved. It is named by both together, the same in the
 * page and on the command line.
 */
import * as v from 'valibot';
import { readJson } from '../config/outside.ts';
import { digestIn, isOtherModel, otherModelName } from '../config/modelFields.ts';
import { adapterFileNames, overOf } from '../model/adapterFiles.ts';
import type { ByteSource } from '../model/byteSource.ts';
import { Sha256 } from './hashing.ts';

/** Name → bytes of an adapter's files. */
export type AdapterBytes = Readonly<Record<string, Uint8Array>>;

/** What lies beside an adapter of ours: which model it is over, and where that lay. */
export const pointerFile = 'other-model.json';
export const pointerSchema = v.object({
  model: v.string(),
  digest: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  path: v.string(),
});

/** The digest of a model and its adapter together. @param over the model's */
export function boostedDigest(over: string, files: AdapterBytes): string {
  const hash = new Sha256();
  hash.update(new TextEncoder().encode(over));
  for (const name of adapterFileNames) hash.update(files[name] ?? new Uint8Array());
  return hash.hex();
}

/** More than an adapter of the highest rank over the largest model that can be trained over. */
const mostBytes = 512 << 20;

/** The files of an adapter, in memory. @throws Error naming the one that is missing or too large */
export async function adapterBytes(files: ReadonlyMap<string, ByteSource>): Promise<AdapterBytes> {
  const bytes: Record<string, Uint8Array> = {};
  for (const name of adapterFileNames) {
    const source = files.get(name);
    if (!source) throw new Error(`${name} is missing: an adapter is ${adapterFileNames.join(' and ')}.`);
    if (source.size > mostBytes)
      throw new Error(`${name} has ${Math.round(source.size / 1e6)} MB; no adapter here is so large.`);
    bytes[name] = await source.read(0, source.size);
  }
  return bytes;
}

/** A model that an adapter says it is over. */
export interface SaidOver {
  readonly name: string;
  /** The first digits of its digest, or all of them. */
  readonly digest: string;
}

/** Which one that is; null: it names none by its digest, as PEFT does not. @throws Error where a file of ours is damaged */
export async function saidOver(
  files: ReadonlyMap<string, ByteSource>,
  adapter: AdapterBytes,
): Promise<SaidOver | null> {
  const pointer = files.get(pointerFile);
  if (pointer) {
    const json = readJson(await pointer.read(0, Math.min(pointer.size, 1 << 16)), pointerFile, 1 << 16);
    const parsed = v.safeParse(pointerSchema, json);
    if (parsed.success) return { name: otherModelName(parsed.output.model), digest: parsed.output.digest };
    throw new Error(
      `${pointerFile}: ${v.getDotPath(parsed.issues[0]) ?? 'the file'}: ${parsed.issues[0].message}. Leave the file out, and the adapter is tried on every model here.`,
    );
  }
  const over = overOf(adapter);
  return over !== null && isOtherModel(over)
    ? { name: otherModelName(over), digest: digestIn(over) ?? '' }
    : null;
}
