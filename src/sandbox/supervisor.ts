/**
 * The supervisor of the sandbox's frame: the pool and its watchdog, in a worker of their own because the page's
 * timers are slowed down in a hidden tab and the trainer's thread is busy with tensors.
 */
import * as v from 'valibot';
import { clientMessage, type PoolMessage } from './client-protocol.ts';
import type { FrameFiles, FrameReport, Role } from './frame.ts';
import { Pool, type SnapshotStore, type Spawn } from './pool.ts';
import type { Sandbox } from './types.ts';

type Supervisor = Extract<Role, { role: 'supervisor' }>;

/** Starts the pool. Later messages bring ports of trainers: `{port}`. */
export function supervise({ files, script, snapshot, workers, limits }: Supervisor): void {
  const address = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
  const store: SnapshotStore = {
    load: async () => (snapshot ? new Uint8Array(snapshot) : null),
    save: (bytes) => {
      const report: FrameReport = { sandbox: 'snapshot', bytes: bytes.slice().buffer };
      self.postMessage(report);
    },
  };
  const pool = WebAssembly.compile(files.wasm).then(
    (wasm) => new Pool(spawner(wasm, files, address), { workers, limits, store }),
  );
  const report: FrameReport = { sandbox: 'started' };
  self.postMessage(report);
  self.addEventListener('message', (event: MessageEvent<{ port: MessagePort }>) => {
    const { port } = event.data;
    pool.then(
      (sandbox) => serveClient(sandbox, port),
      (error: Error) =>
        answer(port, { kind: 'broken', message: `Python could not be compiled: ${error.message}` }),
    );
  });
}

function spawner(wasm: WebAssembly.Module, files: FrameFiles, address: string): Spawn {
  return (onMessage, onLost) => {
    const worker = new Worker(address);
    const { port1, port2 } = new MessageChannel();
    worker.onerror = (event) => onLost(event.message || 'the worker failed');
    port1.onmessage = (event) => onMessage(event.data);
    const role: Role = {
      role: 'runner',
      wasm,
      files: { stdlib: files.stdlib, lock: files.lock },
      port: port2,
    };
    worker.postMessage(role, [port2]);
    return {
      post: (message) => port1.postMessage(message),
      terminate: () => {
        worker.terminate();
        port1.close();
      },
    };
  };
}

const answer = (port: MessagePort, message: PoolMessage): void => port.postMessage(message);

/** Serves one trainer. */
function serveClient(pool: Sandbox, port: MessagePort): void {
  const running = new Map<number, AbortController>();
  pool.ready().then(
    () => answer(port, { kind: 'ready' }),
    (error: Error) => answer(port, { kind: 'broken', message: error.message }),
  );
  port.onmessage = (event) => {
    const message = v.parse(clientMessage, event.data);
    switch (message.kind) {
      case 'grade': {
        const { id, requests } = message;
        const controller = new AbortController();
        running.set(id, controller);
        pool
          .grade(requests, controller.signal)
          .then(
            (verdicts) =>
              answer(port, {
                kind: 'verdicts',
                id,
                verdicts: verdicts.map((x) => ({ ...x, tests: [...x.tests] })),
                stats: { ...pool.stats },
              }),
            (error: Error) => answer(port, { kind: 'rejected', id, message: error.message }),
          )
          .finally(() => running.delete(id));
        return;
      }
      case 'abort':
        running.get(message.id)?.abort();
        return;
      case 'close':
        for (const controller of running.values()) controller.abort();
        port.close();
        return;
      default:
        message satisfies never;
    }
  };
}
