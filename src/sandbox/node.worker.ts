/** Entry of a runner in Node: a worker thread. */
import './workerPrelude.ts';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { serveRunner, type ToRunner } from './runner.ts';

if (!parentPort) throw new Error('node.worker.ts must be started as a worker thread');
const port = parentPort;
const folder = dirname(createRequire(import.meta.url).resolve('pyodide/package.json'));
const { wasm, grader }: { wasm: WebAssembly.Module; grader: string } = workerData;
const serve = serveRunner({ wasm, grader, indexURL: join(folder, '/') }, (message) =>
  port.postMessage(message),
);
port.on('message', (message: ToRunner) => serve(message));
