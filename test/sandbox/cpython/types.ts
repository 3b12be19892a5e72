/** Programs that give functions, types, named tuples, enums and kinds of base types, and programs that go wrong. */
import { scene, type Scene } from './scene.ts';

export const types: readonly Scene[] = [
  scene(
    'functions as values',
    `
from functools import partial, reduce
def adder(n):
    return lambda x: x + n
def compose(f, g):
    return lambda *a: f(g(*a))
def apply(f, *args):
    return f(*args)
def twice(x):
    return x * 2
def kind(x):
    return type(x)
def problem(text):
    return ValueError(text)
def raiser(error):
    raise error
triple = partial(lambda n, x: n * x, 3)`,
    `
adder(2)(3) -> 5 | 6
compose(twice, adder(1))(2) -> 6 | 5
apply(twice, 'ab') -> 'abab'
apply(max, 1, 5) -> 5 | 1
apply(lambda x: x + 1, 1) -> 2 | 1
apply(adder(1), 1) -> 2
list(map(twice, [1, 2])) -> [2, 4] | [1, 4]
list(filter(twice, [0, 1])) -> [1] | [0]
sorted([2, -3, 1], key=twice) -> [-3, 1, 2] | [1, 2, -3]
max([1, 3, 2], key=lambda x: -twice(x)) -> 1 | 3
[twice(x) for x in [1, 2]] -> [2, 4]
{x: twice(x) for x in 'ab'} -> {'a': 'aa', 'b': 'bb'}
triple(4) -> 12 | 34
twice -> None | 2
adder(1) -> 1 | None
kind(1) -> int | bool | type(1)
kind('a')(5) -> '5' | 5
kind([]) -> list | tuple
problem('x') -> ValueError('x') | 'x'
problem('x').args -> ('x',) | ['x']
str(problem('x')) -> 'x' | ''
raiser(KeyError('k')) -> None
raiser(AssertionError('no')) -> None
raiser(StopIteration()) -> None
raiser(5) -> None
apply(raiser, SystemExit(0)) -> None`,
  ),
  scene(
    'named tuples and enums',
    `
from collections import namedtuple
from dataclasses import dataclass, field
from enum import Enum, IntEnum, Flag
from typing import NamedTuple
Point = namedtuple('Point', 'x y')
class Size(NamedTuple):
    w: int
    h: int = 1
class Color(Enum):
    RED = 1
    BLUE = 'b'
class Level(IntEnum):
    LOW = 1
    HIGH = 2
def mirror(p):
    return Point(p[1], p[0])
def level(n):
    return Level(n)
def color(n):
    return Color(n)
def grow(s):
    return s._replace(w=s.w + 1)`,
    `
Point(1, 2) -> (1, 2) | Point(1, 2) | Point(2, 1) | [1, 2]
mirror((1, 2)) -> (2, 1) | Point(2, 1) | (1, 2)
mirror(Point(1, 2)).x -> 2 | 1
mirror(mirror((1, 2))) -> Point(x=1, y=2) | (1, 2)
grow(Size(1)) -> Size(2) | (2, 1) | Size(2, 2)
grow(Size(1)).w -> 2 | 1
Size(3)._asdict() -> {'w': 3, 'h': 1} | {'w': 3}
level(1) -> 1 | Level.LOW | 2 | Level.HIGH | True
level(2) + 1 -> 3 | 2
level(5) -> 5
color(1).name -> 'RED' | 'BLUE'
color('b').value -> 'b' | 1
[level(1), level(2)] -> [1, 2] | [Level.LOW, Level.HIGH]
{level(1): 'x'} -> {1: 'x'} | {Level.LOW: 'x'}
Color['RED'].value -> 1
len(Color) -> 2 | 3
[c.name for c in Color] -> ['RED', 'BLUE']
!color(1) -> None
!Color.RED -> None
!Color('b') -> None`,
  ),
  scene(
    'kinds of base types',
    `
from collections import OrderedDict, UserDict
class Words(list):
    def longest(self):
        return max(self, key=len)
class Upper(str):
    def shout(self):
        return self.upper() + '!'
class Money(int):
    def __repr__(self):
        return '$%d' % int(self)
    def __add__(self, other):
        return Money(int(self) + other)
def split(s):
    return Words(s.split())
def shout(s):
    return Upper(s)
def pay(n):
    return Money(n)
def half(x):
    return type(x)(x / 2)`,
    `
split('a bb') -> ['a', 'bb'] | ('a', 'bb')
split('a bb').longest() -> 'bb' | 'a'
split('a bb')[0] -> 'a'
shout('hi') -> 'hi' | 'HI!'
shout('hi').shout() -> 'HI!' | 'hi'
shout('hi') + '?' -> 'hi?'
pay(3) -> 3 | 4 | 3.0
pay(3) + 1 -> 4
repr(pay(3)) -> '$3' | '3'
str(pay(3)) -> '$3' | '3'
'%s' % pay(3) -> '$3'
half(3) -> 1 | 1.5
half(3.0) -> 1.5
half(True) -> True | False`,
  ),
  scene(
    'programs that go wrong',
    `
def typo(x):
    return undefined_name + x
def deep(n):
    return deep(n + 1)
def key(d):
    return d['missing']
def attr(x):
    return x.missing
def asserts(x):
    assert x > 0, 'not positive'
    return x
def leaves(x):
    import sys
    sys.exit(x)
def half(x):
    if x % 2:
        raise ValueError('odd')
    return x // 2
def imports(x):
    import no_such_package
    return x`,
    `
typo(1) -> 1
deep(0) -> 0
key({}) -> None
key({'missing': 3}) -> 3 | 4
attr(1) -> None
asserts(1) -> 1 | 2
asserts(-1) -> -1
leaves(0) -> None
half(4) -> 2 | 2.0 | 3
half(3) -> 1
imports(1) -> 1
nowhere(1) -> 1`,
  ),
  scene(
    'asyncio',
    `
import asyncio
async def one(x):
    await asyncio.sleep(0)
    return x
async def both(x, y):
    return await asyncio.gather(one(x), one(y))
async def fails():
    raise KeyError('k')
async def numbers(n):
    for i in range(n):
        yield i
async def collect(n):
    return [i async for i in numbers(n)]
async def slow(x):
    try:
        return await asyncio.wait_for(asyncio.sleep(0.001, x), 5)
    finally:
        await asyncio.sleep(0)
def run(x):
    return asyncio.run(both(x, x))
def queue(xs):
    async def work():
        q = asyncio.Queue()
        for x in xs:
            await q.put(x)
        return [await q.get() for _ in xs]
    return asyncio.run(work())`,
    `
asyncio.run(one(1)) -> 1 | 2
asyncio.run(both(1, 2)) -> [1, 2] | (1, 2)
asyncio.run(fails()) -> None
asyncio.run(collect(3)) -> [0, 1, 2] | [0, 1]
asyncio.run(slow('a')) -> 'a' | None
run(3) -> [3, 3] | [3]
queue([1, 2]) -> [1, 2] | [2, 1]`,
    { setup: 'import asyncio' },
  ),
  scene(
    'names of builtins',
    `
def sum(a, b):
    return a + b
def max(xs):
    best = xs[0]
    for x in xs:
        if x > best:
            best = x
    return best
def list(n):
    return [n] * n
def sorted(x):
    return 'mine'`,
    `
=sum(10, 15) -> 25 | 26
=max([1, 3, 2]) -> 3 | 2
=max([]) -> None
=list(2) -> [2, 2] | [2]
=sorted([2, 1]) -> 'mine' | [1, 2]
=sum(1, 'a') -> 1`,
  ),
];
