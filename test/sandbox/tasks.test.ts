/** The generated tasks in real Python: references pass, novice programs pass exactly the tests that were predicted. */
import { afterAll, describe, expect, it } from 'vitest';
import { amount } from '../amount.ts';
import { createNodeSandbox } from '../../src/sandbox/node.ts';
import { makeFamilyTasks, predictedPasses } from '../../src/tasks/makeTasks.ts';
import { bugSites, renderProgram } from '../../src/tasks/spec.ts';

const sandbox = createNodeSandbox({ workers: 2 });
afterAll(() => sandbox.dispose());

describe('generated tasks in the sandbox', () => {
  for (const split of ['train', 'heldout'] as const) {
    it(`grade as predicted, ${split}`, async () => {
      const count = amount(45, 300);
      const made = makeFamilyTasks({ count, seed: 4, split, level: 'all' });
      const cases = made.flatMap((one) => {
        const sites = bugSites(one.spec);
        const novices = [
          ...sites.map((site) => new Set([site])),
          ...(sites.length > 1 ? [new Set(sites)] : []),
        ];
        return [new Set<string>(), ...novices].map((bugs) => ({
          bugs,
          request: { code: renderProgram(one.spec, bugs), setup: one.task.setup, tests: one.task.tests },
          predicted: predictedPasses(one, bugs),
        }));
      });
      expect(cases.length).toBeGreaterThan(2 * count);
      const verdicts = await sandbox.grade(cases.map((one) => one.request));
      const wrong = cases.flatMap(({ request, predicted }, i) => {
        const got = verdicts[i].tests.map((test) => test.status === 'pass');
        return got.join() === predicted.join()
          ? []
          : [{ code: request.code, predicted, verdict: verdicts[i] }];
      });
      expect(wrong).toEqual([]);
      const correct = cases.flatMap(({ bugs }, i) => (bugs.size === 0 ? [verdicts[i].status] : []));
      expect(new Set(correct)).toEqual(new Set(['pass']));
      // Most novice programs pass some tests and not others: the progressive reward is dense.
      const shares = cases.flatMap(({ bugs }, i) =>
        bugs.size > 0 ? [verdicts[i].passed / verdicts[i].total] : [],
      );
      const partial = shares.filter((share) => share > 0 && share < 1).length / shares.length;
      expect(partial).toBeGreaterThan(0.7);
    });
  }
});
