"""What a task's setup binds, and which of it the candidate has to do with.

Runs in an interpreter that never saw a candidate. Names are of three kinds. The test's own (`_Setup.space`): what the setup binds
without the candidate. The candidate's: what nobody else knows. And the shared ones (`_Setup.shared`): what the setup makes from the
candidate, as `root = Node(1)`, or gives to it to change, as `data` in `sort(data) is None`; these live with the candidate. Any other
name that it could reach makes the tests that use it tests of the weaker tier.
"""

import ast
import symtable

CANDIDATE_MODULES = ('candidate', 'solution')
_STEADY_TYPES = (int, float, complex, str, bytes, bool, _type(None), _type(...), range, decimal.Decimal, fractions.Fraction,
                 datetime.date, datetime.datetime, datetime.time, datetime.timedelta, types.ModuleType)  # fmt: skip


class Whole(Exception):
    """The test cannot be cut."""


class _Shared(Exception):
    """A mutable name of the setup is given to the candidate, so it must be shared: args[0]."""


def _names(source):
    """The global names that statements use and those that they bind."""
    top = symtable.symtable(source, '<test>', 'exec')
    used, bound, tables = set(), set(), [top]
    while tables:
        table = tables.pop()
        if 'annotation' in str(table.get_type()).lower():
            continue  # evaluated only when asked for
        for symbol in table.get_symbols():
            if table is top or symbol.is_global():
                if symbol.is_referenced():
                    used.add(symbol.get_name())
                if symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace():
                    bound.add(symbol.get_name())
        tables += table.get_children()
    return used, bound


def _own_scope(node):
    """A statement and all in it, but not what is in functions and classes."""
    yield node
    if _type(node) not in (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda):
        for child in ast.iter_child_nodes(node):
            yield from _own_scope(child)


def _is_chain(node):
    """Node(1), s.push(2).top: names, calls and attributes, with nothing but plain constants handed over."""
    while _type(node) in (ast.Call, ast.Attribute):
        if _type(node) is ast.Call:
            if not all(_is_chain(x.value if _type(x) is ast.keyword else x) for x in [*node.args, *node.keywords]):
                return False
            node = node.func
        else:
            node = node.value
    return _type(node) in (ast.Name, ast.Constant)


class _Statement:
    """One statement of the setup."""

    def __init__(self, node):
        self.node = node
        self.source = ast.unparse(node)
        self.uses, self.binds = _names(self.source)
        self.uses |= {x.target.id for x in _own_scope(node) if _type(x) is ast.AugAssign and _type(x.target) is ast.Name}
        self.imports = _type(node) in (ast.Import, ast.ImportFrom)
        self.code = _type(node) in (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef) or any(
            _type(x) is ast.Lambda for x in ast.walk(node)
        )
        modules = []
        if self.imports:
            modules = [node.module or ''] if _type(node) is ast.ImportFrom else [alias.name for alias in node.names]
        self.early = False  # it uses a name of the candidate that the setup binds later
        self.of_candidate = any(module.split('.')[0] in CANDIDATE_MODULES for module in modules)
        self.foreign = False
        # It only makes something from the candidate: what is expected has no part in it.
        self.simple = _type(node) in (ast.Assign, ast.Expr) and _is_chain(node.value) and all(
            _is_chain(target) for target in getattr(node, 'targets', [])
        )


def _single(body):
    """Statements, an import of several modules as several."""
    for node in body:
        if _type(node) is ast.Import:
            yield from (ast.copy_location(ast.Import([alias]), node) for alias in node.names)
        else:
            yield node


