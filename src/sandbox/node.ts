/**
 * The sandbox in Node, for the command line and for tests: worker threads behind the same firewall, roll-back and
 * deadlines as in the browser, but without the opaque-origin frame. See docs/sandbox.md for what that leaves open.
 */
import { setMaxListeners } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { buildSync } from 'esbuild';
import { nodeStackMb, withDefaults } from './limits.ts';
import { fileStore, sha256 } from './nodeStore.ts';
import { Pool, type Spawn } from './pool.ts';
import type { FromRunner, RunnerFiles } from './runner.ts';
import type { Sandbox } from './types.ts';

export interface NodeSandboxOptions {
  /** Worker threads, each with its own interpreter (about 120 MB). */
  readonly workers?: number;
  readonly perTestMs?: number;
  readonly perProgramMs?: number;
}

/** The parts of the grader, one module; in this order also in frame.worker.ts. */
const graderFiles = ['values.py', 'setup.py', 'expressions.py', 'cutter.py', 'prepare.py', 'grader.py'];

/**
 * The runner, with Pyodide's JavaScript, as one script. Node 20 runs no TypeScript, and a thread that translates file by file
 * needs longer for that than for starting Python.
 */
function bundleRunner(pyodide: string): string {
  const { outputFiles } = buildSync({
    entryPoints: [fileURLToPath(new URL('./node.worker.ts', import.meta.url))],
    ...{ bundle: true, write: false, format: 'esm', platform: 'node', target: 'node20' },
    define: { 'import.meta.url': JSON.stringify(pathToFileURL(join(pyodide, 'pyodide.mjs')).href) },
    external: ['ws'],
  });
  return outputFiles[0].text;
}

/** What every sandbox of this process starts from; made when the first one needs it. */
let shared: ReturnType<typeof prepare> | null = null;

function prepare() {
  const pyodide = dirname(createRequire(import.meta.url).resolve('pyodide/package.json'));
  const read = (name: string) => readFileSync(new URL(name, import.meta.url));
  const parts = [...graderFiles, 'interpreter.ts', 'firewall.ts'].map(read);
  return {
    script: new URL(`data:text/javascript,${encodeURIComponent(bundleRunner(pyodide))}`),
    files: {
      wasm: new WebAssembly.Module(readFileSync(join(pyodide, 'pyodide.asm.wasm'))),
      grader: graderFiles.map((name) => read(name).toString('utf8')).join('\n'),
      indexURL: join(pyodide, '/'),
    } satisfies RunnerFiles,
    store: fileStore(
      join(dirname(pyodide), '.cache', 'cocos-sandbox'),
      sha256(Buffer.concat([readFileSync(join(pyodide, 'package.json')), ...parts])),
    ),
  };
}

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
  const { workers = Math.min(2, cpus().length) } = options;
  return new NodePool(spawn, { workers, limits: withDefaults(options), store });
}

/** Node takes more than ten listeners for a leak, and warns; here they are the programs of one update, each gone with its verdict. */
class NodePool extends Pool {
  override grade(...[requests, signal]: Parameters<Sandbox['grade']>): ReturnType<Sandbox['grade']> {
    if (signal) setMaxListeners(0, signal);
    return super.grade(requests, signal);
  }
}
