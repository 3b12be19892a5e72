/** The forms of tests: what an assert may do with a call of the program. */
import type { Random } from './random.ts';
import { expectation, type Call } from './scene.ts';

/** C the call, E a value it may be expected to give, D another call, F what D may give. */
interface Parts {
  readonly C: string;
  readonly E: string;
  readonly D: string;
  readonly F: string;
}
type Form = string;
type Shape = 'number' | 'text' | 'sequence' | 'mapping' | 'other';

/** What MBPP has, nearly always. */
const plain: readonly (readonly [number, Form])[] = [
  [30, 'C == E'],
  [2, 'E == C'],
  [2, 'C != E'],
  [1, 'not C == E'],
  [1, 'C is None'],
  [1, 'C is not None'],
  [1, 'C is True'],
  [1, 'C is False'],
  [1, 'C'],
  [1, 'not C'],
];

// prettier-ignore
const comparisons: readonly Form[] = [
  'C < E', 'C <= E', 'C > E', 'C >= E', 'E < C', 'E >= C', '0 < C', 'C < 10', '0 < C < 10', '0 <= C <= 3 <= 5', 'C == D', 'C != D',
  'C == D == E', 'C < D < E', 'E == C == E', 'C <= D', 'C is D', 'C is not D', 'C is E', 'C is 1', "C is ''", 'C is not False',
  '1 < C > 0 != D', 'C == E != F', 'None is C', 'C is None is not True', 'C is ...', 'None != C', 'C == None',
];

// prettier-ignore
const nearness: readonly Form[] = [
  'abs(C - E) < 1e-6', 'abs(C - E) <= 0', 'abs(E - C) < 1', 'abs(C - E) < 0.1', '1e-6 > abs(C - E)', 'abs(C - D) < 1e-9',
  'abs(C) == abs(E)', 'math.isclose(C, E)', 'math.isclose(C, E, rel_tol=1e-5)', 'math.isclose(E, C, abs_tol=0.001)', 'round(C, 2) == round(E, 2)',
  'round(C) == E', 'int(C) == E', 'float(C) == E', 'C - E == 0', 'C + 1 == E + 1', 'C * 2 == E * 2', '-C == -E', 'C % 2 == 0', 'C // 1 == E', 'C ** 2 >= 0',
  'abs(C - E) < Fraction(1, 10**9)', "abs(C - E) <= Decimal('0.001')", 'max(abs(C - E), 0) < 1e-9', 'math.isnan(C)', 'math.floor(C) == E', 'cmath.isclose(C, E)',
  'complex(C) == E', 'divmod(C, 2) == divmod(E, 2)', '~C == ~E', 'C & 1 == E & 1', 'C | D == C', 'bin(C) == bin(E)', 'sum([C, D]) == E', 'max(C, D) == E', 'min(C, E) == E',
];

// prettier-ignore
const containers: readonly Form[] = [
  'sorted(C) == sorted(E)', 'sorted(C) == [1, 2]', 'list(C) == list(E)', 'list(C) == [1, 2]', 'tuple(C) == tuple(E)', 'set(C) == set(E)', 'set(C) == {1, 2}',
  'frozenset(C) == frozenset(E)', 'len(C) == len(E)', 'len(C) == 2', 'len(C) > 0', 'sum(C) == sum(E)', 'sum(C) == 3', 'max(C) == max(E)', 'min(C) == 1',
  'any(C)', 'all(C)', 'not any(C)', 'dict(C) == dict(E)', 'Counter(C) == Counter(E)', 'next(C) == 1', 'next(iter(C)) == 1', 'next(C, None) is None',
  'list(reversed(C)) == [2, 1]', 'list(enumerate(C)) == [(0, 1), (1, 2)]', 'list(zip(C, E)) == list(zip(E, E))', 'list(map(str, C)) == list(map(str, E))',
  'list(filter(None, C)) == [1, 2]', 'list(zip(C, D))[:1] == list(zip(E, E))[:1]', 'iter(C) is C', 'hash(C) == hash(E)', 'sorted(C, reverse=True) == [2, 1]',
  "''.join(C) == 'ab'", "''.join(map(str, C)) == '12'", "''.join(sorted(C)) == 'ab'", 'C[0] == E[0]', 'C[0] == 1', 'C[-1] == 2', 'C[:1] == E[:1]', 'C[::-1] == E[::-1]', 'C[1:] == [2]',
  "C['a'] == 1", "C.get('a') == 1", "C.get('zz') is None", "C['zz'] == 0", 'C[1] == 2', 'C[0][0] == 1', "'a' in C", '1 in C', 'None not in C', 'E in C', 'C in E', 'C in [E]', 'C in (E, F)',
  'C not in [E]', 'C not in (None, 0)', 'E in [C]', 'E in [C, D]', '(C, 1) in [(E, 1)]', 'C in {E: 1}', 'C in {E}', 'C in [D]', '[C] == [E]', '(C, D) == (E, F)', '[C, D] == [E, F]',
  "{'r': C} == {'r': E}", '{C} == {E}', '{C: 1} == {E: 1}', '{C, D} == {E}', 'len({C, D}) == 1', '[*C] == [*E]', '[*C, *D] == [*E, *F]', '{**C} == {**E}', 'max(*[C, D]) == E', '(*C,) == (*E,)',
];

