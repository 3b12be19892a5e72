/** Values as Python source, in groups of which the members are equal, or nearly so: what a program gives, what a test expects. */
import type { Random } from './random.ts';

/** Where each name that a value needs comes from. */
const homes: Readonly<Record<string, string>> = {
  Decimal: 'from decimal import Decimal',
  Fraction: 'from fractions import Fraction',
  OrderedDict: 'from collections import OrderedDict',
  Counter: 'from collections import Counter',
  defaultdict: 'from collections import defaultdict',
  deque: 'from collections import deque',
  namedtuple: 'from collections import namedtuple',
  ChainMap: 'from collections import ChainMap',
  UserList: 'from collections import UserList',
  MappingProxyType: 'from types import MappingProxyType',
  SimpleNamespace: 'from types import SimpleNamespace',
  array: 'from array import array',
  date: 'from datetime import date',
  datetime: 'from datetime import datetime',
  timedelta: 'from datetime import timedelta',
  timezone: 'from datetime import timezone',
  PurePosixPath: 'from pathlib import PurePosixPath',
  PureWindowsPath: 'from pathlib import PureWindowsPath',
  UUID: 'from uuid import UUID',
  ip_address: 'from ipaddress import ip_address',
  math: 'import math',
  cmath: 'import cmath',
  re: 'import re',
  itertools: 'import itertools',
  operator: 'import operator',
  functools: 'import functools',
  asyncio: 'import asyncio',
  suppress: 'from contextlib import suppress',
};

/** The import statements that these sources need, one a line. */
export function importsFor(...sources: readonly string[]): string {
  const words = new Set(sources.join('\n').match(/[A-Za-z_]\w*/g) ?? []);
  return Object.entries(homes)
    .filter(([name]) => words.has(name))
    .map(([, line]) => `${line}\n`)
    .join('');
}

