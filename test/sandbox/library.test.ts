/** Python's library for the page: what is compiled in it is what Python would compile, and leaves no trace. */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { loadPyodide, type PyodideAPI } from 'pyodide';
import { beforeAll, expect, it } from 'vitest';
import { compiledLibrary } from '../../src/sandbox/library.ts';
import { asFromSources, warmImports } from '../../src/sandbox/warm.ts';
import { amount } from '../amount.ts';

let python: PyodideAPI;
/** Evaluates an expression of Python, whose value is JSON. */
const ask = (expression: string): unknown =>
  JSON.parse(String(python.runPython(`import json, sys, zipimport\njson.dumps(${expression})`)));

const modules = '[m for m in sys.modules.values() if getattr(m, "__spec__", None)]';
const fromLibrary = `[m.__spec__.origin for m in ${modules} if str(m.__spec__.origin).startswith("/lib/python")]`;

beforeAll(async () => {
  const file = join(tmpdir(), `library-${process.pid}.zip`);
  writeFileSync(file, await compiledLibrary());
  const indexURL = join(dirname(createRequire(import.meta.url).resolve('pyodide/package.json')), '/');
  python = await loadPyodide({ indexURL, stdLibURL: file });
  python.runPython(warmImports);
});

it('has everything compiled that a start loads', () => {
  const origins = ask(fromLibrary) as string[];
  expect(origins.length).toBeGreaterThan(150);
  expect(origins.filter((origin) => !origin.endsWith('.pyc'))).toEqual([]);
});

it('has what Python would compile from the sources beside it', () => {
  const every = amount(20, 1);
  python.runPython(`import marshal, sys, zipimport
path = next(path for path in sys.path if path.endswith('.zip'))
archive = zipimport.zipimporter(path)
compiled = sorted(name[:-1] for name in zipimport._zip_directory_cache[path] if name.endswith('.pyc'))
def as_python_does(name):
    return compile(archive.get_data(name), path + '/' + name, 'exec', dont_inherit=True)`);
  // Before the code are 16 bytes: the format, how to check it, the hash of the source.
  const differing = `[n for n in compiled[::${every}] if marshal.loads(archive.get_data(n + 'c')[16:]) != as_python_does(n)]`;
  expect(ask(differing)).toEqual([]);
});

it('cannot be told from a library of sources, once it is loaded', () => {
  python.runPython(asFromSources);
  const origins = ask(fromLibrary) as string[];
  expect(origins.filter((origin) => !origin.endsWith('.py'))).toEqual([]);
  const names = `[[m.__file__, m.__cached__] for m in [sys.modules["random"], sys.modules["asyncio"]]]`;
  expect(ask(names)).toEqual([
    ['/lib/python314.zip/random.py', '/lib/python314.zip/__pycache__/random.cpython-314.pyc'],
    [
      '/lib/python314.zip/asyncio/__init__.py',
      '/lib/python314.zip/asyncio/__pycache__/__init__.cpython-314.pyc',
    ],
  ]);
  const left = `[str(getattr(m, "__file__", "")) for m in sys.modules.values()]`;
  expect((ask(left) as string[]).filter((file) => file.endsWith('.pyc'))).toEqual([]);
  expect(
    ask('[f for files in zipimport._zip_directory_cache.values() for f in files if f.endswith("c")]'),
  ).toEqual([]);
});

it('shows the sources of what is compiled', () => {
  expect(python.runPython('import inspect, random\ninspect.getsource(random.Random.seed)')).toMatch(
    /^ {4}def seed\(self/,
  );
});
