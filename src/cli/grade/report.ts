/** From verdicts to the lines and the summary that `npm run grade` writes. */
import type { TestVerdict, Verdict } from '../../sandbox/types.ts';
import type { LineProblem } from '../../tasks/readers/index.ts';

/** One line of the output: one record of the problem file. */
export interface GradeLine {
  readonly name: string;
  /** 'infra': the record could not be judged, because of the file or of the sandbox. Never the program's fault. */
  readonly verdict: Verdict['status'];
  readonly passed: number;
  readonly total: number;
  /** Why it is no pass, in one line; '' for a pass. */
  readonly reason: string;
  /** Wall time of the program. */
  readonly ms: number;
  /** How many of the tests ran in the weaker tier, next to the program; absent when none. */
  readonly inside?: number;
}

/** The line of a graded record. */
export function gradedLine(name: string, verdict: Verdict): GradeLine {
  const { status, passed, total } = verdict;
  const worst = verdict.tests.find((test) => test.status === status);
  const inside = verdict.tests.filter((test) => test.tier === 'inside').length;
  return {
    name,
    verdict: status,
    passed,
    total,
    reason: status === 'pass' || !worst ? '' : reasonOf(worst),
    ms: Math.round(verdict.ms * 10) / 10,
    ...(inside > 0 ? { inside } : {}),
  };
}

/** The line of a record that could not be read. */
export const unreadLine = ({ line, name, message }: LineProblem): GradeLine => ({
  name: name || `line ${line}`,
  verdict: 'infra',
  passed: 0,
  total: 0,
  reason: `line ${line}: ${message}`,
  ms: 0,
});

/** `f(1): expected 2, got 3`, or what was raised and where. */
function reasonOf({ status, expression, expected, got, exception }: TestVerdict): string {
  const what = exception ? raised(exception, status) : compared(expected, got);
  // Of a whole function only its call is shown.
  const shown = expression.startsWith('def ') ? (expression.trim().split('\n').at(-1) ?? '') : expression;
  return `${oneLine(shown)}: ${oneLine(what)}`;
}

/** Characters of an expression or message in a reason. */
const REASON_CAP = 200;

function oneLine(text: string): string {
  const line = text.trim().replace(/\s*\n\s*/g, ' ⏎ ');
  return line.length > REASON_CAP ? `${line.slice(0, REASON_CAP)}…` : line;
}

function raised({ type, message, line }: NonNullable<TestVerdict['exception']>, status: string): string {
  const cause = status === 'error' ? [type, message].filter((part) => part !== '').join(': ') : message;
  return line > 0 ? `${cause} (line ${line} of the program)` : cause;
}

function compared(expected: string, got: string): string {
  if (expected !== '') return `expected ${expected}, got ${got}`;
  return got === '' ? 'the assertion does not hold' : `does not hold, got ${got}`;
}

const verdicts = ['pass', 'fail', 'error', 'timeout', 'infra'] as const;
/** Records named in the summary; all are in the lines. */
const SHOWN = 20;

/**
 * The summary: counts per verdict, speed, the weaker tier, and the records that did not pass.
 * @param seconds wall time of the grading, without the start of Python.
 * @param unread how many of the lines could not be read, and so were not graded.
 */
export function summary(lines: readonly GradeLine[], seconds: number, unread: number): string {
  const counts = verdicts
    .map((verdict) => ({ verdict, n: lines.filter((line) => line.verdict === verdict).length }))
    .filter(({ n }) => n > 0)
    .map(({ verdict, n }) => `${n} ${verdict}`);
  const graded = lines.length - unread;
  const text = [
    `${lines.length} records: ${counts.join(', ')}`,
    `${graded} programs in ${seconds.toFixed(1)} s: ${(graded / seconds).toFixed(1)} programs/s`,
  ];
  if (unread > 0) text.push(`lines that hold no usable record: ${unread}`);
  const weaker = lines.filter((line) => line.inside !== undefined);
  if (weaker.length > 0) {
    const tests = weaker.reduce((sum, line) => sum + (line.inside ?? 0), 0);
    text.push(`tests in the weaker tier, which a program could forge: ${tests}, in ${weaker.length} records`);
  }
  const bad = lines.filter((line) => line.verdict !== 'pass');
  for (const { name, verdict, passed, total, reason } of bad.slice(0, SHOWN))
    text.push(`  ${name}: ${verdict} (${passed}/${total}) ${reason}`);
  if (bad.length > SHOWN) text.push(`  … and ${bad.length - SHOWN} more that did not pass`);
  return text.join('\n') + '\n';
}
