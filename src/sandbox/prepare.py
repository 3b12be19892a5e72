"""From a task's setup and tests to plans (plan.ts): the entry of setup.py and cutter.py, in an interpreter that never saw a candidate."""

import ast
import importlib.util
import json
import sys


class _Test:
    """A test as written: its one assert, or several statements."""

    def __init__(self, source):
        self.source = source.strip()
        self.expression, self.message, self.refusal = None, None, ''
        self.uses, self.binds = set(), set()
        try:
            body = ast.parse(self.source).body
            self.uses, self.binds = _names(self.source)
        except (_SyntaxError, ValueError, RecursionError, MemoryError) as error:
            self.refusal = 'the test is not valid Python: %s' % error.args[0]
            return
        if not body:
            self.refusal = 'the test is empty'
            return
        self.refusal = next((missing_package(name) for name in _imports(body) if not _has(name)), '')
        if _len(body) == 1 and _type(body[0]) is ast.Assert and not any(_type(x) is ast.NamedExpr for x in ast.walk(body[0].test)):
            self.expression, self.message = body[0].test, body[0].msg


def _imports(nodes):
    """The packages that statements import, but for those under a `try`."""
    for node in nodes:
        if _type(node) is ast.Import:
            yield from (alias.name.split('.')[0] for alias in node.names)
        elif _type(node) is ast.ImportFrom:
            yield (node.module or '').split('.')[0]
        elif _type(node) is ast.Call and _type(node.func) is ast.Name and node.func.id == '__import__' and node.args:
            if _type(node.args[0]) is ast.Constant and _type(node.args[0].value) is str:
                yield node.args[0].value.split('.')[0]
            yield from _imports(node.args)
        elif _type(node) not in (ast.Try, ast.TryStar):
            yield from _imports(ast.iter_child_nodes(node))


def _has(package):
    try:
        return package in CANDIDATE_MODULES or package in sys.modules or importlib.util.find_spec(package) is not None
    except (ImportError, ValueError):
        return False


def prepare(text):
    """JSON {setup, tests, beside} to JSON {plans, own, imports, theirs}: one plan a test, and the setup's parts (plan.ts).

    beside: numbers of tests that must not be cut.
    """
    request = json.loads(text)
    setup = _Setup(request['setup'])
    tests = [_Test(source) for source in request['tests']]
    if setup.fault:
        plans = [_refused(test, setup.fault) for test in tests]
        return json.dumps({'plans': plans, 'own': '', 'imports': '', 'theirs': ''})
    plans = _plans(setup, tests, set(request['beside']))
    return json.dumps({'plans': plans, 'own': setup.own(), 'imports': setup.imports(), 'theirs': setup.theirs()})


def _refused(test, reason):
    return {'kind': 'refused', 'expression': test.source, 'reason': reason}


def _plans(setup, tests, beside):
    """Cuts the tests. What one of them needs of the setup decides how the others may be cut, so this goes on until nothing changes."""
    held = set()
    while True:
        known = _len(beside), _len(held), _len(setup.early), _len(setup.shared), _len(setup.shown)
        # The first test of the weaker tier brings what all of them need: a later one may depend on what an earlier one changes.
        needed = set().union(*[tests[i].uses for i in beside])
        setup.need_early(needed)
        plans, exposed, open_code = [], setup.exposed(), setup.shows_code()
        try:
            for i, test in enumerate(tests):
                uses = setup.closure(test.uses)
                missing = next((setup.missing[name] for name in uses if name in setup.missing), '')
                if test.refusal or missing:
                    plans.append(_refused(test, test.refusal or missing))
                    continue
                plan = None
                if i not in beside and test.expression and not open_code and not uses & (held | exposed | setup.mixed):
                    try:
                        cutter = _Cutter(setup, test.expression)
                        plan = cutter.cut(test.expression)
                        plan['message'] = test.message is not None and cutter.acts(test.message)
                    except Whole:
                        pass
                if plan is None:
                    beside.add(i)
                    own = uses - setup.imported
                    held |= {name for name in own - setup.shared if not setup.steady(name)} | test.binds & (setup.bound | _builtin_names)
                    exposed |= setup.closure(needed | test.uses) - setup.imported - setup.shared
                    open_code |= setup.shows_code(needed | test.uses)
                    shown = ast.unparse(test.expression) if test.expression else test.source
                    plan = {'kind': 'inside', 'source': test.source, 'needs': setup.needs(needed | test.uses), 'expression': shown}
                plans.append(plan)
        except _Shared as given:
            setup.give(given.args[0])
            continue
        if known == (_len(beside), _len(held), _len(setup.early), _len(setup.shared), _len(setup.shown)):
            return plans
