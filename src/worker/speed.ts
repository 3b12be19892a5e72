/** What the page needs to measure this device: a worker that measures, and sandboxes of its own for it. */
import { createBrowserSandboxHost, type BrowserSandboxHost } from '../sandbox/browser.ts';
import type { WorkerLike } from './client.ts';
import speedScript from './speed.worker.ts?worker&url';
import { startWorker } from './window.ts';
import { parseMessage } from './protocol.ts';
import {
  fromSpeedWorkerSchema,
  speedParts,
  type FromSpeedWorker,
  type Measure,
  type SpeedPart,
  type SpeedProgress,
  type SpeedReport,
  type SpeedResult,
  type ToSpeedWorker,
} from './speedProtocol.ts';

export { speedParts };
export type { SpeedPart, SpeedProgress, SpeedReport, SpeedResult };

/** What is measured, where. */
export type SpeedRequest = Pick<Measure, 'backend' | 'quick' | 'parts'>;

export interface SpeedTools {
  /**
   * Measures once. Rejects with AbortError at once on abort, which ends the worker and its sandboxes.
   * @throws SpeedError
   */
  measure(
    request: SpeedRequest,
    onProgress: (progress: SpeedProgress) => void,
    signal: AbortSignal,
  ): Promise<SpeedResult>;
}

/** Why nothing was measured, and what to do about it. */
export class SpeedError extends Error {
  readonly remedy: string;
  constructor(message: string, remedy: string) {
    super(message);
    this.remedy = remedy;
  }
}

/** Where a measurement gets its worker and its sandboxes from; a test may give its own. */
export interface SpeedHost {
  readonly createWorker: () => WorkerLike;
  readonly createSandbox: (workers: number) => Pick<BrowserSandboxHost, 'openPort' | 'dispose'>;
  /** Computer and browser, in words. */
  readonly describe: () => string;
}

const pageHost: SpeedHost = {
  createWorker: () => startWorker(speedScript),
  createSandbox: (workers) => createBrowserSandboxHost({ workers }),
  describe: () => describeMachine(navigator.userAgent, navigator.hardwareConcurrency),
};

/** @param assets absolute address of the folder that holds models/ and the .wasm files */
export function speedTools(assets: string, host: SpeedHost = pageHost): SpeedTools {
  return {
    async measure(request, onProgress, signal) {
      signal.throwIfAborted();
      const worker = host.createWorker();
      const sandboxes = sandboxesFor(worker, host);
      try {
        return await new Promise<SpeedResult>((resolve, reject) => {
          const receive = (message: FromSpeedWorker): void => {
            switch (message.type) {
              case 'progress':
                return onProgress(message);
              case 'wantSandbox':
                return void sandboxes.give(message.id, message.workers);
              case 'done':
                return resolve(message.result);
              case 'failed':
                return reject(new SpeedError(message.message, message.remedy));
              default:
                message satisfies never;
            }
          };
          signal.addEventListener('abort', () => reject(signal.reason), { once: true });
          worker.addEventListener('message', ({ data }) => {
            try {
              receive(parseMessage(fromSpeedWorkerSchema, data));
            } catch (error) {
              reject(lost('The worker that measures sent something the page does not understand', error));
            }
          });
          worker.addEventListener('messageerror', () =>
            reject(lost('A message of the worker that measures could not be read', '')),
          );
          worker.addEventListener('error', ({ message }: { readonly message?: string }) =>
            // A script that does not load says nothing.
            reject(message === undefined ? absent : lost('The worker that measures was lost', message)),
          );
          const measure: ToSpeedWorker = { type: 'measure', ...request, machine: host.describe(), assets };
          worker.postMessage(measure, []);
        });
      } finally {
        worker.terminate();
        sandboxes.dispose();
      }
    },
  };
}

/** Sandboxes of the worker's own: the page's has as many workers as pay here, and knows verdicts already. */
function sandboxesFor(worker: WorkerLike, host: SpeedHost) {
  const made: Pick<BrowserSandboxHost, 'dispose'>[] = [];
  const send = (message: ToSpeedWorker, transfer: Transferable[]) => worker.postMessage(message, transfer);
  return {
    async give(id: number, workers: number): Promise<void> {
      try {
        const sandbox = host.createSandbox(workers);
        made.push(sandbox);
        const port = await sandbox.openPort();
        send({ type: 'sandbox', id }, [port]);
      } catch (error) {
        send({ type: 'noSandbox', id, message: wordsOf(error) }, []);
      }
    },
    dispose(): void {
      for (const sandbox of made) sandbox.dispose();
    },
  };
}

/** It is kept for use offline when it has been used once. */
const absent = new SpeedError(
  'The script that measures did not arrive.',
  'It is loaded when it is first wanted: measure when there is a network.',
);

/** The worker cannot be trusted any more. */
function lost(what: string, reason: unknown): SpeedError {
  const detail = wordsOf(reason);
  return new SpeedError(
    detail ? `${what}: ${detail.replace(/\.$/, '')}.` : `${what}.`,
    'Measure again, or reload the page first.',
  );
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error ?? ''));

const browsers: readonly (readonly [name: string, version: RegExp])[] = [
  ['Edge', /Edg(?:A|iOS)?\/(\d+)/],
  ['Opera', /OPR\/(\d+)/],
  ['Firefox', /(?:Firefox|FxiOS)\/(\d+)/],
  ['Chromium', /(?:Chrome|Chromium|CriOS)\/(\d+)/],
  ['Safari', /Version\/(\d+)[\d.]* (?:Mobile\/\S+ )?Safari/],
];
const systems: readonly (readonly [name: string, mark: RegExp])[] = [
  ['Android', /Android/],
  ['iOS', /iPhone|iPad/],
  ['Windows', /Windows/],
  ['macOS', /Mac OS X/],
  ['ChromeOS', /CrOS/],
  ['Linux', /Linux/],
];

/** "2 logical cores, Chromium 143, Linux": a browser tells no more about its computer. Those built on Chromium are Chromium. */
export function describeMachine(userAgent: string, cores: number | undefined): string {
  const browser = browsers
    .map(([name, version]) => [name, version.exec(userAgent)?.[1]] as const)
    .find(([, version]) => version !== undefined);
  const system = systems.find(([, mark]) => mark.test(userAgent))?.[0] ?? 'unknown system';
  return `${cores ?? 'an unknown number of'} logical cores, ${browser?.join(' ') ?? 'unknown browser'}, ${system}`;
}
