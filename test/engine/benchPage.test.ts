/** The page of `npm run bench` in a real Chromium: what it measures is compared nowhere, only that it works. */
import { cpus } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBenchBrowser, type BenchBrowser } from '../../src/cli/bench/browser.ts';
import type { Job } from '../../src/cli/bench/protocol.ts';
import { amount } from '../amount.ts';

let browser: BenchBrowser;
const quietly = () => undefined;
const job: Job = { backend: 'wasm', quick: true, machine: 'a test', model: 'boost' };

beforeAll(async () => {
  browser = await openBenchBrowser(join(import.meta.dirname, '../../public/models/boost'));
});
afterAll(async () => {
  await browser?.close();
});

describe('the page of the benchmark', () => {
  it.each(amount([true], [true, false]))(
    'isolated: %s; all contestants train to the same losses there',
    async (isolated) => {
      const seen: string[] = [];
      const report = await browser.run(
        'bench',
        { ...job, parts: ['train'], sizes: [] },
        { isolated, softwareGpu: false },
        ({ what }) => seen.push(what),
      );
      // jax-js takes every core, where memory can be shared.
      expect(report.threads['jax_js']).toBe(isolated ? cpus().length : 1);
      if (!isolated) expect(report.threads['ours']).toBe(1);
      expect(seen).toContain('check that all train to the same losses');
    },
  );

  it('says in one line what went wrong in its worker', async () => {
    const impossible: Job = { ...job, threads: 2, parts: [] };
    const plain = { isolated: false, softwareGpu: false };
    await expect(browser.run('bench', impossible, plain, quietly)).rejects.toThrow(
      /^2 threads cannot be used: [^\n]+$/,
    );
  });
});
