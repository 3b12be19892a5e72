/** A few tasks with a right answer and wrong ones, and what each gives on each unit test. */
import type { Task } from '../../../src/tasks/types.ts';
import type { TurnRecord } from '../../../src/rl/records.ts';

type TestVerdict = TurnRecord['verdict']['tests'][number];

export interface Answer {
  readonly code: string;
  /** One per test: null passes; text is a wrong value; an exception's name starts with '!'; '#' is a timeout. */
  readonly outcomes: readonly (string | null)[];
}

export interface FakeTask {
  readonly task: Task;
  readonly cases: readonly (readonly [call: string, expected: string])[];
  /** From worst to right. */
  readonly answers: readonly Answer[];
}

function fakeTask(
  id: string,
  family: string,
  level: number,
  instruction: string,
  cases: FakeTask['cases'],
  answers: readonly Answer[],
): FakeTask {
  const reference = answers.at(-1)?.code ?? '';
  return {
    cases,
    answers,
    task: {
      id,
      source: 'families',
      instruction,
      entryPoint: /def (\w+)/.exec(reference)?.[1] ?? 'f',
      reference,
      setup: '',
      tests: cases.map(([call, expected]) => `assert ${call} == ${expected}`),
      composition: `${family}/${id}`,
      family,
      level,
    },
  };
}

export const fakeTasks: readonly FakeTask[] = [
  fakeTask(
    'count-distinct',
    'lists',
    3,
    'Find the count of distinct values among the even numbers in xs multiplied by 9.',
    [
      ['count_distinct([-7, 0, 0, -3, 2])', '2'],
      ['count_distinct([])', '0'],
      ['count_distinct([4, 4, 4])', '1'],
      ['count_distinct([1, 3, 5])', '0'],
      ['count_distinct([2, 4, 6, 8])', '4'],
      ['count_distinct([-2, -2, 10])', '2'],
    ],
    [
      {
        code: 'def count_distinct(xs):\n    return len([x * 9 for x in xs if x % 2 = 0])',
        outcomes: [
          '!SyntaxError',
          '!SyntaxError',
          '!SyntaxError',
          '!SyntaxError',
          '!SyntaxError',
          '!SyntaxError',
        ],
      },
      {
        code: 'def count_distinct(xs):\n    return len([x * 9 for x in xs if x % 2 == 0])',
        outcomes: ['3', null, '3', null, null, '3'],
      },
      {
        code: 'def count_distinct(xs):\n    return len(set([x * 9 for x in xs if x % 2 == 0]))',
        outcomes: [null, null, null, null, null, null],
      },
    ],
  ),
  fakeTask(
    'even-product',
    'ranges',
    2,
    'Find the product of the even numbers from 2 to n.',
    [
      ['even_product(2)', '2'],
      ['even_product(6)', '48'],
      ['even_product(7)', '48'],
      ['even_product(10)', '3840'],
      ['even_product(3)', '2'],
      ['even_product(8)', '384'],
    ],
    [
      {
        code: 'def even_product(n):\n    t = 1\n    i = 2\n    while i <= n:\n        t *= i\n    return t',
        outcomes: ['#', '#', '#', '#', '#', '#'],
      },
      {
        code: 'def even_product(n):\n    t = 0\n    for i in range(2, n + 1, 2):\n        t *= i\n    return t',
        outcomes: ['0', '0', '0', '0', '0', '0'],
      },
      {
        code: 'def even_product(n):\n    t = 1\n    for i in range(2, n, 2):\n        t *= i\n    return t',
        outcomes: ['1', '8', null, '384', null, '48'],
      },
      {
        code: 'def even_product(n):\n    t = 1\n    for i in range(2, n + 1, 2):\n        t *= i\n    return t',
        outcomes: [null, null, null, null, null, null],
      },
    ],
  ),
  fakeTask(
    'upper-last',
    'strings',
    2,
    'Return s without spaces in upper case then cut to the last 1 characters.',
    [
      ['tail("ab c")', '"C"'],
      ['tail("")', '""'],
      ['tail(" q ")', '"Q"'],
      ['tail("hello world")', '"D"'],
      ['tail("x")', '"X"'],
      ['tail("a  ")', '"A"'],
    ],
    [
      {
        code: 'def tail(s):\n    return "".join([c for c in s if c != " "]).upper()[1:]',
        outcomes: ["'BC'", null, "''", "'ELLOWORLD'", "''", "''"],
      },
      { code: 'def tail(s):\n    return s.upper()[-1:]', outcomes: [null, null, "' '", null, null, "' '"] },
      {
        code: 'def tail(s):\n    return "".join([c for c in s if c != " "]).upper()[-1:]',
        outcomes: [null, null, null, null, null, null],
      },
    ],
  ),
  fakeTask(
    'largest-or',
    'lists',
    3,
    'Give the largest of the odd numbers in xs above 3, or -1 if there is none.',
    [
      ['largest_odd([1, 3, 5, 8])', '5'],
      ['largest_odd([])', '-1'],
      ['largest_odd([3])', '-1'],
      ['largest_odd([7, 9, 11])', '11'],
      ['largest_odd([2, 4])', '-1'],
      ['largest_odd([-5, 5])', '5'],
    ],
    [
      {
        code: 'def largest_odd(xs):\n    return max([x for x in xs if x % 2 == 1 and x > 3])',
        outcomes: [null, '!ValueError', '!ValueError', null, '!ValueError', null],
      },
      {
        code: 'def largest_odd(xs):\n    return max([x for x in xs if x % 2 == 1 and x >= 3], default=-1)',
        outcomes: [null, null, '3', null, null, null],
      },
      {
        code: 'def largest_odd(xs):\n    return max([x for x in xs if x % 2 == 1 and x > 3], default=-1)',
        outcomes: [null, null, null, null, null, null],
      },
    ],
  ),
];

/** The verdicts of an answer. */
export function testsOf(fake: FakeTask, answer: Answer): TestVerdict[] {
  return fake.cases.map(([expression, expected], i) => {
    const outcome = answer.outcomes[i] ?? null;
    const base = { expression, expected, exception: null, ms: 0.2 + 0.1 * i };
    if (outcome === null) return { ...base, status: 'pass', got: expected };
    if (outcome === '#') return { ...base, status: 'timeout', got: '', ms: 250 };
    if (!outcome.startsWith('!')) return { ...base, status: 'fail', got: outcome };
    const type = outcome.slice(1);
    const message = type === 'SyntaxError' ? 'invalid syntax' : 'max() iterable argument is empty';
    return { ...base, status: 'error', got: '', exception: { type, message, line: 2 } };
  });
}