/** Each member is `==` to some of its group, and looks as if it were to the others. */
// prettier-ignore
const groups: readonly (readonly string[])[] = [
  ['1', '1.0', 'True', '(1+0j)', "Decimal('1')", 'Fraction(1)', "Decimal('1.00')", '2', "'1'", "b'1'", '-1'],
  ['0', '0.0', '-0.0', 'False', '0j', '-0j', 'Fraction(0)', "Decimal('-0')", 'None', '1'],
  ['None', 'False', '0', "''", '[]', '()', '{}', 'set()', 'range(0)', "b''", 'frozenset()'],
  ['3', '3.0', '4', '-3', '3.5', 'Fraction(7, 2)', "'3'", '[3]'],
  ['12', '12.0', '13', '11', '2 * 6', '0xc', '0b1100', '1_2'],
  ['9007199254740993', '9007199254740992', '9007199254740992.0', '2**53 + 1', 'float(2**53)'],
  ['Fraction(2**53 + 1)', 'Decimal(2**53 + 1)', '2**53 + 1', '2.0**53', 'Fraction(2**53 + 1, 1)'],
  ['2**64', '2.0**64', '2**64 + 1', '18446744073709551616', '-2**64', '1 << 64', 'Decimal(2**64)'],
  ['10**30', '1e30', '10**30 + 1', 'int(1e30)', 'Decimal(10)**30'],
  ['10**5000', '10**5000 + 1', '10**4999'], // more digits than str() gives
  ['0.1 + 0.2', '0.3', 'Fraction(3, 10)', "Decimal('0.3')", 'Decimal(0.3)', '0.30000000000000004', '3e-1'],
  ['0.5', 'Fraction(1, 2)', "Decimal('0.5')", '1 / 2', '0.5 + 0j', '-0.5', '0.50000000001'],
  ['3.14159', 'math.pi', '3.1415926', '3.14', 'round(math.pi, 5)', 'Decimal("3.14159")'],
  ["float('inf')", 'math.inf', "float('-inf')", '10**400', '1e999', "Decimal('Infinity')"],
  ["float('nan')", 'math.nan', "Decimal('NaN')", 'math.inf - math.inf', 'None'],
  ['[math.nan]', "[float('nan')]", '(math.nan,)', '{math.nan}', "{'a': math.nan}", "{'a': float('nan')}"],
  ['[-0.0]', '[0.0]', '[0]', '[False]', '(0.0,)'],
  ['1j', '(0+1j)', 'complex(0, 1)', 'cmath.sqrt(-1)', '-1j', '(1e-12+1j)', 'complex(0, 1.0)'],
  ['(3+4j)', '3 + 4j', '5.0', '(3-4j)', 'complex(3, 4)'],
  ['True', '1', 'False', '1.0', "'True'", '[True]', 'None'],
  ["''", "' '", "'\\x00'", 'None', 'str()', '""'],
  ["'ab'", "b'ab'", "bytearray(b'ab')", "['a', 'b']", "'AB'.lower()", "'ba'", '"ab"'],
  ["'é'", "'e\\u0301'", "'\\xe9'", "'É'.lower()", "'e'"],
  ["'日本'", "'\\u65e5\\u672c'", "'😀'", "'\\U0001f600'", "'日'"],
  ["'\\ud800'", "'\\ud801'", "chr(0xd800)", "'?'"],
  ['"it\'s"', '\'it"s\'', "'it\\'s'", "'a\\nb'", "'a\\\\nb'", "'''a\nb'''"],
  ["b'\\x00\\xff'", "bytes([0, 255])", "bytearray([0, 255])", "b'\\x00'", '[0, 255]'],
  ['[1, 2]', '(1, 2)', '[1, 2.0]', '[True, 2]', '[2, 1]', '[1, 2, 3]', 'list(range(1, 3))', '[1]'],
  ['[1, 2]', 'range(1, 3)', 'deque([1, 2])', "array('i', [1, 2])", 'iter([1, 2])', 'UserList([1, 2])', '{1: 2}'],
  ['range(3)', 'range(0, 3)', 'range(0, 3, 1)', '[0, 1, 2]', 'range(0, 4, 2)', 'range(4)'],
  ['range(0)', 'range(1, 1)', 'range(2, 0)', '[]'],
  ['deque([1, 2])', 'deque([1, 2], maxlen=5)', '[1, 2]', 'deque((1, 2))', 'deque([2, 1])'],
  ["array('i', [1, 2])", "array('d', [1.0, 2.0])", '[1, 2]', "array('i', [1, 3])", "array('l', [1, 2])"],
  ['{1, 2}', 'frozenset({1, 2})', '{1.0, 2}', '{2, 1}', '{True, 2}', '[1, 2]', '{1, 2, 3}', 'set([2, 1, 2])'],
  ["{'a', 'b', 'c'}", "set('cab')", "frozenset('abc')", "{'a', 'b'}", "{'a': 1, 'b': 2, 'c': 3}"],
  ["{'a': 1, 'b': 2}", "{'b': 2, 'a': 1}", "{'a': 1.0, 'b': 2}", "{'a': True, 'b': 2}", "{'a': 1}", "dict(a=1, b=2)"],
  [
    "OrderedDict([('a', 1), ('b', 2)])",
    "OrderedDict([('b', 2), ('a', 1)])",
    "{'b': 2, 'a': 1}",
    "OrderedDict(a=1, b=2)",
    "[OrderedDict([('b', 2), ('a', 1)])]",
    "Counter({'a': 1, 'b': 2})",
  ],
  ["Counter('abb')", "{'a': 1, 'b': 2}", "Counter({'b': 2, 'a': 1})", "Counter('ab')", "Counter({'a': 1, 'b': 2, 'c': 0})"],
  ["Counter('aa')", "Counter({'a': 2, 'z': 0})", "{'a': 2}", "{'a': 2, 'z': 0}", "[Counter({'a': 2, 'z': 0})]"],
  ["defaultdict(int, {'a': 1})", "{'a': 1}", "defaultdict(list, {'a': 1})", "defaultdict(int)", "Counter('a')"],
  ["ChainMap({'a': 1}, {'b': 2})", "{'a': 1, 'b': 2}", "MappingProxyType({'a': 1, 'b': 2})", "ChainMap({'a': 1, 'b': 2})"],
  ["{'a': 1}.keys()", "{'a'}", "frozenset('a')", "['a']", "{'a': 2}.keys()", "{'b': 1}.keys()"],
  ["{'a': 1}.items()", "{('a', 1)}", "[('a', 1)]", "{'a': 1.0}.items()", "{'a': 2}.items()"],
  ["{'a': 1}.values()", '[1]', "{'a': 1}.values()", '{1}'],
  ["{1: 'a', 2: 'b'}", "{1.0: 'a', 2: 'b'}", "{True: 'a', 2: 'b'}", "{'1': 'a', '2': 'b'}", "dict([(1, 'a'), (2, 'b')])"],
  ["{(1, 2): [3]}", "{(1, 2): [3.0]}", "{(1, 2): (3,)}", "{frozenset({1, 2}): [3]}"],
  ['{None: 0, False: 1}', '{None: 0, 0: 1}', '{False: 1}', "{'None': 0}"],
  ['[[1, 2], [3]]', '[(1, 2), (3,)]', '[[1, 2], [3.0]]', '[[1, 2]]', '[[1, 2], [3]] + []'],
  ["[('a', 1), ('b', 2)]", "[['a', 1], ['b', 2]]", "list({'a': 1, 'b': 2}.items())", "list(zip('ab', [1, 2]))"],
  ["['a', None, 1.5]", "['a', None, 3 / 2]", "['a', False, 1.5]", "('a', None, 1.5)"],
  ['[[[[[[1]]]]]]', '[[[[[[1.0]]]]]]', '[[[[[1]]]]]'],
  [`${'['.repeat(80)}1${']'.repeat(80)}`, `${'['.repeat(80)}2${']'.repeat(80)}`, `${'['.repeat(79)}1${']'.repeat(79)}`],
  ["'x' * 3000", "'x' * 3001", "'x' * 2999 + 'y'", "''.join(['x'] * 3000)"],
  ['[0] * 3000', '[0] * 2999 + [0.0]', '[0] * 2999 + [1]', 'list(bytes(3000))'],
  ['date(2024, 2, 29)', "date.fromisoformat('2024-02-29')", 'datetime(2024, 2, 29)', "'2024-02-29'", 'date(2024, 3, 1)'],
  ['datetime(2024, 2, 29, 12)', 'datetime(2024, 2, 29, 12, tzinfo=timezone.utc)', 'date(2024, 2, 29)', "datetime.fromisoformat('2024-02-29T12:00')"],
  ['timedelta(days=1)', 'timedelta(hours=24)', 'timedelta(1, 1)', '86400', 'date(2024, 3, 1) - date(2024, 2, 29)'],
  ["PurePosixPath('/a/b')", "PurePosixPath('/a') / 'b'", "PureWindowsPath('/a/b')", "'/a/b'", "PurePosixPath('/a/./b')"],
  ['UUID(int=1)', "UUID('00000000-0000-0000-0000-000000000001')", '1', 'UUID(int=2)', 'str(UUID(int=1))'],
  ["ip_address('10.0.0.1')", "ip_address(167772161)", "'10.0.0.1'", "ip_address('10.0.0.2')"],
  ["ValueError('x')", "ValueError('x')", "'x'", 'ValueError'],
  ['int', 'type(1)', 'bool', 'float', "'int'"],
  ['len', 'abs', 'str.upper', 'math.floor', 'operator.add'],
  ['slice(1, 2)', 'slice(1, 2, None)', 'slice(2)'],
  ['...', 'Ellipsis', 'None'],
  ['SimpleNamespace(a=1)', 'SimpleNamespace(a=1.0)', 'SimpleNamespace(a=2)', "{'a': 1}"],
  ["re.match('a', 'a')", 'None', "re.match('b', 'a')", "'a'"],
  ['iter([1, 2])', '(x for x in [1, 2])', 'map(int, [1, 2])', 'itertools.chain([1], [2])', '[1, 2]', 'zip([1], [2])'],
  ['itertools.islice([1, 2, 3], 2)', 'itertools.accumulate([1, 1])', 'filter(None, [1, 2])', 'reversed([2, 1])', 'enumerate([1])'],
  ['itertools.combinations([1, 2, 3], 2)', '[(1, 2), (1, 3), (2, 3)]', "itertools.product('a', [1])", "itertools.groupby('aab')"],
];

