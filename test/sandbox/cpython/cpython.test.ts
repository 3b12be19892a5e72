/** The grader decides as CPython does: generated programs and tests, judged here and by plain CPython (docs/sandbox.md). */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createNodeSandbox } from '../../../src/sandbox/node.ts';
import { notRun } from '../../notRun.ts';
import { compare, explainAll, summary, Tally, type Judges } from './compare.ts';
import { pairAt } from './generate.ts';
import { machineOracle, pyodideOracle } from './oracle.ts';

const PAIRS = 2000;
const SEED = 1;
/** The part of the tests that we may say we cannot judge. */
const RARE = 0.005;

let judges: Judges;

beforeAll(async () => {
  const machine = machineOracle();
  if (typeof machine === 'string')
    notRun('the verdicts of python3 beside those of Pyodide', `this needs ${machine}`);
  // Patient: what is compared is the verdict, not the speed of this machine.
  const sandbox = createNodeSandbox({ workers: 2, perTestMs: 10_000, perProgramMs: 30_000 });
  judges = { sandbox, pyodide: await pyodideOracle(), machine: typeof machine === 'string' ? null : machine };
});
afterAll(() => {
  judges.sandbox.dispose();
  judges.pyodide.dispose();
  judges.machine?.dispose();
});

it('makes the same pairs from the same seed', () => {
  expect(pairAt(3, 17)).toEqual(pairAt(3, 17));
  expect(pairAt(3, 17)).not.toEqual(pairAt(4, 17));
});

it(`gives CPython's verdicts on ${PAIRS} generated programs`, async () => {
  const tally = new Tally();
  await compare(judges, { seed: SEED, from: 0, count: PAIRS }, tally);
  console.log(summary(tally));
  const told = tally.different.length > 0 ? await explainAll(judges, tally, SEED, 10) : '';
  expect(told).toBe('');
  const cannot = [...tally.cannot.values()].reduce((sum, { count }) => sum + count, 0);
  expect(cannot / tally.tests).toBeLessThan(RARE);
});
