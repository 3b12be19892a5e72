/**
 * Before the end-to-end tests: builds the playground exactly as `npm run build` does, serves the result, and visits it once, so
 * that not every test waits for Python's first start. (The tests on a static host have another address, and start cold.)
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { preview } from 'vite';
import type { TestProject } from 'vitest/node';
import { launchProfile, obtainChromium } from '../browser.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of the built playground, e.g. "http://localhost:4173/". */
    playground: string;
    /** A browser's profile with Python's snapshot in it; to be copied. */
    profile: string;
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
  const profile = mkdtempSync(join(tmpdir(), 'cocos-profile-'));
  await visit(address, profile);
  project.provide('profile', profile);
  return async () => {
    rmSync(profile, { recursive: true, force: true });
    await server.close();
  };
}

/** Until the snapshot is kept. Without a service worker, which would keep the page's files too. */
async function visit(address: string, profile: string): Promise<void> {
  const context = await launchProfile(profile, { serviceWorkers: 'block' });
  try {
    const page = await context.newPage();
    await page.goto(address);
    const kept = async (): Promise<boolean> => {
      for (const name of await caches.keys()) {
        const keys = await (await caches.open(name)).keys();
        if (keys.some(({ url }) => url.includes('/snapshot/'))) return true;
      }
      return false;
    };
    await page.waitForFunction(kept, undefined, { timeout: 240_000 });
  } finally {
    await context.close();
  }
}
