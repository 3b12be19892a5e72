/** How verdicts are put together. */
import { reprCap } from './limits.ts';
import type { Plan } from './plan.ts';
import type { TestStatus, TestVerdict, Verdict } from './types.ts';
import { pythonRepr } from './values.ts';

/** The worst status, in the order of `Verdict.status`; no tests at all is a pass. */
export function worst(statuses: readonly TestStatus[]): TestStatus {
  const order: readonly TestStatus[] = ['infra', 'timeout', 'error', 'fail'];
  return order.find((status) => statuses.includes(status)) ?? 'pass';
}

/** A program's verdict from those of its tests. */
export function combine(tests: readonly TestVerdict[], stdout: string, ms: number): Verdict {
  const status = worst(tests.map((test) => test.status));
  const passed = tests.filter((test) => test.status === 'pass').length;
  return { status, passed, total: tests.length, tests, stdout, ms, cached: false };
}

/** What people see of a test before it runs. */
export type Shown = Pick<TestVerdict, 'expression' | 'expected' | 'tier'>;

export function shown(plan: Plan): Shown {
  const sign = plan.kind === 'compare' && plan.operator !== '==' ? `${plan.operator} ` : '';
  const expected = plan.kind === 'compare' ? sign + pythonRepr(plan.expected, reprCap) : '';
  return { expression: plan.expression, expected, ...(plan.kind === 'inside' ? { tier: 'inside' } : {}) };
}

/** A test that the sandbox could not run. Not a verdict on the program. */
export function fault(reason: string, test: Shown): TestVerdict {
  return {
    ...test,
    status: 'infra',
    got: '',
    exception: { type: 'SandboxFault', message: reason, line: 0 },
    ms: 0,
  };
}

/** A test that did not finish in time. */
export function outOfTime(test: Shown, ms: number): TestVerdict {
  const exception = { type: 'Timeout', message: `stopped after ${Math.round(ms)} ms`, line: 0 };
  return { ...test, status: 'timeout', got: '', exception, ms };
}
