import { describe, expect, it } from 'vitest';
import { cutCheck, cutModule } from '../../../src/tasks/readers/cut.ts';
import { readProblems } from '../../../src/tasks/readers/index.ts';

/** The published helpers, as EvalPlus writes them into every test. */
const isFloats = `import numpy as np

def is_floats(x) -> bool:
    # check if it is float; List[float]; Tuple[float]
    if isinstance(x, float):
        return True
    if isinstance(x, np.ndarray):
        return x.dtype == np.float64
    return False

`;
const assertion = (...lines: string[]): string =>
  `${isFloats}\ndef assertion(out, exp, atol):\n${lines.map((line) => `    ${line}`).join('\n')}\n\n`;
const close = assertion(
  'exact_match = out == exp',
  '',
  'if atol == 0 and is_floats(exp):',
  '    atol = 1e-6',
  'if not exact_match and atol != 0:',
  '    # as numpy does',
  '    assert np.allclose(out, exp, rtol=1e-07, atol=atol)',
  'else:',
  '    assert exact_match, f"out: {out}, exp: {exp}"',
);
const loop = 'for i, (inp, exp) in enumerate(zip(inputs, results)):';
const check = (inputs: string, results: string, atol = '0'): string =>
  `${close}def check(candidate):\n    inputs = ${inputs}\n    results = ${results}\n    ${loop}\n        assertion(candidate(*inp), exp, ${atol})\n`;
const cut = (inputs: string, results: string, atol?: string) => cutCheck(check(inputs, results, atol), 'f');

describe('the tests of EvalPlus', () => {
  it('become one test an input, without numpy', () => {
    expect(cut('[[1, "a"], [[2], (3,)], []]', '[[1], {"k": 2.5}, None]')).toEqual({
      setup: '',
      tests: ['assert f(1, "a") == [1]', 'assert f([2], (3,)) == {"k": 2.5}', 'assert f() == None'],
      weaker: '',
    });
  });

  it('give floats the published tolerance', () => {
    expect(cut('[[1], [2], [3]]', '[0.5, -20.0, 3]').tests).toEqual([
      `assert abs(f(1) - 0.5) <= ${1e-6 + 0.5e-7}`,
      `assert abs(f(2) - -20.0) <= ${1e-6 + 20e-7}`,
      'assert f(3) == 3',
    ]);
    expect(cut('[[1]]', '[3]', '0.0001').tests).toEqual([`assert abs(f(1) - 3) <= ${0.0001 + 3e-7}`]);
  });

  it('leave to Python what a literal does not show', () => {
    const { setup, tests } = cut('[[1], [2], [3], [4], [5]]', '[[0.5, 1.0], [0.5, 1], [], inf, [[0.5]]]');
    expect(tests).toEqual([
      'assert _close(f(1), [0.5, 1.0], 0)',
      'assert f(2) == [0.5, 1]',
      'assert f(3) == []',
      'assert _close(f(4), inf, 0)',
      'assert f(5) == [[0.5]]',
    ]);
    expect(setup).toMatch(/^def _close\(out, exp, atol\):/);
    expect(setup).not.toContain('numpy');
  });

  it('may compute what they expect', () => {
    const source = `${close}import math\ndef ref_func(n):\n    return math.sqrt(n)\n\ndef check(candidate):\n    inputs = [[4], [9]]\n    for i, inp in enumerate(inputs):\n        assertion(candidate(*inp), ref_func(*inp), 0)\n`;
    const { setup, tests } = cutCheck(source, 'f');
    expect(tests).toEqual(['assert _close(f(4), ref_func(4), 0)', 'assert _close(f(9), ref_func(9), 0)']);
    expect(setup).toMatch(/^import math\ndef ref_func/);
  });

  it('may assert by themselves', () => {
    const source = `def check(candidate):\n    inputs = [[1]]\n    results = [2]\n    ${loop}\n        assert candidate(*inp) == exp + i, inp\n`;
    expect(cutCheck(source, 'f').tests).toEqual(['assert f(1) == 2 + 0, [1]']);
  });

  it('may compare sets, or only whether something came back', () => {
    const body = (helper: string): string =>
      `${helper}inputs = [[1], [2]]\nresults = [True, False]\n${loop}\n    assertion(g(*inp), exp, 0)\n`;
    const sets = assertion(
      'out = set(out)',
      'exp = set(exp)',
      'if out != exp and atol != 0:',
      '    assert np.allclose(out, exp, rtol=1e-07, atol=atol)',
      'else:',
      '    assert out == exp',
    );
    expect(cutModule(body(sets), 'g').tests[0]).toBe('assert set(g(1)) == set(True)');
    const found = assertion(
      'if isinstance(out, bool):',
      '    exact_match = out == exp',
      'else:',
      '    exact_match = exp == (out is not None)',
    );
    expect(cutModule(body(found), 'g').tests).toEqual(['assert g(1)', 'assert not g(2)']);
  });

  it.each([
    ['a helper that is not the published one', (s: string) => s.replace('atol = 1e-6', 'atol = 1e-2')],
    ['a loop that does more', (s: string) => `${s}        print(i)\n`],
    ['a list that is computed', (s: string) => s.replace('[[1]]', '[[n] for n in range(3)]')],
    ['a list that calls the program', (s: string) => s.replace('[2]', '[candidate(1)]')],
    ['a statement beside', (s: string) => s.replace('    inputs', '    n = 1\n    inputs')],
    ['a call beside', (s: string) => s.replace('    results', '    inputs.append([3])\n    results')],
  ])('stay whole in any other form: %s', (_, changed) => {
    expect(cutCheck(changed(check('[[1]]', '[2]')), 'f').weaker).not.toBe('');
  });
});

