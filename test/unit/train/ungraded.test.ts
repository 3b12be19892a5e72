import { describe, expect, it } from 'vitest';
import { ungradedError } from '../../../src/train/ungraded.ts';

type Groups = Parameters<typeof ungradedError>[0];
const task = {
  ...{
    id: 'add k',
    instruction: 'Write f(x).',
    entryPoint: 'f',
    reference: '',
    setup: '',
    tests: ['a', 'b'],
  },
  ...{ source: 'own', composition: '', family: '', level: 0 },
} as const;
const groups = (message: string): Groups => {
  const test = { expression: '', expected: '', got: '', ms: 0 };
  const tests = [
    { ...test, status: 'pass', exception: null },
    { ...test, status: 'infra', exception: { type: 'SandboxFault', message, line: 0 } },
  ] as const;
  const verdict = { status: 'infra', passed: 1, total: 2, stdout: '', ms: 0, cached: false, tests } as const;
  const turn = { ids: [], logprobs: [], text: '', code: '', truncated: false, verdict, reward: NaN };
  return [{ task: { ...task, tests: [...task.tests] }, trajectories: [{ turns: [turn] }] }];
};

describe('why episodes could not be graded', () => {
  it('names the problem whose tests cannot be run, and the test', () => {
    const { message: why } = ungradedError(
      groups("the test is not valid Python: '[' was never closed"),
      4,
      4,
    );
    expect(why).toMatch(/^4 of 4 .* problem “add k” .*test 2: the test is not valid Python: '\['/);
    expect(why).not.toMatch(/memory/);
  });
  it('blames the sandbox for all else', () => {
    expect(ungradedError(groups('the worker was lost'), 4, 4).message).toMatch(/memory ran out/);
  });
});