// prettier-ignore
const texts: readonly Form[] = [
  'str(C) == str(E)', 'repr(C) == repr(E)', "f'{C}' == f'{E}'", "f'{C!r}' == f'{E!r}'", "f'{C:>5}' == f'{E:>5}'", "'%s' % (C,) == '%s' % (E,)", "'{}'.format(C) == '{}'.format(E)", "'%r' % (C,) == repr(E)",
  'str(C)', "str(C).startswith('1')", 'len(str(C)) == len(str(E))', 'C.__class__ is int', 'C.__class__.__name__ == E.__class__.__name__', "f'{C}{D}' == f'{E}{F}'", "'-'.join([str(C), str(D)]) == '-'.join([str(E), str(F)])", 'format(C) == format(E)',
];

/** What is asked of a number, a text, a sequence or set, a mapping, or anything else. */
// prettier-ignore
const attributes: Readonly<Record<Shape, readonly Form[]>> = {
  number: ['C.real == E', 'C.imag == 0', 'C.numerator == 1', 'C.is_integer()', 'C.bit_length() == E.bit_length()', 'C.conjugate() == E', 'C.as_integer_ratio() == E.as_integer_ratio()', 'C.hex() == E.hex()', 'C.denominator == 1', 'C.as_tuple() == E.as_tuple()'],
  text: ["C.upper() == 'AB'", 'C.lower() == E', 'C.strip() == E', "C.count('a') == 1", "C.split() == ['ab']", "C.encode() == E.encode()", "C.decode() == 'ab'", "C.replace('a', 'b') == 'bb'", 'C.isdigit()', "C.startswith('a')", "'a' + C == 'aab'", "C[0] == 'a'", "'a' in C", 'C[::-1] == E[::-1]', 'ord(C) == ord(E)', 'C.hex() == E.hex()', "C.zfill(5) == E.zfill(5)", "C % () == E", 'len(C) == len(E)', 'int(C) == 1'],
  sequence: ['C.count(1) == 1', 'C.index(1) == 0', 'C.copy() == E', 'C.pop() == 2', 'C.tolist() == [1, 2]', 'C.append(3) is None', 'C.maxlen is None', 'C.start == 1', 'C.union({1}) == {1, 2}', '[1] + C == [1] + E', 'C & {1} == {1}', 'C.issubset({1, 2, 3})', 'C <= E', 'C < {1, 2, 3}', 'C * 2 == E + E', 'C.sort() is None', 'C.extend([1]) is None', 'next(C) == next(E)', 'C.data == E.data', 'C + D == E + F', 'C[0].pop() == 2', 'C[1][0] == 2'],
  mapping: ['C.keys() == E.keys()', "list(C.keys()) == ['a', 'b']", 'list(C.values()) == [1, 2]', 'sorted(C.items()) == sorted(E.items())', 'C.most_common(1) == E.most_common(1)', 'C.popitem() == E.popitem()', 'C | {} == E', "C.get('a') == 1", "C.get('zz', 0) == 0", "C['a'] == 1", "C['zz'] == 0", "'a' in C", 'len(C) == 2', 'C.items() == E.items()', "C.pop('a') == 1", "C.setdefault('q', 5) == 5", 'sum(C.values()) == 3', 'max(C, key=C.get) == max(E, key=E.get)', "{**C, 'z': 1} == {**E, 'z': 1}", 'list(C) == list(E)', 'C.elements() is not None', 'dict(C) == dict(E)', "C['k'] == E['k']", '[*C.items()][0] == [*E.items()][0]', 'C.keys() & {"a"} == {"a"}', 'C.total() == 3', 'next(iter(C)) == "a"'],
  other: ['C.total_seconds() == 86400', 'C.isoformat() == E.isoformat()', "C.name == 'b'", 'C.days == 1', 'C.year == 2024', 'C.hex == E.hex', 'C.a == 1', 'C.args == E.args', 'C.start == 1', 'C.group(0) == E.group(0)', 'C - D == E - F', 'C @ D == E', 'C.__name__ == E.__name__', 'C.parent == E.parent', 'C.weekday() == E.weekday()', 'C.strftime("%Y") == "2024"', 'C.int == 1', 'C.version == E.version', 'str(C) == str(E)', 'C < D', 'C + D == E + F', 'C.stop == 2', 'C.x == 1'],
};

