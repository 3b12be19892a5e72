/** Programs with classes of their own, whose objects the setup, the tests and the program share. */
import { scene, type Scene } from './scene.ts';

export const objects: readonly Scene[] = [
  scene(
    'a stack in the setup',
    `
class Stack:
    def __init__(self, items=()):
        self.items = list(items)
    def push(self, x):
        self.items.append(x)
        return self
    def pop(self):
        return self.items.pop()
    def size(self):
        return len(self.items)
    def peek(self):
        return self.items[-1] if self.items else None
    def __len__(self):
        return len(self.items)
    def __iter__(self):
        return iter(self.items)
    def __contains__(self, x):
        return x in self.items
def fill(stack, n):
    for i in range(n):
        stack.push(i)
    return stack`,
    `
s.size() -> 0 | 1 | 2
s.push(1).size() -> 1 | 2
s.pop() -> 1 | 2
s.peek() -> None | 1
len(s) -> 0 | 1 | 2
s.items -> [] | [1] | [1, 2]
list(s) -> [] | [1]
1 in s -> True | False
Stack([1, 2]).pop() -> 2 | 1
Stack().push(1).push(2).size() -> 2 | 3
Stack().pop() -> None
Stack([1]).items -> [1] | (1,)
fill(Stack(), 3).size() -> 3 | 2
fill(s, 2).items -> [0, 1] | [1, 0, 1]
[x for x in Stack('ab')] -> ['a', 'b'] | 'ab'
len(Stack([1, 2])) -> 2 | 0
!Stack([1, 2]) -> None
!fill(Stack(), 2) -> None
!s -> None
!s.push(2) -> None`,
    {
      setup: 's = Stack()',
      tests: [
        's.push(1)',
        's.push(1)\ns.push(2)\nassert s.pop() == 2',
        'assert s.push(1) is s',
        'assert not s or s.pop() is not None',
        'assert s.size() == 0 and s.push(3).pop() == 3',
        't = Stack([1])\nassert t.pop() == 1 and t.size() == 0',
        'assert t.size() == 0',
        'assert isinstance(s, Stack)',
        'assert type(fill(s, 1)) is Stack',
        'try:\n    Stack().pop()\n    assert False\nexcept IndexError:\n    pass',
        'assert fill(s, 2) is s and len(s) >= 2',
        'assert s.items is s.items',
        'assert bool(Stack()) is False',
      ],
    },
  ),
  scene(
    'nodes in the setup',
    `
class Node:
    def __init__(self, value, left=None, right=None):
        self.value = value
        self.left = left
        self.right = right
def total(node):
    return 0 if node is None else node.value + total(node.left) + total(node.right)
def height(node):
    return 0 if node is None else 1 + max(height(node.left), height(node.right))
def mirror(node):
    if node:
        node.left, node.right = mirror(node.right), mirror(node.left)
    return node
def values(node):
    return [] if node is None else values(node.left) + [node.value] + values(node.right)
def find(node, x):
    if node is None or node.value == x:
        return node
    return find(node.left, x) or find(node.right, x)`,
    `
total(root) -> 6 | 5
height(root) -> 2 | 3
values(root) -> [2, 1, 3] | [3, 1, 2]
values(mirror(root)) -> [3, 1, 2] | [2, 1, 3]
mirror(root).left.value -> 3 | 2
root.left.value -> 2 | 3
root.right.left -> None
find(root, 3).value -> 3 | 2
find(root, 9) -> None
find(root, 9).value -> None
total(None) -> 0 | None
height(Node(1, Node(2))) -> 2 | 1
Node(5).value -> 5
!root -> None
!mirror(root) -> None
!find(root, 2) -> None`,
    {
      setup: 'root = Node(1)\nroot.left = Node(2)\nroot.right = Node(3)',
      tests: [
        'assert mirror(root) is root',
        'mirror(root)\nassert root.left.value == 3',
        'assert find(root, 1) is root',
        'assert root.left is not root.right',
        'assert find(root, 2) is root.left or find(root, 2) is root.right',
        'root.left.left = Node(10)\nassert total(root) == 16',
        'assert isinstance(root.left, Node)',
      ],
    },
  ),
  scene(
    'bags and factories',
    `
class Bag:
    def __init__(self, xs):
        self.xs = list(xs)
    def __len__(self):
        return len(self.xs)
    def __contains__(self, x):
        return x in self.xs
    def __iter__(self):
        return iter(self.xs)
    def __getitem__(self, i):
        return self.xs[i]
    def __repr__(self):
        return 'Bag' + str(self.xs)
    def __lt__(self, other):
        return len(self.xs) < len(other.xs)
    def __bool__(self):
        return bool(self.xs)
    def __call__(self):
        return self.xs[0]
    def get(self, i, default=None):
        return self.xs[i] if i < len(self.xs) else default
    def fetch(self, i):
        return self.xs[i]
    def count(self, x):
        return self.xs.count(x) * 10
    def items(self):
        return list(enumerate(self.xs))
    def pop(self):
        return self.xs.pop(0)
    @property
    def real(self):
        return 'real'
    @classmethod
    def of(cls, *xs):
        return cls(xs)
def make(*xs):
    return Bag(xs)
def bags(n):
    return [Bag([i]) for i in range(n)]
def best(a, b):
    return a if len(a) >= len(b) else b
ONE = Bag([1])
def one():
    return ONE`,
    `
len(Bag([1, 2])) -> 2 | 0
2 in Bag([1, 2]) -> True | False
list(Bag([1, 2])) -> [1, 2] | [2, 1]
Bag([5, 6])[1] -> 6 | 5
repr(Bag([1])) -> 'Bag[1]' | '[1]'
str(make(1, 2)) -> 'Bag[1, 2]'
f'{make(1)}' -> 'Bag[1]' | 'Bag[2]'
bool(Bag([])) -> False | True
Bag([7])() -> 7
=make(3, 4).get(1) -> 4 | 3
=make(3, 4).get(9, 'd') -> 'd' | None
make(3).fetch(0) -> 3
make(3).fetch(1) -> 3
=make(3, 3).count(3) -> 20 | 2
=make(3).items() -> [(0, 3)] | [3]
make(3).real -> 'real' | 3
=make(3, 4).pop() -> 3 | 4
=one().pop() -> 1
Bag.of(1, 2).xs -> [1, 2] | (1, 2)
best(make(1), make(1, 2)).xs -> [1, 2] | [1]
sorted(Bag([2, 1])) -> [1, 2]
max(Bag([2, 1])) -> 2
[len(b) for b in bags(2)] -> [1, 1]
bags(2)[1].xs -> [1] | [0]
sum(map(len, bags(3))) -> 3
dict(make(3).items()) -> {0: 3}
sorted([make(1, 2), make(1)])[0].xs -> [1] | [1, 2]
make(1) < make(1, 2) -> True | False
make(1).missing -> None
!make(1, 2) -> None
!Bag([1, 2]) -> None
!Bag([]) -> None
!one() -> None
!best(make(1), make(1, 2)) -> None
!bags(2)[0] -> None`,
    {
      tests: [
        'assert one() is one()',
        'assert make(1) is not make(1)',
        'assert not Bag([])',
        'assert one().xs is ONE.xs',
        'assert isinstance(make(1), Bag)',
        'assert all(isinstance(b, Bag) for b in bags(2))',
        'b = make(1, 2)\nassert b.pop() == 1 and len(b) == 1 and b.xs == [2]',
        'one().xs.append(5)\nassert list(one())[-1] == 5',
        'assert best(b, make()) is b',
        'assert len(one()) == 1 or one().pop() == 1',
        'x, y = make(1, 2)\nassert (x, y) == (1, 2)',
        'assert [*make(1, 2)] == [1, 2] and max(*make(1, 2)) == 2',
        'assert make() or make(1)',
        'assert (make() or make(1)).xs == [1]',
      ],
    },
  ),
  scene(
    'points with equality',
    `
from dataclasses import dataclass, field
from functools import total_ordering
class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y
    def __eq__(self, other):
        return isinstance(other, Point) and (self.x, self.y) == (other.x, other.y)
    def __hash__(self):
        return hash((self.x, self.y))
    def __add__(self, other):
        return Point(self.x + other.x, self.y + other.y)
    def __repr__(self):
        return f'Point({self.x}, {self.y})'
    def __iter__(self):
        return iter((self.x, self.y))
@dataclass
class Box:
    w: int
    h: int = 1
    tags: list = field(default_factory=list)
@dataclass(order=True, frozen=True)
class Version:
    major: int
    minor: int = 0
def move(p, dx):
    return Point(p.x + dx, p.y)
def box(w):
    return Box(w)
def parse(s):
    return Version(*map(int, s.split('.')))
def newest(texts):
    return max(map(parse, texts))`,
    `
move(Point(1, 2), 1).x -> 2 | 1
repr(move(Point(1, 2), 1)) -> 'Point(2, 2)' | 'Point(1, 2)'
repr(box(2)) -> 'Box(w=2, h=1, tags=[])' | 'Box(2)'
list(Point(1, 2)) -> [1, 2]
(Point(1, 2) + Point(1, 1)).y -> 3 | 2
box(3).w * box(3).h -> 3 | 9
parse('1.2').minor -> 2
parse('x') -> None
newest(['1.2', '1.10']).minor -> 10 | 2
parse('1.2') < parse('1.10') -> True | False
len({Point(1, 2), Point(1, 2)}) -> 1 | 2
!Point(1, 2) -> None
!move(Point(0, 2), 1) -> None
!box(2) -> None
!Box(2, 1) -> None
!parse('1.2') -> None
!Version(1, 2) -> None
!newest(['1.2', '0.9']) -> None
!Point(1, 1) + Point(0, 1) -> None`,
    {
      tests: [
        'assert move(Point(0, 2), 1) == Point(1, 2)',
        'assert Point(1, 2) == move(Point(0, 2), 1)',
        'assert Point(1, 2) != Point(2, 1)',
        'assert {Point(1, 2)} == {move(Point(0, 2), 1)}',
        'assert move(Point(0, 2), 1) in [Point(1, 2)]',
        'assert box(2) == Box(2)',
        'assert box(2) == Box(2, 2)',
        "assert newest(['1.2', '1.10']) == Version(1, 10)",
        "assert sorted([parse('2.0'), parse('1.0')]) == [Version(1), Version(2)]",
        'assert [Point(1, 2)] == [Point(1, 2)]',
        "assert {'p': Point(1, 2)} == {'p': Point(1, 2)}",
        'p = Point(1, 2)\nassert move(p, 0) == p and move(p, 0) is not p',
        'box(1).tags.append(1)\nassert box(1).tags == []',
        'try:\n    parse("1").major = 2\n    assert False\nexcept AttributeError:\n    pass',
      ],
    },
  ),
  scene(
    'an account',
    `
class BankError(Exception):
    def __init__(self, message, amount=0):
        super().__init__(message)
        self.amount = amount
class Overdrawn(BankError):
    pass
class Account:
    count = 0
    def __init__(self, owner, balance=0):
        self.owner = owner
        self._balance = balance
        self.history = []
        Account.count += 1
    @property
    def balance(self):
        return self._balance
    def deposit(self, amount):
        if amount <= 0:
            raise ValueError('amount')
        self._balance += amount
        self.history.append(amount)
        return self._balance
    def withdraw(self, amount):
        if amount > self._balance:
            raise Overdrawn('too much', amount)
        self._balance -= amount
        self.history.append(-amount)
        return self
    def __enter__(self):
        self.history.append('in')
        return self
    def __exit__(self, kind, error, trace):
        self.history.append('out')
        return kind is KeyError
    def __getattr__(self, name):
        if name.startswith('has_'):
            return name[4:] in self.owner
        raise AttributeError(name)
    def __str__(self):
        return f'{self.owner}: {self._balance}'
    def __eq__(self, other):
        return isinstance(other, Account) and self._balance == other._balance
    def __lt__(self, other):
        return self._balance < other._balance
    def __hash__(self):
        return hash(self._balance)
def opened(owner, *amounts):
    account = Account(owner)
    for amount in amounts:
        account.deposit(amount)
    return account
def richest(accounts):
    return max(accounts)`,
    `
opened('a', 1, 2).balance -> 3 | 2
opened('a', 1).withdraw(1).history -> [1, -1] | [-1]
opened('a', -1) -> None
opened('a').withdraw(5) -> None
acc.deposit(5) -> 15 | 20 | 5
acc.balance -> 10 | 15
acc.withdraw(3).balance -> 7 | 10
acc.history -> [] | [5] | [-3]
str(acc) -> 'ann: 10' | 'ann: 15'
acc.has_a -> True | False
acc.nothing -> None
Account.count -> 1 | 2 | 3
richest([acc, opened('b', 50)]).owner -> 'b' | 'ann'
sorted([opened('x', 2), opened('y', 1)])[0].owner -> 'y' | 'x'
!acc -> None
!opened('z', 10) -> None
!richest([acc]) -> None`,
    {
      setup: "acc = Account('ann', 10)",
      tests: [
        'try:\n    acc.withdraw(100)\n    assert False\nexcept Overdrawn as error:\n    assert error.amount == 100',
        'try:\n    acc.withdraw(100)\nexcept BankError as error:\n    assert isinstance(error, Overdrawn)\nelse:\n    assert False',
        'with acc as inside:\n    assert inside is acc\nassert acc.history[-2:] == ["in", "out"]',
        'with acc:\n    raise KeyError("swallowed")',
        'with acc:\n    raise IndexError("not swallowed")',
        'before = acc.balance\nacc.deposit(1)\nassert acc.balance == before + 1',
        'assert acc == opened("z", 10)',
        'assert len({acc, opened("z", 10)}) == 1',
        'assert issubclass(Overdrawn, BankError) and not issubclass(BankError, ValueError)',
        'assert acc.withdraw(1) is acc',
        'def raises(kind, call):\n    try:\n        call()\n    except kind:\n        return True\n    return False\nassert raises(ValueError, lambda: acc.deposit(0))',
        'assert not raises(KeyError, lambda: acc.balance)',
        'assert raises(BankError, lambda: acc.deposit(-1))',
        'acc._balance = 3\nassert acc.balance == 3 and acc.has_nn',
        'try:\n    acc.balance = 5\n    assert False\nexcept AttributeError:\n    pass',
      ],
    },
  ),
];
