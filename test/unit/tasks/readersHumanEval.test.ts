import { describe, expect, it } from 'vitest';
import { cutCheck, readHumanEval } from '../../../src/tasks/readers/humaneval.ts';

const record = {
  task_id: 'Mine/0',
  prompt:
    'import math\n\n\ndef half(x):\n    return x / 2\n\n\ndef root(x):\n    """ The square root of x.\n    >>> root(4)\n    2.0\n    """\n',
  entry_point: 'root',
  canonical_solution: '    return math.sqrt(x)\n',
  test: [
    "METADATA = {'author': 'me'}",
    '',
    '',
    'def check(candidate):',
    '    """Checks."""',
    '    import random',
    '    # Check some simple cases',
    '    assert candidate(4) == 2.0, "candidate(4) is wrong"',
    '    assert abs(candidate(2) - 1.4142) < 1e-3',
    '    assert candidate(',
    '        half(18)',
    '    ) == 3',
    '    assert True, "well done"',
    '',
  ].join('\n'),
};
const lines = (...records: unknown[]): string => records.map((r) => JSON.stringify(r)).join('\n');
const check = (...body: string[]): string =>
  ['def check(candidate):', ...body.map((s) => `    ${s}`)].join('\n');

describe('readHumanEval', () => {
  it('makes a task of each line, each assert a unit test', () => {
    const { tasks, problems, notices } = readHumanEval(lines(record, { ...record, task_id: 'Mine/1' }));
    expect([problems, notices]).toEqual([[], []]);
    expect(tasks.map((task) => task.id)).toEqual(['Mine/0', 'Mine/1']);
    expect(tasks[0]).toMatchObject({
      source: 'humaneval',
      instruction: record.prompt.trim(),
      entryPoint: 'root',
      reference: record.prompt + record.canonical_solution,
      tests: [
        'assert root(4) == 2.0, "candidate(4) is wrong"',
        'assert abs(root(2) - 1.4142) < 1e-3',
        'assert root(\n        half(18)\n    ) == 3',
      ],
    });
  });

  it('gives the tests the imports and helpers of the prompt and of the test', () => {
    const [task] = readHumanEval(lines(record)).tasks;
    expect(task!.setup).toBe('import math\n\n\ndef half(x):\n    return x / 2\nimport random');
  });

  it('says which records have a test in the weaker tier', () => {
    const loop = {
      ...record,
      task_id: 'Mine/9',
      test: check('for i in range(3):', '    assert candidate(i * i) == i'),
    };
    const { tasks, notices } = readHumanEval(lines(record, loop));
    expect(tasks).toHaveLength(2);
    expect(notices).toEqual([
      expect.objectContaining({ line: 2, name: 'Mine/9', message: expect.stringContaining('weaker tier') }),
    ]);
  });

  it('reports each bad line and keeps the good ones', () => {
    const { prompt: _, ...withoutPrompt } = record;
    const text = [
      lines({ ...record, test: 'assert root(4) == 2' }),
      lines({ ...record, entry_point: 'cube' }),
      lines({ ...record, entry_point: 'a b' }),
      lines(withoutPrompt),
      lines({ ...record, test: check('assert True') }),
      lines(record),
    ].join('\n');
    const { tasks, problems } = readHumanEval(text);
    expect(tasks.map((task) => task.id)).toEqual(['Mine/0']);
    const patterns = [
      /^field test: it must define check\(candidate\)$/,
      /^field entry_point: the program defines no cube$/,
      /^field entry_point: not the name of a function$/,
      /^field prompt: /,
      /^field test: no assert of check calls candidate$/,
    ];
    expect(problems.map(({ line, name }) => [line, name])).toEqual(patterns.map((_, i) => [i + 1, 'Mine/0']));
    patterns.forEach((pattern, i) => expect(problems[i]!.message).toMatch(pattern));
  });
});

describe('entry points', () => {
  const read = (prompt: string, entry_point: string) =>
    readHumanEval(
      lines({
        ...record,
        prompt,
        entry_point,
        canonical_solution: '',
        test: check('assert candidate(2) == 4'),
      }),
    );

  it.each([
    ['größe', 'import math\ndef größe(x):\n    return 2 * x', 'import math', 'assert größe(2) == 4'],
    ['twice', 'twice = lambda x: 2 * x', '', 'assert twice(2) == 4'],
    ['\uFB01x', 'def fix(x):\n    return 2 * x', '', 'assert \uFB01x(2) == 4'],
    ['f', 'a = 1\ntry:\n    from m import f\nexcept ImportError:\n    f = None', 'a = 1', 'assert f(2) == 4'],
    [
      'Solution().twice',
      'k = 2\nclass Solution:\n    def twice(self, x):\n        return k * x',
      'k = 2',
      'assert Solution().twice(2) == 4',
    ],
  ])('%s', (name, prompt, setup, test) => {
    expect(read(prompt, name)).toMatchObject({ problems: [], tasks: [{ setup, tests: [test] }] });
  });
});

