"""What plain CPython says about a program and its tests: the standard our sandbox is held to.

The meaning of a pair {code, setup, tests}:

1. The code runs in a fresh module, registered as `candidate` and as `solution`. If it raises, every test is an error.
2. The setup's and the tests' names live in a space of their own. A name that is not there is looked up in the
   program's globals, then among the builtins. Binding a name there changes nothing for the program, and where both bind
   a name, the tests see their own and the program its own.
3. The setup runs after the program, one statement after the other.
4. Each test then runs in that space, in order. It is a `pass`; a `fail`, if an AssertionError of the test itself ended it;
   an `error`, if anything else did, also an AssertionError raised by the program.
5. What the program cannot help is `infra`: a setup that raises, at the same statement and in the same way, without the
   program too; a test that imports a package nobody has; a test that is no Python. If the setup raised by its own fault,
   a test that never needs what is missing may as well be judged: both answers are right.

`judge` takes a pair as JSON and gives, as JSON, the set of right statuses for each test.
Run as a script, it answers each line of its input with a line: a list of such answers for a list of pairs.
"""

import ast
import asyncio
import builtins
import contextlib
import gc
import io
import json
import os
import sys
import types
import warnings

PROGRAM = '<candidate>'
# Packages that a test may miss: here nobody has them, whatever the machine has.
MISSING = ('numpy', 'pandas', 'pytest', 'no_such_package')


class Behind(dict):
    """Where Python looks for a name that is not among the tests' own: in the program, then among the builtins."""

    def __init__(self, program):
        # The interpreter looks for these two without asking __missing__.
        super().__init__({name: vars(builtins)[name] for name in ('__import__', '__build_class__')})
        self.program = program

    def __missing__(self, name):
        return self.program[name] if name in self.program else vars(builtins)[name]


def space_before(program):
    """A space for the tests' names, with the program's globals behind it."""
    return {'__name__': 'tests', '__builtins__': Behind(program)}


class _Selector:
    def select(self, timeout=None):
        return []

    def close(self):
        pass


class Loop(asyncio.BaseEventLoop):
    """An event loop without sockets. Pyodide's own belongs to JavaScript and cannot run a coroutine to its end."""

    def __init__(self):
        super().__init__()
        self._selector = _Selector()

    def _process_events(self, events):
        pass

    def _write_to_self(self):
        pass


@contextlib.contextmanager
def own_event_loop():
    """asyncio.run as everywhere, also where JavaScript's event loop is running around us."""
    outer, run = asyncio._get_running_loop(), asyncio.run

    def run_here(main, *, debug=None):
        with asyncio.Runner(debug=debug, loop_factory=Loop) as runner:
            return runner.run(main)

    if outer is not None:
        asyncio._set_running_loop(None)
        asyncio.run = run_here
    try:
        yield
    finally:
        if outer is not None:
            asyncio.run = run
            asyncio._set_running_loop(outer)


def execute(source, space, filename='<test>'):
    """Runs source (text, or a parsed statement); the exception that ended it, or None."""
    try:
        exec(compile(source, filename, 'exec', dont_inherit=True), space)
    except BaseException as error:
        if type(error) is OutOfTime:
            raise
        return error
    return None


def by_program(error):
    """Whether the program's own code was running when the exception was raised."""
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == PROGRAM:
            return True
        trace = trace.tb_next
    return False


def missing_package(error):
    return isinstance(error, ModuleNotFoundError) and not by_program(error) and error.name in MISSING


def parse(source):
    """The statements of a source, or None when it is no Python."""
    try:
        return ast.parse(source.strip()).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def run_setup(statements, space):
    """Runs the setup. None; 'error', if the program made it raise; 'infra', if it raised by its own fault.

    After a statement that raised by its own fault the others still run.
    """
    fault = None
    alone = None
    for position, statement in enumerate(statements):
        module = ast.Module([statement], [])
        error = execute(module, space, '<setup>')
        if error is None:
            continue
        if alone is None:
            lonely = space_before({})
            modules = {name: sys.modules.pop(name) for name in ('candidate', 'solution') if name in sys.modules}
            alone = [execute(ast.Module([each], []), lonely, '<setup>') for each in statements]
            sys.modules.update(modules)
        twin = alone[position]
        if by_program(error) or twin is None or type(twin) is not type(error) or isinstance(error, NameError):
            return 'error'
        fault = 'infra'
    return fault


def run_test(source, space):
    """The status of one test."""
    if not parse(source):
        return 'infra'
    error = execute(source.strip(), space)
    if error is None:
        return 'pass'
    if isinstance(error, AssertionError) and not by_program(error):
        return 'fail'
    return 'infra' if missing_package(error) else 'error'


def broken(setup, test):
    """The statuses of a test whose program is broken: if the test is as well, either may be said."""
    if not parse(test):
        return ['infra']
    space = space_before({})
    fault = run_setup(setup, space) == 'infra' or run_test(test, space) == 'infra'
    return ['error', 'infra'] if fault else ['error']


def statuses(pair):
    tests = pair['tests']
    module = types.ModuleType('candidate')
    sys.modules['candidate'] = sys.modules['solution'] = module
    setup = parse(pair['setup'])
    if setup is None:
        return [['infra']] * len(tests)
    if execute(pair['code'], module.__dict__, PROGRAM) is not None:
        return [broken(setup, test) for test in tests]
    space = space_before(vars(module))
    fault = run_setup(setup, space)
    if fault == 'error':
        return [broken([], test) for test in tests]
    answers = []
    for test in tests:
        status = run_test(test, space)
        if fault is None or status == 'infra':
            answers.append([status])
        else:
            answers.append(['infra', status])
    return answers


class OutOfTime(BaseException):
    pass


def judge(text):
    """The right statuses of one pair's tests; null when it ran out of time."""
    pair = json.loads(text)
    for name in MISSING:
        sys.modules[name] = None
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()), own_event_loop():
        warnings.simplefilter('ignore')
        try:
            return json.dumps(statuses(pair))
        except OutOfTime:
            return 'null'


def judge_all(text):
    """The answers for a JSON list of pairs."""
    answers = '[%s]' % ', '.join(judge(json.dumps(pair)) for pair in json.loads(text))
    gc.collect()
    return answers


def serve():
    import signal

    def stop(*_):
        raise OutOfTime

    answers, sys.stderr = sys.stdout, open(os.devnull, 'w')
    signal.signal(signal.SIGALRM, stop)
    for line in sys.stdin:
        signal.alarm(60)
        answers.write(judge_all(line) + '\n')
        answers.flush()
        signal.alarm(0)


if __name__ == '__main__':
    serve()
