"""What can be read off the syntax tree of a test's expression, for cutter.py."""

import ast

# They read what they are given and change nothing.
_READING = frozenset('len sorted list tuple set frozenset dict sum min max abs round any all zip enumerate range str repr int float '
                     'bool reversed map filter isinstance divmod pow ord chr hash'.split())  # fmt: skip
_READING_METHODS = frozenset('get keys values items copy count index startswith endswith split join lower upper strip union '
                             'intersection difference issubset issuperset isdisjoint most_common elements'.split())  # fmt: skip
_READING_MODULES = frozenset('math cmath copy json collections itertools statistics'.split())
# They use up an iterator they are given.
_CONSUMING = frozenset('list tuple set frozenset sorted sum max min dict'.split())
_CHANGING = frozenset('append extend insert remove pop popitem clear sort reverse update setdefault add discard difference_update '
                      'intersection_update symmetric_difference_update'.split())  # fmt: skip
_TEXTUAL = frozenset('str repr format type ascii print vars dir id'.split())

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def _free(node):
    """The names that an expression takes from around it."""
    kind = _type(node)
    if kind is ast.Name:
        return {node.id}
    if kind is ast.Lambda:
        a = node.args
        inner = {arg.arg for arg in [*a.posonlyargs, *a.args, *a.kwonlyargs, a.vararg, a.kwarg] if arg}
        outer = set().union(*[_free(x) for x in [*a.defaults, *a.kw_defaults] if x])
        return outer | _free(node.body) - inner
    if kind in _COMPREHENSIONS:
        inner, targets = set(), set()
        for i, part in enumerate(node.generators):
            targets |= _free(part.target)
            inner |= set().union(*[_free(x) for x in part.ifs], _free(part.iter) if i else set())
        for part in [node.key, node.value] if kind is ast.DictComp else [node.elt]:
            inner |= _free(part)
        return _free(node.generators[0].iter) | inner - targets
    return set().union(*[_free(child) for child in ast.iter_child_nodes(node)])


def _in_order(node):
    """The fields of an expression as Python evaluates them."""
    if _type(node) is ast.Dict:
        for i in range(_len(node.keys)):
            yield node.keys, i
            yield node.values, i
        return
    if _type(node) is ast.IfExp:
        yield from (((node, name)) for name in ('test', 'body', 'orelse'))
        return
    for name, value in ast.iter_fields(node):
        if isinstance(value, ast.AST):
            yield node, name
        elif _type(value) is list:
            for i in range(_len(value)):
                yield value, i


_operators = {
    ast.Eq: '==', ast.NotEq: '!=', ast.Lt: '<', ast.LtE: '<=', ast.Gt: '>', ast.GtE: '>=', ast.Is: 'is', ast.IsNot: 'is not',
}  # fmt: skip
_swapped = {'==': '==', '!=': '!=', '<': '>', '<=': '>=', '>': '<', '>=': '<=', 'is': 'is', 'is not': 'is not'}


def _leafy(node, found):
    """Whether a value of `node` may be a leaf's, and not only what a comparison says of it."""
    if _type(node) is ast.Name:
        return node.id in found
    return _type(node) is not ast.Compare and any(_leafy(child, found) for child in ast.iter_child_nodes(node))


def _paired(compare, found):
    """Whether a comparison holds leaves against leaves only, and constants against constants."""

    def paired(a, b):
        if _type(a) is _type(b) and _type(a) in (ast.Tuple, ast.List) and _len(a.elts) == _len(b.elts):
            return all(paired(x, y) for x, y in zip(a.elts, b.elts))
        return _leafy(a, found) == _leafy(b, found)

    sides = [compare.left, *compare.comparators]
    if not any(_leafy(side, found) for side in sides):
        return True
    if _len(sides) == 2 and _type(compare.ops[0]) in (ast.Eq, ast.NotEq):
        return paired(*sides)
    within = any(_type(op) in (ast.In, ast.NotIn) for op in compare.ops)
    return all(_leafy(side, found) and not (within and any(_type(x) is ast.Constant for x in ast.walk(side))) for side in sides)


def _root(node):
    while _type(node) in (ast.Call, ast.Attribute):
        node = node.func if _type(node) is ast.Call else node.value
    return node.id if _type(node) is ast.Name else ''


_plain_types = (str, int, float, complex, bool, bytes, list, tuple, dict, set, frozenset, type(None))
_plain_attributes = {name for plain in _plain_types for name in dir(plain)}
_plain_type_names = {plain.__name__ for plain in _plain_types}


def _needs_object(node, about):
    """Whether a test asks more of a result than plain data can answer: m(x).group(0), isinstance(m(x), re.Match)."""
    if _type(node) is ast.Attribute:
        return node.attr not in _plain_attributes and about(node.value)
    if _type(node) is ast.Call and _type(node.func) is ast.Name and node.func.id == 'isinstance' and _len(node.args) == 2:
        kinds = node.args[1].elts if _type(node.args[1]) is ast.Tuple else [node.args[1]]
        plain = all(_type(kind) is ast.Name and kind.id in _plain_type_names for kind in kinds)
        return not plain and about(node.args[0])
    return _type(node) is ast.Call and _type(node.func) is ast.Name and node.func.id in ('id', 'hash', 'globals', 'locals', 'eval', 'exec')
