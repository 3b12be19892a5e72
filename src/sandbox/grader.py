"""The part of the grader that runs inside the Python interpreter.

The host (JavaScript) calls the functions at the bottom, each from text to JSON text:

    prepare(setup, tests)   before any candidate code: cuts each `assert` into what the candidate computes
                            (sources) and what is expected (data, which stays with the host)
    load(code), run(setup)  the candidate, then the task's own setup, in a fresh namespace
    leaf(source)            evaluates one expression with the candidate's functions and returns plain data
    inside(source)          the weaker tier: runs a whole test next to the candidate
    replay(source)          in a clean interpreter again: evaluates the rest of a test on plain data

The candidate shares the interpreter with `load`, `leaf` and `inside`, and may break them. That only hurts the
candidate: no expected value is ever here, and the host rolls the whole memory back after each program.
Everything below is captured at import time, and results are read with the methods of the base types only:
the result's own __eq__, __repr__, __hash__, __iter__ ... are never called.
"""

import ast
import builtins
import collections
import datetime
import decimal
import fractions
import json
import random
import sys
import types
from _json import encode_basestring_ascii as quote

MAX_NODES = 50_000  # values in one result
MAX_TEXT = 1_000_000  # characters in one string, hexadecimal digits in one integer
MAX_DEPTH = 60  # nesting of one result
CANDIDATE = '<candidate>'

# -- captured once, before any candidate runs ---------------------------------------------------------------------
_compile, _exec, _eval, _type, _len, _list = compile, exec, eval, type, len, list
_BaseException, _Exception, _AssertionError, _SyntaxError = BaseException, Exception, AssertionError, SyntaxError
_settrace, _setprofile, _stdout = sys.settrace, sys.setprofile, sys.stdout
_mro = type.__dict__['__mro__'].__get__
_type_name = type.__dict__['__name__'].__get__
_traceback = BaseException.__dict__['__traceback__'].__get__
_args = BaseException.__dict__['args'].__get__
_builtin_names = frozenset(vars(builtins))
_builtins = vars(builtins)
_int_hex, _int_add, _float_repr, _join = int.__format__, int.__add__, float.__repr__, ''.join
_str_exact, _str_len, _bytes_hex, _bytes_exact = str.__str__, str.__len__, bytes.hex, bytes.__getitem__
_dict_items, _list_iter, _tuple_iter = dict.items, list.__iter__, tuple.__iter__
_set_iter, _frozenset_iter, _int_bits = set.__iter__, frozenset.__iter__, int.bit_length
_namespace = {}
_slice_all = slice(None)
_stdlib_values = {
    decimal.Decimal: ('Decimal', decimal.Decimal.__str__),
    fractions.Fraction: ('Fraction', fractions.Fraction.__str__),
    datetime.date: ('datetime.date', datetime.date.__str__),
    datetime.datetime: ('datetime.datetime', datetime.datetime.__str__),
    datetime.time: ('datetime.time', datetime.time.__str__),
    range: ('range', range.__repr__),
}
# Iterators whose items are data; they are used up here, as list() in the test would.
_iterators = frozenset(
    _type(thing)
    for thing in (
        (x for x in ()), map(str, ()), filter(None, ()), zip(), reversed([]), iter([]), iter(()), iter({}), iter(set()),
        iter(''), iter(range(0)), enumerate(()), {}.keys(), {}.values(), {}.items(), collections.deque(),
        iter({}.values()), iter({}.items()), iter(reversed(())),
    )
)  # fmt: skip


class _Unreadable(_Exception):
    """The result is no plain data; args[0] says what it is."""


class _TooDeep(_Exception):
    pass


