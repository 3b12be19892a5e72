/** What a first visit loads of scripts: the page's own before it shows anything, and all that is kept for use offline. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, inject, it } from 'vitest';
import { onDemand } from '../../src/worker/onDemand.ts';

/** As setup.ts built it. */
const folder = join(import.meta.dirname, '../../test-results/dist');
const own = 200_000;
const all = 700_000;

const compressed = (bytes: Uint8Array): number => gzipSync(bytes, { level: 9 }).length;

it(`begins with at most ${own / 1000} kB of script, compressed`, async () => {
  const page = inject('playground');
  const index = await (await fetch(page)).text();
  const scripts = [...new Set(index.match(/assets\/[^"]+\.js/g))];
  expect(scripts.length).toBeGreaterThan(0);
  let bytes = 0;
  for (const path of scripts) {
    const answer = await fetch(new URL(path, page));
    expect(answer.ok, path).toBe(true);
    bytes += compressed(new Uint8Array(await answer.arrayBuffer()));
  }
  expect(bytes).toBeLessThanOrEqual(own);
});

it(`keeps at most ${all / 1000} kB of script from the first visit on, with the usual back end`, () => {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'service-worker.js')
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
  const scripts = files.filter((path) => path.endsWith('.js'));
  const texts = new Map(
    ['index.html', ...scripts].map((path) => [path, readFileSync(join(folder, path), 'utf8')] as const),
  );
  const later = new Set(onDemand(files, texts)['']);
  const sizes = scripts
    .filter((path) => !later.has(path))
    .map((path) => ({ path, bytes: compressed(readFileSync(join(folder, path))) }))
    .toSorted((a, b) => b.bytes - a.bytes);
  const list = sizes.map(({ path, bytes }) => `${bytes} ${path}`).join('\n');
  expect(
    sizes.reduce((sum, { bytes }) => sum + bytes, 0),
    list,
  ).toBeLessThanOrEqual(all);
});
