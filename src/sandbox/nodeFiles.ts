/**
 * What the sandbox in Node starts from: files of this project and of Pyodide. In an exported Node project, where they are made
 * already, cli/nodeProject/ownSandboxFiles.ts stands in its place.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { fileStore, sha256 } from './nodeStore.ts';
import type { SnapshotStore } from './pool.ts';
import type { RunnerFiles } from './runner.ts';

const require = createRequire(import.meta.url);

export interface NodeFiles {
  readonly script: URL;
  readonly files: RunnerFiles;
  readonly store: SnapshotStore;
}

/** The parts of the grader, one module; in this order also in frame.worker.ts. */
export const graderFiles = [
  'values.py',
  'setup.py',
  'expressions.py',
  'cutter.py',
  'prepare.py',
  'grader.py',
];

/**
 * The runner, with Pyodide's JavaScript, as one script. Node 20 runs no TypeScript, and a thread that translates file by file
 * needs longer for that than for starting Python.
 */
function bundleRunner(pyodide: string): string {
  // Not imported above: whoever never starts Python, as a measurement on a GPU machine, needs no bundler.
  const { buildSync } = require('esbuild') as typeof import('esbuild');
  const { outputFiles } = buildSync({
    entryPoints: [fileURLToPath(new URL('./node.worker.ts', import.meta.url))],
    ...{ bundle: true, write: false, format: 'esm', platform: 'node', target: 'node20' },
    define: { 'import.meta.url': JSON.stringify(pathToFileURL(join(pyodide, 'pyodide.mjs')).href) },
    external: ['ws'],
  });
  return outputFiles[0].text;
}

/** What makes the snapshot what it is, beside the grader. */
const madeWith = ['interpreter.ts', 'firewall.ts', 'warm.ts', 'pages.ts'];

/** The script of a runner, what it is given, and where its memory snapshot is kept. */
export function prepare(): NodeFiles {
  const pyodide = dirname(require.resolve('pyodide/package.json'));
  const read = (name: string) => readFileSync(new URL(name, import.meta.url));
  const parts = [...graderFiles, ...madeWith].map(read);
  return {
    script: new URL(`data:text/javascript,${encodeURIComponent(bundleRunner(pyodide))}`),
    files: {
      wasm: new WebAssembly.Module(readFileSync(join(pyodide, 'pyodide.asm.wasm'))),
      grader: graderFiles.map((name) => read(name).toString('utf8')).join('\n'),
      indexURL: join(pyodide, '/'),
    },
    store: fileStore(
      join(dirname(pyodide), '.cache', 'cocos-sandbox'),
      sha256(Buffer.concat([readFileSync(join(pyodide, 'package.json')), ...parts])),
    ),
  };
}
