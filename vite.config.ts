import { createHash } from 'node:crypto';
import { copyFile, mkdir } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join, resolve } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin, type ResolvedConfig } from 'vite';
import { frameScriptHash, sandboxFrameWorker } from './src/sandbox/vite-plugin.ts';
import { isolationHeaders } from './src/worker/isolation.ts';

const require = createRequire(import.meta.url);
const packageDir = (name: string): string => dirname(require.resolve(`${name}/package.json`));

const pyodide = packageDir('pyodide');
const tfjsWasm = join(packageDir('@tensorflow/tfjs-backend-wasm'), 'dist');

/** Files of our dependencies that are fetched at run time: address below the site's root → file on disk. */
const hosted: Record<string, string> = {
  'pyodide/pyodide.asm.wasm': join(pyodide, 'pyodide.asm.wasm'),
  'pyodide/pyodide-lock.json': join(pyodide, 'pyodide-lock.json'),
  'pyodide/python_stdlib.zip': join(pyodide, 'python_stdlib.zip'),
  'wasm/tfjs-backend-wasm-simd.wasm': join(tfjsWasm, 'tfjs-backend-wasm-simd.wasm'),
};

const mimeTypes: Record<string, string> = {
  '.wasm': 'application/wasm',
  '.json': 'application/json',
  '.zip': 'application/zip',
};

/**
 * What the built page may do. Everything comes from its own origin; no eval of JavaScript, only of WebAssembly.
 * The sandbox's frame inherits this policy, so the hash of its script stands here, and adds a stricter one of its own.
 */
const contentPolicy = [
  "default-src 'self'",
  `script-src 'self' 'wasm-unsafe-eval' 'sha256-${frameScriptHash}'`,
  "worker-src 'self' blob:",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "connect-src 'self' blob:", // blob: the back end's module, changed to share its memory (engine/wasm/sharedMemory.ts)
  "frame-src 'self' blob: data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/**
 * Puts the Content-Security-Policy into the built page, with the hashes of the scripts written in index.html itself.
 * Not in development: Vite's server puts scripts of its own into the page.
 */
function contentSecurityPolicy(policy: string): Plugin {
  return {
    name: 'content-security-policy',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(html) {
        const inline = [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map((match) => match[1] ?? '');
        const hashes = inline.map((code) => `'sha256-${createHash('sha256').update(code).digest('base64')}'`);
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

/** Serves `files` from the development server and copies them into the build. */
function hostFiles(files: Record<string, string>): Plugin {
  let config: ResolvedConfig;
  return {
    name: 'host-files',
    configResolved(resolved) {
      config = resolved;
    },
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const file = files[(request.url ?? '').replace(/^\//, '').replace(/[?#].*$/, '')];
        if (file === undefined) return next();
        response.setHeader('Content-Type', mimeTypes[extname(file)] ?? 'application/octet-stream');
        createReadStream(file).on('error', next).pipe(response);
      });
    },
    async writeBundle() {
      for (const [address, file] of Object.entries(files)) {
        const target = resolve(config.root, config.build.outDir, address);
        await mkdir(dirname(target), { recursive: true });
        await copyFile(file, target);
      }
    },
  };
}

export default defineConfig({
  base: './', // a static host may serve the playground from any folder
  appType: 'mpa', // a missing file is a 404, not the page
  plugins: [
    svelte({ configFile: false }),
    hostFiles(hosted),
    sandboxFrameWorker(),
    contentSecurityPolicy(contentPolicy),
  ],
  worker: { format: 'es' },
  build: { target: 'es2022', chunkSizeWarningLimit: 4000 },
  server: { headers: isolationHeaders },
  preview: { port: 4173, headers: isolationHeaders }, // the next free port when it is taken
});
