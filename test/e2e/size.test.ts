/** What the page itself loads before it shows anything: its own scripts, without its workers and what is opened later. */
import { gzipSync } from 'node:zlib';
import { expect, inject, it } from 'vitest';

const most = 200_000;

it(`begins with at most ${most / 1000} kB of script, compressed`, async () => {
  const page = inject('playground');
  const index = await (await fetch(page)).text();
  const scripts = [...new Set(index.match(/assets\/[^"]+\.js/g))];
  expect(scripts.length).toBeGreaterThan(0);
  let bytes = 0;
  for (const path of scripts) {
    const answer = await fetch(new URL(path, page));
    expect(answer.ok, path).toBe(true);
    bytes += gzipSync(new Uint8Array(await answer.arrayBuffer()), { level: 9 }).length;
  }
  expect(bytes).toBeLessThanOrEqual(most);
});
