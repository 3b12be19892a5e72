/** llama.cpp as node-llama-cpp compiles it, on one thread of the processor: its batches directly, without sampling. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { realShape } from '../../../bench/realModel.ts';
import { timed, type RealContestant } from '../../../bench/realTurns.ts';
import type { PeerRequest } from './request.ts';

/** What is used of node-llama-cpp 3.22. */
interface Native {
  readonly LlamaLogLevel: { readonly error: string };
  getLlama(options: object): Promise<{
    dispose(): Promise<void>;
    loadModel(options: object): Promise<{ createContext(options: object): Promise<Context> }>;
  }>;
}
interface Context {
  /** Not a promise to anybody: it is below what the package publishes. */
  readonly _ctx: {
    setThreads(count: number): void;
    disposeSequence(sequence: number): void;
    initBatch(tokens: number): void;
    /** @param asked the places whose logits are made */
    addToBatch(sequence: number, position: number, tokens: Uint32Array, asked: Uint32Array): void;
    decodeBatch(): Promise<void>;
  };
}

/** @throws when it does not start here */
export async function nativePeer(
  { folder, sizes, clocks }: PeerRequest,
  type: string,
  file: string,
): Promise<RealContestant> {
  const entry = createRequire(join(folder, 'package.json')).resolve('node-llama-cpp');
  const native: Native = await import(pathToFileURL(entry).href);
  const llama = await native.getLlama({
    ...{ gpu: false, build: 'never', maxThreads: 1 },
    logLevel: native.LlamaLogLevel.error,
  });
  const model = await llama.loadModel({ modelPath: join(folder, file), gpuLayers: 0 });
  const { prefill, rows, written } = sizes;
  const { _ctx: context } = await model.createContext({
    ...{ sequences: rows, contextSize: 192, batchSize: 2048 },
    threads: { ideal: 1, min: 1 },
  });
  context.setThreads(1);

  const ids = (count: number, seed: number) =>
    Uint32Array.from(
      { length: count },
      (_, i) => 300 + ((i * 7919 + seed * 104_729) % (realShape.vocab_size - 300)),
    );
  const forget = () => {
    for (let row = 0; row < rows; row++) context.disposeSequence(row);
  };
  const read = (count: number, sequences: number) => {
    context.initBatch(count * sequences);
    for (let row = 0; row < sequences; row++)
      context.addToBatch(row, 0, ids(count, row), Uint32Array.of(count - 1));
    return context.decodeBatch();
  };
  const write = async (count: number, sequences: number, from: number) => {
    for (let i = 0; i < count; i++) {
      context.initBatch(sequences);
      for (let row = 0; row < sequences; row++)
        context.addToBatch(row, from + i, ids(1, i + row), Uint32Array.of(0));
      await context.decodeBatch();
    }
  };
  const contestant: RealContestant = {
    ...{ id: `native ${type}`, threads: 1 },
    async turn() {
      forget();
      const reading = await timed(clocks, prefill, () => read(prefill, 1));
      const one = await timed(clocks, written[0], () => write(written[0], 1, prefill));
      forget();
      await read(16, rows);
      const many = await timed(clocks, rows * written[1], () => write(written[1], rows, 16));
      return { read: reading, one, many };
    },
    // Its own way to end waits for ever once the inner context was used; the process ends it.
    dispose: () => undefined,
  };
  await contestant.turn(); // what is made at first use is there
  return contestant;
}
