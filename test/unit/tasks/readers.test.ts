import { describe, expect, it } from 'vitest';
import { checkProblemSize, readProblems } from '../../../src/tasks/readers/index.ts';
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
      lines({ ...record, task_id: 'x' }),
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
      /calls no function that the program defines: assert other/,
      /^mbpp-2 is already on line 2/,
      /^not a JSON object$/,
    ].forEach((pattern, i) => expect(messages[i]).toMatch(pattern));
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
    ).toMatch(/calls no function/);
  });

  it('takes for entry point what the program defines, else the first name called', () => {
    const tests = ['assert not (sorted(f(1)) == [2])'];
    const text = lines({ name: 'a', code: 'def f(x): return x', tests }, { name: 'b', code: '', tests });
    expect(readPlain(text, 'x').tasks.map((task) => task.entryPoint)).toEqual(['f', 'sorted']);
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
    expect(() => readProblems('a,b\n1,2\n')).toThrow('no line is a JSON object');
    expect(() => readProblems('{"question": "?"}')).toThrow(/known format: mbpp \(text, code, test_list\)/);
    expect(() => checkProblemSize(65 * 2 ** 20)).toThrow('at most 64 MB');
    expect(() => checkProblemSize(64 * 2 ** 20)).not.toThrow();
  });
});
