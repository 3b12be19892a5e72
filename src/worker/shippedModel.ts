/** Reads a model that lies beside the page. */
import { readCheckpoint, type Checkpoint } from '../model/checkpoint.ts';
import { Tokenizer } from '../tasks/tokenizer.ts';

export interface ShippedModel {
  readonly checkpoint: Checkpoint;
  readonly tokenizer: Tokenizer;
}

/**
 * @param assets absolute address of the folder that holds models/
 * @throws Error naming the file that is missing or wrong
 */
export async function readShippedModel(assets: string, name: string): Promise<ShippedModel> {
  const folder = `${assets}models/${name}/`;
  const tokenizer = Tokenizer.fromBytes(await fetchFile(`${folder}tokenizer.json`));
  return { tokenizer, checkpoint: await readCheckpoint((file) => fetchFile(folder + file)) };
}

async function fetchFile(address: string): Promise<Uint8Array> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status} ${response.statusText}`);
  return new Uint8Array(await response.arrayBuffer());
}
