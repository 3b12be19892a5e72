/** Programs of small functions, right, wrong and raising, as problem sets have them. */
import { scene, type Scene } from './scene.ts';

export const functions: readonly Scene[] = [
  scene(
    'arithmetic',
    `
def add(a, b=0):
    return a + b
def divide(a, b):
    return a / b
def power(base, *, to=2):
    return base ** to`,
    `
add(1, 2) -> 3 | 4 | 3.0
add(1, b=2) -> 3 | 1
add(*[1, 2]) -> 3
add(**{'a': 1, 'b': 2}) -> 3 | 2
add(add(1, 2), add(3)) -> 6
add([1], [2]) -> [1, 2] | [2, 1]
add('a', 'b') -> 'ab' | 'ba'
add(1, 'b') -> 3
add(2**53, 1) -> 2**53 + 1 | 2**53 | 2.0**53
add(0.1, 0.2) -> 0.1 + 0.2 | 0.3 | 0.30000000000000004
add(1j, 1) -> 1 + 1j | 1j
divide(7, 2) -> 3.5 | 3 | 7 / 2
divide(1, 0) -> 0 | float('inf')
divide(2**54 + 2, 2) -> 2**53 | 2**53 + 1
divide(0.0, -1) -> -0.0 | 0 | 0.0
power(3) -> 9 | 6
power(2, to=100) -> 2**100 | 2.0**100 | 2**100 + 1
power(2, to=0.5) -> 1.4142135623730951 | 1.41421356 | 2
power(-8, to=1/3) -> -2 | (1+1.7320508075688772j) | (1.0000000000000002+1.7320508075688772j)
power(2, 3) -> 8`,
    {
      tests: [
        'assert all(add(x, y) == x + y for x in range(3) for y in range(x))',
        'assert [add(x, x) for x in [1, 2]] == [2, 4]',
        'assert {x: add(x) for x in (1, 2)} == {1: 1, 2: 2}',
        'assert sorted([4, 2, 1], key=lambda x: divide(1, x)) == [4, 2, 1]',
        'assert max(range(1, 5), key=lambda x: divide(x, 2)) == 4',
        'assert add.__name__ == "add"',
        'assert callable(add) and not callable(add(1))',
        'assert add.__defaults__ == (0,)',
        'import inspect\nassert list(inspect.signature(add).parameters) == ["a", "b"]',
        'from functools import reduce\nassert reduce(add, [1, 2, 3]) == 6',
        'assert list(map(add, [1, 2], [3, 4])) == [4, 6]',
        'assert [*map(add, "ab", "cd")] == ["ac", "bd"]',
        'assert add(*map(int, "12")) == 3',
        'assert (lambda add: add)(5) == 5',
        'assert [add for add in (1, 2)] == [1, 2] and add(1) == 1',
        'assert add(b=1, a=2) == 3 and add(**dict(a=1)) == 1',
        'assert abs(add(2**53, 1) - 2**53) < 1',
        'assert abs(add(2**53 + 1, 0) - float(2**53)) < 0.5',
        'assert abs(divide(1, 3) - 0.333) < 1e-3, "close"',
        'assert abs(add(1e308, 1e308)) == float("inf")',
        'assert abs(add(1j, 0) - 1j) < 1e-9',
        'add_one = lambda x: add(x, 1)',
        'assert add_one(2) == 3',
        'assert add(1, undefined_name) == 2',
        'assert add(1, 2) == undefined_name',
        'assert add(1, 2) == 1 / 0',
        'assert add',
      ],
    },
  ),
  scene(
    'lists',
    `
def evens(xs):
    return [x for x in xs if x % 2 == 0]
def top(xs, n=1):
    return sorted(xs, reverse=True)[:n]
def second(xs):
    return sorted(set(xs))[-2]
def pairs(xs):
    return list(zip(xs, xs[1:]))
def flat(xs):
    out = []
    for x in xs:
        out.extend(flat(x) if isinstance(x, list) else [x])
    return out`,
    `
evens([1, 2, 4]) -> [2, 4] | (2, 4) | [4, 2]
evens(range(5)) -> [0, 2, 4] | [2, 4]
evens([]) -> [] | None
evens(['a']) -> []
evens([2.0, True]) -> [2.0] | [2] | [True]
top([3, 1, 2]) -> [3] | 3
top([3, 1, 2], n=2) -> [3, 2] | [2, 3]
second([1, 2, 2]) -> 1 | 2
second([1]) -> 1
pairs([1, 2, 3]) -> [(1, 2), (2, 3)] | [[1, 2], [2, 3]]
flat([1, [2, [3, []]]]) -> [1, 2, 3] | [1, 2, [3]]
flat(top([[1], [2]], 2)) -> [2, 1]
top(evens([2, 4, 5]), 1) -> [4] | [5]`,
    {
      tests: [
        'assert [x for x in evens(range(6)) if x] == [2, 4]',
        'assert all(x % 2 == 0 for x in evens([1, 2, 4]))',
        'assert sum(evens([1, 2, 4])) == 6 and len(evens([1])) == 0',
        'assert [top(xs) for xs in ([1, 2], [3])] == [[2], [3]]',
        'xs = [3, 1, 2]\nassert top(xs) == [3] and xs == [3, 1, 2]',
        'assert top(xs, n=5) == [3, 2, 1]',
        'assert evens(x for x in range(5)) == [0, 2, 4]',
        'assert evens(iter([2])) + evens({4}) == [2, 4]',
        'assert dict(pairs("abc")) == {"a": "b", "b": "c"}',
        'for a, b in pairs([1, 2, 3]):\n    assert b == a + 1',
        'assert second([1]) == 1 or True',
        'assert True or second([1])',
        'try:\n    second([1])\nexcept IndexError:\n    pass\nelse:\n    raise AssertionError("no error")',
      ],
    },
  ),
  scene(
    'texts',
    `
import re
def words(s):
    return s.split()
def vowels(s):
    return sum(c in 'aeiou' for c in s.lower())
def match(s):
    return re.match(r'(\\w+)@(\\w+)', s)
def caesar(s, k):
    return ''.join(chr((ord(c) - 97 + k) % 26 + 97) if c.isalpha() else c for c in s)
def counts(s):
    out = {}
    for c in s:
        out[c] = out.get(c, 0) + 1
    return out`,
    `
words('a b') -> ['a', 'b'] | ('a', 'b')
words('') -> [] | ['']
words(None) -> []
vowels('Queue') -> 4 | 3
vowels('xyz') -> 0 | False | None
match('a@b') -> None
match('a@b').group(1) -> 'a' | 'b'
match('nothing') -> None | False
match('a@b').groups() -> ('a', 'b') | ['a', 'b']
caesar('xyz', 3) -> 'abc' | 'abd'
caesar(caesar('hello', 5), -5) -> 'hello' | 'hellp'
counts('aab') -> {'a': 2, 'b': 1} | {'b': 1, 'a': 2} | {'a': 2}
counts(words('x y x')) -> {'x': 2, 'y': 1}`,
  ),
  scene(
    'none and falsy',
    `
def find(xs, x):
    for i, y in enumerate(xs):
        if x == y:
            return i
def check(x):
    return bool(x)
def first(xs):
    return xs and xs[0]
def nothing(*args):
    pass`,
    `
find([1, 2], 2) -> 1 | True | 1.0
find([1, 2], 1) -> 0 | False | None
find([1, 2], 5) -> None | 0 | -1
find([1.0, True], 1) -> 0
check([]) -> False | 0 | None
check('0') -> True | 1 | 'True'
first([]) -> [] | None | False
first('') -> '' | None
first(()) -> () | []
first([0]) -> 0 | False
nothing(1) -> None | 0 | ''
find([float('nan')], float('nan')) -> None | 0`,
  ),
  scene(
    'recursion',
    `
import functools
@functools.lru_cache(maxsize=None)
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)
def fact(n):
    return 1 if n == 0 else n * fact(n - 1)
def depth(x):
    return 1 + max(map(depth, x), default=0) if isinstance(x, list) else 0`,
    `
fib(10) -> 55 | 54 | 55.0
fib(90) -> 2880067194370816120 | 2880067194370816121 | 2880067194370816120.0
fib(150) -> 9969216677189303386214405760200 | 9.969216677189303e+30
fact(5) -> 120 | 24
fact(25) -> 15511210043330985984000000 | 15511210043330985984000001 | 1.5511210043330986e+25
fact(200) % 1009 -> 0 | 1
fact(-1) -> 1
fib('a') -> 0
fib.cache_info().misses > 0 -> True
depth([1, [2, [3]]]) -> 3 | 2
[fib(n) for n in range(5)] -> [0, 1, 1, 2, 3] | [1, 1, 2, 3, 5]`,
  ),
  scene(
    'iterators',
    `
import itertools
def squares(n):
    for i in range(n):
        yield i * i
def broken(n):
    for i in range(n):
        yield i
    raise ValueError('after %d' % n)
def lazy(xs):
    return map(lambda x: 10 // x, xs)
def chained(a, b):
    return itertools.chain(a, b)
def grouped(s):
    return ((k, len(list(g))) for k, g in itertools.groupby(s))
def swap(d):
    return {v: k for k, v in d.items()}.items()`,
    `
squares(3) -> [0, 1, 4] | (0, 1, 4)
list(squares(3)) -> [0, 1, 4] | [0, 1, 4, 9]
next(squares(1)) -> 0 | 1
next(squares(0)) -> 0 | None
broken(2) -> [0, 1]
list(broken(2)) -> [0, 1]
next(broken(2)) -> 0
lazy([1, 0]) -> [10, 0]
next(lazy([5, 0])) -> 2 | 3
list(lazy([5, 0])) -> [2]
list(lazy([5, 2])) -> [2, 5] | [2.0, 5]
chained([1], [2]) -> [1, 2]
list(chained('a', 'b')) -> ['a', 'b'] | 'ab'
list(grouped('aab')) -> [('a', 2), ('b', 1)]
swap({'a': 1}) -> {(1, 'a')} | [(1, 'a')] | {1: 'a'}
dict(swap({'a': 1})) -> {1: 'a'}`,
    {
      tests: [
        'g = squares(3)',
        'assert next(g) == 0',
        'assert list(g) == [1, 4]',
        'assert list(g) == []',
        'g = broken(1)\nassert next(g) == 0\ntry:\n    next(g)\n    assert False, "no error"\nexcept ValueError:\n    pass',
        'assert sum(squares(4)) == 14 and max(squares(4)) == 9',
        'assert 4 in squares(3) and 5 not in squares(3)',
        'assert sorted(squares(3), reverse=True) == [4, 1, 0]',
        'assert list(zip(squares(3), squares(2))) == [(0, 0), (1, 1)]',
        'a, b, c = squares(3)\nassert (a, b, c) == (0, 1, 4)',
        'assert list(chained(squares(2), squares(2))) == [0, 1, 0, 1]',
        'assert next(iter(broken(0)), None) is None',
        'it = lazy([5, 0])\nassert next(it) == 2\ntry:\n    next(it)\nexcept ZeroDivisionError:\n    it = None\nassert it is None',
        'import types\nassert isinstance(squares(1), types.GeneratorType)',
        'assert not isinstance(squares(1), list)',
      ],
    },
  ),
  scene(
    'endless',
    `
import itertools
def naturals(start=0):
    while True:
        yield start
        start += 1
def ones():
    return itertools.repeat(1)
def steps():
    return itertools.count(5, 5)
COUNTER = itertools.count()
def shared():
    return COUNTER
def until(n):
    i = 0
    while True:
        if i == n:
            raise RuntimeError('enough')
        yield i
        i += 1`,
    `
~naturals() -> 0 | [0, 1, 2] | 1
~naturals(3) -> 3 | [3, 4, 5]
~ones() -> 1 | [1, 1, 1]
~steps() -> 5 | [5, 10, 15]
~shared() -> 0 | 1 | [0, 1, 2] | 2
~until(2) -> 0 | [0, 1, 2]
~itertools.cycle([1, 2]) -> 1 | [1, 2, 1]`,
    {
      setup: 'import itertools',
      tests: [
        'assert 3 in naturals()',
        'assert any(x > 5 for x in naturals())',
        'assert next(x for x in naturals() if x % 7 == 6) == 6',
        'assert list(itertools.takewhile(lambda x: x < 3, naturals())) == [0, 1, 2]',
        'it = naturals(5)\nassert next(it) == 5',
        'assert next(it) == 6',
        'assert next(shared()) < next(shared())',
        'assert next(shared()) == 0 or next(shared()) > 1',
        'assert shared() is shared()',
        'assert naturals() is not naturals()',
        'a, b = itertools.tee(naturals())\nassert next(a) == next(b) == 0',
        'assert [x for _, x in zip(range(3), steps())] == [5, 10, 15]',
        'got = []\ntry:\n    for x in until(2):\n        got.append(x)\nexcept RuntimeError:\n    got.append("end")\nassert got == [0, 1, "end"]',
        'assert iter(it) is it if "it" in globals() else True',
      ],
    },
  ),
  scene(
    'names beyond ASCII',
    `
def größe(x, ñ=1):
    return len(x) * ñ
π = 3.14159
class Café:
    def menü(self):
        return ['crème', 'thé']
def ﬁnd(s):
    return s.find('ß')
def 逆(s):
    return s[::-1]`,
    `
größe('äö') -> 2 | 4
größe('a', ñ=3) -> 3 | 1
π -> 3.14159 | 3.14
Café().menü() -> ['crème', 'thé'] | ['creme', 'the']
find('aß') -> 1 | -1
ﬁnd('aß') -> 1 | 2
逆('日本') -> '本日' | '日本'
逆('e\\u0301') -> '\\u0301e' | 'e\\u0301' | 'é'
逆('👍🏽') -> '🏽👍' | '👍🏽'`,
  ),
  scene(
    'chance and output',
    `
import random
def roll(n=6):
    return random.randint(1, n)
def shuffled(xs):
    xs = list(xs)
    random.Random(4).shuffle(xs)
    return xs
def say(x):
    print(x, end='!')
    return x
def hashes(x):
    return hash(x) == hash(x)
def order(xs):
    return sorted(set(xs), key=str)`,
    `
1 <= roll() <= 6 -> True | False
roll(1) -> 1 | 0
sorted(shuffled([1, 2, 3])) -> [1, 2, 3]
len(shuffled('abc')) -> 3
say('a') -> 'a' | None
hashes('a') -> True
order(['b', 'a', 'b']) -> ['a', 'b'] | ['b', 'a']`,
    {
      tests: [
        'import random\nrandom.seed(3)\na = roll(100)\nrandom.seed(3)\nassert roll(100) == a',
        'assert shuffled([1, 2, 3]) == shuffled([1, 2, 3])',
        'import io, contextlib\nwith contextlib.redirect_stdout(io.StringIO()) as out:\n    say(5)\nassert out.getvalue() == "5!"',
        'assert all(1 <= roll(3) <= 3 for _ in range(20))',
        'assert {roll(2) for _ in range(50)} <= {1, 2}',
      ],
    },
  ),
];