// prettier-ignore
const kinds: readonly Form[] = [
  'isinstance(C, int)', 'isinstance(C, str)', 'isinstance(C, (list, tuple))', 'isinstance(C, dict)', 'isinstance(C, type(E))', 'not isinstance(C, bool)', 'isinstance(C, float)', 'type(C) == type(E)', 'type(C) is int', 'type(C) is type(E)',
  'type(C) in (int, float)', 'type(C).__name__ == type(E).__name__', 'callable(C)', 'not callable(C)', "hasattr(C, '__iter__')", "hasattr(C, 'append')", "getattr(C, 'real', None) == E", 'bool(C)', 'bool(C) is True', 'bool(C) == bool(E)', 'issubclass(type(C), object)',
  'isinstance(C, Exception)', 'isinstance(C, Decimal)', 'isinstance(C, (date, timedelta))', 'issubclass(C, Exception)', 'iter(C)', 'C()', 'C(1) == 1', 'isinstance(C, object)', 'vars(C) == vars(E)', 'dir(C)', 'C.__doc__ != 5',
];

// prettier-ignore
const logic: readonly Form[] = [
  'C == E or D', 'C == E or D == F', 'C == E and D == F', 'C and D', 'C or D', '(C or E) == E', '(C and E) == E', 'not (C != E or D != F)', 'not (C == E and D == F)', '(C if D else E) == E', '(C if True else D) == E', '(D if False else C) == E',
  '(E if C else D) == E', 'C == (E if D == F else None)', 'True or C', 'False and C or D', 'C == E or 1 / 0', 'C != E or D == F or C', '(C == E) == (D == F)', '(C == E) is True', '(C == E) + (D == F) == 2', 'not not C', 'not (C and not D)', 'C == E != D',
  'all([C == E, D == F])', 'any([C == E, D == F])', 'all((C == E, D == F))', 'None or C == E', 'C is None or D is None or C == E', 'C is not None and D == F', 'C and C == E', "isinstance(C, int) and C > 0", 'len([C, D]) == 2 and D == F', 'bool(C) ^ bool(D)',
  '(C == E, D == F) == (True, True)', "(C == E, 'always true')", '[C, D][0] == E', "{'a': C, 'b': D}['a'] == E", '(C, D)[C == E] == F', 'C == E if D == F else D != F', '0 < len([C]) < 2 or D',
];

