/** The operators of the Python subset, with Python's semantics. */
import { equals, PyError, PyRange, PySet, typeName, type Value } from './values.ts';

export function truthy(value: Value): boolean {
  if (value instanceof PySet) return value.items.size > 0;
  if (value instanceof PyRange) return value.items.length > 0;
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}

/** What a `for` loop goes through. */
export function iterate(value: Value): Iterable<Value> {
  if (Array.isArray(value) || typeof value === 'string') return value;
  if (value instanceof PySet || value instanceof PyRange) return value.items;
  throw new PyError('TypeError', `'${typeName(value)}' object is not iterable`);
}

export function binary(op: string, a: Value, b: Value): Value {
  if (typeof a === 'number' && typeof b === 'number') return safe(arithmetic(op, a, b));
  if (op === '+' && typeof a === 'string' && typeof b === 'string') return a + b;
  if (op === '+' && Array.isArray(a) && Array.isArray(b)) return [...a, ...b];
  if (op === '*' && typeof a === 'string' && typeof b === 'number') return a.repeat(Math.max(0, b));
  throw new PyError(
    'TypeError',
    `unsupported operand types for ${op}: '${typeName(a)}' and '${typeName(b)}'`,
  );
}

function arithmetic(op: string, a: number, b: number): number {
  if ((op === '//' || op === '%') && b === 0) throw new PyError('ZeroDivisionError', 'division by zero');
  switch (op) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '//':
      return Math.floor(a / b);
    case '%':
      return a - b * Math.floor(a / b);
    default:
      throw new Error(`operator ${op} is not in the subset`);
  }
}

/** Python's integers have no limit; ours do, and leaving them silently would make wrong tests. */
function safe(x: number): number {
  if (!Number.isSafeInteger(x))
    throw new RangeError(`${x} is not a safe integer: the task's numbers are too big`);
  return x === 0 ? 0 : x; // no −0 in Python's integers
}

export function compare(op: string, a: Value, b: Value): boolean {
  if (op === '==') return equals(a, b);
  if (op === '!=') return !equals(a, b);
  if (op === 'in') {
    if (typeof a === 'string' && typeof b === 'string') return b.includes(a);
    for (const item of iterate(b)) if (equals(item, a)) return true;
    return false;
  }
  const comparable =
    (typeof a === 'number' && typeof b === 'number') || (typeof a === 'string' && typeof b === 'string');
  if (!comparable) throw new PyError('TypeError', `'${op}' not supported between these types`);
  switch (op) {
    case '<':
      return a < b;
    case '>':
      return a > b;
    case '<=':
      return a <= b;
    case '>=':
      return a >= b;
    default:
      throw new Error(`operator ${op} is not in the subset`);
  }
}

export function index(value: Value, at: Value): Value {
  if (!(typeof value === 'string' || Array.isArray(value)) || typeof at !== 'number') {
    throw new PyError('TypeError', `'${typeName(value)}' cannot be indexed by '${typeName(at)}'`);
  }
  const item = value[at < 0 ? at + value.length : at];
  if (item === undefined) throw new PyError('IndexError', 'index out of range');
  return item;
}

export function slice(value: Value, from: Value, to: Value, step: Value): Value {
  if (!(typeof value === 'string' || Array.isArray(value))) {
    throw new PyError('TypeError', `'${typeName(value)}' object is not sliceable`);
  }
  const by = typeof step === 'number' ? step : 1;
  if (by === 0) throw new PyError('ValueError', 'slice step cannot be zero');
  const n = value.length;
  const [low, high] = by > 0 ? [0, n] : [-1, n - 1];
  const bound = (v: Value, missing: number): number =>
    typeof v === 'number' ? Math.min(high, Math.max(low, v < 0 ? v + n : v)) : missing;
  const start = bound(from, by > 0 ? low : high);
  const stop = bound(to, by > 0 ? high : low);
  const out: Value[] = [];
  for (let i = start; by > 0 ? i < stop : i > stop; i += by) out.push(value[i]!);
  return typeof value === 'string' ? out.join('') : out;
}
