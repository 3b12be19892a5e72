import { describe, expect, it } from 'vitest';
import { readProblems } from '../../../src/tasks/readers/index.ts';
import { cutPytest } from '../../../src/tasks/readers/kodcode.ts';

const text = (...lines: string[]): string => lines.join('\n');
const lines = (...records: unknown[]): string => records.map((r) => JSON.stringify(r)).join('\n');

describe('KodCode', () => {
  const record = {
    question_id: 'Mine_1_I',
    question: 'Write a function that doubles a number.',
    solution: 'def twice(x):\n    return 2 * x',
    test: text('from solution import twice', 'def test_it():', '    assert twice(2) == 4'),
  };

  it('makes a task of each record', () => {
    const { tasks, format } = readProblems(lines(record));
    expect(format).toBe('kodcode');
    expect(tasks[0]).toMatchObject({
      id: 'Mine_1_I',
      source: 'kodcode',
      entryPoint: 'twice',
      instruction: 'Write a function that doubles a number. Call it twice.',
      setup: '',
      tests: ['assert twice(2) == 4'],
    });
  });

  it('reads the names of earlier versions', () => {
    const { question_id: _, test: test_code, ...rest } = record;
    const { tasks } = readProblems(lines({ ...rest, conversation_id: 'c', test_code }));
    expect(tasks.map(({ id }) => id)).toEqual(['c']);
  });
});

describe('cutPytest', () => {
  it('cuts functions of plain asserts, and leaves others whole', () => {
    const box = text('def test_box():', '    b = Box(1)', '    assert b.get() == 1');
    const source = text(
      'import pytest',
      'import math',
      'from solution import *',
      'LIMIT = 3',
      'def test_plain():',
      '    """Docs."""',
      '    import re',
      '    assert f(LIMIT) == math.pi',
      '    assert f(0) == 0, "zero"',
      box,
      'if __name__ == "__main__":',
      '    pytest.main()',
      'test_plain()',
      'pytest.main([])',
    );
    expect(cutPytest(source)).toEqual({
      setup: 'import math\nLIMIT = 3\nimport re',
      tests: ['assert f(LIMIT) == math.pi', 'assert f(0) == 0, "zero"', `${box}\ntest_box()`],
      weaker: expect.stringContaining('1 of its 3 tests'),
    });
  });

  it('keeps pytest where it is used, and another name for the program', () => {
    const raises = text('def test_f():', '    with pytest.raises(ValueError):', '        g()');
    const source = text('import pytest', 'from solution import f as g', raises);
    expect(cutPytest(source)).toMatchObject({
      setup: 'import pytest\nfrom solution import f as g',
      tests: [`${raises}\ntest_f()`],
    });
  });

  it('does not tear apart what a decorator or := holds together', () => {
    const skipped = text('@skip', 'def test_f():', '    assert f() == 1');
    expect(cutPytest(skipped).tests).toEqual([`${skipped}\ntest_f()`]);
    const walrus = text('def test_f():', '    assert (n := f()) == 1', '    assert n == 1');
    expect(cutPytest(walrus).tests).toEqual([`${walrus}\ntest_f()`]);
  });

  it.each([
    ['a bare call', text('def test_f():', '    assert f() == 1', '    advance()', '    assert f() == 2')],
    [
      'an object of the module',
      text('def test_f():', '    assert queue.push(1)', '    assert queue.pop() == 1'),
    ],
    ['a default', text('def test_f(n=LIMIT, m: int = 2):', '    x = n', '    assert f(x) == m')],
  ])('does not tear apart %s', (_, test) => {
    expect(cutPytest(`queue = Queue()\n${test}`).tests).toEqual([`${test}\ntest_f()`]);
  });

  it('calls the methods of a class of tests', () => {
    const plain = text(
      'class TestF:',
      '    def setup_method(self):',
      '        self.x = 1',
      '    def test_a(self):',
      '        assert f(self.x) == 1',
    );
    expect(cutPytest(plain).tests).toEqual([`${plain}\nt = TestF()\nt.setup_method()\nt.test_a()`]);
    const unit = text(
      'class Tests(unittest.TestCase):',
      '    def test_a(self):',
      '        self.assertEqual(f(1), 1)',
    );
    expect(cutPytest(`import unittest\n${unit}`).tests).toEqual([`${unit}\nTests("test_a").debug()`]);
  });

  it.each([
    ['def helper():\n    pass', /no function test_/],
    ['def test_f(capsys):\n    assert f() == 1', /test_f gets capsys from pytest/],
    ['async def test_f():\n    assert await f() == 1', /test_f is async/],
    ['def test_f(:', /parser does not understand/],
  ])('refuses what only pytest can run: %s', (source, message) => {
    expect(() => cutPytest(source)).toThrow(message);
  });
});

describe('ODEX', () => {
  const record = {
    task_id: 12,
    intent: 'Sort `xs`.',
    prompt: 'def f_12(xs):\n\t',
    canonical_solution: 'xs.sort(key=re.escape)',
    suffix: '\n\treturn xs',
    test_start: '\nimport re\n\ndef check(candidate):',
    test: [
      '\n    assert candidate(["b", "a"]) == ["a", "b"]\n',
      '\n    xs = ["c"]\n    assert candidate(xs) == ["c"]\n',
    ],
    entry_point: 'f_12',
    library: ['re'],
  };

  it('makes a task of each record; each piece of the tests stands alone', () => {
    const { tasks, notices, format, problems } = readProblems(lines(record, record));
    expect(problems).toEqual([]);
    expect(format).toBe('odex');
    expect(tasks.map(({ id }) => id)).toEqual(['odex-12', 'odex-12-2']);
    expect(tasks[0]).toMatchObject({
      reference: 'import re\ndef f_12(xs):\n    xs.sort(key=re.escape)\n    return xs',
      instruction: 'Sort `xs`.\ndef f_12(xs):',
      setup: 'import re',
      tests: [
        'assert f_12(["b", "a"]) == ["a", "b"]',
        'def check(candidate):\n\n    xs = ["c"]\n    assert candidate(xs) == ["c"]\ncheck(f_12)',
      ],
    });
    expect(notices[0]!.message).toMatch(/^1 of its 2 tests/);
  });
});
