/**
 * Bundles frame.worker.ts (with Pyodide's JavaScript and grader.py) to one classic script, and gives it to the page as
 * the module `virtual:sandbox-frame-worker`: the text of the script, and what a snapshot is kept under. The hash of the frame's
 * own script, which the frame needs before, is a module for itself.
 * The sandbox's frame has no origin, so it can load no file by itself.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'vite';
import { frameScript } from './frame.ts';
import { leanPyodide, wordsOf } from './leanPyodide.ts';
import { compiledLibrary } from './library.ts';

const moduleId = 'virtual:sandbox-frame-worker';
const hashId = 'virtual:sandbox-frame-hash';
const entry = fileURLToPath(new URL('./frame.worker.ts', import.meta.url));

/** SHA-256 of the frame's script, base64: add `'sha256-…'` to script-src of a page with a Content-Security-Policy. */
export const frameScriptHash = createHash('sha256').update(frameScript).digest('base64');
const wasm = createRequire(import.meta.url).resolve('pyodide/pyodide.asm.wasm');

export function sandboxFrameWorker(): Plugin {
  let bundled: Promise<{ code: string; files: string[] }> | null = null;
  return {
    name: 'sandbox-frame-worker',
    resolveId: (id) => (id === moduleId || id === hashId ? `\0${id}` : undefined),
    async load(id) {
      if (id === `\0${hashId}`) return `export default ${JSON.stringify(frameScriptHash)};`;
      if (id !== `\0${moduleId}`) return undefined;
      const library = compiledLibrary(); // while the script is bundled
      bundled ??= bundle();
      const { code, files } = await bundled;
      for (const file of files) this.addWatchFile(file);
      const key = createHash('sha256')
        .update(code)
        .update(await readFile(wasm))
        .update(await library)
        .digest('hex');
      return `export default ${JSON.stringify(code)};\nexport const key = ${JSON.stringify(key)};`;
    },
    watchChange() {
      bundled = null;
    },
  };
}

/** Pyodide looks for its files next to itself; here it has no address, and Vite must not bundle the WebAssembly. */
const withoutOwnAddress: Plugin = {
  name: 'pyodide-without-own-address',
  enforce: 'pre',
  transform: (code, id) =>
    /pyodide(\.asm)?\.mjs$/.test(id) ? code.replaceAll('import.meta.url', '""') : undefined,
};

/** Leaves out what only compiled modules of packages would need of Pyodide (leanPyodide.ts). */
const withoutUnused: Plugin = {
  name: 'pyodide-without-unused',
  async transform(code, id) {
    if (!id.endsWith('pyodide.asm.mjs')) return undefined;
    const imports = WebAssembly.Module.imports(await WebAssembly.compile(await readFile(wasm)));
    const ours = (await readdir(import.meta.dirname)).map((name) => join(import.meta.dirname, name));
    const others = [join(dirname(wasm), 'pyodide.mjs'), ...ours];
    const texts = await Promise.all(others.map((path) => readFile(path, 'utf8')));
    return leanPyodide(code, [...imports.map(({ name }) => name), ...texts.flatMap(wordsOf)]);
  },
};

/** Python's lines that are nothing but a comment are left empty, so that the others keep their numbers. */
const withoutComments: Plugin = {
  name: 'python-without-comments',
  enforce: 'pre',
  async load(id) {
    if (!id.endsWith('.py?raw')) return undefined;
    const source = await readFile(id.slice(0, -'?raw'.length), 'utf8');
    return `export default ${JSON.stringify(source.replace(/^[ \t]*#.*$/gm, ''))};`;
  },
};

async function bundle(): Promise<{ code: string; files: string[] }> {
  const result = await build({
    configFile: false,
    logLevel: 'error',
    plugins: [withoutOwnAddress, withoutUnused, withoutComments],
    build: {
      write: false,
      target: 'es2022',
      lib: { entry, formats: ['iife'], name: 'sandboxFrameWorker', fileName: () => 'frame-worker.js' },
      rollupOptions: { external: [/^node:/, 'ws'] },
    },
  });
  const output = (Array.isArray(result) ? result : [result]).flatMap((x) => ('output' in x ? x.output : []));
  const chunks = output.filter((x) => x.type === 'chunk');
  const [chunk] = chunks;
  if (!chunk || chunks.length !== 1)
    throw new Error('the sandbox worker must be bundled to exactly one script');
  return {
    code: chunk.code,
    files: Object.keys(chunk.modules).filter((file) => file.includes('/src/sandbox/')),
  };
}
