/**
 * What every exported Node project has in common: the engine, bundled, and the parts from which its own files are put together
 * (exports/nodeProject.ts). Made when the page is built, and by `npm run export`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type BuildOptions, type Plugin } from 'esbuild';
import * as v from 'valibot';
import { graderFiles } from '../../sandbox/nodeFiles.ts';

const here = dirname(fileURLToPath(import.meta.url));
const src = resolve(here, '../..');
const require = createRequire(import.meta.url);

/** In the engine, what stands in the place of what. */
const replaced: Readonly<Record<string, string>> = {
  'rl/rewards.ts': 'ownRewards.ts',
  'rl/estimators.ts': 'ownEstimators.ts',
  'rl/algorithms/index.ts': 'ownAlgorithms.ts',
  'tasks/source.ts': 'ownTasks.ts',
  'cli/places.ts': 'ownPlaces.ts',
  'sandbox/nodeFiles.ts': 'ownSandboxFiles.ts',
  'engine/wasm/nodeBinary.ts': 'ownBinary.ts',
  'engine/wasm/nodeThread.ts': 'ownThread.ts',
};

/** @throws Error when a file that is to be replaced is not imported any more: it would silently not be replaced */
function replacing(): Plugin {
  const left = new Set(Object.keys(replaced));
  return {
    name: 'own',
    setup({ onResolve, onEnd }) {
      onResolve({ filter: /^\..*\.ts$/ }, ({ path, resolveDir, importer }) => {
        const file = relative(src, resolve(resolveDir, path)).split(sep).join('/');
        const own = replaced[file];
        if (own === undefined || importer === join(here, own)) return undefined;
        left.delete(file);
        return { path: join(here, own) };
      });
      onEnd(() =>
        left.size > 0 ? { errors: [...left].map((file) => ({ text: `${file} is not imported` })) } : null,
      );
    },
  };
}

const common = {
  ...{ bundle: true, write: false, minify: true, format: 'esm', platform: 'node', target: 'node20' },
  legalComments: 'eof',
  logLevel: 'silent',
} satisfies BuildOptions;

/** Packages that are bundled and written for CommonJS ask for these. */
const banner = {
  js:
    "import { createRequire as __createRequire } from 'node:module'; import { fileURLToPath as __toPath } from 'node:url';" +
    "const require = __createRequire(import.meta.url), __filename = __toPath(import.meta.url), __dirname = __toPath(new URL('.', import.meta.url));",
};

async function bundle(entry: string, options: BuildOptions): Promise<Uint8Array> {
  const { outputFiles } = await build({
    ...common,
    ...options,
    entryPoints: [join(here, entry)],
    write: false,
  });
  const [file] = outputFiles;
  if (!file || outputFiles.length !== 1) throw new Error(`${entry} must be bundled to exactly one script.`);
  return file.contents;
}

/** Files of the kit by name: `engine/…` goes into every project as it is, `parts/…` is what its own files are made of. */
export async function makeKit(): Promise<Map<string, Uint8Array>> {
  const tfjs = join(src, 'engine/tfjsForPages.ts');
  const [engine, runner, thread, start] = await Promise.all([
    bundle('main.ts', {
      banner,
      plugins: [replacing()],
      alias: { '@tensorflow/tfjs': tfjs },
      mainFields: ['module', 'main'], // all of TensorFlow.js from one copy of its core
      external: ['@tensorflow/tfjs-backend-webgpu', 'webgpu', 'esbuild'],
    }),
    bundle('../../sandbox/node.worker.ts', { external: ['pyodide'] }),
    bundle('thread.ts', {}),
    bundle('start.ts', { external: ['esbuild'], minify: false }),
  ]);
  const kit = new Map<string, Uint8Array>([
    ['engine/engine.mjs', engine],
    ['engine/runner.mjs', runner],
    ['engine/thread.mjs', thread],
    ['engine/start.mjs', start],
    [
      'engine/grader.py',
      text(graderFiles.map((name) => readFileSync(join(src, 'sandbox', name), 'utf8')).join('\n')),
    ],
    ['engine/engine.d.ts', text(declarations())],
    [
      `engine/${binary}`,
      read(join(dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json')), 'dist', binary)),
    ],
    ['LICENSE', read(resolve(src, '../LICENSE'))],
    ['parts/packages.json', text(JSON.stringify(lockedPackages()))],
  ]);
  for (const path of readdirSync(join(here, 'parts'), { recursive: true, encoding: 'utf8' }))
    if (/\.ts$/.test(path) && !/^(api|engine)\.ts$/.test(path))
      kit.set(`parts/${path.split(sep).join('/')}`, read(join(here, 'parts', path)));
  return kit;
}

const binary = 'tfjs-backend-wasm-simd.wasm';
const read = (file: string): Uint8Array => new Uint8Array(readFileSync(file));
const text = (content: string): Uint8Array => new TextEncoder().encode(content);

/** The types of parts/api.ts, and what the engine exports. */
const declarations = (): string =>
  `${readFileSync(join(here, 'parts/api.ts'), 'utf8')}
/** Tasks of the built-in families; the same options always give the same tasks. */
export declare function makeTasks(options: TaskOptions): Task[];

/** The problems of problems.jsonl that the model can read, split as experiment.json says; for trainTasks and heldOutTasks. */
export declare function problemTasks(): { readonly train: readonly Task[]; readonly heldOut: readonly Task[] };

/** Trains as the command line says; ends the process. */
export declare function start(own: Own): Promise<void>;
`;

const lockSchema = v.object({
  packages: v.record(
    v.string(),
    v.looseObject({
      version: v.string(),
      dependencies: v.optional(v.record(v.string(), v.string())),
      optionalDependencies: v.optional(v.record(v.string(), v.string())),
    }),
  ),
});

/** What a project depends on, and the entries of our own lock for that and all it needs in turn. */
function lockedPackages() {
  const lock = JSON.parse(readFileSync(resolve(src, '../package-lock.json'), 'utf8')) as {
    packages: Record<string, unknown>;
  };
  const { packages } = v.parse(lockSchema, {
    packages: Object.fromEntries(Object.entries(lock.packages).filter(([path]) => path !== '')),
  });
  const found: Record<string, unknown> = {};
  const visit = (name: string, from: string): string => {
    const nested = `${from}/node_modules/${name}`;
    const path = from !== '' && nested in packages ? nested : `node_modules/${name}`;
    const entry = packages[path];
    if (!entry) throw new Error(`package-lock.json has no ${path}.`);
    if (!(path in found)) {
      const { dev: _, ...rest } = entry;
      found[path] = rest;
      for (const needed of Object.keys({ ...entry.dependencies, ...entry.optionalDependencies }))
        visit(needed, path);
    }
    return entry.version;
  };
  const dependencies = Object.fromEntries(['esbuild', 'pyodide'].map((name) => [name, visit(name, '')]));
  return { dependencies, packages: found };
}
