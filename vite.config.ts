import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, extname, join, relative, resolve, sep } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { build, defineConfig, type Plugin, type ResolvedConfig } from 'vite';
import { oembed } from './src/cli/oembed.ts';
import { nodeProjectKit } from './src/cli/nodeProject/vitePlugin.ts';
import { hubPlaces } from './src/hub/places.ts';
import { compiledLibrary } from './src/sandbox/library.ts';
import { frameScriptHash, sandboxFrameWorker } from './src/sandbox/vitePlugin.ts';
import { isolationHeaders } from './src/worker/isolation.ts';
import { onDemand } from './src/worker/onDemand.ts';

const require = createRequire(import.meta.url);
const packageDir = (name: string): string => dirname(require.resolve(`${name}/package.json`));

const pyodide = packageDir('pyodide');
const tfjsWasm = join(packageDir('@tensorflow/tfjs-backend-wasm'), 'dist');

/** A file on disk, or what makes one. */
type Hosted = string | (() => Promise<Uint8Array>);
const contentOf = (file: Hosted): Promise<Uint8Array> => (typeof file === 'string' ? readFile(file) : file());

/** Files of our dependencies that are fetched at run time, by their addresses below the site's root. */
const hosted: Record<string, Hosted> = {
  'pyodide/pyodide.asm.wasm': join(pyodide, 'pyodide.asm.wasm'),
  'pyodide/pyodide-lock.json': join(pyodide, 'pyodide-lock.json'),
  'pyodide/python_stdlib.zip': compiledLibrary,
  'wasm/tfjs-backend-wasm-simd.wasm': join(tfjsWasm, 'tfjs-backend-wasm-simd.wasm'),
};

const mimeTypes: Record<string, string> = {
  '.wasm': 'application/wasm',
  '.json': 'application/json',
  '.zip': 'application/zip',
};

/** The hub of models that the page may ask. */
const hub = hubPlaces(process.env);

/**
 * What the built page may do. Everything comes from its own origin, but for models that the user asks the hub for; no eval of JavaScript, only of WebAssembly.
 * The sandbox's frame inherits this policy, so the hash of its script stands here, and adds a stricter one of its own.
 */
const contentPolicy = [
  "default-src 'self'",
  `script-src 'self' 'wasm-unsafe-eval' 'sha256-${frameScriptHash}'`,
  "worker-src 'self' blob:",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  `connect-src 'self' blob: ${hub.connect.join(' ')}`, // blob: the back end's module, changed to share its memory (engine/wasm/sharedMemory.ts)
  "frame-src 'self' blob: data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/**
 * What the page of a project may do (project.html): the same, without the sandbox and with StackBlitz's frame, which a WebContainer
 * is made of, and the form that sends a project there. Nothing of that is used before its button is pressed.
 */
const projectPolicy = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  'frame-src https://stackblitz.com',
  "object-src 'none'",
  "base-uri 'none'",
  'form-action https://stackblitz.com',
].join('; ');

/**
 * Puts its Content-Security-Policy into each built page, with the hashes of the scripts written in the page itself.
 * Not in development: Vite's server puts scripts of its own into the page.
 * @param own of pages that have another, by their names
 */
function contentSecurityPolicy(usual: string, own: Readonly<Record<string, string>>): Plugin {
  return {
    name: 'content-security-policy',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(html, { path }) {
        const policy = own[path.replace(/^\//, '')] ?? usual;
        const inline = [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map((match) => match[1] ?? '');
        const hashes = inline.map((code) => `'sha256-${sha256(code)}'`);
        const content = policy.replace("script-src 'self'", ["script-src 'self'", ...hashes].join(' '));
        return [
          {
            tag: 'meta',
            attrs: { 'http-equiv': 'Content-Security-Policy', content },
            injectTo: 'head-prepend',
          },
        ];
      },
    },
  };
}

/** Puts src/ui/head.html into pages that have a place for it: what they all begin with, the theme before the first paint for one. */
function sharedHead(): Plugin {
  const file = fileURLToPath(new URL('./src/ui/head.html', import.meta.url));
  return {
    name: 'shared-head',
    transformIndexHtml: {
      order: 'pre',
      handler: async (html) =>
        html.replace('<!-- shared head -->', (await readFile(file, 'utf8')).replace(/^<!--.*-->\n/, '')),
    },
  };
}

/** Serves `files` from the development server and copies them into the build. */
function hostFiles(files: Record<string, Hosted>): Plugin {
  let config: ResolvedConfig;
  return {
    name: 'host-files',
    configResolved(resolved) {
      config = resolved;
    },
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const address = (request.url ?? '').replace(/^\//, '').replace(/[?#].*$/, '');
        const file = files[address];
        if (file === undefined) return next();
        response.setHeader('Content-Type', mimeTypes[extname(address)] ?? 'application/octet-stream');
        contentOf(file).then((content) => response.end(content), next);
      });
    },
    async writeBundle() {
      for (const [address, file] of Object.entries(files)) {
        const target = resolve(config.root, config.build.outDir, address);
        await mkdir(dirname(target), { recursive: true });
        await writeFile(target, await contentOf(file));
      }
    },
  };
}

const sha256 = (content: string | Buffer): string => createHash('sha256').update(content).digest('base64');