describe('packages that the sandbox lacks', () => {
  it('drops an import that nothing uses', () => {
    const source = `import pytest\nimport numpy as np, math\nimport random\n${check('import numpy', 'assert candidate(1) == 1')}`;
    expect(cutCheck(source, 'f')).toMatchObject({
      setup: 'import numpy as np, math\nimport random',
      tests: ['assert f(1) == 1'],
    });
  });

  it('keeps one that is used, whatever for', () => {
    const raises = check('assert candidate(1) == 1', 'with pytest.raises(TypeError):', '    candidate()');
    expect(cutCheck(`import pytest\n${raises}`, 'f').setup).toBe('import pytest');
    expect(cutCheck(`import pytest\n${check('assert candidate(eval("pytest"))')}`, 'f').setup).toBe(
      'import pytest',
    );
    const notices = readHumanEval(lines({ ...record, test: `import pytest\n${raises}` })).notices;
    expect(notices.map(({ message }) => message)).toContain(
      'its tests import pytest, which the sandbox does not have',
    );
  });
});

describe('cutCheck', () => {
  const testsOf = (...body: string[]): string[] => cutCheck(check(...body), 'f').tests;

  it('renames the parameter only where it is a variable', () => {
    expect(
      testsOf('assert candidate(candidate(1), candidate=2).candidate == f"{candidate(3)} candidate"'),
    ).toEqual(['assert f(f(1), candidate=2).candidate == f"{f(3)} candidate"']);
  });

  it('knows numbers that end with their point', () => {
    expect(testsOf('assert candidate(1., x.a1, 2.e5) == [0., 1.5, "1."]')).toEqual([
      'assert f(1., x.a1, 2.e5) == [0., 1.5, "1."]',
    ]);
  });

  it('takes the name that the parameter has', () => {
    expect(cutCheck('def check(func):\n    assert func(1) == 1', 'f').tests).toEqual(['assert f(1) == 1']);
  });

  it('keeps what asserts share in one function, and cuts off the asserts that stand alone', () => {
    const { tests, weaker } = cutCheck(
      check(
        'assert candidate(1) == 1',
        'xs = [3, 1]',
        'assert candidate(xs) == [1, 3]',
        'assert abs(candidate(0.5) - 0.25) < 1e-6',
        'for i in range(abs(-3)):',
        '    assert candidate(i) == i',
      ),
      'f',
    );
    expect(tests.slice(0, 2)).toEqual(['assert f(1) == 1', 'assert abs(f(0.5) - 0.25) < 1e-6']);
    expect(tests).toHaveLength(3);
    expect(tests[2]).toBe(
      check(
        'pass',
        'xs = [3, 1]',
        'assert candidate(xs) == [1, 3]',
        'pass',
        'for i in range(abs(-3)):',
        '    assert candidate(i) == i',
      ) + '\ncheck(f)',
    );
    expect(weaker).toContain('one of its 3 tests');
  });

  it.each([
    ['a tuple is bound', 'x, y = 1, 2', 'assert candidate(y) == 2'],
    ['a loop variable is left over', 'for i in range(3): pass', 'assert candidate(i) == 2'],
    ['a name is bound by with', 'with open("x") as x: pass', 'assert candidate(x) == 2'],
    ['a helper is defined in check', 'def g(x): return x', 'assert candidate(g(1)) == 2'],
    ['a bare call', 'random.seed(1)', 'assert candidate(1) == 2'],
    ['a file is written', 'with open("x", "w") as f: f.write("1")', 'assert candidate("x") == 1'],
    ['an assignment calls', 'made = mkdir("x")', 'assert candidate("x") == 1'],
    ['a part of something is set', 'config.size = 3', 'assert candidate(1) == 2'],
    ['a name is bound by :=', 'assert (n := candidate(1)) == 1', 'assert candidate(n) == 2'],
  ])('does not tear apart: %s', (_, first, second) => {
    const source = check(first, second);
    expect(testsOf(first, second)).toEqual([`${source}\ncheck(f)`]);
  });

  it('leaves out statements that test nothing', () => {
    expect(testsOf('print("hello")', 'assert candidate(1) == 1', 'pass')).toEqual(['assert f(1) == 1']);
  });

  it('keeps the helpers of the test file, and leaves out a call of check', () => {
    const source = `from math import pi\nlimit = 3\n\n${check('assert candidate(limit) == pi')}\n\ncheck(f)\n`;
    expect(cutCheck(source, 'f')).toEqual({
      setup: 'from math import pi\nlimit = 3',
      tests: ['assert f(limit) == pi'],
      weaker: '',
    });
  });

  it('hands over whole what it cannot read', () => {
    const source = check('assert candidate(1 2) == 3');
    const { tests, weaker } = cutCheck(source, 'f');
    expect(tests).toEqual([`${source}\ncheck(f)`]);
    expect(weaker).toContain('weaker tier');
  });
});
