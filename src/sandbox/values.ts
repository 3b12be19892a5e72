import { capText } from './caps.ts';
import { valuesCap } from './limits.ts';

/**
 * Plain Python data outside Python. The grader (values.py, `_encode`) writes these JSON forms; here they are
 * checked, compared as Python would compare them, and shown as Python would show them.
 *
 *   null true false            None True False
 *   ["i", hex] ["f", repr] ["c", re, im]        int, float, complex
 *   ["n"]                                       math.nan itself; another NaN is a float
 *   ["s", text] ["b", hex] ["e"]                str, bytes, Ellipsis
 *   ["l", …] ["t", …] ["S", …] ["F", …]         list, tuple, set, frozenset
 *   ["d", key, value, key, value, …]            dict
 *   ["v", type, part, …]                        a value of the standard library and what it is made of: Decimal, date, Counter, …
 *   ["I", type]                                 an iterator that was not read
 *   ["o", what, nature]                         an object that is not data. Its nature, as letters: x of a type of Python's own;
 *                                               c callable; e equality, l order, b truth, p another special method of its own
 *   ["u", why]                                  more than is read
 */
export type Encoded = null | boolean | readonly [string, ...(Encoded | string)[]];

/** Checks a value that came out of the interpreter. Throws a TypeError naming what was wrong. */
export const parseEncoded = (data: unknown): Encoded => parse(data, 0, { left: valuesCap });

function parse(data: unknown, depth: number, room: { left: number }): Encoded {
  if (data === null || typeof data === 'boolean') return data;
  if (--room.left < 0) throw new TypeError(`value: more than ${valuesCap} values`);
  if (!Array.isArray(data) || depth > 200) throw new TypeError('value: expected null, a boolean or a list');
  const [kind, ...rest]: unknown[] = data;
  const texts = (n: number): string[] =>
    rest.length === n && rest.every((x) => typeof x === 'string') ? rest : bad(kind);
  const items = (list: readonly unknown[]): Encoded[] => list.map((x) => parse(x, depth + 1, room));
  switch (kind) {
    case 'e':
      return [kind, ...texts(0)];
    case 'i': {
      const [hex = ''] = texts(1);
      return /^-?[0-9a-f]+$/.test(hex) ? [kind, hex] : bad(kind);
    }
    case 's':
    case 'f':
    case 'b':
    case 'I':
    case 'u':
      return [kind, ...texts(1)];
    case 'n':
      return [kind, ...texts(0)];
    case 'c':
      return [kind, ...texts(2)];
    case 'o':
      return [kind, ...texts(rest.length === 1 ? 1 : 2)];
    case 'l':
    case 't':
    case 'S':
    case 'F':
      return [kind, ...items(rest)];
    case 'v':
      return [kind, typeof rest[0] === 'string' ? rest[0] : bad(kind), ...items(rest.slice(1))];
    case 'd':
      return rest.length % 2 === 0 ? [kind, ...items(rest)] : bad(kind);
    default:
      return bad(kind);
  }
}

function bad(kind: unknown): never {
  throw new TypeError(
    `value: malformed form ${typeof kind === 'string' ? JSON.stringify(capText(kind, 20)) : typeof kind}`,
  );
}

/** The members of a container form. */
function members(value: readonly [string, ...(Encoded | string)[]]): Encoded[] {
  return value.slice(value[0] === 'v' ? 2 : 1).filter((x) => typeof x !== 'string');
}

/** What a value consists of. */
export function parts(value: Encoded): Encoded[] {
  if (value === null || typeof value === 'boolean') return [];
  return ['l', 't', 'S', 'F', 'd', 'v'].includes(value[0]) ? members(value) : [];
}

export const isNan = (value: Encoded): boolean =>
  Array.isArray(value) && (value[0] === 'n' || (value[0] === 'f' && value[1] === 'nan'));

/** Joins a dict's alternating keys and values, two by two. */
function pairs(flat: readonly string[], separator: string): string[] {
  return flat.flatMap((key, i) => (i % 2 === 0 ? [`${key}${separator}${flat[i + 1] ?? '…'}`] : []));
}

function text(value: Encoded, at = 1): string {
  const found = Array.isArray(value) ? value[at] : '';
  return typeof found === 'string' ? found : '';
}

function bigint(hex: string): bigint {
  return hex.startsWith('-') ? -BigInt(`0x${hex.slice(1)}`) : BigInt(`0x${hex}`);
}

function float(repr: string): number {
  if (repr === 'inf') return Infinity;
  return repr === '-inf' ? -Infinity : Number(repr);
}

