/** Python values in TypeScript: integers are safe JavaScript integers, strings are ASCII. */

export type Value = number | string | boolean | null | Value[] | PySet | PyRange;

/** A set: only its size and its members matter to the families. */
export class PySet {
  readonly items: ReadonlySet<Value>;
  constructor(items: Iterable<Value>) {
    this.items = new Set(items);
  }
}

/** What `range(...)` gives: not equal to a list. */
export class PyRange {
  readonly items: readonly number[];
  constructor(items: readonly number[]) {
    this.items = items;
  }
}

/** An exception raised by the interpreted program: a failed test, not a fault of ours. */
export class PyError extends Error {
  readonly type: string;
  constructor(type: string, message: string) {
    super(`${type}: ${message}`);
    this.type = type;
  }
}

/** Python's `repr`. */
export function repr(value: Value): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return String(value === 0 ? 0 : value);
  if (typeof value === 'string') return value.includes("'") ? `"${value}"` : `'${value}'`;
  if (Array.isArray(value)) return `[${value.map(repr).join(', ')}]`;
  if (value instanceof PySet)
    return value.items.size === 0 ? 'set()' : `{${[...value.items].map(repr).join(', ')}}`;
  const { items } = value;
  return `range(${items[0] ?? 0}, ${items.length === 0 ? 0 : items[items.length - 1]! + 1})`;
}

/** Python's `==`. Sets and ranges are not compared by the families' tests: they equal nothing here. */
export function equals(a: Value, b: Value): boolean {
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, i) => equals(item, b[i]!));
  }
  if (typeof a === 'boolean' && typeof b === 'number') return Number(a) === b;
  if (typeof a === 'number' && typeof b === 'boolean') return a === Number(b);
  if (a instanceof PySet || a instanceof PyRange) return false;
  return a === b;
}

export function typeName(value: Value): string {
  if (value === null) return 'NoneType';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return 'int';
  if (typeof value === 'string') return 'str';
  if (Array.isArray(value)) return 'list';
  return value instanceof PySet ? 'set' : 'range';
}
