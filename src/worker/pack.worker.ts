/** Packs answers for the log, so that the trainer's thread need not. Entry of the worker. */
import { packJson } from '../train/packedJson.ts';
import type { Bytes } from '../train/store.ts';

/** What came of one call; through the port that came with it. */
export type Packed = { readonly bytes: Bytes } | { readonly problem: string };

async function pack(answers: unknown): Promise<Packed> {
  try {
    return { bytes: await packJson(answers) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

addEventListener('message', ({ data, ports: [port] }: MessageEvent<unknown>) => {
  void pack(data).then((packed) => {
    port?.postMessage(packed, 'bytes' in packed ? [packed.bytes.buffer] : []);
  });
});
