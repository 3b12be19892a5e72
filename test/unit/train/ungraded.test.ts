import { describe, expect, it } from 'vitest';
import { unjudgedWords } from '../../../src/rl/unjudged.ts';
import { ungradedError, ungradedHeldOut } from '../../../src/train/ungraded.ts';

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
  it('says of an evaluation how many held-out tasks it lacks, and because of what', () => {
    expect(ungradedHeldOut(groups('the setup is not valid Python: eof'))).toBe(
      '1 of 1 held-out tasks could not be graded, because the problem “add k” has tests that cannot be run (test 2: the setup is ' +
        'not valid Python: eof). They are left out of what is measured.',
    );
    expect(ungradedHeldOut([])).toBe('');
  });
  it('says of an answer which test it was and why', () => {
    const turns = groups('the test is not valid Python: eof').flatMap(
      ({ trajectories }) => trajectories[0]?.turns ?? [],
    );
    expect(unjudgedWords(turns)).toBe('test 2 could not be run: the test is not valid Python: eof');
    expect(unjudgedWords([{ verdict: null }])).toBe('a test could not be run');
  });
});
