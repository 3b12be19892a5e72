/**
 * Does it matter that the unit tests of a task run one after the other in one module? CoCoS's released code starts a process for
 * each. Grades every program of MBPP both ways, all its tests in one request and each test in a request of its own, and prints
 * which verdicts differ. Programs: the reference solutions, and each with one operator or number changed, so that there are wrong ones.
 *
 *     COCOS_CORPORA=folder-with-mbpp.jsonl npx tsx test/sandbox/measureIsolation.ts
 */
import { readFileSync } from 'node:fs';
import { createNodeSandbox } from '../../src/sandbox/node.ts';
import type { GradeRequest } from '../../src/sandbox/types.ts';
import { readProblems } from '../../src/tasks/readers/index.ts';
import { externalPath } from './corpus.ts';

/** Slips of a programmer; the n-th program gets the first that fits it, counted from the n-th. */
const slips: readonly (readonly [RegExp, string])[] = [
  [/ \+ /, ' - '],
  [/ - 1\b/, ''],
  [/\b0\b/, '1'],
  [/ == /, ' != '],
  [/ < /, ' <= '],
  [/ > /, ' >= '],
  [/\b1\b/, '2'],
  [/ and /, ' or '],
  [/\bTrue\b/, 'False'],
  [/\bmax\b/, 'min'],
];

function slipped(code: string, n: number): string | null {
  const order = slips.map((_, i) => slips[(n + i) % slips.length]!);
  const slip = order.find(([pattern]) => pattern.test(code));
  return slip ? code.replace(slip[0], slip[1]) : null;
}

const path = externalPath('mbpp.jsonl');
if (path === null) console.error('Set COCOS_CORPORA to the folder that holds mbpp.jsonl.');
else {
  const text = readFileSync(path, 'utf8');
  const { tasks } = readProblems(text, 'mbpp', 'mbpp.jsonl');
  // Generous: a slow test must not decide, and a hang must not use up the time of the tests after it.
  const sandbox = createNodeSandbox({ workers: 2, perTestMs: 3000, perProgramMs: 60_000 });
  await sandbox.ready();
  const programs = tasks.flatMap(({ id, reference, setup, tests }, n) => {
    const wrong = slipped(reference, n);
    const request = { setup, tests };
    return [
      { id, kind: 'reference', request: { ...request, code: reference } },
      ...(wrong === null ? [] : [{ id, kind: 'slip', request: { ...request, code: wrong } }]),
    ];
  });
  const alone = (request: GradeRequest) => request.tests.map((test) => ({ ...request, tests: [test] }));
  const counts: Record<string, number> = {};
  const count = (name: string) => (counts[name] = (counts[name] ?? 0) + 1);
  for (let at = 0; at < programs.length; at += 100) {
    const part = programs.slice(at, at + 100);
    const together = await sandbox.grade(part.map(({ request }) => request));
    const apart = await sandbox.grade(part.flatMap(({ request }) => alone(request)));
    let next = 0;
    part.forEach(({ id, kind, request }, i) => {
      const one = together[i]!.tests.map(({ status }) => status);
      const each = request.tests.map(() => apart[next++]!.tests[0]!.status);
      count(`${kind}: programs`);
      one.forEach((status, t) => {
        count(`${kind}: tests`);
        count(`${kind}: ${status}`);
        if (status === each[t]) return;
        count(`${kind}: tests that differ`);
        process.stdout.write(
          `${id} ${kind}, test ${t + 1}: ${status} together, ${each[t]} alone\n${request.code}\n`,
        );
      });
    });
    process.stderr.write(`${at + part.length} of ${programs.length}\n`);
  }
  process.stdout.write(`${JSON.stringify(counts, null, 2)}\n`);
  sandbox.dispose();
  process.exit(); // the sandbox's threads would keep the process alive
}
