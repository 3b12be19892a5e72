/**
 * The sandbox in Node, for the command line and for tests: worker threads behind the same firewall, roll-back and
 * deadlines as in the browser, but without the opaque-origin frame. See docs/sandbox.md for what that leaves open.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { nodeStackMb, withDefaults } from './limits.ts';
import { fileStore, sha256 } from './nodeStore.ts';
import { Pool, type Spawn } from './pool.ts';
import type { FromRunner } from './runner.ts';
import type { Sandbox } from './types.ts';

export interface NodeSandboxOptions {
  /** Worker threads, each with its own interpreter (about 120 MB). */
  readonly workers?: number;
  readonly perTestMs?: number;
  readonly perProgramMs?: number;
}

/** The parts of the grader, one module; in this order also in frame.worker.ts. */
const graderFiles = ['values.py', 'setup.py', 'expressions.py', 'cutter.py', 'prepare.py', 'grader.py'];

/** Starts a sandbox of worker threads. Call `dispose()` at the end, or the process stays alive. */
export function createNodeSandbox(options: NodeSandboxOptions = {}): Sandbox {
  const require = createRequire(import.meta.url);
  const pyodide = dirname(require.resolve('pyodide/package.json'));
  const wasm = new WebAssembly.Module(readFileSync(join(pyodide, 'pyodide.asm.wasm')));
  const grader = graderFiles.map((name) => readFileSync(new URL(name, import.meta.url), 'utf8')).join('\n');
  // Node 20 runs no TypeScript and worker threads do not inherit tsx, so a line of JavaScript registers it first.
  const tsx = pathToFileURL(
    join(dirname(require.resolve('tsx/package.json')), 'dist/esm/api/index.mjs'),
  ).href;
  const entry = new URL('./node.worker.ts', import.meta.url).href;
  const start = `import { register } from '${tsx}'; register(); await import('${entry}');`;

  const parts = [...graderFiles, 'interpreter.ts', 'firewall.ts'].map((name) =>
    readFileSync(new URL(name, import.meta.url)),
  );
  const key = sha256(Buffer.concat([readFileSync(join(pyodide, 'package.json')), ...parts]));

  const spawn: Spawn = (onMessage, onLost) => {
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(start)}`), {
      workerData: { wasm, grader },
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
  const { workers = Math.min(2, cpus().length) } = options;
  return new Pool(spawn, {
    workers,
    limits: withDefaults(options),
    store: fileStore(join(dirname(pyodide), '.cache', 'cocos-sandbox'), key),
  });
}