describe('the files of EvalPlus', () => {
  const lines = (...records: unknown[]): string => records.map((r) => JSON.stringify(r)).join('\n');
  const release = {
    task_id: 'HumanEval/0',
    prompt: 'def f(x):\n',
    entry_point: 'f',
    canonical_solution: '    return x\n',
    base_input: [[1]],
    plus_input: [[2]],
    atol: 0,
  };

  it('MBPP+ has its tests in `test`', () => {
    const test = check('[[1], [2]]', '[1, 2]')
      .replace('def check(candidate):\n', '')
      .replace(/^ {4}(?=inputs|results|for)/gm, '')
      .replace('        assertion(candidate', '    assertion(f');
    const record = {
      task_id: 2,
      prompt: 'Do.',
      code: 'def f(x): return x',
      test_imports: [],
      test_list: ['assert f(3) == 3'],
      test,
    };
    const { tasks, problems } = readProblems(lines(record));
    expect(problems).toEqual([]);
    expect(tasks[0]).toMatchObject({
      id: 'mbpp-2',
      tests: ['assert f(1) == 1', 'assert f(2) == 2'],
      setup: '',
    });
  });

  it('the test of HumanEval/32, which no program can pass, is corrected', () => {
    const test = `def check(candidate):\n    inputs = [[[1, 2]]]\n    results = [-0.5]\n    ${loop}\n        assert _poly(*candidate(*inp), inp) <= 0.0001\n`;
    const { tasks, notices } = readProblems(lines({ ...release, base_input: null, test }));
    expect(tasks[0]!.tests).toEqual(['assert abs(_poly([1, 2], f([1, 2]))) <= 0.0001']);
    expect(notices[0]!.message).toContain('corrected');
  });

  it('what has inputs without results is read with the original tests, and says where the others are', () => {
    const human = { ...release, test: 'def check(candidate):\n    assert candidate(1) == 1\n' };
    const mbpp = {
      ...release,
      task_id: 'Mbpp/3',
      assertion: '\nassert math.isclose(f(1), 1)\nassert f(2) == 2\n',
    };
    const { tasks, notices, problems, format } = readProblems(
      lines(human, mbpp, { ...release, task_id: 'x' }),
    );
    expect(format).toBe('evalplus');
    expect(tasks.map((task) => task.tests)).toEqual([
      ['assert f(1) == 1'],
      ['assert math.isclose(f(1), 1)', 'assert f(2) == 2'],
    ]);
    expect(tasks[1]!.setup).toBe('import math');
    expect(notices).toHaveLength(2);
    expect(notices[0]!.message).toMatch(/plus_input has no results; .*evalplus\/humanevalplus/);
    expect(problems[0]!.message).toMatch(/^field test: it is missing, .*evalplus\/humanevalplus/);
  });
});