// prettier-ignore
const scopes: readonly Form[] = [
  'all(C == E for _ in range(2))', 'any(C == E for _ in range(2))', '[C for _ in range(2)] == [E, E]', '{C for _ in range(2)} == {E}', '[x for x in [C]] == [E]', '[x for x in C] == [x for x in E]', 'all(x == E for x in [C, D])', 'sum(1 for x in C) == len(E)', 'all(x is not None for x in C)',
  '(lambda: C)() == E', '(lambda x: x == C)(E)', '(lambda x: x)(C) == E', '(y := C) == E and y == E', '[y := C, y][1] == E', '(y := C) is not None and (z := D) is not None and y == E and z == F', '{i: C for i in range(2)} == {0: E, 1: E}', 'list(map(lambda x: C, [1])) == [E]', 'all(map(lambda x: x == E, [C, D]))',
  '[(x, C) for x in [1] if D == F] == [(1, E)]', 'not any(C != E for _ in [1])', 'next(x for x in [C, D] if x is not None) == E', 'max([C, D], key=lambda x: str(x)) == E', 'all(a == b for a, b in zip([C, D], [E, F]))', 'sorted([C, D], key=str) == sorted([E, F], key=str)', '[C == x for x in [E, F]][0]',
  '[f for f in (1, 2)] == [1, 2] and C == E', '(lambda f: f)(5) == 5 and C == E', 'all(f for f in [1]) and C == E', '[n for n in [1]] == [1] or D', 'y == E', 'x == E', 'any(x == C for x in (E, F))', '[x for x in [1, 2] if C == E or x] == [1, 2]', '{x: D for x in [C]} == {E: F}', '[*map(lambda _: C, (1, 2))] == [E, E]', '(lambda: (yield C))() is not None', 'list((lambda: (yield C))()) == [E]', 'sum(C == E for _ in range(3)) == 3', '[(a, b) for a in [C] for b in [D]] == [(E, F)]', '[i for i in range(2) if C == E] == [0, 1]',
  'all(type(x) is type(E) for x in [C])', 'next((x for x in [1] if C == E), None) == 1', '[[C for _ in range(1)] for _ in range(2)] == [[E], [E]]', 'len([x for x in (C, D) if x == E]) == 1', '(lambda *a: a)(C, D) == (E, F)', '(lambda k=C: k)() == E', 'dict(a=C)["a"] == E', 'functools.reduce(lambda a, b: b, [C, D]) == F',
];

/** Whole tests of several statements. */
// prettier-ignore
const statements: readonly Form[] = [
  'x = C\nassert x == E', 'x = C\ny = D\nassert x == E\nassert y == F', 'C\nassert D == F', 'C', 'result = C\nassert result is not None\nassert result == E, result', 'for _ in range(2):\n    assert C == E', 'for call, right in [(C, E), (D, F)]:\n    assert call == right',
  'try:\n    C\nexcept (KeyError, ValueError, ZeroDivisionError):\n    pass\nelse:\n    assert C == E', 'try:\n    C\n    assert False, "no exception"\nexcept TypeError:\n    pass', 'caught = None\ntry:\n    C\nexcept Exception as error:\n    caught = type(error)\nassert caught is None',
  'try:\n    x = C\nfinally:\n    y = 1\nassert x == E', 'with suppress(Exception):\n    C\nassert D == F', 'if C == E:\n    assert D == F\nelse:\n    assert D != F', 'import math\nassert C == E', 'from math import floor\nassert C == E', 'x, y = C, D\nassert (x, y) == (E, F)', 'a, b = C\nassert a == 1 and b == 2',
  'first, *rest = C\nassert first == 1', 'x = [C]\nx += [D]\nassert x == [E, F]', 'assert C == E\nassert D == F', 'assert C == E; assert D == F', 'x = C\nassert isinstance(x, type(E))\nassert len(str(x)) > 0', 'def helper(v):\n    return v == E\nassert helper(C)', 'class Case:\n    got = C\nassert Case.got == E',
  'total = 0\nwhile total < 3:\n    total += 1\n    assert C == E', 'if not C == E:\n    raise AssertionError("wrong")', 'if C != E: raise ValueError("wrong")', 'def test_one():\n    assert C == E\ntest_one()', 'def test_all():\n    x = C\n    assert x == E\n    y = D\n    assert y == F, f"got {y}"\n\ntest_all()',
  'def test_raises():\n    try:\n        C\n    except Exception:\n        return\n    assert C == E\ntest_raises()', 'class TestIt:\n    def test_one(self):\n        assert C == E\n    def test_two(self):\n        assert D == F\nTestIt().test_one()\nTestIt().test_two()', 'x = C\ndel x\nassert D == F',
  'import io, contextlib\nout = io.StringIO()\nwith contextlib.redirect_stdout(out):\n    C\nassert out.getvalue() in ("", "called\\n")', 'x = C\ny = x\nassert y is x and y == E', 'kept = C', 'assert kept == E', 'kept = D\nassert kept == F', 'def helper(call):\n    return call()\nassert helper(lambda: C) == E', 'it = iter([C, D])\nassert next(it) == E\nassert next(it) == F\nassert next(it, None) is None', 'def gen():\n    yield C\n    yield D\nassert list(gen()) == [E, F]', 'try:\n    assert C == E\nexcept AssertionError:\n    assert D == F', 'async def go():\n    return C\nimport asyncio\nassert asyncio.run(go()) == E', 'import unittest\nclass Case(unittest.TestCase):\n    def test_it(self):\n        self.assertEqual(C, E)\nCase("test_it").debug()', 'x: int = C\nassert x == E', '(x := C)\nassert x == E', 'lst = [0, 0]\nlst[0] = C\nassert lst == [E, 0]', 'd = {}\nd["k"] = C\nassert d == {"k": E}',
  'seen = []\nfor i in range(2):\n    seen.append(C)\nassert seen == [E, E]', 'match C:\n    case None:\n        assert D is None\n    case _:\n        assert D == F', 'assert (got := C) == E, got', 'global_before = C\ndef test_it():\n    global global_before\n    global_before = D\n    assert global_before == F\ntest_it()\nassert global_before == F',
];

