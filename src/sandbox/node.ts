/**
 * The sandbox in Node, for the command line and for tests: worker threads behind the same firewall, roll-back and
 * deadlines as in the browser, but without the opaque-origin frame. See docs/sandbox.md for what that leaves open.
 */
import { setMaxListeners } from 'node:events';
import { availableParallelism, totalmem } from 'node:os';
import process from 'node:process';
import { Worker } from 'node:worker_threads';
import { nodeStackMb, usefulWorkers, withDefaults } from './limits.ts';
import { prepare } from './nodeFiles.ts';
import { Pool, type Spawn } from './pool.ts';
import type { FromRunner } from './runner.ts';
import type { Sandbox } from './types.ts';

export interface NodeSandboxOptions {
  /** Worker threads, each with its own interpreter (about 120 MB); unless given, as the machine allows (`limits.ts`). */
  readonly workers?: number;
  readonly perTestMs?: number;
  readonly perProgramMs?: number;
}

/** As this machine allows, or the container that it runs in. */
export const workersHere = () =>
  usefulWorkers(
    availableParallelism(),
    0,
    Math.min(totalmem(), process.constrainedMemory() || Infinity) / 1e9,
  );

/** What every sandbox of this process starts from; made when the first one needs it. */
let shared: ReturnType<typeof prepare> | null = null;

/** Starts a sandbox of worker threads. Call `dispose()` at the end, or the process stays alive. */
export function createNodeSandbox(options: NodeSandboxOptions = {}): Sandbox {
  const { script, files, store } = (shared ??= prepare());
  const spawn: Spawn = (onMessage, onLost) => {
    const worker = new Worker(script, {
      workerData: files,
      execArgv: [],
      resourceLimits: { stackSizeMb: nodeStackMb },
      env: {}, // nothing of the host's environment
    });
    let ended = false;
    worker.on('message', (message: FromRunner) => onMessage(message));
    worker.on('error', (error) => {
      if (!ended) onLost(error.message);
      ended = true;
    });
    worker.on('exit', (code) => {
      if (!ended) onLost(`the worker ended with code ${code}`);
      ended = true;
    });
    return {
      post: (message) => worker.postMessage(message),
      terminate: () => {
        ended = true;
        void worker.terminate();
      },
    };
  };
  const { workers = workersHere() } = options;
  return new NodePool(spawn, { workers, limits: withDefaults(options), store });
}

/** Node takes more than ten listeners for a leak, and warns; here they are the programs of one update, each gone with its verdict. */
class NodePool extends Pool {
  override grade(...[requests, signal]: Parameters<Sandbox['grade']>): ReturnType<Sandbox['grade']> {
    if (signal) setMaxListeners(0, signal);
    return super.grade(requests, signal);
  }
}
