/** What comes of a test, beside what a comparison says. */
import { capException } from './caps.ts';
import { BlockedError } from './firewall.ts';
import { TooMuchError } from './interpreter.ts';
import { reprCap } from './limits.ts';
import type { Answer } from './plan.ts';
import type { TestVerdict } from './types.ts';
import { pythonRepr } from './values.ts';

export type Outcome = Pick<TestVerdict, 'status'> & Partial<TestVerdict>;

/** What Python raised. */
export function raised(error: NonNullable<Answer['error']>): Outcome {
  const parts = Array.isArray(error.args) && error.args[0] === 't' ? error.args.slice(1) : [];
  const texts = parts.map((x) =>
    Array.isArray(x) && x[0] === 's' && typeof x[1] === 'string'
      ? x[1]
      : typeof x === 'string'
        ? x
        : pythonRepr(x, reprCap),
  );
  return {
    status: 'error',
    exception: { ...exception(error.type, texts.join(', ')), line: error.line },
  };
}

const exception = (type: string, message: string): NonNullable<TestVerdict['exception']> =>
  capException({ type, message, line: 0 });
export const outOfTime = (why: string): Outcome => ({
  status: 'timeout',
  exception: exception('Timeout', why),
});
export const infra = (why: string): Outcome => ({
  status: 'infra',
  exception: exception('SandboxFault', why),
});
/** An answer that the grader does not give. */
export const forged = (why: string): Outcome => ({
  status: 'error',
  exception: exception('SandboxError', `the program broke the grader: ${why}`),
});
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What broke the interpreter, or the comparison of what the program gave. */
export function crash(error: unknown): NonNullable<TestVerdict['exception']> {
  if (error instanceof BlockedError || error instanceof TooMuchError)
    return exception('SandboxError', error.message);
  if (error instanceof RangeError) return exception('RecursionError', 'the program used up the stack');
  return exception('Crash', `the program broke the interpreter: ${messageOf(error)}`);
}