def _encode(value, out, depth):
    """Appends the JSON form of a value to `out`. The forms are read by values.ts."""
    if depth > MAX_DEPTH:
        raise _TooDeep()
    if _len(out) > 4 * MAX_NODES:
        raise _Unreadable('more than %d values' % MAX_NODES)
    put = out.append
    if value is None or value is True or value is False or value is ...:
        put('null' if value is None else 'true' if value is True else 'false' if value is False else '["e"]')
        return
    kind = _type(value)
    bases = _mro(kind)
    if kind is int and -(1 << 60) < value < 1 << 60:  # the usual case first
        put('["i","%x"]' % value)
    elif kind is str and _len(value) < 1000:
        put('["s",' + quote(value) + ']')
    elif int in bases:
        if _int_bits(value) > 4 * MAX_TEXT:
            raise _Unreadable('an integer of %d bits' % _int_bits(value))
        put('["i","%s"]' % _int_hex(_int_add(value, 0), 'x'))
    elif str in bases:
        if _str_len(value) > MAX_TEXT:
            raise _Unreadable('a string of %d characters' % _str_len(value))
        put('["s",%s]' % quote(_str_exact(value)))
    elif float in bases:
        put('["f","%s"]' % _float_repr(value))
    elif complex in bases:
        put('["c","%s","%s"]' % (_float_repr(value.real), _float_repr(value.imag)))
    elif bytes in bases or bytearray in bases:
        if _len(value) > MAX_TEXT:
            raise _Unreadable('%d bytes' % _len(value))
        put('["b","%s"]' % _bytes_hex(bytes(value) if bytearray in bases else _bytes_exact(value, _slice_all)))
    elif list in bases:
        _encode_items('["l"', _list_iter(value), out, depth)
    elif tuple in bases:
        _encode_items('["t"', _tuple_iter(value), out, depth)
    elif set in bases:
        _encode_items('["S"', _set_iter(value), out, depth)
    elif frozenset in bases:
        _encode_items('["S"', _frozenset_iter(value), out, depth)
    elif dict in bases:
        put('["d"')
        for key, item in _dict_items(value):
            put(',')
            _encode(key, out, depth + 1)
            put(',')
            _encode(item, out, depth + 1)
        put(']')
    elif kind in _stdlib_values:
        name, text = _stdlib_values[kind]
        put('["v",%s,%s]' % (quote(name), quote(text(value))))
    elif kind in _iterators:
        _encode_items('["I",%s' % quote(_type_name(kind)), value, out, depth)
    else:
        put('["o",%s]' % quote(_str_exact(_type_name(kind))[:100]))


def _encode_items(head, items, out, depth):
    put = out.append
    put(head)
    for item in items:
        put(',')
        _encode(item, out, depth + 1)
    put(']')


def _value_json(value):
    out = []
    try:
        _encode(value, out, 0)
    except _Unreadable as why:
        return '["o",%s]' % quote(why.args[0])
    return _join(out)


def _exception_json(error):
    """{"error": {type, args (plain data), line (in the candidate, 0 unknown), outside (raised by the test itself)}}."""
    kind = _type(error)
    line, frames, trace = 0, 0, _traceback(error)
    while trace is not None:
        frames += 1
        if trace.tb_frame.f_code.co_filename == CANDIDATE:
            line = trace.tb_lineno
        trace = trace.tb_next
    arguments = _args(error)
    if _SyntaxError in _mro(kind) and _len(arguments) == 2 and _type(arguments[1]) is tuple:
        if arguments[1][0] == CANDIDATE and _type(arguments[1][1]) is int:
            line = arguments[1][1]
        arguments = arguments[:1]
    try:
        text = _value_json(arguments[:3])
    except _BaseException:
        text = '["t"]'
    name = quote(_str_exact(_type_name(kind))[:100])
    return '{"error":{"type":%s,"args":%s,"line":%d}}' % (name, text, line)


def _quiet():
    """Takes the candidate's trace hooks off before the grader's own code goes on."""
    _settrace(None)
    _setprofile(None)


def _flush():
    try:
        _stdout.flush()
    except _BaseException:
        pass


# -- what the host calls ------------------------------------------------------------------------------------------
def load(code):
    """Runs the candidate in a fresh module."""
    module = types.ModuleType('candidate')
    sys.modules['candidate'] = module
    global _namespace
    _namespace = module.__dict__
    _namespace['__builtins__'] = builtins
    answer = run(code)
    if answer == '{}' and not _builtin_names <= _builtins.keys():
        return '{"error":{"type":"NameError","args":["t",["s","the program removed builtins"]],"line":0}}'
    return answer


def run(code, filename=CANDIDATE):
    """Executes statements in the candidate's namespace."""
    try:
        _exec(_compile(code, filename, 'exec', 0, True), _namespace)
    except _BaseException as error:
        _quiet()
        _flush()
        return _exception_json(error)
    _quiet()
    _flush()
    return '{}'