/** Adds what sites ask that embed by oEmbed, to a build that is told where it will lie. */
function describeForEmbedding(siteAddress: string | undefined): Plugin | null {
  if (!siteAddress) return null;
  const { answer, address } = oembed(siteAddress);
  return {
    name: 'oembed',
    apply: 'build',
    transformIndexHtml: (_, { path }) =>
      path !== '/index.html'
        ? []
        : [
            {
              tag: 'link',
              attrs: { rel: 'alternate', type: 'application/json+oembed', href: address },
              injectTo: 'head',
            },
          ],
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: 'oembed.json', source: answer });
    },
  };
}

/** Builds the service worker last, with the hash of every file of the build in it: another build is another script. */
function serviceWorker(name: string): Plugin {
  let config: ResolvedConfig;
  return {
    name: 'service-worker',
    apply: 'build',
    configResolved(resolved) {
      config = resolved;
    },
    writeBundle: {
      order: 'post',
      sequential: true, // the hosted files must lie there
      async handler() {
        const folder = resolve(config.root, config.build.outDir);
        const entries = await readdir(folder, { recursive: true, withFileTypes: true });
        const paths = entries
          .filter((entry) => entry.isFile() && entry.name !== name)
          .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
          .filter((path) => !/(^|\/)\./.test(path)) // hosts leave hidden files out
          .sort();
        const hashes = paths.map(async (path) => [path, sha256(await readFile(join(folder, path)))] as const);
        const files = Object.fromEntries(await Promise.all(hashes));
        const texts = paths
          .filter((path) => path === 'index.html' || path.endsWith('.js'))
          .map(async (path) => [path, await readFile(join(folder, path), 'utf8')] as const);
        const later = onDemand(paths, new Map(await Promise.all(texts)));
        const entry = fileURLToPath(new URL('./src/worker/offline.worker.ts', import.meta.url));
        const result = await build({
          configFile: false,
          logLevel: 'error',
          publicDir: false,
          define: { OFFLINE_FILES: JSON.stringify(files), OFFLINE_ON_DEMAND: JSON.stringify(later) },
          build: {
            write: false,
            target: 'es2022',
            lib: { entry, formats: ['iife'], name: 'serviceWorker', fileName: () => name },
          },
        });
        const chunks = [result].flat().flatMap((built) => ('output' in built ? built.output : []));
        const [chunk] = chunks;
        if (chunk?.type !== 'chunk' || chunks.length !== 1)
          throw new Error('the service worker must be bundled to exactly one script');
        await writeFile(join(folder, name), chunk.code);
      },
    },
  };
}

/** The built page gets the part of TensorFlow.js that it uses, a third of it. */
const tfjsForPages: Plugin = {
  name: 'tfjs-for-pages',
  apply: 'build',
  config: () => ({
    resolve: {
      alias: [
        {
          find: /^@tensorflow\/tfjs$/,
          replacement: fileURLToPath(new URL('./src/engine/tfjsForPages.ts', import.meta.url)),
        },
      ],
    },
  }),
};

const { version } = createRequire(import.meta.url)('./package.json') as { version: string };

/**
 * GitHub Pages leaves out files that begin with "_" or ".": Jekyll keeps those to itself. Rolldown begins virtual modules so. A back
 * end is called by its name, and our kernels for it likewise, so that the service worker knows them, and so are what the editor is made
 * of, and what boots a WebContainer, in whose place a test has its own.
 */
const chunkFileNames = (chunk: {
  name: string;
  facadeModuleId: string | null;
  moduleIds: readonly string[];
}): string => {
  const editor = chunk.name === 'dist' && chunk.moduleIds.some((id) => id.includes('/@codemirror/view/'));
  const [, known = editor ? 'codemirror' : undefined] =
    /(?:tfjs-backend-|\/engine\/(?=webgpu\/)|\/@(?=webcontainer\/api))(\w+)/.exec(
      chunk.facadeModuleId ?? '',
    ) ?? [];
  return `assets/${known ?? chunk.name.replace(/^[^a-z0-9]+/i, '')}-[hash].js`;
};

/** The pages of the site; whoever builds another folder with these settings names its own. */
const twoPages = (): Plugin => ({
  name: 'two-pages',
  config: ({ root = '.' }) =>
    resolve(root) === import.meta.dirname
      ? { build: { rolldownOptions: { input: ['index.html', 'project.html'] } } }
      : undefined,
});

export default defineConfig({
  define: { COCOS_VERSION: JSON.stringify(version), COCOS_HUB: JSON.stringify(hub.endpoint) },
  base: './', // a static host may serve the playground from any folder
  appType: 'mpa', // a missing file is a 404, not the page
  plugins: [
    svelte({ configFile: false }),
    tfjsForPages,
    hostFiles(hosted),
    sandboxFrameWorker(),
    nodeProjectKit(),
    twoPages(),
    sharedHead(),
    contentSecurityPolicy(contentPolicy, { 'project.html': projectPolicy }),
    describeForEmbedding(process.env['SITE_ADDRESS']),
    serviceWorker('service-worker.js'),
  ],
  worker: { format: 'es', rolldownOptions: { output: { chunkFileNames } } },
  build: {
    target: 'es2022',
    chunkSizeWarningLimit: 4000,
    rolldownOptions: { output: { chunkFileNames } },
  },
  server: { headers: isolationHeaders },
  preview: { port: 4173, headers: isolationHeaders }, // the next free port when it is taken
});
