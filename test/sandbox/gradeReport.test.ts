import { describe, expect, it } from 'vitest';
import { grouped, summary } from '../../src/cli/grade/summary.ts';
import { gradeInOrder } from '../../src/sandbox/inOrder.ts';
import { gradedLine, unreadLine } from '../../src/sandbox/report.ts';
import type { GradeRequest, TestVerdict, Verdict } from '../../src/sandbox/types.ts';

const test = (given: Partial<TestVerdict>): TestVerdict => ({
  status: 'pass',
  expression: 'f(1)',
  expected: '',
  got: '',
  exception: null,
  ms: 1,
  ...given,
});
const verdict = (...tests: TestVerdict[]): Verdict => ({
  status: tests.at(-1)?.status ?? 'pass',
  passed: tests.filter(({ status }) => status === 'pass').length,
  total: tests.length,
  tests,
  stdout: '',
  ms: 1.2345,
  cached: false,
});
const reason = (given: Partial<TestVerdict>): string =>
  gradedLine('n', verdict(test({}), test(given))).reason;

describe('gradedLine', () => {
  it('has the fields of a record', () => {
    expect(gradedLine('n', verdict(test({})))).toEqual({
      name: 'n',
      verdict: 'pass',
      passed: 1,
      total: 1,
      reason: '',
      ms: 1.2,
    });
    expect(gradedLine('n', verdict(test({ tier: 'inside' }))).inside).toBe(1);
  });

  it('gives the reason in one line', () => {
    expect(reason({ status: 'fail', expected: '2', got: '3' })).toBe('f(1): expected 2, got 3');
    expect(reason({ status: 'fail', got: '[]' })).toBe('f(1): does not hold, got []');
    expect(reason({ status: 'fail', expression: 'def check(g):\n    assert g()\ncheck(f)' })).toBe(
      'check(f): the assertion does not hold',
    );
    const raised = { type: 'KeyError', message: 'a\n b', line: 3 };
    expect(reason({ status: 'error', exception: raised })).toBe(
      'f(1): KeyError: a ⏎ b (line 3 of the program)',
    );
    const stopped = { type: 'Timeout', message: 'stopped after 9 ms', line: 0 };
    expect(reason({ status: 'timeout', exception: stopped })).toBe('f(1): stopped after 9 ms');
    expect(reason({ status: 'fail', expected: 'x'.repeat(999), got: '' }).length).toBeLessThan(250);
  });
});

describe('summary', () => {
  it('counts verdicts, unread lines and the weaker tier, and names what did not pass', () => {
    const lines = [
      unreadLine({ line: 4, name: '', message: 'not JSON' }),
      gradedLine('good', verdict(test({ tier: 'inside' }))),
      gradedLine('bad', verdict(test({ status: 'fail', expected: '1', got: '2' }))),
    ];
    const text = summary(lines, 2, 1);
    expect(text).toContain('3 records: 1 pass, 1 fail, 1 infra\n');
    expect(text).toContain('2 programs in 2.0 s: 1.0 programs/s\n');
    expect(text).toContain('lines without a usable record: 1\n');
    expect(text).toContain('could forge: 1, in 1 record\n');
    expect(text).toContain('  line 4: infra (0/0) line 4: not JSON\n');
    expect(text).toContain('  bad: fail (0/1) f(1): expected 1, got 2\n');
    expect(text).not.toContain('good');
  });
});

describe('grouped', () => {
  it('says once what is to be said of several records', () => {
    const notice = (line: number, message: string, name = `r${line}`) => ({ line, name, message });
    const many = Array.from({ length: 7 }, (_, i) => notice(i + 1, `${i + 10} are left out`));
    expect(grouped([])).toBe('');
    expect(grouped([...many, notice(8, 'numpy is missing'), notice(9, 'numpy is missing', 'line 9')])).toBe(
      'line 1, record r1; line 2, record r2; line 3, record r3; line 4, record r4; line 5, record r5 … and 2 more: ' +
        '10 are left out (the numbers are those of the first)\n' +
        'line 8, record r8; line 9: numpy is missing\n',
    );
  });
});

describe('gradeInOrder', () => {
  it('keeps the order whatever finishes first', async () => {
    const request = (code: string): GradeRequest => ({ code, setup: '', tests: [] });
    const codes = Array.from({ length: 200 }, (_, i) => String(i));
    let running = 0;
    let most = 0;
    const grade = async ([given]: readonly GradeRequest[]): Promise<Verdict[]> => {
      most = Math.max(most, ++running);
      for (let turns = (Number(given?.code) * 7) % 5; turns > 0; turns--) await Promise.resolve();
      running--;
      return [{ ...verdict(), stdout: given?.code ?? '' }];
    };
    const seen: string[] = [];
    for await (const { stdout } of gradeInOrder({ grade }, codes.map(request))) seen.push(stdout);
    expect(seen).toEqual(codes);
    expect(most).toBeGreaterThan(1);
  });
});
