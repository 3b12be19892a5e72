/** Programs with a state: where the order, the number and the aliasing of evaluations matter. */
import { scene, type Scene } from './scene.ts';

export const states: readonly Scene[] = [
  scene(
    'counters',
    `
n = 0
def bump(by=1):
    global n
    n += by
    return n
def peek():
    return n
def drop():
    global n
    n -= 1
    if n < -2:
        raise RuntimeError('below')
    return n
def reset():
    global n
    n = 0`,
    `
bump() -> 1 | 2 | 3 | 4
bump(2) -> 2 | 3 | 5
peek() -> 0 | 1 | 2 | 3
drop() -> -1 | 0 | 1 | -2
reset() -> None
n -> 0 | 1 | 2
10 // peek() -> 10 | 5`,
  ),
  scene(
    'a shared list',
    `
LOG = []
def add(x):
    LOG.append(x)
    return LOG
def size():
    return len(LOG)
def last():
    return LOG[-1]
def clear():
    LOG.clear()
    return LOG
def copy():
    return LOG[:]`,
    `
add(1) -> [1] | [1, 1] | [1, 2, 1]
add(2) -> [2] | [1, 2] | [2, 2]
size() -> 0 | 1 | 2 | 3
last() -> 1 | 2
clear() -> []
copy() -> [] | [1] | [1, 2]
LOG -> [] | [1] | [1, 2]
add(size()) -> [0] | [1, 1]`,
    {
      tests: [
        'assert [add(1), add(2)] == [[1, 2], [1, 2]]',
        'assert [copy(), add(1)] == [[], [1]]',
        'assert add(1) == add(2)',
        'assert add(3) is add(4)',
        'assert copy() is not copy() and copy() == copy()',
        'assert add(1) == [1] and add(2) == [1, 2]',
        'x = add(1)\ny = add(2)\nassert x is y and len(x) == size()',
        'assert size() == 0 or add(1)',
        'assert size() < len(add(1)) < len(add(2))',
        'assert add(5)[-1] == 5 and last() == 5',
        'assert (add(1), clear()) == ([], [])',
      ],
    },
  ),
  scene(
    'memory',
    `
CACHE = {}
def memo(k):
    if k not in CACHE:
        CACHE[k] = len(CACHE)
    return CACHE[k]
def seen(x, so_far=[]):
    so_far.append(x)
    return so_far
def once(it=iter([1, 2, 3])):
    return it
def take():
    return next(once())
KEPT = None
def keep(x):
    global KEPT
    KEPT = x
    return x
def kept():
    return KEPT
def make():
    count = 0
    def step():
        nonlocal count
        count += 1
        return count
    return step
step = make()`,
    `
memo('a') -> 0 | 1
memo('b') -> 1 | 0 | 2
memo([]) -> 0
CACHE -> {} | {'a': 0} | {'a': 0, 'b': 1}
seen(1) -> [1] | [1, 1]
seen(2) -> [2] | [1, 2]
seen(1, []) -> [1]
list(once()) -> [1, 2, 3] | [] | [2, 3]
once() -> [1, 2, 3]
take() -> 1 | 2 | 3
keep([1]) -> [1]
kept() -> None | [1]
step() -> 1 | 2 | 3
make()() -> 1 | 2`,
    {
      tests: [
        'xs = [1]\nkeep(xs)\nxs.append(2)\nassert kept() == [1, 2]',
        'assert keep([]) is kept()',
        'assert list(once()) == [1, 2, 3] and list(once()) == []',
        'counter = make()\nassert [counter(), counter()] == [1, 2]',
        'assert counter() == 3',
        'counter = make()',
        'assert (step(), step()) == (1, 2)',
        'assert take() < take()',
        'kept().append(9)\nassert kept()[-1] == 9',
      ],
    },
  ),
  scene(
    'in place',
    `
def order(xs):
    xs.sort()
def push(xs, x):
    xs.append(x)
    return xs
def put(d, k, v):
    d.update({k: v})
def pop(xs):
    return xs.pop()
def drain(q):
    out = []
    while q:
        out.append(q.pop())
    return out
def touch(xss):
    xss[0].append(0)
    return xss
def same(x):
    return x
def total(xs):
    return sum(xs)`,
    `
order(data) -> None
data -> [3, 1, 2] | [1, 2, 3] | []
alias -> [3, 1, 2] | [1, 2, 3]
push(data, 9) -> [3, 1, 2, 9] | [1, 2, 3, 9]
pop(data) -> 2 | 3 | 9
total(data) -> 6 | 15
put(table, 'a', 1) -> None
table -> {} | {'a': 1}
drain(queue) -> [2, 1] | []
queue -> deque([1, 2]) | deque()
touch(nested) -> [[1, 0], [1, 0]] | [[1], [1]]
nested -> [[1], [1]] | [[1, 0], [1, 0]]
same(data) -> [3, 1, 2] | [1, 2, 3]
same(table) -> {} | {'a': 1}
push([], 1) -> [1]
order([2, 1]) -> None
order((1, 2)) -> None
len(data) -> 3 | 4 | 2`,
    {
      setup:
        'from collections import deque\ndata = [3, 1, 2]\nalias = data\ntable = {}\nqueue = deque([1, 2])\ninner = [1]\nnested = [inner, inner]\nfrozen = tuple(data)',
      tests: [
        'order(data)\nassert data == [1, 2, 3]',
        'assert order(data) is None and data == [1, 2, 3]',
        'assert order(alias) is None and data == [1, 2, 3]',
        'assert same(data) == data',
        'assert push(data, 4) == data',
        'assert total(data) == sum(data)',
        'assert push(data, 5) != [3, 1, 2]',
        'assert total(push(data, 1)) == 7 and total(data) == 7',
        'assert data == push(data, 6)',
        'assert pop(data) == data[-1] or data',
        'assert (before := list(data)) == [3, 1, 2] and order(data) is None and before != data',
        'assert same(data) is data',
        'assert same(data) is alias',
        'assert same(data) is not list(data)',
        'assert push(data, 1) is data and alias[-1] == 1',
        'touch(nested)\nassert inner == [1, 0]',
        'assert nested[0] is nested[1] and touch(nested)[1] == [1, 0]',
        "put(table, 'k', 2)\nassert table['k'] == 2",
        "assert not table or 'k' in table",
        'assert data == [3, 1, 2] or data == [1, 2, 3]',
        'assert sorted(frozen) == sorted(data)',
        'data = [9, 8]',
        'data = [2, 1]\norder(data)\nassert data == [1, 2] and alias != data',
        'assert pop(data) in frozen',
        'assert [pop(data), pop(data)] == [2, 1]',
        'assert drain(queue) == [2, 1]\nassert not queue',
        'assert len(push(data, 0)) == len(data)',
        'assert push(data, len(data))[-1] == len(data) - 1',
        'data.append(7)\nassert total(data) == sum(alias)',
        'for x in list(data):\n    push(data, x)\nassert len(data) % 2 == 0',
        'fresh = []\nassert push(fresh, 1) == [1] and fresh == [1]',
        'def check(candidate):\n    xs = [2, 1]\n    candidate(xs)\n    assert xs == [1, 2]\ncheck(order)',
      ],
    },
  ),
  scene(
    'the test gives its classes',
    `
def cheapest(items):
    return min(items, key=lambda i: i.price)
def total(items):
    return sum(i.price * i.count for i in items)
def names(items):
    return [i.name for i in items]
def raised(items, by):
    for i in items:
        i.price += by
    return items
def ask(f, *args):
    try:
        return f(*args)
    except LookupError:
        return 'lookup'
def same(x):
    return x`,
    `
cheapest(shop) -> Item('b', 1, 2) | Item('a', 3)
cheapest(shop).name -> 'b' | 'a'
total(shop) -> 5 | 6
names(shop) -> ['a', 'b'] | ['b', 'a']
raised(shop, 1)[0].price -> 4 | 5
shop[0].price -> 3 | 4
same(shop[0]) -> Item('a', 3) | Item('a', 3, 1)
total([]) -> 0
cheapest([]) -> None
ask(lookup, 'x') -> 'lookup' | 1
ask(lambda x: x + 1, 1) -> 2
ask(len, shop) -> 2
same(LIMIT) -> 10 | 11
same(Item) -> Item`,
    {
      setup:
        "from dataclasses import dataclass\nLIMIT = 10\n@dataclass\nclass Item:\n    name: str\n    price: int\n    count: int = 1\nshop = [Item('a', 3), Item('b', 1, 2)]\ndef lookup(k):\n    return {'y': 1}[k]\ndef close(a, b, tol=1e-6):\n    return abs(a - b) <= tol\ndef ref(items):\n    return sum(i.price * i.count for i in items)\ndef must(ok):\n    assert ok, 'must'",
      tests: [
        'assert close(total(shop), 5.0)',
        'assert close(total(shop), 5.1, tol=0.2)',
        'assert total(shop) == ref(shop)',
        'must(total(shop) == 5)',
        'must(total(shop) == 6)',
        'assert cheapest(shop) is shop[1]',
        'assert same(shop) is shop',
        "assert sorted(shop, key=lambda i: i.name)[0].name == 'a'",
        'raised(shop, 2)\nassert shop[0].price == 5',
        'assert all(total(shop[:n]) == ref(shop[:n]) for n in range(3))',
        'assert same(Item) is Item',
        "assert Item('z', 0) not in raised(shop, 1)",
        'assert same(close)(1, 1)',
        'LIMIT = 11\nassert same(LIMIT) == 11',
      ],
    },
  ),
  scene(
    'what the test lends',
    `
KEPT = []
def adopt(xs):
    KEPT.append(xs)
    return len(KEPT)
def poke(x):
    for xs in KEPT:
        xs.append(x)
def each(f, xs):
    return [f(x) for x in xs]
def until(f, stop):
    n = 0
    while not f(n) == stop:
        n += 1
        if n > 20:
            raise TimeoutError('never')
    return n
def first(it):
    for x in it:
        return x
def firsts(it, n):
    return [x for x, _ in zip(it, range(n))]
def guarded(f):
    try:
        return f()
    except ValueError as error:
        return str(error)
def same(x):
    return x
def fill(box):
    box.full = True
    return box`,
    `
adopt(lent) -> 1 | 2
poke(3) -> None
lent -> [] | [3] | [3, 3]
each(note, [1, 2]) -> [1, 2] | [2, 3]
each(len, ['a', 'bb']) -> [1, 2]
each(lambda x: x + offset, [1]) -> [11] | [1]
notes -> [] | [1, 2]
until(lambda n: n * n, 9) -> 3 | 9
until(lambda n: n, -1) -> None
first(source) -> 1 | 2 | 3 | None
firsts(source, 1) -> [1] | [2] | []
list(source) -> [1, 2, 3] | [2, 3] | []
guarded(angry) -> 'no' | None
guarded(lost) -> 'no'
same(Suit.SPADE) -> Suit.SPADE | Suit.HEART | 1
same(Suit.SPADE).name -> 'SPADE'
fill(box).full -> True | False
box.full -> False | True`,
    {
      setup:
        "from enum import Enum\nfrom types import SimpleNamespace\nclass Suit(Enum):\n    SPADE = 1\n    HEART = 2\nclass Lost(Exception):\n    pass\nlent = []\nnotes = []\noffset = 10\nsource = iter([1, 2, 3])\nbox = SimpleNamespace(full=False)\ndef note(x):\n    notes.append(x)\n    return len(notes)\ndef angry():\n    raise ValueError('no')\ndef lost():\n    raise Lost('way')",
      tests: [
        'adopt(lent)\npoke(5)\nassert lent == [5]',
        'assert adopt(lent) and poke(1) is None and lent[-1] == 1',
        'mine = []\nadopt(mine)\npoke(2)\nassert mine == [2] and mine is not lent',
        'assert mine == [2]',
        'poke(7)\nassert lent == [7] or not lent',
        'each(note, [4, 5])\nassert notes[-2:] == [4, 5]',
        'seen = []\neach(seen.append, [1, 2])\nassert seen == [1, 2]',
        'assert each(notes.append, [1]) == [None] and notes[-1] == 1',
        'assert same(Suit.SPADE) is Suit.SPADE',
        'assert same(Suit.HEART) in Suit and same(Suit.HEART) != Suit.SPADE',
        'offset = 20\nassert each(lambda x: x + offset, [1]) == [21]',
        'offset += 1\nassert offset in (11, 21, 22)',
        'try:\n    guarded(lost)\n    assert False, "not raised"\nexcept Lost as error:\n    assert str(error) == "way"',
        'assert first(source) == 1 and first(source) == 2',
        'numbers = (n * n for n in range(5))\nassert first(numbers) == 0\nassert list(numbers) == [1, 4, 9, 16]',
        'assert fill(box) is box and box.full',
        'assert not box.full or fill(box).full',
        'count = 0\ndef bump(_):\n    global count\n    count += 1\n    return count\nassert each(bump, "abc") == [1, 2, 3] and count == 3',
        'assert count == 3',
        'k = [1]\nk.append(same(k))\nassert k[1] is k and len(k) == 2',
        'assert each(same, [lent]) == [lent] and each(same, [lent])[0] is lent',
      ],
    },
  ),
];
