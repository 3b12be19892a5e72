/** Verdicts on the records of a problem file as lines of a report: the same on the command line and in the page. */
import type { TestVerdict, Verdict } from './types.ts';

/** One line of the report: one record of the problem file. */
export interface GradeLine {
  readonly name: string;
  /** 'infra': the record could not be judged, because of the file or of the sandbox. Never the program's fault. */
  readonly verdict: Verdict['status'];
  readonly passed: number;
  readonly total: number;
  /** Why it did not pass, in one line; '' for a pass. */
  readonly reason: string;
  /** Wall time of the program. */
  readonly ms: number;
  /** How many of the tests ran in the weaker tier, next to the program; absent when none. */
  readonly inside?: number;
}

/** A line of the problem file without a usable record. */
interface Unread {
  /** From 1. */
  readonly line: number;
  /** '' when that cannot be read. */
  readonly name: string;
  readonly message: string;
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

/** The line of a record that could not be read: what `readProblems` says of it. */
export const unreadLine = ({ line, name, message }: Unread): GradeLine => ({
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
const reasonCap = 200;

/** Lines joined, blanks around them left out. Only the beginning is looked at: a program may have made the text. */
function oneLine(text: string): string {
  const lines = text.slice(0, 10 * reasonCap).split('\n');
  const line = lines
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .join(' ⏎ ');
  return line.length > reasonCap ? `${line.slice(0, reasonCap)}…` : line;
}

function raised({ type, message, line }: NonNullable<TestVerdict['exception']>, status: string): string {
  const cause = status === 'error' ? [type, message].filter((part) => part !== '').join(': ') : message;
  return line > 0 ? `${cause} (line ${line} of the program)` : cause;
}

function compared(expected: string, got: string): string {
  if (expected !== '') return `expected ${expected}, got ${got}`;
  return got === '' ? 'the assertion does not hold' : `does not hold, got ${got}`;
}
