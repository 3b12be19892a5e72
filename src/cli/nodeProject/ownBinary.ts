/** Stands in an exported project for engine/wasm/nodeBinary.ts. */
import { readFile } from 'node:fs/promises';

/** A .wasm file of TensorFlow.js, which lies beside the engine. */
export async function nodeBinary(name: string): Promise<Uint8Array<ArrayBuffer>> {
  return Uint8Array.from(await readFile(new URL(`./${name}`, import.meta.url)));
}
