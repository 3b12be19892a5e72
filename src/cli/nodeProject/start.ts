/**
 * What `npm start` runs in an exported project: translates train.ts with what it imports to one script, and runs it. Node 20 runs
 * no TypeScript by itself.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, formatMessages, type BuildFailure } from 'esbuild';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const script = join(root, '.build', 'train.mjs');

process.chdir(root);
// StackBlitz takes texts only, so what is none came in base64.
for (const folder of ['engine', 'model', 'models']
  .map((name) => join(root, name))
  .filter((path) => existsSync(path)))
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const file = join(folder, path.replace(/\.base64$/, ''));
    if (!path.endsWith('.base64') || existsSync(file)) continue;
    writeFileSync(file, Buffer.from(readFileSync(join(folder, path), 'utf8'), 'base64'));
  }

try {
  await build({
    absWorkingDir: root,
    entryPoints: ['train.ts'],
    outfile: script,
    ...{
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      sourcemap: true,
      logLevel: 'silent',
    },
    ...{ packages: 'external', external: ['#engine'] },
  });
} catch (error) {
  const errors = error instanceof Error && 'errors' in error ? (error as BuildFailure).errors : [];
  if (errors.length === 0) throw error;
  process.stderr.write(
    (await formatMessages(errors, { kind: 'error', color: process.stderr.isTTY })).join(''),
  );
  process.exit(1);
}
await import(pathToFileURL(script).href);
