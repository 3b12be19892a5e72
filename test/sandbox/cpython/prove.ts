/**
 * The proof on request: `npm run prove -- --pairs 50000 --seed 1`.
 * Ends with code 1 if there is a difference, 2 for a wrong flag. Ctrl+C stops it and reports what was found so far.
 */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { createNodeSandbox } from '../../../src/sandbox/node.ts';
import { compare, explainAll, summary, Tally } from './compare.ts';
import { machineOracle, pyodideOracle } from './oracle.ts';

const usage = `npm run prove -- [--pairs N] [--seed N] [--from N] [--workers N]

Grades generated programs with generated tests here and in plain CPython, and compares the verdicts.
  --pairs N     how many pairs; 50000 unless given
  --seed N      which sequence of pairs; 1 unless given
  --from N      the first pair's position in it, to repeat a single one: --from 123 --pairs 1; 0 unless given
  --workers N   interpreters of the sandbox; 2 unless given`;

const BATCH = 250;

function flags(): Record<'pairs' | 'seed' | 'from' | 'workers', number> {
  const option = { type: 'string' } as const;
  try {
    const { values } = parseArgs({ options: { pairs: option, seed: option, from: option, workers: option } });
    const number = (name: keyof typeof values, usual: number): number => {
      const given = Number(values[name] ?? usual);
      if (!Number.isInteger(given) || given < 0)
        throw new Error(`--${name} must be a whole number, not "${values[name]}".`);
      return given;
    };
    return {
      pairs: number('pairs', 50_000),
      seed: number('seed', 1),
      from: number('from', 0),
      workers: number('workers', 2),
    };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    process.exit(2);
  }
}

const { pairs, seed, from, workers } = flags();
const start = performance.now();
const sandbox = createNodeSandbox({ workers, perTestMs: 10_000, perProgramMs: 30_000 });
const machine = machineOracle();
const judges = {
  sandbox,
  pyodide: await pyodideOracle(),
  machine: typeof machine === 'string' ? null : machine,
};
console.log(
  `standard: ${judges.pyodide.name}${judges.machine ? `, ${judges.machine.name}` : `; not run: ${String(machine)}`}`,
);

const tally = new Tally();
const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
try {
  for (let at = 0; at < pairs; at += BATCH) {
    await compare(judges, { seed, from: from + at, count: Math.min(BATCH, pairs - at) }, tally, stop.signal);
    const done = Math.min(pairs, at + BATCH);
    const rate = done / ((performance.now() - start) / 1000);
    const left = Math.ceil((pairs - done) / rate);
    process.stderr.write(
      `\r${done} of ${pairs} pairs, ${tally.different.length} different, ${left} s left   `,
    );
  }
} catch (error) {
  if (!stop.signal.aborted) throw error;
  console.log('\nstopped');
}
process.stderr.write('\n');
console.log(summary(tally));
console.log(`${((performance.now() - start) / 1000).toFixed(0)} s`);
if (tally.different.length + tally.cannot.size > 0) console.log(`\n${await explainAll(judges, tally, seed)}`);
process.exit(tally.different.length > 0 ? 1 : 0);
