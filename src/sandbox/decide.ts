/** Decides a comparison on plain data as Python would, or says that Python must (`needsPython`). */
import { reprCap } from './limits.ts';
import type { Compare, Truth } from './plan.ts';
import type { Outcome } from './outcomes.ts';
import { isNan, numberOf, parts, pythonEqual, pythonRepr, pythonTruth, type Encoded } from './values.ts';

/** Whether anything in a value, itself included, fulfils a condition. */
export function some(value: Encoded, is: (x: Encoded, nested: boolean) => boolean, nested = false): boolean {
  return is(value, nested) || parts(value).some((inner) => some(inner, is, true));
}

export const kindOf = (value: Encoded): string => (Array.isArray(value) ? value[0] : '');
export const isOpaque = (value: Encoded): boolean => kindOf(value) === 'o';

/** What is known of an object that is not data (values.ts). */
export const hasNature = (value: Encoded, letter: 'c' | 'e' | 'l' | 'b' | 'p' | 'x'): boolean =>
  Array.isArray(value) && value[0] === 'o' && typeof value[2] === 'string' && value[2].includes(letter);

/** Values that only Python compares: numbers and containers of its library, complex numbers, NaN as a member (where identity counts). */
export const needsPython = (value: Encoded): boolean =>
  some(value, (x, nested) => ['v', 'c', 'n'].includes(kindOf(x)) || (nested && isNan(x)));

/** Integers beyond this have no exact double; Python computes with them exactly. */
const exactNumber = (value: Encoded): number | null => {
  const number = kindOf(value) === 'c' ? null : numberOf(value);
  if (number === null || (typeof number === 'bigint' && !Number.isSafeInteger(Number(number)))) return null;
  return Number(number);
};

const typeError = { type: 'TypeError', line: 0 };

/** A compared or a true value. `value` is what the left side, or the whole expression, gave. */
export function decide(plan: Compare | Truth, value: Encoded): Outcome {
  const got = pythonRepr(value, reprCap);
  if (plan.kind === 'truth') return { status: pythonTruth(value) !== plan.negate ? 'pass' : 'fail', got };
  const ordering = ['<', '<=', '>', '>='].includes(plan.operator);
  if (ordering && numberOf(value) === null && !hasNature(value, 'l'))
    return { status: 'error', got, exception: { ...typeError, message: 'the result is not a number' } };
  return { status: holds(plan.operator, value, plan.expected) ? 'pass' : 'fail', got };
}

function holds(operator: Compare['operator'], got: Encoded, expected: Encoded): boolean {
  // An object with an equality of its own cannot win either way: it would say what it likes.
  if (operator === '!=' && some(got, (x) => hasNature(x, 'e') && !hasNature(x, 'x'))) return false;
  const a = numberOf(got) ?? NaN;
  const b = numberOf(expected) ?? NaN;
  switch (operator) {
    case '==':
      return pythonEqual(got, expected);
    case '!=':
      return !pythonEqual(got, expected);
    case 'is':
      return same(got, expected);
    case 'is not':
      return !same(got, expected);
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
    default:
      return operator satisfies never;
  }
}

/** Identity with None, True, False or `...`. */
const same = (got: Encoded, expected: Encoded): boolean =>
  got === expected || (kindOf(got) === 'e' && kindOf(expected) === 'e');

/** abs(got - target) < expected, on real numbers; null when doubles do not compute it exactly as Python does. */
export function near(plan: Compare, value: Encoded, target: Encoded): Outcome | null {
  const [got, aim, tolerance] = [exactNumber(value), exactNumber(target), exactNumber(plan.expected)];
  if (got === null || aim === null || tolerance === null) return null;
  const distance = Math.abs(got - aim);
  const within = plan.operator === '<' ? distance < tolerance : distance <= tolerance;
  return {
    status: within ? 'pass' : 'fail',
    got: pythonRepr(value, reprCap),
    expected: `${pythonRepr(target)} ± ${pythonRepr(plan.expected)}`,
  };
}
