/** The grader decides as CPython does: generated programs and tests, judged here and by plain CPython (docs/sandbox.md). */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createNodeSandbox } from '../../../src/sandbox/node.ts';
import { amount } from '../../amount.ts';
import { notRun } from '../../notRun.ts';
import { compare, explainDifferent, Tally, type Judges } from './compare.ts';
import { pairAt } from './generate.ts';
import { machineOracle, pyodideOracle, type Oracle } from './oracle.ts';

/** `npm run prove -- cpython` compares as many as one likes, these among them. */
const PAIRS = amount(150, 300);
const SEED = 1;
/** The part of the tests that we may say we cannot judge. */
const RARE = 0.005;

const machine = machineOracle();
let judges: Judges;

beforeAll(async () => {
  // Patient: what is compared is the verdict, not the speed of this machine.
  const sandbox = createNodeSandbox({ workers: 2, perTestMs: 10_000, perProgramMs: 30_000 });
  judges = { sandbox, pyodide: await pyodideOracle(), machine: typeof machine === 'string' ? null : machine };
});
afterAll(() => {
  judges.sandbox.dispose();
  judges.pyodide.dispose();
  judges.machine?.dispose();
});

/** A program and what the tests see of it, with the right answers written down by hand. */
const code =
  'import asyncio\nn = 1\ndef f(x):\n    return x + n\ndef bad():\n    assert False\nasync def g():\n    return n';
const known: readonly { setup: string; tests: Readonly<Record<string, string>> }[] = [
  {
    setup: 'n = 5\nclass Case:\n    got = f(1)',
    tests: {
      'assert f(1) == 2 and Case.got == 2': 'pass',
      'assert n == 5': 'pass',
      'n = 7\nassert f(1) == 2': 'pass',
      'assert n == 7': 'pass',
      'assert f(1) == 3': 'fail',
      'bad()': 'error',
      'def check(f):\n    assert f(n) == 9\ncheck(f)': 'fail',
      'from solution import f as h\nassert h is f and asyncio.run(g()) == 1': 'pass',
      'assert nowhere': 'error',
      'import pytest': 'infra',
      'assert (': 'infra',
      'class Late:\n    assert f(1) == 2': 'pass',
    },
  },
  {
    setup: 'y = f(1)\nimport numpy\nz = 3',
    tests: { 'assert y == 2': 'infra|pass', 'assert z == 4': 'infra|fail' },
  },
  { setup: 'y = bad()', tests: { 'assert f(1) == 2': 'error' } },
  { setup: "y = f('a')", tests: { 'assert f(1) == 2': 'error' } },
];

async function expectKnown(oracle: Oracle): Promise<void> {
  const pairs = known.map(({ setup, tests }) => ({ code, setup, tests: Object.keys(tests) }));
  const answers = await oracle.judge(pairs);
  expect(answers.map((answer) => answer?.map((statuses) => statuses.join('|')))).toEqual(
    known.map(({ tests }) => Object.values(tests)),
  );
}

it('has a standard that means what it says', async () => {
  await expectKnown(judges.pyodide);
});

it("has another in this machine's python3", async (context) => {
  if (typeof machine === 'string')
    notRun(context, 'the verdicts of python3 beside those of Pyodide', `this needs ${machine}`);
  await expectKnown(machine);
});

it('makes the same pairs from the same seed', () => {
  expect(pairAt(3, 17)).toEqual(pairAt(3, 17));
  expect(pairAt(3, 17)).not.toEqual(pairAt(4, 17));
});

it(`gives CPython's verdicts on ${PAIRS} generated programs`, { timeout: 600_000 }, async () => {
  const tally = new Tally();
  await compare(judges, { seed: SEED, from: 0, count: PAIRS }, tally);
  expect(await explainDifferent(judges, tally, SEED, 10)).toEqual({});
  const cannot = [...tally.cannot.values()].reduce((sum, { count }) => sum + count, 0);
  expect(cannot / tally.tests).toBeLessThan(RARE);
});