def setup(code):
    return run(code, '<setup>')


def leaf(source):
    """One expression, evaluated with the candidate's functions. {"value": …} or {"error": …}."""
    try:
        # One statement, so that no frame of ours holds the value while foreign code runs.
        given = _eval(_compile(source, '<test>', 'eval', 0, True), _namespace)
        _quiet()
        answer = '{"value":%s}' % _value_json(given)
    except _TooDeep:
        answer = '{"value":["o","a result nested more than %d levels deep"]}' % MAX_DEPTH
    except _BaseException as error:
        _quiet()
        answer = _exception_json(error)
    _flush()
    return answer


def inside(source):
    """The weaker tier: a whole test next to the candidate. {} passed, {"failed": true}, or {"error": …}."""
    try:
        _exec(_compile(source, '<test>', 'exec', 0, True), _namespace)
        answer = '{}'
    except _AssertionError as error:
        _quiet()
        answer = '{"failed":true}' if '"line":0' in _exception_json(error) else _exception_json(error)
    except _BaseException as error:
        _quiet()
        answer = _exception_json(error)
    _quiet()
    _flush()
    return answer


def replay(text):
    """The rest of a test on plain data, in an interpreter that never saw the candidate.

    text: JSON {setup, source, values: {name: encoded}, truth: bool}. {"value": …} or {"error": …}.
    """
    request = json.loads(text)
    space = {'__builtins__': builtins}
    try:
        _exec(_compile(request['setup'], '<setup>', 'exec', 0, True), space)
    except _BaseException:
        pass  # a setup that needs the candidate; its names were treated as the candidate's
    try:
        for name, encoded in request['values'].items():
            space[name] = _decode(encoded)
        result = _eval(_compile(request['source'], '<test>', 'eval', 0, True), space)
        return '{"value":%s}' % _value_json(bool(result) if request['truth'] else result)
    except _BaseException as error:
        return _exception_json(error)


def _decode(data):
    """Plain data back from its JSON form."""
    if data is None or data is True or data is False:
        return data
    kind, rest = data[0], data[1:]
    if kind == 'e':
        return ...
    if kind == 'i':
        return int(rest[0], 16)
    if kind == 's':
        return rest[0]
    if kind == 'f':
        return float(rest[0])
    if kind == 'c':
        return complex(float(rest[0]), float(rest[1]))
    if kind == 'b':
        return bytes.fromhex(rest[0])
    if kind == 'l':
        return [_decode(item) for item in rest]
    if kind == 't':
        return tuple(_decode(item) for item in rest)
    if kind == 'S':
        return {_decode(item) for item in rest}
    if kind == 'd':
        return {_decode(key): _decode(item) for key, item in zip(rest[::2], rest[1::2])}
    if kind == 'I' and rest[0] == 'deque':
        return collections.deque(_decode(item) for item in rest[1:])
    if kind == 'I':
        return (_decode(item) for item in rest[1:])
    if kind == 'v':
        name, text = rest
        if name == 'Decimal':
            return decimal.Decimal(text)
        if name == 'range':
            return range(*ast.literal_eval(text[5:]))
        if name == 'Fraction':
            return fractions.Fraction(text)
        if name in ('datetime.date', 'datetime.datetime', 'datetime.time'):
            return getattr(datetime, name[9:]).fromisoformat(text)
    raise TypeError('a result that is no plain data')


# -- cutting the tests --------------------------------------------------------------------------------------------
def prepare(text):
    """JSON {setup, tests} to a JSON list with one plan per test (the forms are in plan.ts)."""
    request = json.loads(text)
    known = {'__builtins__': builtins}
    try:
        _exec(_compile(request['setup'], '<setup>', 'exec', 0, True), known)
    except _Exception:
        known = {'__builtins__': builtins}
    return json.dumps([_plan(source, known) for source in request['tests']])