/** Rare, because they cost time: larger than what one result may have in plain data. */
const huge: readonly (readonly string[])[] = [
  ['list(range(60_000))', 'list(range(59_999)) + [0]', '[*range(60_000)]'],
  ["'x' * 1_200_000", "'x' * 1_199_999 + 'y'", "'x' * 1_200_000"],
  ['1 << 5_000_000', '(1 << 5_000_000) + 1', '2 ** 5_000_000'],
];

/** Both sides in the same container, or each as it is. */
const wraps: readonly (readonly [number, (value: string) => string])[] = [
  [14, (value) => value],
  [2, (value) => `[${value}]`],
  [1, (value) => `(${value},)`],
  [1, (value) => `[${value}, ${value}]`],
  [1, (value) => `{'k': ${value}}`],
  [0.5, (value) => `{${value}: 1}`],
  [0.5, (value) => `{${value}}`],
  [0.5, (value) => `[[], (${value}, None)]`],
  [0.3, (value) => `deque([${value}])`],
  [0.3, (value) => `OrderedDict(k=${value})`],
];

/** A value that a program gives, and some that a test may expect, the equal one first. */
export interface Family {
  readonly given: string;
  readonly expected: readonly string[];
}

export function family(random: Random): Family {
  const group = random.chance(0.004) ? random.pick(huge) : random.pick(groups);
  const wrap = random.weighted(wraps);
  const given = random.pick(group);
  return { given: wrap(given), expected: [given, ...group.filter((value) => value !== given)].map(wrap) };
}

/** A small argument. */
export const argument = (random: Random): string =>
  random.pick(['0', '1', '2', '3', '-1', "'a'", '[3, 1, 2]', '[]', '1.5', 'None', "{'a': 1}", '(1, 2)']);
