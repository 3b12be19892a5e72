/**
 * Before the end-to-end tests: builds the playground as `npm run build` does, but for a hub of models on this machine, as one would for a
 * school's, and serves the result.
 */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import process from 'node:process';
import { preview } from 'vite';
import type { TestProject } from 'vitest/node';
import { obtainChromium } from '../browser.ts';
import { localHub } from '../localHub.ts';
import { tinyFolder } from '../tinyModel.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of the built playground, e.g. "http://localhost:4173/". */
    playground: string;
    /** Address of the hub that it asks for models, and of the host where the large files of that lie. */
    hub: string;
    hubContent: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  process.env.CHROMIUM_PATH = obtainChromium();
  const hub = await localHub({ 'cocos/tiny': tinyFolder(), 'cocos/gated': tinyFolder() });
  const env = { HF_ENDPOINT: hub.endpoint, HF_CONTENT_HOSTS: hub.content };
  // not dist/: `npm start` may be serving that one
  const { address, close } = await serveBuilt('test-results/dist', 4273, env);
  project.provide('playground', address);
  project.provide('hub', hub.endpoint);
  project.provide('hubContent', hub.content);
  return async () => void (await Promise.all([close(), hub.close()]));
}

/**
 * Builds the playground into a folder and serves it.
 * @param port the next free one when it is taken
 * @param settings of the build, as environment variables
 */
export async function serveBuilt(
  outDir: string,
  port: number,
  settings: Readonly<Record<string, string>> = {},
): Promise<{ readonly address: string; readonly close: () => Promise<void> }> {
  const root = resolve(import.meta.dirname, '../..');

  // A process of its own, without the test runner's environment: NODE_ENV=test would make a development build.
  const env: NodeJS.ProcessEnv = { ...process.env, ...settings };
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

  const server = await preview({ root, build: { outDir }, preview: { port, open: false }, logLevel: 'warn' });
  const address = server.resolvedUrls?.local[0];
  if (!address) throw new Error('The preview server gave no address.');
  return { address, close: () => server.close() };
}
