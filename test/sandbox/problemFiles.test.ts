/** What the readers make of the tests of published problem sets, judged by the sandbox: right and wrong programs. */
import { afterAll, describe, expect, it } from 'vitest';
import { createNodeSandbox } from '../../src/sandbox/node.ts';
import { readProblems } from '../../src/tasks/readers/index.ts';

const sandbox = createNodeSandbox({ workers: 1, perTestMs: 10_000, perProgramMs: 30_000 });
afterAll(() => sandbox.dispose());
const minutes = { timeout: 300_000 };

/** The verdict on each program under the tests of one record; its own solution comes first. */
async function verdicts(record: object, programs: readonly string[]): Promise<string[]> {
  const { tasks, problems } = readProblems(JSON.stringify(record));
  expect(problems).toEqual([]);
  const { setup, tests, reference } = tasks[0]!;
  const graded = await sandbox.grade([reference, ...programs].map((code) => ({ code, setup, tests })));
  return graded.map(({ status }) => status);
}

describe('EvalPlus', () => {
  const assertion = `import numpy as np

def is_floats(x) -> bool:
    if isinstance(x, float):
        return True
    return isinstance(x, np.ndarray)

def assertion(out, exp, atol):
    if atol == 0 and is_floats(exp):
        atol = 1e-6
    if out != exp and atol != 0:
        assert np.allclose(out, exp, rtol=1e-07, atol=atol)
    else:
        assert out == exp, f"out: {out}, exp: {exp}"

`;
  const loop = 'for i, (inp, exp) in enumerate(zip(inputs, results)):\n    assertion(f(*inp), exp, 0)\n';
  const record = (code: string, inputs: string, results: string) => ({
    task_id: 1,
    prompt: 'Do.',
    code,
    test_list: ['assert f(1) == 1'],
    test: `${assertion}inputs = ${inputs}\nresults = ${results}\n${loop}`,
  });

  it('gives one float its tolerance', minutes, async () => {
    const half = record('def f(x): return x / 2', '[[1], [40]]', '[0.5, 20.0]');
    const off = (by: string): string => `def f(x): return x / 2 + ${by}`;
    expect(await verdicts(half, [off('9e-7'), off('2e-6'), 'def f(x): return x // 2'])).toEqual([
      'pass',
      'pass',
      'fail',
      'fail',
    ]);
  });

  it('gives the floats of a list their tolerance, and nothing else', minutes, async () => {
    const pair = record('def f(x): return [x / 2, 1.5]', '[[1], [3]]', '[[0.5, 1.5], [1.5, 1.5]]');
    const programs = ['[x / 2 + 9e-7, 1.5]', '(x / 2, 1.5)', '[x / 2 + 1e-4, 1.5]', '[x / 2]', '[]', 'None'];
    expect(
      await verdicts(
        pair,
        programs.map((value) => `def f(x): return ${value}`),
      ),
    ).toEqual(['pass', 'pass', 'pass', 'fail', 'fail', 'fail', 'fail']);
    const whole = record('def f(x): return [x, 2]', '[[1]]', '[[1, 2]]');
    expect(await verdicts(whole, ['def f(x): return [x + 1e-9, 2]'])).toEqual(['pass', 'fail']);
  });
});

describe('KodCode', () => {
  it('judges functions of asserts and functions that do more', minutes, async () => {
    const record = {
      question: 'Write a stack.',
      solution: 'class Stack(list):\n    def push(self, x): self.append(x)\n',
      test: [
        'import pytest',
        'from solution import Stack',
        'def test_empty():',
        '    assert len(Stack()) == 0',
        'def test_push():',
        '    stack = Stack()',
        '    stack.push(1)',
        '    assert stack.pop() == 1',
      ].join('\n'),
    };
    const wrong = 'class Stack(list):\n    def push(self, x): self.append(2)\n';
    expect(await verdicts(record, [wrong])).toEqual(['pass', 'fail']);
  });
});

describe('ODEX', () => {
  it('gives the program the imports of its tests', minutes, async () => {
    const record = {
      task_id: 1,
      prompt: 'def f_1(x):\n\treturn ',
      canonical_solution: 'math.sqrt(x)',
      suffix: '',
      test_start: '\nimport math\n\ndef check(candidate):',
      test: ['\n    assert candidate(4) == 2\n', '\n    x = 9\n    assert candidate(x) == 3\n'],
      entry_point: 'f_1',
    };
    expect(await verdicts(record, ['def f_1(x): return 2.'])).toEqual(['pass', 'fail']);
  });
});
