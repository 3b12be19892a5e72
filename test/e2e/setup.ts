/** Before the end-to-end tests: builds the playground exactly as `npm run build` does and serves the result. */
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { preview } from 'vite';
import type { TestProject } from 'vitest/node';
import { obtainChromium } from '../browser.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of the built playground, e.g. "http://localhost:4173/". */
    playground: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  process.env.CHROMIUM_PATH = obtainChromium();
  const root = project.vitest.config.root;
  const outDir = 'test-results/dist'; // not dist/: `npm start` may be serving that one

  // A process of its own, without the test runner's environment: NODE_ENV=test would make a development build.
  const env = { ...process.env };
  for (const name of ['NODE_ENV', 'VITEST', 'TEST', 'MODE', 'DEV', 'PROD']) delete env[name];
  const args = [
    'node_modules/vite/bin/vite.js',
    'build',
    '--logLevel',
    'warn',
    '--outDir',
    outDir,
    '--emptyOutDir',
  ];
  const build = spawnSync(process.execPath, args, { cwd: root, env, encoding: 'utf8' });
  if (build.status !== 0) throw new Error(`The build failed:\n${build.stdout}\n${build.stderr}`);

  const server = await preview({
    root,
    build: { outDir },
    preview: { port: 4273, open: false },
    logLevel: 'warn',
  });
  const address = server.resolvedUrls?.local[0];
  if (!address) throw new Error('The preview server gave no address.');
  project.provide('playground', address);
  return () => server.close();
}
