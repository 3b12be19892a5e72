"""The part of the grader that runs inside the Python interpreter; the files that node.ts lists come before it in one module.

The host (JavaScript) calls these functions, each from text to JSON text:

    prepare(setup, tests, …) before any candidate code: cuts each `assert` into what the candidate computes (leaves) and what is done
                            with it and expected (which stays with the host); prepare.py
    load(code)              the candidate, in a fresh module
    setup(imports, theirs)  what the task's setup gives to the candidate
    leaf(source)            evaluates one expression with the candidate's functions and returns plain data
    changed()               whether a leaf's value is no longer what it was when it was read
    drain()                 reads the iterator that the only leaf gave
    again(source)           the weaker tier: the rest of a test, on the leaves' own objects
    inside(needs, source)   the weaker tier: a whole test next to the candidate
    replay(source, values)  in a clean interpreter again: the rest of a test on plain data

The candidate shares the interpreter with all but `prepare` and `replay`, and may break them. That only hurts the candidate: no expected
value is here but those of the weaker tier, and the host rolls the whole memory back after each program.
Everything is captured at import time.
"""

import json
import random
import sys

CANDIDATE = '<candidate>'
MAX_RECURSION = 200_000  # calls that sys.setrecursionlimit can allow; many more only fill the memory before they fail

_settrace, _setprofile, _stdout, _loads = sys.settrace, sys.setprofile, sys.stdout, json.loads
_traceback = BaseException.__dict__['__traceback__'].__get__
_args = BaseException.__dict__['args'].__get__
_chain = itertools.chain

_candidate = {}  # the candidate's module
_space = {}  # where the tests run: their own names, then the candidate's, then Python's
_kept = {}  # the leaves' values of the current test
_read = {}  # how they looked when they were read
_done = set()  # the statements of the setup that tests of the weaker tier had run


class _Names(dict):
    """Behind the tests' own names: the candidate's, then Python's."""

    def __missing__(self, name):
        return _candidate[name] if name in _candidate else _builtins[name]


def _exception_json(error):
    """{"error": {type, args (plain data), line (in the candidate, 0 unknown)}}."""
    kind = _type(error)
    line, trace = 0, _traceback(error)
    while trace is not None:
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
    sys.modules['candidate'] = sys.modules['solution'] = module
    global _candidate, _space
    _candidate = module.__dict__
    _candidate['__builtins__'] = builtins
    _space = {'__builtins__': _Names(), '__name__': 'test'}
    _kept.clear()
    _done.clear()
    answer = _run(code, CANDIDATE, _candidate)
    if answer == '{}' and not _builtin_names <= _builtins.keys():
        return '{"error":{"type":"NameError","args":["t",["s","the program removed builtins"]],"line":0}}'
    return answer


def _run(code, filename, space):
    """Executes statements. {} or {"error": …}."""
    try:
        _exec(_compile(code, filename, 'exec', 0, True), space)
    except _BaseException as error:
        _quiet()
        _flush()
        return _exception_json(error)
    _quiet()
    _flush()
    return '{}'


def setup(text):
    """text: JSON {imports, theirs}. The candidate sees the imports too, unless it has something of that name."""
    parts = _loads(text)
    answer = _run(parts['imports'], '<setup>', _space)
    for name in _list(_space):
        if name not in _candidate:
            _candidate[name] = _space[name]
    return answer if answer != '{}' else _run(parts['theirs'], '<setup>', _space)


def leaf(source):
    """One expression, evaluated with the candidate's functions. {"value": …} or {"error": …}. The first of a test begins with "0 "."""
    number, _, source = source.partition(' ')
    if number == '0':
        _kept.clear()
    name = '_leaf' + number
    try:
        _kept[name] = _eval(_compile(source, '<test>', 'eval', 0, True), _space)
        _quiet()
        answer = _read[name] = _answer(_kept[name])
    except _BaseException as error:
        _quiet()
        answer = _exception_json(error)
    _flush()
    return answer


def changed(_):
    return '{"value":%s}' % ('true' if any(_answer(_kept[name]) != _read[name] for name in _kept) else 'false')


def drain(_):
    """The items of the iterator that is the only leaf, if they come to an end; else what was read is put back before the rest."""
    source = _kept['_leaf0']
    items = []
    try:
        for item in source:
            items.append(item)
            if _len(items) > MAX_NODES:
                _kept['_leaf0'] = _chain(items, source)
                break
        else:
            _kept['_leaf0'] = _resumed(items)
            _quiet()
            inner = '{"value":["v","iterator",%s]%s}'
            text = _value_json(items)
            return inner % (text, ',"loose":true' if _loose else '') if text[2] != 'u' else '{"value":%s}' % text
    except _BaseException as error:
        _kept['_leaf0'] = _resumed(items, error)
    _quiet()
    _flush()
    return '{"value":["u","an iterator with more than is read"]}'


