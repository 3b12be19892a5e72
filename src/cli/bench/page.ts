/** The page that `npm run bench` opens. As in the app, a worker computes, and the page holds the sandbox's frame. */
import type { BenchProgress } from '../../bench/run.ts';
import { createBrowserSandboxHost } from '../../sandbox/browser.ts';
import type { FromWorker, Job, JobKind, Results, ToWorker } from './protocol.ts';

declare global {
  interface Window {
    /** Runs one job in a fresh worker. Rejects with what went wrong. */
    runJob: <Kind extends JobKind>(kind: Kind, job: Job) => Promise<Results[Kind]>;
    /** Given by the command. */
    tellProgress: (progress: BenchProgress) => void;
  }
}

window.runJob = <Kind extends JobKind>(kind: Kind, job: Job) => {
  const worker = new Worker(new URL('./bench.worker.ts', import.meta.url), { type: 'module' });
  const send = (message: ToWorker, transfer: Transferable[] = []) => worker.postMessage(message, transfer);
  const running = new Promise<Results[Kind]>((resolve, reject) => {
    worker.onerror = ({ message }) => reject(new Error(message || 'The script of the worker did not load.'));
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      switch (data.type) {
        case 'progress':
          return window.tellProgress(data.progress);
        case 'wantSandbox':
          createBrowserSandboxHost({ pyodide: '/pyodide/', workers: data.workers })
            .openPort()
            .then(
              (port) => send({ type: 'sandbox', id: data.id }, [port]),
              (error: Error) => send({ type: 'noSandbox', id: data.id, message: error.message }),
            );
          return;
        case 'done':
          return resolve(data.result as Results[Kind]);
        case 'failed':
          return reject(Object.assign(new Error(data.message), { stack: data.stack }));
        default:
          data satisfies never;
      }
    };
    send({ type: 'start', kind, job });
  });
  return running.finally(() => worker.terminate());
};
