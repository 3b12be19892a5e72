/** Measures the sandbox in Node: `npx tsx test/sandbox/measure.ts [workers] [programs]`. The numbers are in docs/sandbox.md. */
import { createNodeSandbox } from '../../src/sandbox/node.ts';
import type { GradeRequest } from '../../src/sandbox/types.ts';

const workers = Number(process.argv[2] ?? 1);
const programs = Number(process.argv[3] ?? 500);

const tests = [0, 1, 2, 3, 4, 5].map(
  (i) => `assert f([${i}, 7, 2, 4]) == ${i % 2 === 0 && i !== 2 && i !== 4 ? 3 : 2}`,
);
const right = (i: number): string =>
  `def f(xs):\n    return len(set([x * 9 for x in xs if x % 2 == 0]))\n# ${i}`;
const wrong = (i: number): string => `def f(xs):\n    return xs[${i}]`;
const endless = (i: number): string =>
  `def f(xs):\n    while True:\n        xs.append(${i})\n        xs.pop()`;

const mixes: Record<string, (i: number) => GradeRequest> = {
  'right answers, known tests': (i) => ({ code: right(i), setup: '', tests }),
  'the same again (cache)': (i) => ({ code: right(i), setup: '', tests }),
  'exceptions, known tests': (i) => ({ code: wrong(i + 10), setup: '', tests }),
  'new tests for each program': (i) => ({ code: right(-i), setup: `seed = ${i}`, tests }),
  'one in fifty hangs': (i) => ({ code: i % 50 ? right(10_000 + i) : endless(i), setup: '', tests }),
};

const start = performance.now();
const sandbox = createNodeSandbox({ workers });
await sandbox.ready();
console.log(`first worker ready after ${((performance.now() - start) / 1000).toFixed(1)} s`);
for (const [name, make] of Object.entries(mixes)) {
  const began = performance.now();
  const verdicts = await sandbox.grade(Array.from({ length: programs }, (_, i) => make(i)));
  const seconds = (performance.now() - began) / 1000;
  const passed = verdicts.filter((verdict) => verdict.status === 'pass').length;
  const memory = Math.round(process.memoryUsage().rss / 2 ** 20);
  console.log(`${name}: ${Math.round(programs / seconds)} programs/s, ${passed} pass, process ${memory} MB`);
}
console.log(sandbox.stats);
sandbox.dispose();