def _resumed(items, error=None):
    yield from items
    if error is not None:
        raise error


def again(source):
    """An expression over the leaves' own objects, and over what the last such call gave (`_got`). {"value": …} or {"error": …}."""
    try:
        _space.update(_kept)
        _kept['_got'] = _eval(_compile(source, '<test>', 'eval', 0, True), _space)
        answer = _answer(_kept['_got'])
        _quiet()
    except _BaseException as error:
        _quiet()
        answer = _exception_json(error)
    for name in _kept:
        _space.pop(name, None)
    _flush()
    return answer


def inside(text):
    """text: JSON {needs: [[number, statement]], source}. {} passed, {"failed": true}, or {"error": …}."""
    request = _loads(text)
    for number, statement in request['needs']:
        if number not in _done:
            _done.add(number)
            answer = _run(statement, '<setup>', _space)
            if answer != '{}':
                return answer
    try:
        _exec(_compile(request['source'], '<test>', 'exec', 0, True), _space)
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
    request = _loads(text)
    space = {'__builtins__': builtins, '__name__': 'test'}
    _exec(_compile(request['setup'], '<setup>', 'exec', 0, True), space)
    try:
        for name, encoded in request['values'].items():
            space[name] = _decode(encoded)
        result = _eval(_compile(request['source'], '<test>', 'eval', 0, True), space)
        return '{"value":%s}' % _value_json(bool(result) if request['truth'] else result)
    except _BaseException as error:
        return _exception_json(error)


# -- before the snapshot ------------------------------------------------------------------------------------------
def warm_up():
    """One round of everything, so that Python's lazy imports and caches are there for good."""
    global _candidate, _space
    tests = ['assert sorted(f(1)) == [1]', 'assert abs(f(2) - 1.5) < 1e-6', 'assert f(x) in (1, 2) or not f({})', 'f()']
    tests += ['assert f(1) and len(f(data)) == 1', 'assert f(data) is not None', 'def check(g):\n    assert g(1)\ncheck(f)']
    source = 'import math\nfrom collections import Counter\ndata = [1, 2]\ndef near(a, b): return abs(a - b) < 1e-6\nroot = Node(1)'
    prepare(json.dumps({'setup': source, 'tests': tests, 'beside': []}))
    load('def f(x):\n    return [x, str(x), {x: (1.5, None)}]\ndef g(n):\n    yield from range(n)\nprint(f(1))')
    setup('{"imports": "import math", "theirs": "data = [1, 2]"}')
    leaf('0 f(1)')
    leaf('1 f(None)')
    changed('')
    leaf('0 g(3)')
    drain('')
    again('list(_leaf0)')
    inside('{"needs": [[0, "import math"]], "source": "assert f(1) == 1"}')
    replay('{"setup": "import math", "source": "sorted(_leaf0)", "values": {"_leaf0": ["l", ["i", "1"]]}, "truth": false}')
    del sys.modules['candidate'], sys.modules['solution']
    _candidate, _space = {}, {}
    _kept.clear()
    _read.clear()
    _done.clear()


def _own_event_loop():
    """asyncio without JavaScript's event loop: nothing can wait for a file or a socket here, so waiting is sleeping, in virtual time."""
    import asyncio
    import time

    class Selector:
        def select(self, timeout):
            if timeout is None:
                raise RuntimeError('asyncio waits for something that cannot come')
            time.sleep(max(0, timeout))
            return []

        def close(self):
            pass

    class Loop(asyncio.base_events.BaseEventLoop):
        _selector = Selector()

        def _process_events(self, events):
            pass

        def _write_to_self(self):
            pass

    class Policy(asyncio.events._BaseDefaultEventLoopPolicy):
        _loop_factory = Loop

    asyncio._set_running_loop(None)
    asyncio.events._set_event_loop_policy(Policy())
    asyncio.run = asyncio.runners.run  # Pyodide has put its own in its place


def lockdown():
    """Once per worker, before its memory is copied: no JavaScript, fixed random numbers, line-wise output."""
    for name in _list(sys.modules):
        if name.split('.')[0] in ('js', 'pyodide', '_pyodide', 'pyodide_js', '_pyodide_core'):
            del sys.modules[name]
    for name in ('js', 'pyodide', '_pyodide', 'pyodide_js', '_pyodide_core'):
        sys.modules[name] = None  # importing it is an ImportError
    sys.meta_path[:] = [finder for finder in sys.meta_path if not _type(finder).__module__.startswith('_pyodide')]
    sys.modules.pop('_sandbox_grader', None)
    set_limit = sys.setrecursionlimit
    sys.setrecursionlimit = lambda limit, /: set_limit(min(limit, MAX_RECURSION))
    _stdout.reconfigure(line_buffering=True)
    _own_event_loop()
    random.seed(0)
    return '{}'
