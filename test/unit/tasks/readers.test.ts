import { describe, expect, it } from 'vitest';
import { checkProblemSize, maxTests, fileText, readProblems } from '../../../src/tasks/readers/index.ts';
import { readMbpp } from '../../../src/tasks/readers/mbpp.ts';
import { readPlain } from '../../../src/tasks/readers/plain.ts';

const record = {
  text: 'Write a function to find the shared elements of two lists.',
  code: 'import math\r\ndef helper(a):\r\n    return a\r\ndef shared(a, b):\r\n    return set(a) & set(b)',
  task_id: 2,
  test_setup_code: '',
  test_list: ['assert set(shared([1], [1])) == set([1])', 'assert shared([], [1]) == set()'],
  challenge_test_list: ['assert shared([1, 2], [2]) == {2}'],
};
const lines = (...records: unknown[]): string => records.map((r) => JSON.stringify(r)).join('\r\n');

describe('tests that are no Python', () => {
  const read = (tests: readonly string[], setup = '') =>
    readPlain(lines({ name: 'a', code: 'x = 1', setup, tests }), 'f');
  it.each([
    [['assert f(1) == 1', 'assert f([2) == [5]'], '', /^its test 2 is not valid Python: .*assert f\(\[2\)/],
    [['assert f(1) ='], '', /^its test 1/],
    [['assert f(1) == 1'], 'def g(:', /^its setup is not valid Python$/],
  ])('leave %j out', (tests, setup, why) => {
    const { tasks, problems } = read(tests, setup);
    expect(tasks).toEqual([]);
    expect(problems).toEqual([{ line: 1, name: 'a', message: expect.stringMatching(why) }]);
  });
  it('are not those that the parser alone cannot read', () => {
    const tests = [
      'assert f(lambda x, /, *y: 1)',
      'assert f(1.) == x[*a]',
      '  assert f(1) == 1',
      'assert f(\n  1) == 1',
    ];
    const { tasks } = read(tests, 'with (a as b, c):\n  pass');
    expect(tasks[0]?.tests).toEqual(tests);
  });
});

describe('readMbpp', () => {
  it('makes a task of each line', () => {
    const { tasks, problems } = readMbpp(lines(record, { ...record, task_id: 3 }) + '\n\n');
    expect(problems).toEqual([]);
    expect(tasks.map((task) => task.id)).toEqual(['mbpp-2', 'mbpp-3']);
    expect(tasks[0]).toMatchObject({
      source: 'mbpp',
      entryPoint: 'shared',
      reference: record.code.replaceAll('\r\n', '\n'),
      tests: record.test_list,
      composition: '',
      level: 0,
    });
    expect(tasks[0]!.instruction).toContain(record.text);
    expect(tasks[0]!.instruction).toContain(record.test_list[0]);
  });

  it('adds the challenge tests on request', () => {
    const { tasks } = readMbpp(lines(record), { challengeTests: true });
    expect(tasks[0]!.tests).toEqual([...record.test_list, ...record.challenge_test_list]);
  });

  it('reports each bad line and keeps the good ones', () => {
    const { code: _, ...withoutCode } = record;
    const text = [
      '{"text": ',
      lines(record),
      '[1, 2]',
      lines({ ...record, task_id: ' ' }),
      lines(withoutCode),
      lines({ ...record, test_list: [] }),
      lines({ ...record, test_list: ['print(1)'] }),
      lines({ ...record, test_list: ['assert other(1) == 1'] }),
      lines(record),
      lines({ ...record, task_id: 9 }),
      'null',
    ].join('\n');
    const { tasks, problems } = readMbpp(text);
    expect(tasks.map((task) => task.id)).toEqual(['mbpp-2', 'mbpp-9']);
    expect(problems.map(({ line }) => line)).toEqual([1, 3, 4, 5, 6, 7, 8, 9, 11]);
    const messages = problems.map(({ message }) => message);
    [
      /^not JSON: /,
      /^not a JSON object$/,
      /^field task_id: /,
      /^field code: /,
      /^field test_list: there must be at least one test/,
      /^field test_list\.0: a test must be an assert statement/,
      /^field test_list: it uses no name that the program defines: assert other/,
      /^mbpp-2 is already on line 2/,
      /^not a JSON object$/,
    ].forEach((pattern, i) => expect(messages[i]).toMatch(pattern));
  });
});

describe('the forms of MBPP', () => {
  const twice = { code: 'def twice(x):\n    return 2 * x', test_list: ['assert twice(2) == 4'] };
  const ids = (...records: object[]): string[] =>
    readProblems(lines(...records)).tasks.map((task) => task.id);

  it('reads text, code and test_list alone; the line names the record', () => {
    expect(ids({ text: 'Double.', ...twice }, { text: 'Again.', ...twice })).toEqual(['line 1', 'line 2']);
  });

  it('reads ids that are text, and fields that are null', () => {
    const bare = { test_setup_code: null, challenge_test_list: null, text: 'Double.', ...twice };
    expect(ids({ task_id: 'Mbpp/2', ...bare }, { task_id: 3, ...bare }, { task_id: null, ...bare })).toEqual([
      'Mbpp/2',
      'mbpp-3',
      'line 3',
    ]);
  });

  it('reads the sanitized set, whose tests have their imports beside them', () => {
    const { tasks, format } = readProblems(
      lines({ prompt: 'Double.', task_id: 7, test_imports: ['import math', 'import re'], ...twice }),
    );
    expect(format).toBe('mbpp');
    expect(tasks[0]).toMatchObject({ setup: 'import math\nimport re', id: 'mbpp-7' });
    expect(tasks[0]!.instruction).toBe('Double. Your code should pass: assert twice(2) == 4');
  });

  it.each([
    ['a name that is not ASCII', 'def größe(x):\n    return x', 'assert größe(2) == 2', 'größe'],
    ['a name in another form of Unicode', 'def \uFB01x(x):\n    return x', 'assert fix(2) == 2', 'fix'],
    ['lambda', 'twice = lambda x: 2 * x', 'assert twice(2) == 4', 'twice'],
    ['partial', 'import functools as t\nup = t.partial(pow, exp=2)', 'assert up(3) == 9', 'up'],
    ['an import', 'from math import sqrt as root', 'assert root(4) == 2', 'root'],
    ['try', 'try:\n    import x.y\nexcept ImportError:\n    def f(x): return x', 'assert f(2) == 2', 'f'],
    ['if', 'if True:\n    if True:\n        def f(x): return x', 'assert f(2) == 2', 'f'],
    ['a decorator', 'import functools\n@functools.cache\ndef f(x):\n    return x', 'assert f(2) == 2', 'f'],
    ['a tuple', 'f, g = abs, len', 'assert g("ab") == 2', 'g'],
    ['a method', 'class Box:\n    def size(self): return 1', 'assert Box().size() == 1', 'Box'],
    ['a constant', 'LIMIT = 5', 'assert LIMIT == 5', 'LIMIT'],
    ['a name that only exec binds', 'exec("def f(x): return x")', 'assert f(2) == 2', 'f'],
    ['a star import', 'from math import *', 'assert sqrt(4) == 2', 'sqrt'],
  ])('finds what the tests test: %s', (_, code, test, entryPoint) => {
    const { tasks, problems } = readMbpp(lines({ text: 'Do.', task_id: 1, code, test_list: [test] }));
    expect(problems).toEqual([]);
    expect(tasks[0]!.entryPoint).toBe(entryPoint);
  });
});

describe('readPlain', () => {
  it('takes any program, right or wrong, and a byte order mark', () => {
    const text = '\uFEFF' + lines({ name: 'empty', code: '', tests: ['assert add(1, 2) == 3'], extra: 1 });
    const { tasks, problems } = readPlain(text, 'mine.jsonl');
    expect(problems).toEqual([]);
    expect(tasks[0]).toMatchObject({
      id: 'empty',
      source: 'mine.jsonl',
      entryPoint: 'add',
      reference: '',
    });
  });

  it('says which field is wrong', () => {
    const { problems } = readPlain(lines({ name: ' ', code: '', tests: ['assert f()'] }), 'x');
    expect(problems).toEqual([{ line: 1, name: '', message: 'field name: the name is empty' }]);
    expect(
      readPlain(lines({ name: 'n', code: '', tests: ['assert True'] }), 'x').problems[0]!.message,
    ).toMatch(/^the tests use no name: assert True/);
  });

  it('takes for entry point what the program defines, else the first name called', () => {
    const tests = ['assert not (sorted(f(1)) == [2])'];
    const text = lines({ name: 'a', code: 'def f(x): return x', tests }, { name: 'b', code: '', tests });
    expect(readPlain(text, 'x').tasks.map((task) => task.entryPoint)).toEqual(['f', 'sorted']);
  });
});

describe('the text of a file', () => {
  const plain = (name: string): object => ({ name, code: 'def f(): return 1', tests: ['assert f() == 1'] });

  it('may be one JSON array; a bad element costs itself only, and says where it is', () => {
    const text = `\uFEFF\n[\n${JSON.stringify(plain('a, ]} "\\'))},\n\n  {"name": 1},\n {"name" "x"}, [1],\n${JSON.stringify(plain('b'), null, 2)}\n]\n`;
    const { tasks, problems } = readProblems(text);
    expect(tasks.map((task) => task.id)).toEqual(['a, ]} "\\', 'b']);
    expect(problems.map(({ line }) => line)).toEqual([5, 6, 6]);
    expect(readProblems(text.slice(0, text.lastIndexOf('"tests"'))).problems.at(-1)).toMatchObject({
      line: 7,
    });
  });

  it('may have what Python writes for numbers that JSON lacks', () => {
    const text =
      lines(plain('NaN "NaN\\" Infinity')).slice(0, -1) + ',"a":NaN,"b":[-Infinity,Infinity,{"c":NaN}]}';
    const { tasks, problems } = readProblems(`${text}\n{"name": NaN, "x": oops}\n`);
    expect(tasks.map((task) => task.id)).toEqual(['NaN "NaN\\" Infinity']);
    expect(problems).toEqual([
      { line: 2, name: '', message: expect.stringMatching(/^not JSON: .*oops|'o'/) },
    ]);
  });

  it('keeps the first tests of a record that has too many, and says so', () => {
    const many = { ...plain('many'), tests: Array.from({ length: maxTests + 7 }, () => 'assert f() == 1') };
    const { tasks, notices } = readProblems(lines(many));
    expect(tasks[0]!.tests).toHaveLength(maxTests);
    expect(notices[0]!.message).toContain('7 are left out');
  });

  it('names the packages that the sandbox lacks', () => {
    const record = { name: 'n', setup: 'import numpy.linalg as l, math', tests: ['assert f() == 1'] };
    const code = 'def f():\n    from pandas import DataFrame\n    import numpy\n    return 1';
    const optional = 'try:\n    import scipy\nexcept ImportError:\n    pass\ndef f(): return 1';
    const messages = readProblems(
      lines({ ...record, code }, { ...record, name: 'o', setup: '', code: optional }),
    );
    expect(messages.notices.map(({ message }) => message)).toEqual([
      'its tests import numpy, which the sandbox does not have',
      'its program imports pandas, which the sandbox does not have',
    ]);
  });

  const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
  const packed = async (bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> => {
    const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream('gzip'));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  };

  it('may be packed with gzip', async () => {
    expect(await fileText(await packed(bytesOf('größe')))).toBe('größe');
    expect(await fileText(bytesOf('größe'))).toBe('größe');
  });

  it('is refused by what it is', async () => {
    const bomb = await packed(new Uint8Array(64 * 2 ** 20 + 1));
    expect(bomb.length).toBeLessThan(2 ** 20);
    await expect(fileText(bomb)).rejects.toThrow('decompressed, it has more than 64 MB');
    await expect(fileText((await packed(bytesOf('x'.repeat(999)))).slice(0, 25))).rejects.toThrow('damaged');
    await expect(fileText(bytesOf('PAR1...'))).rejects.toThrow('Parquet');
    await expect(fileText(new Uint8Array([0xc3, 0x28]))).rejects.toThrow('not UTF-8 text');
  });
});

describe('readProblems', () => {
  const plain = { name: 'n', code: 'def f(): return 1', tests: ['assert f() == 1'] };
  const humanEval = {
    task_id: 'Mine/0',
    prompt: 'def f():\n',
    entry_point: 'f',
    canonical_solution: '    return 1\n',
    test: 'def check(candidate):\n    assert candidate() == 1\n',
  };

  it.each([
    ['mbpp', record],
    ['humaneval', humanEval],
    ['plain', plain],
  ])('recognises %s by its first good record', (format, good) => {
    const { tasks, problems, format: found } = readProblems(['{"text": 1', '[]', lines(good)].join('\n'));
    expect(found).toBe(format);
    expect(tasks).toHaveLength(1);
    expect(problems.map(({ line }) => line)).toEqual([1, 2]);
  });

  it('says in plain words what a field should be', () => {
    const wrong = [
      { tests: 'assert f() == 1' },
      { tests: [1] },
      { code: null },
      { code: ['x'] },
      { name: {} },
    ];
    const { problems } = readProblems(
      lines(plain, ...wrong.map((changes, i) => ({ ...plain, name: `wrong ${i}`, ...changes }))),
    );
    expect(problems.map(({ message }) => message)).toEqual([
      'field tests: it must be a list, not "assert f() == 1"',
      'field tests.0: it must be a string, not 1',
      'field code: it is missing',
      'field code: it must be a string, not [x]',
      expect.stringContaining('field name: '),
    ]);
  });

  it('names a record that it cannot use', () => {
    const { problems } = readProblems(lines(plain, { ...plain, name: 'bare', tests: [] }));
    expect(problems).toEqual([
      { line: 2, name: 'bare', message: 'field tests: there must be at least one test' },
    ]);
  });

  it('reads the format it is told', () => {
    expect(readProblems(lines(record), 'plain').problems[0]!.message).toMatch(/^field name: /);
  });

  it('says what is wrong with a whole file', () => {
    expect(() => readProblems('\n \n')).toThrow('the file is empty');
    expect(() => readProblems('a,b\n1,2\n')).toThrow(/table \(CSV\): no line is a JSON object/);
    expect(() => readProblems('<!DOCTYPE html><p>')).toThrow('web page');
    expect(() => readProblems('{"task_id": "HumanEval/0", "completion": ""}')).toThrow('answers of a model');
    expect(() => readProblems('version https://git-lfs.github.com/spec/v1\n')).toThrow('git lfs pull');
    expect(() => readProblems('{"question": "?"}')).toThrow(
      /known format: mbpp \(text or prompt, code, test_list\), .* has the fields question\./,
    );
    expect(() => checkProblemSize(65 * 2 ** 20)).toThrow('at most 64 MB');
    expect(() => checkProblemSize(64 * 2 ** 20)).not.toThrow();
  });
});
