import { afterAll, describe, expect, it } from 'vitest';
import { createNodeSandbox } from '../../src/sandbox/node.ts';

const sandbox = createNodeSandbox({ workers: 1 });
afterAll(() => sandbox.dispose());
const tests = ['assert add(1, 2) == 3', 'assert add(-1, 1) == 0', 'assert add(10, 5) == 15'];
const request = (code: string) => ({ code, setup: '', tests });

describe('sandbox in Node', () => {
  it('keeps the verdicts of a batch around programs that hang', { timeout: 60_000 }, async () => {
    const verdicts = await sandbox.grade([
      request('def add(a, b): return a + b'),
      request('import itertools\ndef add(a, b): return sum(itertools.count()) if a == 1 else a + b'),
      request('def add(a, b):\n    while True: pass'),
      request('def add(a, b): return a + b if a > 0 else 99'),
    ]);
    expect(verdicts.map((v) => [v.status, v.passed])).toEqual([
      ['pass', 3],
      ['timeout', 2],
      ['timeout', 0],
      ['fail', 2],
    ]);
    expect(verdicts[3]?.tests[1]).toMatchObject({ expression: 'add(-1, 1)', expected: '0', got: '99' });
  });
});
