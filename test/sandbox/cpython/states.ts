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
];
