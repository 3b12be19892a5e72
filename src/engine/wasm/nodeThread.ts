/** A helping thread in Node. In an exported Node project cli/nodeProject/ownThread.ts stands in this file's place. */
import type { ThreadSetup } from './thread.ts';

/** Of a worker, in browsers and Node. */
export interface Helper {
  terminate(): unknown;
}

/** Names of modules that only Node has are hidden from bundlers. */
export async function startNodeHelper(setup: ThreadSetup, onFailure: (why: string) => void): Promise<Helper> {
  const [threadsName, moduleName] = ['node:worker_threads', 'node:module'];
  const { Worker } = (await import(/* @vite-ignore */ threadsName)) as typeof import('node:worker_threads');
  const { createRequire } = (await import(/* @vite-ignore */ moduleName)) as typeof import('node:module');
  // Node 20 runs no TypeScript and worker threads do not inherit tsx, so a line of JavaScript registers it first.
  const tsx = new URL(
    './dist/esm/api/index.mjs',
    `file://${createRequire(import.meta.url).resolve('tsx/package.json')}`,
  );
  const start = [
    `import { workerData } from 'node:worker_threads';`,
    `import { register } from '${tsx.href}';`,
    `register();`,
    `const { serveThread } = await import('${new URL('./thread.ts', import.meta.url).href}');`,
    `serveThread(workerData);`,
  ].join('\n');
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(start)}`), {
    workerData: setup,
    execArgv: [],
  });
  worker.on('error', (error) => onFailure(error instanceof Error ? error.message : String(error)));
  worker.unref(); // a helping thread does not keep the process alive
  return worker;
}
