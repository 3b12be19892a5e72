"""Cuts a task's unit tests, in an interpreter that never saw a candidate.

An `assert` becomes leaves, expressions that only the candidate can compute, and a rest, which is computed on their values where the
candidate cannot reach. That gives what Python gives only where the order of evaluation, the scope of names and the sharing of objects
cannot matter; a test of which that is not sure stays whole and runs beside the candidate: the weaker tier.
"""

import ast
import json


class _Cutter:
    """Cuts the expression of one assert."""

    def __init__(self, setup, test):
        self.setup = setup
        self.staged = False
        self.shadowed = ''
        if not self.unknown(test):
            # The candidate's function has the name of a builtin, as in `sum(10, 15) == 6`: the outermost call is it.
            calls = (x.func.id for x in ast.walk(test) if _type(x) is ast.Call and _type(x.func) is ast.Name)
            self.shadowed = next((name for name in calls if name not in setup.bound), '')

    def is_unknown(self, name):
        return name == self.shadowed or name in self.setup.shared or name not in self.setup.bound and name not in _builtin_names

    def unknown(self, node):
        """Names in `node` that only the candidate can give."""
        return {name for name in _free(node) if self.is_unknown(name)}

    def pure(self, node):
        """Whether evaluating `node`, which has nothing of the candidate, changes nothing of the setup."""
        setup = self.setup

        def loose(part):
            return any(not setup.steady(name) for name in _free(part) & setup.bound)

        if not loose(node):
            return True
        for child in ast.walk(node):
            if _type(child) is ast.Call and any(loose(x) for x in [*child.args, *child.keywords, child.func]):
                func = child.func
                if _type(func) is ast.Name:
                    fine = func.id in _READING and func.id not in setup.bound
                elif _type(func) is ast.Attribute and _type(func.value) is ast.Name and func.value.id in setup.imported:
                    fine = func.value.id in _READING_MODULES
                else:
                    fine = _type(func) is ast.Attribute and func.attr in _READING_METHODS
                if not fine:
                    return False
            elif _type(child) in (ast.NamedExpr, ast.Await, ast.Yield, ast.YieldFrom):
                return False
        return True

    def value(self, node):
        """The value of `node`, which has nothing of the candidate. @raises Whole when that is not safe, or fails."""
        if not self.pure(node):
            raise Whole()
        try:
            code = _compile(ast.fix_missing_locations(ast.Expression(node)), '<test>', 'eval', 0, True)
            return _eval(code, dict(self.setup.space))
        except _BaseException:
            raise Whole() from None

    def constant(self, node):
        """(True, encoded) when the value of `node` does not depend on the candidate and is plain data."""
        if self.unknown(node):
            return False, None
        try:
            text = _value_json(self.value(node))
        except Whole:
            return False, None
        return all('["%s"' % kind not in text for kind in 'oIu'), json.loads(text)

    def expects_object(self, rest):
        """Whether a comparison has an operand that is not data and not the candidate's: then the test itself asks for objects."""
        sides = [side for x in ast.walk(rest) if _type(x) is ast.Compare for side in [x.left, *x.comparators]]
        for side in sides:
            if _type(side) is not ast.Constant and not self.unknown(side):
                try:
                    if '["o"' in _value_json(self.value(side)):
                        return True
                except Whole:
                    pass
        return False

    def acts(self, message):
        """Whether evaluating the message of a failed assert calls the candidate, or fails itself."""
        if self.unknown(message):
            return True
        try:
            self.value(message)
        except Whole:
            return True
        return False

    # -- leaves ----------------------------------------------------------------------------------------------------
    def is_leaf(self, node):
        """A call of the candidate, such as f(1), f(1)(2), Stack().size(), or a global of it, such as LIMIT, s.items."""
        if _type(node) is ast.Name:
            return self.is_unknown(node.id)
        if _type(node) not in (ast.Call, ast.Attribute):
            return False
        inner, calls, attributes = node, 0, 0
        while _type(inner) in (ast.Call, ast.Attribute):
            if _type(inner) is ast.Call:
                calls += 1
                inner = inner.func
            else:
                attributes += 1
                inner = inner.value
        if _type(inner) is not ast.Name or not self.is_unknown(inner.id):
            return False
        if _type(node) is ast.Attribute:
            return calls == 0 or inner.id[:1].isupper()
        # f(x).upper() is a method of the result: only f(x) is the candidate's, unless it is a class.
        return calls == 1 or attributes == 0 or inner.id[:1].isupper()

    def leaf_source(self, node):
        """The leaf with what the setup gives it as literals, or as a shared name. The candidate sees no other name of the setup."""
        return ast.unparse(self.given(node))

    def given(self, node):
        setup = self.setup
        names = _free(node)
        mine = {name for name in names & setup.bound if name not in setup.imported and not self.is_unknown(name)}
        if not mine:
            return node
        if not self.unknown(node):
            value = self.value(node)
            if _type(node) is ast.Name and not setup.steady(node.id):
                _literal(value)  # or Whole
                raise _Shared(node.id)
            held = set()
            _containers_in(value, held)
            if held & setup.containers():
                raise Whole()
            return ast.parse(_literal(value), mode='eval').body
        if _type(node) in (ast.Lambda, *_COMPREHENSIONS):
            raise Whole()
        copy = _type(node)(**{name: _list(x) if _type(x) is list else x for name, x in ast.iter_fields(node)})
        for holder, at in _in_order(copy):
            part = holder[at] if _type(holder) is list else getattr(holder, at)
            if isinstance(part, ast.AST):
                part = self.given(part)
                if _type(holder) is list:
                    holder[at] = part
                else:
                    setattr(holder, at, part)
        return copy

    def leaves(self, node):
        """(leaves: {name: source}, rest: expression over their names, roots: the leaves' own nodes)."""
        found, roots, used = {}, [], False
        self.staged = False

        def replace(part, certain, bound):
            nonlocal used
            if not isinstance(part, ast.AST) or not self.unknown(part):
                return part
            part = inner(part, certain, bound)
            used |= _type(part) not in (ast.Name, ast.Tuple, ast.List, ast.keyword)
            return part

        def inner(part, certain, bound):
            if _type(part) is ast.NamedExpr or _type(part) in (ast.Await, ast.Yield, ast.YieldFrom):
                raise Whole()
            if isinstance(part, ast.expr) and self.is_leaf(part):
                if not certain or _free(part) & bound:
                    raise Whole()
                self.staged |= used
                name = '_leaf%d' % _len(found)
                found[name] = self.leaf_source(part)
                roots.append(part)
                return ast.Name(name, ast.Load())
            if _type(part) is ast.IfExp and not self.unknown(part.test):
                return replace(part.body if self.value(part.test) else part.orelse, certain, bound)
            copy = _type(part)(**{name: _list(x) if _type(x) is list else x for name, x in ast.iter_fields(part)})
            if _type(part) is ast.Lambda:
                names = {arg.arg for arg in ast.walk(part.args) if _type(arg) is ast.arg}
                copy.body = replace(part.body, False, bound | names)
                return copy
            if _type(part) in _COMPREHENSIONS:
                targets = set().union(*[_free(x.target) for x in part.generators])
                first = part.generators[0]
                for other in [*first.ifs, *part.generators[1:], *[getattr(part, x) for x in ('elt', 'key', 'value') if hasattr(part, x)]]:
                    replace(other, False, bound | targets)
                head = ast.comprehension(first.target, replace(first.iter, certain, bound), first.ifs, first.is_async)
                copy.generators = [head, *part.generators[1:]]
                return copy
            for i, (holder, at) in enumerate(_in_order(copy)):
                sure = certain
                if _type(part) is ast.BoolOp or _type(part) is ast.IfExp:
                    sure = certain and (at == 0 or at == 'test')
                elif _type(part) is ast.Compare and holder is copy.comparators:
                    sure = certain and at == 0
                if _type(holder) is list:
                    holder[at] = replace(holder[at], sure, bound)
                else:
                    setattr(holder, at, replace(getattr(holder, at), sure, bound))
            return copy

        rest = replace(node, True, frozenset())
        self.check_rest(rest, found)
        return found, rest, roots

    def check_rest(self, rest, found):
        """@raises Whole when the rest asks what values alone cannot tell, or would change something of the setup."""
        if _type(rest) is ast.Name:
            return

        def about(part):
            return any(_type(x) is ast.Name and x.id in found for x in ast.walk(part))

        for child in ast.walk(rest):
            if _needs_object(child, about) or _type(child) is ast.Attribute and child.attr in _CHANGING and about(child):
                raise Whole()
            if _type(child) is ast.Compare and any(_type(x) in (ast.Is, ast.IsNot) for x in child.ops) and about(child):
                sides = [child.left, *child.comparators]
                if not any(_type(x) is ast.Constant and (x.value is None or x.value is ... or _type(x.value) is bool) for x in sides):
                    raise Whole()
            if _type(child) is ast.NamedExpr:
                raise Whole()
        if not self.pure(rest):
            raise Whole()

    # -- plans -----------------------------------------------------------------------------------------------------
    def cut(self, test):
        """The plan of a test (plan.ts). @raises Whole"""
        negate = False
        while _type(test) is ast.UnaryOp and _type(test.op) is ast.Not:
            test, negate = test.operand, not negate
        try:
            plan = self.compare(test)
            if plan is None or negate:
                plan = self.truth(test, negate)
            return plan
        except Whole:
            return self.choice(test, negate)

    def choice(self, test, negate):
        """`and`, `or` and chains, part by part, because Python may not come to the later ones. All but the last must be decided at once."""
        if _type(test) is ast.BoolOp:
            parts, every = test.values, _type(test.op) is ast.And
        elif _type(test) is ast.Compare and _len(test.ops) > 1 and not any(self.unknown(x) for x in test.comparators[:-1]):
            sides, every = [test.left, *test.comparators], True
            parts = [ast.Compare(sides[i], [op], [sides[i + 1]]) for i, op in enumerate(test.ops)]
        else:
            raise Whole()
        plans = []
        for part in parts:
            if not self.unknown(part):
                if bool(self.value(part)) is not every:
                    plans.append({'kind': 'known', 'value': not every, 'expression': ast.unparse(part)})
                    break
                continue
            plans.append(self.cut(part))
        if not plans:
            raise Whole()
        for plan in plans[:-1]:
            if plan['kind'] == 'choice' or plan.get('rest') and 'target' not in plan:
                raise Whole()
        return {'kind': 'choice', 'every': every, 'negate': negate, 'parts': plans, 'expression': ast.unparse(test)}

    def compare(self, test):
        """LEFT op EXPECTED, where the candidate has to do with the left side only. None for anything else."""
        if not (_type(test) is ast.Compare and _len(test.ops) == 1 and _type(test.ops[0]) in _operators):
            return None
        operator = _operators[_type(test.ops[0])]
        left, right = test.left, test.comparators[0]
        if self.unknown(right) and not self.unknown(left):
            left, right, operator = right, left, _swapped[operator]
        constant, expected = self.constant(right)
        simple = expected is None or _type(expected) is bool or expected[0] == 'e'
        number = simple and expected is not None and _type(expected) is bool or not simple and expected[0] in 'if'
        if not constant or not self.unknown(left) or not (operator in ('==', '!=') or (simple if 'is' in operator else number)):
            return None
        found, rest, roots = self.leaves(left)
        plan = self.plan(test, found, rest, roots, True)
        if operator in ('<', '<=') and _type(left) is ast.Call and _type(left.func) is ast.Name and left.func.id == 'abs':
            if _len(left.args) == 1 and _type(left.args[0]) is ast.BinOp and _type(left.args[0].op) is ast.Sub:
                near, about = left.args[0].left, left.args[0].right
                if self.unknown(about):
                    near, about = about, near
                constant, target = self.constant(about)
                if constant and self.is_leaf(near):
                    plan |= {'target': target}
        right = ast.unparse(right)
        return plan | {'kind': 'compare', 'operator': operator, 'expected': expected, 'right': right, 'expression': ast.unparse(left)}

    def truth(self, test, negate):
        found, rest, roots = self.leaves(test)
        plan = self.plan(test, found, rest, roots, False)
        return plan | {'kind': 'truth', 'negate': negate, 'expression': ast.unparse(test)}

    def names_object(self, leaf):
        """Whether a leaf names a class of the candidate, by its capital letter, or an object that the setup made."""
        roots = {_root(x) for x in ast.walk(leaf) if _type(x) in (ast.Call, ast.Attribute)}
        return any(self.is_unknown(x) and (x[:1].isupper() or x in self.setup.shared) for x in roots)

    def plan(self, whole, found, rest, roots, compared):
        """What both kinds of cut tests have."""
        walked = [] if _type(rest) is ast.Name else _list(ast.walk(rest))
        leaf_names = found.keys()

        def is_leaf_name(x):
            return _type(x) is ast.Name and x.id in leaf_names

        consumed = any(
            _type(x) is ast.Call and x.args and is_leaf_name(x.args[0])
            and (_type(x.func) is ast.Name and x.func.id in _CONSUMING or _type(x.func) is ast.Attribute and x.func.attr == 'join')
            for x in walked
        )  # fmt: skip

        def about(x):
            return any(is_leaf_name(y) for y in ast.walk(x))

        attributes = [x for x in walked if _type(x) is ast.Attribute and about(x)]
        # A method whose answer is the verdict is not asked: any object could say yes.
        methods = attributes and (compared or not (_type(rest) is ast.Call and rest.func in attributes))
        within = (ast.In, ast.NotIn)
        judged = attributes or any(
            _type(x) is ast.Compare and (about(x.left) or about(x) and not all(_type(op) in within for op in x.ops)) for x in walked
        )
        objects = _len(found) > 1 and all(_paired(x, found) for x in walked if _type(x) is ast.Compare)
        objects = objects or not compared and self.expects_object(rest)
        own = any(_type(x) is ast.Name or self.names_object(x) for x in roots)
        textual = any(
            _type(x) is ast.Name and x.id in _TEXTUAL or _type(x) is ast.JoinedStr
            or _type(x) is ast.BinOp and _type(x.op) is ast.Mod and _type(x.left) in (ast.Constant, ast.JoinedStr)
            or _type(x) is ast.Attribute and x.attr in ('format', '__class__', '__str__', '__repr__')
            for x in walked
        )  # fmt: skip
        setup = self.setup
        return {
            'staged': self.staged,
            'own': bool(_free(whole) & setup.bound - setup.imported - setup.shared),
            'leaves': found,
            'rest': '' if is_leaf_name(rest) else ast.unparse(rest),
            'ask': bool(own or objects or methods or textual),
            'judged': bool(judged),
            'consumed': consumed,
            'textual': textual,
        }
