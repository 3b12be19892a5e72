/** Reads a model that lies beside the page. */
import { readCheckpoint, type Checkpoint } from '../model/checkpoint.ts';
import { modelDigest } from '../model/digest.ts';
import { oursFormat } from '../tasks/formats/ours.ts';
import type { EpisodeFormat } from '../tasks/formats/format.ts';
import { Tokenizer } from '../tasks/tokenizer.ts';

export interface ShippedModel {
  readonly checkpoint: Checkpoint;
  readonly format: EpisodeFormat;
  /** Bytes of tokenizer.json. */
  readonly tokenizerJson: Uint8Array;
  /** See model/digest.ts; undefined where the browser cannot compute it. */
  readonly digest: string | undefined;
}

/**
 * @param assets absolute address of the folder that holds models/
 * @throws Error naming the file that is missing or wrong
 */
export async function readShippedModel(assets: string, name: string): Promise<ShippedModel> {
  const fetched = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();
  const read = (file: string) => {
    const bytes = fetched.get(file) ?? fetchFile(addressOf(assets, name, file));
    fetched.set(file, bytes);
    return bytes;
  };
  const tokenizerJson = await read('tokenizer.json');
  const format = oursFormat(Tokenizer.fromBytes(tokenizerJson));
  const checkpoint = await readCheckpoint(read);
  return { format, tokenizerJson, checkpoint, digest: await modelDigest(read) };
}

/** As `readShippedModel`, without the tokenizer: what a run starts with has that of its reference. */
export const readShippedWeights = (assets: string, name: string): Promise<Checkpoint> =>
  readCheckpoint((file) => fetchFile(addressOf(assets, name, file)));

const addressOf = (assets: string, name: string, file: string) => `${assets}models/${name}/${file}`;

async function fetchFile(address: string): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status} ${response.statusText}`);
  return new Uint8Array(await response.arrayBuffer());
}
