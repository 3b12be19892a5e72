/** Stands in an exported project for engine/wasm/nodeThread.ts: the script of a helping thread lies beside the engine. */
import { Worker } from 'node:worker_threads';
import type { Helper } from '../../engine/wasm/nodeThread.ts';
import type { ThreadSetup } from '../../engine/wasm/thread.ts';

export type { Helper };

export async function startNodeHelper(setup: ThreadSetup, onFailure: (why: string) => void): Promise<Helper> {
  const worker = new Worker(new URL('./thread.mjs', import.meta.url), { workerData: setup, execArgv: [] });
  worker.on('error', (error) => onFailure(error instanceof Error ? error.message : String(error)));
  worker.unref(); // a helping thread does not keep the process alive
  return worker;
}
