/**
 * The supervisor of the sandbox's frame: the pool and its watchdog, in a worker of their own because the page's
 * timers are slowed down in a hidden tab and the trainer's thread is busy with tensors.
 */
import * as v from 'valibot';
import { capText } from './caps.ts';
import { clientMessage, type PoolMessage } from './clientProtocol.ts';
import type { FrameFiles, FrameOrder, FrameReport, Role, ToSupervisor } from './frame.ts';
import { messageCap } from './limits.ts';
import { Pool, type SnapshotStore, type Spawn } from './pool.ts';
import type { Sandbox } from './types.ts';

type Supervisor = Extract<Role, { role: 'supervisor' }>;

/** Starts the pool. */
export function supervise({ files, snapshot, workers, limits }: Supervisor): void {
  const runners = new Runners(files);
  const store: SnapshotStore = {
    load: async () => (snapshot ? new Uint8Array(snapshot) : null),
    save: (bytes) => {
      const report: FrameReport = { sandbox: 'snapshot', bytes: bytes.slice().buffer };
      self.postMessage(report, { transfer: [report.bytes] });
    },
  };
  const pool = WebAssembly.compile(files.wasm).then(
    (wasm) => new Pool(runners.spawner(wasm), { workers, limits, store }),
  );
  const report: FrameReport = { sandbox: 'started' };
  self.postMessage(report);
  self.addEventListener('message', ({ data }: MessageEvent<ToSupervisor>) => {
    if ('lost' in data) return runners.lost(data.lost, data.message);
    const { port } = data;
    answer(port, { kind: 'alive' }); // before Python is there, so that the page knows whom it talks to
    pool.then(
      (sandbox) => serveClient(sandbox, port),
      (error: Error) =>
        answer(port, { kind: 'broken', message: `Python could not be compiled: ${error.message}` }),
    );
  });
}

/** The runners, which the frame makes and ends for us; we talk to each by a port of its own. */
class Runners {
  readonly #files: FrameFiles;
  readonly #onLost = new Map<number, (reason: string) => void>();
  #made = 0;

  constructor(files: FrameFiles) {
    this.#files = files;
  }

  /** One died by itself. */
  lost(runner: number, reason: string): void {
    this.#onLost.get(runner)?.(reason);
  }

  spawner(wasm: WebAssembly.Module): Spawn {
    const { stdlib, lock } = this.#files;
    const order = (message: FrameOrder, transfer: Transferable[]) => self.postMessage(message, { transfer });
    return (onMessage, onLost) => {
      const number = this.#made++;
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = (event) => onMessage(event.data);
      this.#onLost.set(number, onLost);
      const role = { role: 'runner', wasm, files: { stdlib, lock }, port: port2 } as const;
      order({ spawn: number, role }, [port2]);
      return {
        post: (message) => port1.postMessage(message),
        terminate: () => {
          this.#onLost.delete(number);
          order({ end: number }, []);
          port1.close();
        },
      };
    };
  }
}

const answer = (port: MessagePort, message: PoolMessage): void =>
  port.postMessage(
    'message' in message ? { ...message, message: capText(message.message, messageCap) } : message,
  );

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
      case 'ping':
        return answer(port, { kind: 'alive' });
      case 'close':
        for (const controller of running.values()) controller.abort();
        port.close();
        return;
      default:
        message satisfies never;
    }
  };
}
