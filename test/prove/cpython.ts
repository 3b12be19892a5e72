/** The grader decides as CPython does (docs/sandbox.md). `npm test` tries a sample of the same pairs. */
import { createNodeSandbox } from '../../src/sandbox/node.ts';
import { compare, countsOf, explainCannot, explainDifferent, Tally } from '../sandbox/cpython/compare.ts';
import { machineOracle, pyodideOracle } from '../sandbox/cpython/oracle.ts';
import type { Part } from './part.ts';

export const cpython: Part = {
  name: 'cpython',
  claim: 'generated programs with generated tests get the verdicts that plain CPython gives them',
  unit: 'pairs',
  cases: 50_000,
  stretch: 100,
  async open() {
    const sandbox = createNodeSandbox({ workers: 2, perTestMs: 10_000, perProgramMs: 30_000 });
    const pyodide = await pyodideOracle();
    const machine = machineOracle();
    const judges = { sandbox, pyodide, machine: typeof machine === 'string' ? null : machine };
    const second = judges.machine?.name ?? `not the machine's own Python, for this needs ${String(machine)}`;
    return {
      standard: `${pyodide.name}, ${second}`,
      async prove(stretch, signal) {
        const tally = new Tally();
        await compare(judges, stretch, tally, signal);
        return {
          counts: countsOf(tally),
          failed: tally.different.length,
          examples: {
            ...(await explainDifferent(judges, tally, stretch.seed)),
            ...explainCannot(tally, stretch.seed),
          },
        };
      },
      close() {
        sandbox.dispose();
        pyodide.dispose();
        judges.machine?.dispose();
      },
    };
  },
};
