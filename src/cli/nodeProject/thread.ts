/** Entry of a helping thread in an exported project. */
import { workerData } from 'node:worker_threads';
import { serveThread } from '../../engine/wasm/thread.ts';

serveThread(workerData);
