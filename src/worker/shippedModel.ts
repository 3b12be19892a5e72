/** Reads a model that lies beside the page. */
import { readCheckpoint } from '../model/checkpoint.ts';
import type { HostWeights } from '../model/parameters.ts';
import { modelDigest } from '../model/digest.ts';
import { oursFormat } from '../tasks/formats/ours.ts';
import { Tokenizer } from '../tasks/tokenizer.ts';
import { wholeBase, type WholeBase } from '../train/base.ts';

export interface ShippedModel {
  readonly base: WholeBase;
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
  return { base: wholeBase(checkpoint, format, tokenizerJson), digest: await modelDigest(read) };
}

/** As `readShippedModel`, without the tokenizer: what a run starts with has that of its reference. */
export const readShippedWeights = async (assets: string, name: string): Promise<HostWeights> =>
  (await readCheckpoint((file) => fetchFile(addressOf(assets, name, file)))).weights;

const addressOf = (assets: string, name: string, file: string) => `${assets}models/${name}/${file}`;

async function fetchFile(address: string): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status} ${response.statusText}`);
  return new Uint8Array(await response.arrayBuffer());
}
