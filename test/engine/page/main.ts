import type { BackendRequest } from '../../../src/engine/index.ts';
import { probe } from './probe.ts';

/** Runs the probe here or in a dedicated worker. Playwright calls it. */
async function run(place: 'page' | 'worker', requested: BackendRequest): Promise<unknown> {
  if (place === 'page') return probe(requested);
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  const answer = await new Promise((resolve) => {
    worker.onmessage = (event: MessageEvent<unknown>) => resolve(event.data);
    worker.onerror = (event) => resolve(event.message);
    worker.postMessage(requested);
  });
  worker.terminate();
  return answer;
}

Object.assign(globalThis, { runProbe: run });