/** The real number of a form (True is 1), or null when it is not one. Comparison of bigint with number is exact in JavaScript. */
export function numberOf(value: Encoded): bigint | number | null {
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (value === null) return null;
  if (value[0] === 'i') return bigint(text(value));
  if (value[0] === 'f') return float(text(value));
  if (value[0] === 'n') return NaN;
  return value[0] === 'c' && float(text(value, 2)) === 0 ? float(text(value)) : null;
}

/**
 * A text that is the same for two forms exactly if Python says they are equal: 1, 1.0 and True agree, [1] and (1,)
 * do not, sets and dicts have no order. NaN, iterators and other objects get a text of their own each time.
 */
function equalityKey(value: Encoded, fresh: { count: number }): string {
  const number = numberOf(value);
  if (number !== null) {
    if (Number.isNaN(number)) return `nan${fresh.count++}`;
    const double = Number(number) || 0; // -0 is 0
    const exact = typeof number === 'number' || (Number.isFinite(double) && BigInt(double) === number);
    return exact ? `n${double}` : `i${number}`;
  }
  if (value === null || typeof value === 'boolean') return 'None';
  const inner = (x: Encoded): string => equalityKey(x, fresh);
  switch (value[0]) {
    case 'l':
    case 't':
      return `${value[0]}[${members(value).map(inner).join(',')}]`;
    case 'S':
    case 'F':
      return `S{${members(value).map(inner).sort().join(',')}}`;
    case 'd':
      return `d{${pairs(members(value).map(inner), ':').sort().join(',')}}`;
    case 'I':
    case 'o':
    case 'u':
      return `${value[0]}${fresh.count++}`;
    default:
      return JSON.stringify(value);
  }
}

/** Python's `==` on plain data. */
export function pythonEqual(a: Encoded, b: Encoded): boolean {
  const fresh = { count: 0 };
  return equalityKey(a, fresh) === equalityKey(b, fresh);
}

/** Python's `bool()` on plain data; other objects count as true. */
export function pythonTruth(value: Encoded): boolean {
  const number = numberOf(value);
  if (number !== null) return Number(number) !== 0;
  if (value === null || typeof value === 'boolean') return false;
  if (value[0] === 's' || value[0] === 'b') return text(value) !== '';
  if (['l', 't', 'S', 'F', 'd'].includes(value[0])) return members(value).length > 0;
  return true;
}

/** Python's `repr()` of plain data, cut at `cap` characters. For people only, rendered as text. */
export function pythonRepr(value: Encoded, cap = 300): string {
  const whole = repr(value, { left: cap + 100 });
  return whole.length > cap ? `${whole.slice(0, cap)}…` : whole;
}

function repr(value: Encoded, room: { left: number }): string {
  if (room.left <= 0) return '…';
  const shown = form(value, room);
  room.left -= 2;
  return shown;
}

function form(value: Encoded, room: { left: number }): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  const take = (s: string): string => {
    room.left -= s.length;
    return s;
  };
  const inner = (): string[] => {
    const out: string[] = [];
    for (const x of members(value)) {
      if (room.left <= 0) return [...out, '…'];
      out.push(repr(x, room));
    }
    return out;
  };
  switch (value[0]) {
    case 'e':
      return 'Ellipsis';
    case 'i':
      return take(
        text(value).length > 400 ? `an integer of ${text(value).length * 4} bits` : `${bigint(text(value))}`,
      );
    case 'f':
      return take(text(value));
    case 'c':
      return take(`(${text(value)}+${text(value, 2)}j)`);
    case 's':
      return take(quote(text(value).slice(0, Math.max(0, room.left))));
    case 'b':
      return take(`bytes.fromhex('${text(value).slice(0, Math.max(0, room.left))}')`);
    case 'l':
      return `[${inner().join(', ')}]`;
    case 't':
      return value.length === 2 ? `(${inner()[0]},)` : `(${inner().join(', ')})`;
    case 'S':
      return value.length === 1 ? 'set()' : `{${inner().join(', ')}}`;
    case 'F':
      return value.length === 1 ? 'frozenset()' : `frozenset({${inner().join(', ')}})`;
    case 'n':
      return take('nan');
    case 'd':
      return `{${pairs(inner(), ': ').join(', ')}}`;
    case 'v':
      return `${text(value)}(${inner().join(', ')})`;
    default:
      return take(`<${text(value)}>`);
  }
}

/** A Python string literal, with single quotes as `repr` prefers. */
function quote(s: string): string {
  const mark = s.includes("'") && !s.includes('"') ? '"' : "'";
  const body = JSON.stringify(s).slice(1, -1).replaceAll('\\"', '"');
  return mark + (mark === "'" ? body.replaceAll("'", "\\'") : body) + mark;
}