class _Setup:
    """What the setup binds, and which of it the candidate has to do with."""

    def __init__(self, source):
        self.space = {'__builtins__': builtins, '__name__': 'test'}
        self.fault = ''  # why no test can be judged
        self.missing = {}  # name -> why a test that uses it cannot be judged
        self.imported = set()
        self.made = set()  # names that the setup makes from the candidate
        self.given = set()  # mutable names that the candidate is given
        self.shown = set()  # names that the making of those needs
        self.early = set()  # names that tests of the weaker tier need, and that depend on those
        self.mixed = set()  # made names in which the setup has put more than the candidate's own
        self.statements = []
        self._steady = {}
        self._containers = None
        try:
            self.statements = [_Statement(node) for node in _single(ast.parse(source).body)]
        except (_SyntaxError, ValueError, RecursionError, MemoryError) as error:
            self.fault = 'the setup is not valid Python: %s' % error.args[0]
            return
        self.bound = set().union(*[statement.binds for statement in self.statements])
        self.settle()
        self.run()
        if not self.fault:
            self.settle()

    @property
    def shared(self):
        """Names that live with the candidate."""
        return self.made | self.given

    def settle(self):
        """Finds the statements that need the candidate, and what goes with them."""
        own = self.bound | _builtin_names | {'__name__', '__file__'}
        while True:
            before = _len(self.given), _len(self.shown)
            self.made, touched, self.mixed = set(), set(), set()
            for s in self.statements:
                s.foreign = bool(s.uses - own or s.of_candidate or s.early or s.uses & (self.made | touched))
                if not s.foreign:
                    continue
                self.made |= s.binds
                mine = s.uses & self.bound - self.made - self.imported
                self.given |= {name for name in mine if name in self.space and not self.steady(name)}
                touched |= self.given & s.uses
                if not s.simple or mine:
                    self.mixed |= (s.uses | s.binds) & self.made
            self.given -= self.made
            self.given |= {name for name in self.space.keys() & self.bound - self.shared if self.leads_to_given(name)}
            for s in self.statements:
                if self.with_candidate(s):
                    self.shown |= s.uses & self.bound - self.imported - self.shared
            if before == (_len(self.given), _len(self.shown)):
                return

    def leads_to_given(self, name):
        """Whether another name leads to an object that the candidate is given."""
        found, given = set(), set()
        _containers_in(self.space[name], found)
        for other in self.given:
            _containers_in(self.space.get(other), given)
        return bool(found & given)

    def run(self):
        for statement in self.statements:
            if statement.foreign:
                continue
            try:
                _exec(_compile(statement.source, '<setup>', 'exec', 0, True), self.space)
            except NameError:
                # It uses a name before a later statement binds it: the candidate's of that name.
                statement.early = True
                self.settle()
            except ImportError as error:
                if not statement.imports:
                    self.fault = 'the setup fails: %s: %s' % (_type_name(_type(error)), error)
                    return
                module = statement.node.module if _type(statement.node) is ast.ImportFrom else statement.node.names[0].name
                for name in statement.binds:
                    self.missing[name] = missing_package(module)
            except _BaseException as error:
                self.fault = 'the setup fails: %s: %s' % (_type_name(_type(error)), error)
                return
            if statement.imports:
                self.imported |= statement.binds

    def give(self, name):
        """Gives a mutable name of the setup to the candidate."""
        self.given.add(name)
        self.settle()

    def need_early(self, names):
        """What tests of the weaker tier need and what depends on what the candidate is given runs before the tests."""
        for name in self.closure(names) - self.shared - self.imported:
            if self.closure({name}) & self.shared:
                self.early.add(name)
        self.settle()

    def closure(self, names):
        """The names of the setup behind these names."""
        found, todo = set(), set(names) & self.bound
        while todo:
            found |= todo
            todo = set().union(*[s.uses for s in self.statements if s.binds & todo]) & self.bound - found
        return found

    def with_candidate(self, s):
        """Whether a statement runs with the candidate, before the tests."""
        if s.imports:
            return s.of_candidate
        # What acts on a module, as random.seed(1), acts on the candidate's interpreter too.
        acts = not s.binds and s.uses & (self.imported | self.given)
        return bool(s.foreign or s.binds & (self.shown | self.given | self.early) or acts)

    def theirs(self):
        """The source of what must run with the candidate before the tests."""
        return '\n'.join(s.source for s in self.statements if self.with_candidate(s))

    def own(self):
        """The source of what needs no candidate."""
        return '\n'.join(s.source for s in self.statements if not s.foreign and not s.binds & self.missing.keys())

    def imports(self):
        """The source of the imports that work. The candidate has them too, as in a module that begins with them."""
        return '\n'.join(s.source for s in self.statements if s.imports and not s.of_candidate and not s.binds & self.missing.keys())

    def exposed(self):
        """Names of the test's own that are with the candidate from the start."""
        return self.shown | self.early

    def shows_code(self, names=None):
        """Whether functions or classes of the test are with the candidate: with them it could compute any answer.

        names: those of a test beside it; None for the start.
        """
        wanted = self.closure(names) if names is not None else set()
        return any(s.code and (s.binds & wanted or self.with_candidate(s)) for s in self.statements)

    def needs(self, names):
        """The other statements that a test beside the candidate needs, as [number, source] in order."""
        wanted = self.closure(names)
        # An iterator of the setup is used up by the statements that read it.
        read = {name for name in wanted if hasattr(_type(self.space.get(name)), '__next__')}
        wanted |= self.closure(set().union(*[s.binds for s in self.statements if s.uses & read]))
        numbered = enumerate(self.statements)
        return [[i, s.source] for i, s in numbered if (s.binds or s.uses) & wanted and not self.with_candidate(s)]

    def steady(self, name):
        """Whether nothing can change what this name of the setup stands for."""
        if name not in self._steady:
            self._steady[name] = True  # a function that calls itself
            self._steady[name] = name in self.space and self.steady_value(self.space[name], name)
        return self._steady[name]

    def steady_value(self, value, name=''):
        kind = _type(value)
        if kind in _STEADY_TYPES:
            return True
        if kind in (tuple, frozenset):
            return all(self.steady_value(item) for item in value)
        if kind is types.FunctionType:
            own = value.__globals__ is self.space
            defaults = (value.__defaults__ or ()) + tuple((value.__kwdefaults__ or {}).values())
            if own and (value.__closure__ or not all(self.steady_value(x) for x in defaults)):
                return False
            return not own or self.steady_statement(name)
        if issubclass(kind, type):
            if value.__module__ != 'test':
                return True
            held = [x for key, x in vars(value).items() if not key.startswith('_')]
            plain = all(_type(x) is types.FunctionType or _type(x).__name__ in ('property', '_tuplegetter', 'member_descriptor',
                        'staticmethod', 'classmethod') or self.steady_value(x) for x in held)  # fmt: skip
            return kind is type and plain and self.steady_statement(name)
        return kind in (types.BuiltinFunctionType, types.MethodDescriptorType, types.WrapperDescriptorType)

    def steady_statement(self, name):
        """The same of all that a definition mentions."""
        makers = [s for s in self.statements if name in s.binds]
        return bool(makers) and all(self.steady(x) for s in makers for x in s.uses & self.bound - {name})

    def containers(self):
        """The ids of all mutable data that names of the setup lead to."""
        if self._containers is None:
            self._containers = set()
            for name in self.bound & self.space.keys():
                _containers_in(self.space[name], self._containers)
        return self._containers


def missing_package(module):
    return 'the tests import %s, which this sandbox does not have' % module.split('.')[0]


def _containers_in(value, found):
    if _type(value) in (list, dict, set, bytearray, tuple, collections.deque, collections.OrderedDict) and id(value) not in found:
        if _type(value) is not tuple:
            found.add(id(value))
        for item in [*value.keys(), *value.values()] if isinstance(value, dict) else value:
            _containers_in(item, found)


def _literal(value):
    """Source of plain data. @raises Whole for anything else."""
    kind = _type(value)
    if value is None or value is ... or kind in (bool, str, bytes) or kind is int and value.bit_length() < 10_000:
        return repr(value)
    if kind is float:
        return repr(value) if math.isfinite(value) else "float('%r')" % value
    if kind in (list, tuple, set, frozenset):
        items = ', '.join(_literal(item) for item in value)
        if kind is list:
            return '[%s]' % items
        if kind is tuple:
            return '(%s,)' % items if value else '()'
        return '%s([%s])' % (kind.__name__, items)
    if kind is dict:
        return '{%s}' % ', '.join('%s: %s' % (_literal(key), _literal(item)) for key, item in value.items())
    raise Whole()