def _plan(source, known):
    try:
        body = ast.parse(source.strip()).body
    except (_SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return {'kind': 'refused', 'expression': source, 'reason': 'the test is no valid Python: %s' % error.args[0]}
    if not body:
        return {'kind': 'refused', 'expression': source, 'reason': 'the test is empty'}
    if _len(body) != 1 or _type(body[0]) is not ast.Assert:
        return {'kind': 'inside', 'expression': source.strip(), 'source': source.strip()}
    test = body[0].test
    plan = _Cutter(known, test).cut(test)
    if plan is None:
        plan = {'kind': 'inside', 'source': source.strip()}
    plan.setdefault('expression', ast.unparse(test))
    return plan


_operators = {
    ast.Eq: '==', ast.NotEq: '!=', ast.Lt: '<', ast.LtE: '<=', ast.Gt: '>', ast.GtE: '>=', ast.Is: 'is', ast.IsNot: 'is not',
}  # fmt: skip
_swapped = {'==': '==', '!=': '!=', '<': '>', '<=': '>=', '>': '<', '>=': '<='}


class _Cutter:
    """Cuts one assert. The candidate's names are all that neither Python nor the setup knows."""

    def __init__(self, known, test):
        self.known = known
        self.shadowed = ''
        if not self.unknown(test):
            # The candidate's function has the name of a builtin, as in `sum(10, 15) == 6`: the outermost call is it.
            calls = (x.func.id for x in ast.walk(test) if _type(x) is ast.Call and _type(x.func) is ast.Name)
            self.shadowed = next(calls, '')

    def unknown(self, node):
        """Names in `node` that only the candidate can give."""
        bound, used = set(), set()
        for child in ast.walk(node):
            if _type(child) is ast.Name:
                (used if _type(child.ctx) is ast.Load else bound).add(child.id)
            elif _type(child) is ast.arg:
                bound.add(child.arg)
        return {name for name in used - bound if name == self.shadowed or name not in self.known and name not in _builtin_names}

    def constant(self, node):
        """(True, encoded) when the value of `node` does not depend on the candidate and is plain data."""
        if self.unknown(node):
            return False, None
        try:
            code = _compile(ast.fix_missing_locations(ast.Expression(node)), '<test>', 'eval', 0, True)
            text = _value_json(_eval(code, dict(self.known)))
        except _BaseException:
            return False, None
        return '["o"' not in text and '["I"' not in text, json.loads(text)

    def is_leaf(self, node):
        """A call of the candidate, such as f(1), f(1)(2), Stack().size(), or a global of it."""
        if _type(node) is ast.Name:
            return bool(self.unknown(node))
        if _type(node) is not ast.Call:
            return False
        inner, calls, attributes = node.func, 0, 0
        while _type(inner) in (ast.Call, ast.Attribute):
            if _type(inner) is ast.Call:
                calls += 1
                inner = inner.func
            else:
                attributes += 1
                inner = inner.value
        if _type(inner) is not ast.Name or not self.unknown(inner):
            return False
        # f(x).upper() is a method of the result: only f(x) is the candidate's, unless it is a class.
        return calls == 0 or attributes == 0 or inner.id[:1].isupper()

    def cut(self, test):
        if _type(test) is ast.Compare and _len(test.ops) == 1 and _type(test.ops[0]) in _operators:
            operator = _operators[_type(test.ops[0])]
            left, right = test.left, test.comparators[0]
            if self.unknown(right) and not self.unknown(left) and operator in _swapped:
                left, right, operator = right, left, _swapped[operator]
            constant, expected = self.constant(right)
            # The host compares equality, order of numbers, and identity of None, True and False.
            simple = expected is None or _type(expected) is bool
            number = simple and expected is not None or not simple and expected[0] in 'if'
            if constant and self.unknown(left) and (operator in ('==', '!=') or (simple if 'is' in operator else number)):
                return self.compare(left, operator, expected)
        negate = False
        while _type(test) is ast.UnaryOp and _type(test.op) is ast.Not:
            test, negate = test.operand, not negate
        plan = self.leaves(test)
        if plan is not None:
            # Only objects of the candidate, nothing expected: if they are no plain data, Python must compare them.
            objects = _len(plan['leaves']) > 1 and not any(_type(x) is ast.Constant for x in ast.walk(ast.parse(plan['rest'])))
            plan |= {'kind': 'truth', 'negate': negate, 'objects': objects}
        return plan

    def compare(self, left, operator, expected):
        """LEFT op EXPECTED: the host compares; LEFT is a leaf, abs(leaf - y), or an expression over leaves."""
        plan = self.leaves(left)
        if plan is None:
            return None
        if operator in ('<', '<=') and _type(left) is ast.Call and _type(left.func) is ast.Name and left.func.id == 'abs':
            if _len(left.args) == 1 and _type(left.args[0]) is ast.BinOp and _type(left.args[0].op) is ast.Sub:
                near, about = left.args[0].left, left.args[0].right
                if self.unknown(about):
                    near, about = about, near
                constant, target = self.constant(about)
                if constant and self.is_leaf(near):
                    plan |= {'target': target}
        return plan | {'kind': 'compare', 'operator': operator, 'expected': expected, 'expression': ast.unparse(left)}

    def leaves(self, node):
        """{leaves: {name: source}, rest: source}; rest '' when the node itself is the one leaf; None if it cannot be cut."""
        found = {}
        cutter = self

        class Replace(ast.NodeTransformer):
            def visit(self, child):
                if isinstance(child, ast.expr) and cutter.is_leaf(child):
                    name = '_leaf%d' % _len(found)
                    found[name] = ast.unparse(child)
                    return ast.Name(name, ast.Load())
                return self.generic_visit(child)

        rest = Replace().visit(ast.parse(ast.unparse(node), mode='eval').body)
        # A leaf inside a lambda or a comprehension would need its variables: such a test stays whole.
        for child in ast.walk(node):
            if isinstance(child, (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
                if self.unknown(child) and not any(ast.unparse(child) in source for source in found.values()):
                    return None
        if any(_needs_object(child, found) for child in ast.walk(rest)):
            return None
        return {'leaves': found, 'rest': '' if _type(rest) is ast.Name and rest.id in found else ast.unparse(rest)}


_plain_types = (str, int, float, complex, bool, bytes, list, tuple, dict, set, frozenset, type(None))
_plain_attributes = {name for plain in _plain_types for name in dir(plain)}
_plain_type_names = {plain.__name__ for plain in _plain_types}


def _needs_object(node, leaves):
    """Whether a test asks more of a result than plain data can answer: m(x).group(0), isinstance(m(x), re.Match)."""
    def about_result(part):
        return any(_type(x) is ast.Name and x.id in leaves for x in ast.walk(part))

    if _type(node) is ast.Attribute:
        return node.attr not in _plain_attributes and about_result(node.value)
    if _type(node) is ast.Call and _type(node.func) is ast.Name and node.func.id == 'isinstance' and _len(node.args) == 2:
        kinds = node.args[1].elts if _type(node.args[1]) is ast.Tuple else [node.args[1]]
        plain = all(_type(kind) is ast.Name and kind.id in _plain_type_names for kind in kinds)
        return not plain and about_result(node.args[0])
    return False


def warm_up():
    """Before the snapshot: one round of everything, so that Python's lazy imports and caches are there for good."""
    global _namespace
    tests = ['assert sorted(f(1)) == [1]', 'assert abs(f(2) - 1.5) < 1e-6', 'assert f(x) in (1, 2) or not f({})', 'f()']
    prepare(json.dumps({'setup': 'import math', 'tests': tests}))
    load('def f(x):\n    return [x, str(x), {x: (1.5, None)}]\nprint(f(1))')
    leaf('f(1)')
    leaf('f(None)')
    leaf('f([])')
    inside('assert f(1) == 1')
    replay('{"setup": "import math", "source": "sorted(_leaf0)", "values": {"_leaf0": ["l", ["i", "1"]]}, "truth": false}')
    del sys.modules['candidate']
    _namespace = {}


def lockdown():
    """Once per worker, before its memory is copied: no JavaScript, fixed random numbers, line-wise output."""
    for name in _list(sys.modules):
        if name.split('.')[0] in ('js', 'pyodide', '_pyodide', 'pyodide_js', '_pyodide_core'):
            del sys.modules[name]
    for name in ('js', 'pyodide', '_pyodide', 'pyodide_js', '_pyodide_core'):
        sys.modules[name] = None  # importing it is an ImportError
    sys.meta_path[:] = [finder for finder in sys.meta_path if not _type(finder).__module__.startswith('_pyodide')]
    sys.modules.pop('_sandbox_grader', None)
    sys.set_int_max_str_digits(0)
    _stdout.reconfigure(line_buffering=True)
    random.seed(0)
    return '{}'
