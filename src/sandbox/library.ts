/**
 * Python's library for the page: Pyodide's, a zip of sources, with the modules that every start loads compiled beside them. Compiling
 * them takes six sevenths of a first start, and takes it from whoever opens the page for the first time.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { fileStore, sha256 } from './nodeStore.ts';
import { warmImports } from './warm.ts';

let made: Promise<Uint8Array> | null = null;

/** The zip: the same bytes whenever it is made. Takes some seconds where it was not made and kept before. */
export const compiledLibrary = (): Promise<Uint8Array> => (made ??= keptLibrary());

async function keptLibrary(): Promise<Uint8Array> {
  const pyodide = dirname(createRequire(import.meta.url).resolve('pyodide/package.json'));
  const compile = readFileSync(join(import.meta.dirname, 'library.py'), 'utf8');
  const madeOf = [readFileSync(join(pyodide, 'package.json'), 'utf8'), warmImports, compile];
  const store = fileStore(
    join(dirname(pyodide), '.cache', 'cocos-library'),
    sha256(Buffer.from(madeOf.join('\n'))),
  );
  const kept = await store.load();
  if (kept) return kept;
  const library = await make(pyodide, `${warmImports}\n${compile}`);
  store.save(library);
  return library;
}

/** In a thread of its own, for a build has other things to do meanwhile; Node 20 runs no TypeScript in one. */
const thread = `
  const { parentPort, workerData } = require('node:worker_threads');
  import(workerData.module).then(async ({ loadPyodide }) => {
    // The seed decides the order of sets, which is compiled in.
    const python = await loadPyodide({ indexURL: workerData.indexURL, env: { PYTHONHASHSEED: '0' } });
    parentPort.postMessage(python.FS.readFile(python.runPython(workerData.source)));
  });
`;

/**
 * @param pyodide the folder of its files
 * @param source Python whose last line is the path of the library
 */
async function make(pyodide: string, source: string): Promise<Uint8Array> {
  const module = pathToFileURL(join(pyodide, 'pyodide.mjs')).href;
  const worker = new Worker(thread, {
    eval: true,
    workerData: { module, indexURL: join(pyodide, '/'), source },
  });
  const [library]: unknown[] = await once(worker, 'message'); // rejects when the thread fails
  if (!(library instanceof Uint8Array)) throw new Error('Python gave no library');
  return library;
}
