/** Every program of the corpora finds the interpreter as the first one did: files, directory, descriptors, clock. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createNodeSandbox } from '../../src/sandbox/node.ts';
import type { Sandbox } from '../../src/sandbox/types.ts';
import { KINDS, ownCorpus, requests } from './corpus.ts';
import { probe } from './fresh.ts';

let sandbox: Sandbox;
beforeAll(() => void (sandbox = createNodeSandbox({ workers: 1, perTestMs: 300, perProgramMs: 900 })));
afterAll(() => sandbox.dispose());

it.each(KINDS)('%s', { timeout: 300_000 }, async (kind) => {
  const programs = requests(ownCorpus(kind));
  const verdicts = await sandbox.grade(programs.flatMap((program, i) => [program, probe(`${kind} ${i}`)]));
  const seen = verdicts.filter((_, i) => i % 2 === 1).map((verdict) => verdict.stdout);
  expect(seen[0]).toMatch(/^\[0, 1, 2, 3\] \/home\/pyodide \w{64}\n$/);
  expect(new Set(seen).size).toBe(1);
});