// prettier-ignore
const endless: readonly Form[] = [
  'next(C) is not None', 'next(C) == E', 'C is not None', 'list(itertools.islice(C, 3)) == E', 'iter(C) is not None', '[x for x, _ in zip(C, range(3))] == E', 'next(x for x in C if x is not None) == E', 'bool(C)', 'not callable(C)', 'C', 'C is None', 'E in [E, C]', "hasattr(C, '__next__')",
  'it = C\nassert [next(it), next(it)] == E[:2]', '(lambda it: [next(it), next(it), next(it)])(C) == E', 'list(zip(C, D))[:0] == [] if False else True', 'isinstance(C, str)', 'len(C) == 3', 'C == E', 'C != 5', 'type(C) is list',
];

/** C and D are objects of the program's own classes. */
// prettier-ignore
const objects: readonly Form[] = [
  'C == D', 'C != D', 'C is not None', 'C is None', 'C is D', 'isinstance(C, object)', 'type(C) == type(D)', 'type(C).__name__ != ""', 'C in [D]', 'C in (D, D)', '[C] == [D]', '{1: C} == {1: D}', '(C, 1) == (D, 1)',
  'C < D', 'C <= D', 'sorted([C, D]) == sorted([D, C])', 'min(C, D) == min(D, C)', 'len({C, D}) == 1', 'isinstance(C, type(D))', 'x = C\nassert x == x', 'x = C\ny = D\nassert x == y and not x != y',
  'x = C\nassert list(x) == list(x)', 'C == D or C != D', 'all(c == D for c in [C])', '(lambda v: v == C)(D)', 'C is not None and D is not None', 'not C == D', 'C + D == D + C', 'C() is None', 'C == C',
];

/**
 * They ask an object itself. Only where the test names its class or its setup made it: what a function gives instead of plain data is
 * no such object for our sandbox, because any program could give one that says yes (docs/sandbox.md).
 */
// prettier-ignore
const askingObjects: readonly Form[] = [
  'len(C) == 2', 'len(C) == len(D)', 'list(C) == [1, 2]', 'list(C) == list(D)', '1 in C', '5 not in C', 'C[0] == 1', 'C[-1] == 2', 'sorted(C) == [1, 2]', 'sum(C) == 3', 'set(C) == {1, 2}', 'any(C)', 'max(C) == 2', '[x for x in C] == [1, 2]', 'tuple(C) == (1, 2)', 'dict(enumerate(C)) == {0: 1, 1: 2}', 'next(iter(C)) == 1', 'reversed(C) is not None', 'C', 'not C', 'bool(C)', 'callable(C)',
];

/** For objects with a `__repr__`: any other shows its address, which the next object may get as well. */
const shownObjects: readonly Form[] = [
  'repr(C) == repr(D)',
  'str(C) == str(D)',
  'f"{C}" == f"{D}"',
  'repr([C]) == repr([D])',
];

