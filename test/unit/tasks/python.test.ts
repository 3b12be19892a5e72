import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { makeFamilyTasks, predictedPasses } from '../../../src/tasks/makeTasks.ts';
import { compilePython } from '../../../src/tasks/python/evaluate.ts';
import { notRun } from '../../notRun.ts';
import { repr, type Value } from '../../../src/tasks/python/values.ts';
import { bugSites, renderProgram } from '../../../src/tasks/spec.ts';

/** repr of what `f` returns, or the name of the exception. */
function outcome(body: string, ...args: Value[]): string {
  const names = ['a', 'b', 'c'].slice(0, args.length).join(', ');
  const run = compilePython(`def f(${names}):\n${body.replace(/^/gm, '    ')}`);
  try {
    return repr(run(...args));
  } catch (error) {
    return (error as { type: string }).type;
  }
}

describe('interpreter of the Python subset', () => {
  it.each<[string, Value[], string]>([
    ['return a % b', [-7, 3], '2'],
    ['return a % b', [7, -3], '-2'],
    ['return a // b', [-7, 2], '-4'],
    ['return a // b', [1, 0], 'ZeroDivisionError'],
    ['return -a * b', [0, 3], '0'],
    ['return a - b * 2', [1, 3], '-5'],
    ['return a[-2:]', [[1, 2, 3]], '[2, 3]'],
    ['return a[2:]', [[1]], '[]'],
    ['return a[::-1]', ['abc'], "'cba'"],
    ['return a[1::2]', ['abcde'], "'bd'"],
    ['return a[:-1]', ['abc'], "'ab'"],
    ['return a[5]', [[1]], 'IndexError'],
    ['return max(a)', [[]], 'ValueError'],
    ['return max(a, default=-1)', [[]], '-1'],
    ['return min(a, b)', [3, 2], '2'],
    ['return len(set(a))', [[1, 1, 2]], '2'],
    ['return sorted(a, reverse=True)', [[1, 3, 2]], '[3, 2, 1]'],
    ['return sorted(a)', [['b', 'B', 'a']], "['B', 'a', 'b']"],
    ['return sum(a)', [[]], '0'],
    ['return sum(a)', [['x']], 'TypeError'],
    ['return "-".join(a)', [['x', 'y']], "'x-y'"],
    ['return "-".join(a)', [[1]], 'TypeError'],
    ['return a * b', ['ab', -1], "''"],
    ['return a.isupper()', ['A1'], 'True'],
    ['return a.isalpha()', [''], 'False'],
    ['return a in b', ['', 'x'], 'True'],
    ['return a not in b', [1, [1, 2]], 'False'],
    ['return range(a) == list(range(a))', [3], 'False'],
    ['return list(range(2, a + 1))', [4], '[2, 3, 4]'],
    ['return 1 if a > 0 and not b else 2', [1, 0], '1'],
    ['t = 0\nwhile a > 0:\n    t += a % 10\n    a //= 10\nreturn t', [123], '6'],
    ['while a > 0:\n    a += 1\nreturn a', [1], 'Timeout'],
    ['for x in a:\n    if x > 1:\n        return x', [[1, 0]], 'None'],
    [
      't = []\nfor x in a:\n    if x > 1:\n        t.append(x)\n    else:\n        t.append(0)\nreturn t',
      [[1, 2]],
      '[0, 2]',
    ],
    ['return t', [1], 'NameError'],
    ['return [x for x in a if x % 2 == 1]', [[-3, 2, 5]], '[-3, 5]'],
  ])('%s on %j gives %s', (body, args, expected) => {
    expect(outcome(body, ...args)).toBe(expected);
  });

  it.each([
    ['def f(x):\nreturn x', /line 1: no indented block/],
    ['def f(x):\n    return x +', /line 2: expected a name/],
    ['def f(x):\n    return x\nprint(1)', /line 3: code after the function/],
    ['def f(x):\n    return x ; 1', /line 2: unknown character/],
    ['lambda x: x', /line 1: expected 'def'/],
  ])('refuses %j', (source, message) => {
    expect(() => compilePython(source)).toThrow(message);
  });

  it('refuses numbers that JavaScript cannot hold', () => {
    expect(() => compilePython('def f(n):\n    return n * n')(2 ** 40)).toThrow(/too big/);
  });
});

describe('predicted verdicts', () => {
  it('are those of a real Python', (context) => {
    const made = makeFamilyTasks({ count: 300, seed: 11, split: 'train', level: 'all' });
    const cases = made.flatMap((item) => {
      const sites = bugSites(item.spec);
      return [[], ...sites.map((site) => [site]), sites].map((bugs) => ({
        code: renderProgram(item.spec, new Set(bugs)),
        tests: item.task.tests,
        passes: predictedPasses(item, new Set(bugs)),
      }));
    });
    const script = `
import json, sys
def run(test, scope):
    try:
        exec(test, scope)
        return True
    except Exception:
        return False
out = []
for case in json.load(sys.stdin):
    scope = {}
    exec(case["code"], scope)
    out.append([run(test, scope) for test in case["tests"]])
print(json.dumps(out))`;
    const python = spawnSync('python3', ['-c', script], { input: JSON.stringify(cases), encoding: 'utf8' });
    if (python.error)
      notRun(context, "the tasks under this machine's Python", 'this needs python3 on the PATH');
    expect(python.stderr).toBe('');
    expect(JSON.parse(python.stdout)).toEqual(cases.map(({ passes }) => passes));
  });
});
