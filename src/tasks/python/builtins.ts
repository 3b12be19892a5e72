/** The built-in functions and methods of the Python subset. An unknown one raises as Python would. */
import { binary, compare, iterate } from './operators.ts';
import { PyError, PyRange, PySet, typeName, type Value } from './values.ts';

export function callBuiltin(
  name: string,
  args: readonly Value[],
  keywords: ReadonlyMap<string, Value>,
): Value {
  const first = args[0] ?? null;
  switch (name) {
    case 'len':
      return length(first);
    case 'sum':
      return [...iterate(first)].reduce((total, item) => binary('+', total, item), 0);
    case 'max':
      return extreme('>', args, keywords);
    case 'min':
      return extreme('<', args, keywords);
    case 'abs':
      if (typeof first !== 'number') throw new PyError('TypeError', `bad operand type for abs()`);
      return Math.abs(first);
    case 'sorted': {
      const items = [...iterate(first)].sort((a, b) =>
        compare('<', a, b) ? -1 : compare('<', b, a) ? 1 : 0,
      );
      return keywords.get('reverse') ? items.reverse() : items;
    }
    case 'list':
      return [...iterate(first)];
    case 'set':
      return new PySet(iterate(first));
    case 'range':
      return range(args);
    default:
      throw new PyError('NameError', `name '${name}' is not defined`);
  }
}

/** `self.name(...)`. */
export function callMethod(self: Value, name: string, args: readonly Value[]): Value {
  if (typeof self === 'string') return stringMethod(self, name, args[0] ?? null);
  if (Array.isArray(self) && name === 'append') {
    self.push(args[0] ?? null);
    return null;
  }
  throw new PyError('AttributeError', `'${typeName(self)}' object has no attribute '${name}'`);
}

function stringMethod(self: string, name: string, argument: Value): Value {
  const needle = (): string => {
    if (typeof argument !== 'string') throw new PyError('TypeError', `${name}() needs a string`);
    return argument;
  };
  switch (name) {
    case 'upper':
      return self.toUpperCase();
    case 'lower':
      return self.toLowerCase();
    case 'isdigit':
      return /^[0-9]+$/.test(self);
    case 'isalpha':
      return /^[A-Za-z]+$/.test(self);
    case 'isupper':
      return /[A-Z]/.test(self) && !/[a-z]/.test(self);
    case 'islower':
      return /[a-z]/.test(self) && !/[A-Z]/.test(self);
    case 'startswith':
      return self.startsWith(needle());
    case 'endswith':
      return self.endsWith(needle());
    case 'join': {
      const items = [...iterate(argument)];
      const wrong = items.find((item) => typeof item !== 'string');
      if (wrong !== undefined) throw new PyError('TypeError', `expected str, ${typeName(wrong)} found`);
      return items.join(self);
    }
    default:
      throw new PyError('AttributeError', `'str' object has no attribute '${name}'`);
  }
}

function length(value: Value): number {
  if (typeof value === 'string' || Array.isArray(value)) return value.length;
  if (value instanceof PySet) return value.items.size;
  if (value instanceof PyRange) return value.items.length;
  throw new PyError('TypeError', `object of type '${typeName(value)}' has no len()`);
}

function extreme(op: '<' | '>', args: readonly Value[], keywords: ReadonlyMap<string, Value>): Value {
  const items = args.length === 1 ? [...iterate(args[0]!)] : args;
  const fallback = keywords.get('default');
  if (items.length === 0) {
    if (fallback !== undefined) return fallback;
    throw new PyError('ValueError', 'the argument is an empty sequence');
  }
  return items.reduce((best, item) => (compare(op, item, best) ? item : best));
}

function range(args: readonly Value[]): PyRange {
  const bounds = args.map((arg) => {
    if (typeof arg !== 'number') throw new PyError('TypeError', `range() needs integers`);
    return arg;
  });
  if (bounds.length < 1 || bounds.length > 2)
    throw new PyError('TypeError', 'range() takes 1 or 2 arguments here');
  const [from, to] = bounds.length === 1 ? [0, bounds[0]!] : [bounds[0]!, bounds[1]!];
  return new PyRange(Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i));
}