/** A class of the program by its capital letter. */
const namesObject = /\b[A-Z]\w*[(.]/;

/** Forms that would show the address of a value whose repr or hash holds it, and sources of such values. */
const revealing = /\b(str|repr|hash|format|vars)\b|f'\{|%[sr]'|\{C\b/;
const addressed =
  /\b(iter|map|zip|filter|reversed|enumerate|islice|accumulate|combinations|product|groupby|chain|lambda|match)\b|x for x|Error|\.values\(\)/;

const messages: readonly string[] = ['"wrong"', 'f"got {C}"', 'str(E)', '"%r" % (E,)', 'None', '[C]'];

/** A test over a scene's calls, and the kind of its form for the report. */
export function makeTest(
  random: Random,
  pool: readonly Call[],
  plainOnly: boolean,
): { form: string; test: string } {
  const call = random.pick(pool);
  const alike = pool.filter(({ nature = 'data' }) => nature === (call.nature ?? 'data'));
  const other = random.pick(alike);
  const parts: Parts = {
    C: call.source,
    E: expectation(random, call),
    D: other.source,
    F: expectation(random, other),
  };
  if (call.nature === 'endless') return filled(random, 'endless', random.pick(endless), parts);
  if (call.nature === 'object') {
    const named = [call, other].every(({ source }) => namesObject.test(source));
    const forms = [
      ...objects,
      ...(named ? askingObjects : []),
      ...(call.shown && other.shown ? shownObjects : []),
    ];
    return filled(random, 'objects', random.pick(forms), parts);
  }
  if (call.nature === 'own') return filled(random, 'plain', 'C == E', parts);
  if (plainOnly) return filled(random, 'plain', random.weighted(plain), parts);
  const shape = random.chance(0.12) ? random.pick(shapes) : shapeOf(parts.E);
  const [kind, forms] = random.weighted<readonly [string, readonly Form[]]>([
    [2, ['plain', plain.map(([, form]) => form)]],
    [2, ['comparisons', comparisons]],
    [shape === 'number' ? 6 : 0.3, ['nearness', nearness]],
    [shape === 'number' ? 1 : 4, ['containers', containers]],
    [2, ['texts', texts]],
    [2, ['attributes', attributes[shape]]],
    [2, ['kinds', kinds]],
    [4, ['logic', logic]],
    [5, ['scopes', scopes]],
    [4, ['statements', statements]],
  ]);
  const hidden = addressed.test(parts.E) || addressed.test(parts.F);
  const honest = hidden ? forms.filter((form) => !revealing.test(form)) : forms;
  return honest.length > 0
    ? filled(random, kind, random.pick(honest), parts)
    : filled(random, 'plain', 'C == E', parts);
}

const shapes = ['number', 'text', 'sequence', 'mapping', 'other'] as const;

/** What a value looks like from its source, so that most forms ask something sensible of it. */
function shapeOf(source: string): Shape {
  if (/^\(?-?\d|^(float|math|cmath|complex|Fraction|Decimal|True|False|round|int)\b[^)]/.test(source))
    return 'number';
  if (/^[bf]?['"]|^(str|chr|bytes|bytearray)\(/.test(source)) return 'text';
  if (/^\{.*:|^(\{\}|dict|OrderedDict|Counter|defaultdict|ChainMap|MappingProxyType)/.test(source))
    return 'mapping';
  return /^[[({]|^(list|tuple|set|frozenset|range|deque|array|iter|map|zip|filter|itertools|UserList|reversed)\b/.test(
    source,
  )
    ? 'sequence'
    : 'other';
}

/** The form with its parts: a test as it is if it has statements, else an assert, now and then with a message. */
function filled(random: Random, kind: string, form: Form, parts: Parts): { form: string; test: string } {
  const fill = (text: string): string =>
    text.replace(/(?<![\w.'"])[CDEF](?!\w)(?!')\.?/g, (name) => within(name, parts));
  if (kind === 'statements' || /^\w+ = /.test(form)) return { form: kind, test: fill(form) };
  const message = random.chance(0.06) ? `, ${fill(random.pick(messages))}` : '';
  return { form: kind, test: `assert ${fill(form)}${message}` };
}

/** Parentheses around a part that is no single thing, so that operators of the form do not bind into it. */
function within(place: string, parts: Parts): string {
  const name = place.charAt(0);
  const dot = place.slice(1);
  const source = name === 'C' ? parts.C : name === 'D' ? parts.D : name === 'E' ? parts.E : parts.F;
  if (/^\d+$/.test(source)) return dot ? `(${source}).` : source;
  const single = /^[\w.]+$|^[\w.]*\([^()]*\)$|^(['"])[^'"]*\1$|^\[[^[\]]*\]$/.test(source);
  return (single ? source : `(${source})`) + dot;
}
