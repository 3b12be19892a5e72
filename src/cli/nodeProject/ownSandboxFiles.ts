/** Stands in an exported project for sandbox/nodeFiles.ts: runner and grader lie beside the engine, Pyodide is installed. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { NodeFiles } from '../../sandbox/nodeFiles.ts';
import { fileStore, sha256 } from '../../sandbox/nodeStore.ts';

export function prepare(): NodeFiles {
  const pyodide = dirname(createRequire(import.meta.url).resolve('pyodide/package.json'));
  const beside = (name: string) => new URL(`./${name}`, import.meta.url);
  const grader = readFileSync(beside('grader.py'));
  const made = [readFileSync(join(pyodide, 'package.json')), grader, readFileSync(beside('runner.mjs'))];
  return {
    script: beside('runner.mjs'),
    files: {
      wasm: new WebAssembly.Module(readFileSync(join(pyodide, 'pyodide.asm.wasm'))),
      grader: grader.toString('utf8'),
      indexURL: join(pyodide, '/'),
    },
    store: fileStore(join(dirname(pyodide), '.cache', 'cocos-sandbox'), sha256(Buffer.concat(made))),
  };
}
