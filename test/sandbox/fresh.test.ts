/** Every program of the corpora finds the interpreter as the first one did: files, directory, descriptors, clock. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createNodeSandbox } from '../../src/sandbox/node.ts';
import type { Sandbox } from '../../src/sandbox/types.ts';
import { KINDS, ownCorpus, requests, surprises } from './corpus.ts';
import { gradeAndProbe } from './fresh.ts';
import { PATIENT } from './patient.ts';

let sandbox: Sandbox;
beforeAll(() => void (sandbox = createNodeSandbox({ workers: 1, ...PATIENT })));
afterAll(() => sandbox.dispose());

// Those that hang are probed where their verdicts are asked for (node.test.ts): each takes as long as it is given.
it.each(KINDS.filter((kind) => kind !== 'hangs'))('%s', { timeout: 300_000 }, async (kind) => {
  const programs = ownCorpus(kind);
  const verdicts = await gradeAndProbe((ask) => sandbox.grade(ask), kind, requests(programs));
  expect(surprises(programs, verdicts)).toEqual([]);
});
