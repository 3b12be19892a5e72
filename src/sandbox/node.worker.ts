/** Entry of a runner in Node: a worker thread. */
import './workerPrelude.ts';
import { parentPort, workerData } from 'node:worker_threads';
import { serveRunner, type RunnerFiles, type ToRunner } from './runner.ts';

if (!parentPort) throw new Error('node.worker.ts must be started as a worker thread');
const port = parentPort;
const files: RunnerFiles = workerData;
const serve = serveRunner(files, (message) => port.postMessage(message));
port.on('message', (message: ToRunner) => serve(message));
